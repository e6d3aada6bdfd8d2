/* A problem told to a person: one sentence that names where, what, why and what to do about it.
 * Fallible functions that a person started take a struct problem last and fill it exactly when they fail. */
#pragma once
#include "common/attributes.h"

enum { PROBLEM_TEXT_SIZE = 640 };

struct problem {
    char text[PROBLEM_TEXT_SIZE]; /* UTF-8, no final newline; empty when there is none */
};

/* Replaces the text; cut to fit. */
void problem_set(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);

/* As problem_set, with ": " and the text of errno (the value at the call) at the end. */
void problem_set_errno(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);
