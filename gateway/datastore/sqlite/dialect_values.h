/* VALUES as Db2 and Derby have it: a row of one value has no parentheses around it, which SQLite wants, and ORDER BY, OFFSET and
 * FETCH FIRST may follow, which it has for SELECT alone. A translator asks what to write before and behind each token. */
#pragma once

#include "gateway/datastore/sqlite/tokens.h"

enum { DIALECT_VALUES_MAX = 8 /* lists in lists; those in them stay as they are */ };

struct dialect_values {
    struct {
        unsigned depth; /* of parentheses around the list */
        bool opened;    /* the present row has got a parenthesis */
        bool selected;  /* the list is that of a SELECT, which has got one too */
    } lists[DIALECT_VALUES_MAX];
    size_t count;
};

/* `depth` is the number of parentheses that are open before the token, `rest` what comes behind it. */
const char *dialect_values_before(struct dialect_values *values, const struct sql_token *token, struct sql_text rest, unsigned depth);
const char *dialect_values_behind(struct dialect_values *values, const struct sql_token *token, struct sql_text rest, unsigned depth);

/* What is left to be written at the end of the text, one piece after the other; NULL when there is no more. */
const char *dialect_values_end(struct dialect_values *values);
