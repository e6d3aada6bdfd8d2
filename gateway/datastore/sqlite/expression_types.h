/* Types of expressions by Db2's rules, where their leaves are columns, literals, parameters and CASTs. What columns a name means is
 * SQLite's to say: it is asked to prepare `SELECT name FROM the same tables`. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/syntax.h"

struct expression_view;

struct expression_types {
    struct sqlite_session *session;
    struct syntax_tree *tree;
    unsigned *views_left;          /* to be looked at for the statement, views of views included */
    struct expression_view *views; /* owned; those that the statement reads, once they are found */
    size_t probed_bytes;           /* of text prepared so far, which is bounded */
};

/* The type of a node; SQL_TYPE_COUNT where it is not known. */
struct syntax_type expression_type(struct expression_types *types, struct syntax_node *node);

/* The type of the column `index` of a query, from all of its arms. */
struct syntax_type expression_query_type(struct expression_types *types, struct syntax_scope *query, size_t index);

/* Marks the columns whose types will be asked for, so that SQLite is asked for all at once. */
void expression_mark_wanted(struct syntax_node *root);

/* NULL or a parameter marker, which is of any type. */
bool expression_is_untyped(const struct syntax_node *node);

/* How many places ROUND rounds at; false where that is no literal. */
bool expression_round_places(const struct syntax_node *call, int64_t *places);
