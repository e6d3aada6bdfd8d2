/* Splits an HWSCFGxx member into words and punctuation by the rules of IMS.PROCLIB members: records of 80 columns of which
 * 73 to 80 are not read, comment records with * or # in column 1, comments between slash-star and star-slash anywhere, and
 * words that fill a record to column 72 and go on in column 1 of the next. */
#pragma once

#include "config/problems.h"

enum { HWSCFG_RECORD_COLUMNS = 80, HWSCFG_TEXT_COLUMNS = 72, HWSCFG_WORD_MAX = 255 };

enum hwscfg_token_kind {
    HWSCFG_TOKEN_WORD,
    HWSCFG_TOKEN_EQUALS,
    HWSCFG_TOKEN_OPEN,
    HWSCFG_TOKEN_CLOSE,
    HWSCFG_TOKEN_COMMA,
    HWSCFG_TOKEN_END,
};

struct hwscfg_token {
    enum hwscfg_token_kind kind;
    unsigned line; /* from 1 */
    unsigned column;
    char text[HWSCFG_WORD_MAX + 1]; /* a word without its quotes, or the punctuation character */
};

/* Private. */
struct hwscfg_lexer {
    struct problem_sink *sink;
    const char *next; /* the record after this one */
    const char *end;
    const char *record;
    size_t length; /* of this record's text, at most 72 */
    size_t column; /* from 0: of the next character */
    unsigned line;
};

/* `text` must outlive the lexer. */
void hwscfg_lexer_init(struct hwscfg_lexer *lexer, const char *text, size_t size, struct problem_sink *sink);

/* Characters that no member holds are reported to the sink and passed over. */
void hwscfg_lexer_next(struct hwscfg_lexer *lexer, struct hwscfg_token *token);
