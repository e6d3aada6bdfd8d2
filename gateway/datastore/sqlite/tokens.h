/* Splits SQL text into tokens, just far enough to tell words from strings, quoted names and comments. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum sql_token_kind { SQL_TOKEN_WORD, SQL_TOKEN_NUMBER, SQL_TOKEN_STRING, SQL_TOKEN_QUOTED, SQL_TOKEN_MARKER, SQL_TOKEN_OTHER };

struct sql_token {
    enum sql_token_kind kind;
    const char *at; /* in the text, quotes included */
    size_t size;
};

/* What is left of a text. */
struct sql_text {
    const char *at;
    size_t left;
};

static inline struct sql_text
sql_text(const char *text, size_t size)
{
    return (struct sql_text) { .at = text, .left = size };
}

/* Skips blanks and comments and takes one token; false at the end. A semicolon is a token of its own. */
bool sql_token_next(struct sql_text *text, struct sql_token *token);

/* True for the word in either case. */
bool sql_token_is(const struct sql_token *token, const char *word);

/* The same for any word of a list that ends with NULL. */
bool sql_token_is_one_of(const struct sql_token *token, const char *const words[]);

/* Moves behind the word when it comes next. */
bool sql_text_take(struct sql_text *text, const char *word);

/* The same for all words of a phrase, up to a NULL: either all of them or none. */
bool sql_text_take_phrase(struct sql_text *text, const char *const words[]);

/* The name or the string that a token stands for: quotes removed, a word in capitals. False when it is neither, or longer than the
 * room. */
bool sql_token_text(const struct sql_token *token, char *name, size_t room);

/* True for two names, in quotes or not, that mean the same to SQLite. */
bool sql_token_is_same_name(const struct sql_token *one, const struct sql_token *other);

/* True when nothing but blanks, comments and semicolons is left. */
bool sql_text_is_blank(struct sql_text text);
