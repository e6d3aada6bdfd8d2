/* Queries in parentheses that UNION, EXCEPT and INTERSECT join, that INSERT takes its rows from, or that a view is: SQLite wants them
 * without. The parentheses go, or become a SELECT of what is in them where that has an order or a UNION of its own. A translator asks what
 * to write instead of each token. */
#pragma once

#include <stdbool.h>

#include "gateway/datastore/sqlite/tokens.h"

enum { DIALECT_QUERIES_MAX = 32 /* queries in queries; those in them stay as they are */ };

struct dialect_queries {
    unsigned dropped[DIALECT_QUERIES_MAX]; /* depths at which parentheses were left out */
    size_t count;
    bool inserts; /* the statement is INSERT */
    bool begun;   /* its query, or the view's */
};

/* NULL: the token itself. `before` and `earlier` are the tokens before it, of size 0 where there are none; `depth` is the number of
 * parentheses that are open before it, `rest` what comes behind it. */
const char *dialect_queries_replace(struct dialect_queries *queries, const struct sql_token *earlier, const struct sql_token *before,
                                    const struct sql_token *token, struct sql_text rest, unsigned depth);
