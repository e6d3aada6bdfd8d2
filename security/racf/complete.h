/* What may stand where the cursor is: the tables of verbs, operands, classes and levels as a help to those who type. */
#pragma once
#include <stddef.h>

enum { RACF_CANDIDATES_MAX = 64, RACF_CANDIDATE_SIZE = 16 };

struct racf_completion {
    size_t typed;                                              /* characters of the word before the cursor */
    size_t count;                                              /* of candidates that begin with it */
    char candidates[RACF_CANDIDATES_MAX][RACF_CANDIDATE_SIZE]; /* in upper case; an operand that takes values ends in ( */
};

/* `text` is the command up to the cursor. */
void racf_command_complete(const char *text, size_t size, struct racf_completion *completion);
