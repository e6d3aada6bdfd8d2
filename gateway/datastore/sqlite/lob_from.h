/* What lob_select.c needs of FROM: its tables, and its views and subqueries made to give the places of long values. Private to it. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/tokens.h"
#include "gateway/datastore/sqlite/types.h"

enum { LOB_ELEMENTS_MAX = 8, LOB_WITHS_MAX = 16 };

/* The columns of a view, of a subquery, or of what WITH defines. */
struct lob_derived {
    size_t count;
    char **labels;   /* owned */
    bool *marked;    /* owned; which of them are places */
    unsigned *given; /* owned; how often columns of these names are given on */
};

/* What WITH defines. */
struct lob_with {
    char name[SQL_NAME_MAX + 1];
    struct lob_derived *derived; /* owned */
    unsigned references;         /* by FROM of queries that are written anew */
};

/* A query and all in it, while it is written anew. */
struct lob_query {
    struct sqlite_session *session;
    struct sqlite_lob_places *places; /* gets the sources */
    unsigned depth;
    struct sql_text with; /* as it was; empty when there is none */
    struct lob_with withs[LOB_WITHS_MAX];
    size_t with_count;
    unsigned references; /* to all of them */
    unsigned views;      /* around what is being written: inside of them WITH does not count */
    bool spoilt;         /* one is referred to where places would be looked at */
};

struct lob_element {
    char name[SQL_NAME_MAX + 1];  /* of a table */
    char alias[SQL_NAME_MAX + 1]; /* its name when it has no other */
    struct lob_derived *derived;  /* owned; NULL: it is a table */
};

struct lob_from {
    struct lob_element elements[LOB_ELEMENTS_MAX];
    size_t count;
    char *text;  /* owned; from FROM on, written anew */
    char *outer; /* owned; as it was, without what is inside of subqueries */
    bool merges; /* NATURAL or USING: columns are compared without being named */
};

/* False for what gives rows that are no rows of its elements (GROUP BY ...), or cannot be read. lob_from_clear is due in either case. */
MUST_CHECK bool lob_from_read(struct lob_query *query, struct lob_from *from, struct sql_text rest);
void lob_from_clear(struct lob_from *from);

/* The one element that a column belongs to; `qualifier` may be empty. NULL when that is not certain. */
struct lob_element *lob_from_find(const struct lob_query *query, struct lob_from *from, const char *qualifier, const char *name);

/* A column of that name is given on: that it is named for that does no harm. */
void lob_from_give(struct lob_from *from, const char *name);

/* Whether places of subqueries are used for more than to be given on; `list` are the columns of the SELECT. */
bool lob_from_looks_inside(const struct lob_from *from, struct sql_text list);

/* The column of that name, or the count when there is none or several. */
size_t lob_derived_find(const struct lob_derived *derived, const char *name);

/* Writes a subquery anew if that gives places, in memory of sqlite3_malloc; else *written is NULL. NULL when it is no query by itself. */
struct lob_derived *lob_derive(struct lob_query *query, struct sql_text body, char **written);
/* Its columns once more, of which none is given on; NULL without memory. */
struct lob_derived *lob_derived_copy(const struct lob_derived *derived);
void lob_derived_free(struct lob_derived *derived);

/* lob_with.c: moves behind WITH of a query, if it has one, and writes that anew. False when it cannot be read. lob_with_clear is due in
 * either case. */
MUST_CHECK bool lob_with_put(struct lob_query *query, struct sql_text *text, sqlite3_str *out);
void lob_with_clear(struct lob_query *query);
/* Whether a name in FROM is one of its names; and then its columns, NULL without memory. */
bool lob_with_is_defined(const struct lob_query *query, const char *name);
struct lob_derived *lob_with_refer(struct lob_query *query, const char *name);
/* Whether the text of a view would mean something else where WITH counts. */
bool lob_with_hides(const struct lob_query *query, struct sql_text body);
/* When all is written: whether whoever reads from what gives places knows it. `whole` is the text of the statement. */
bool lob_with_is_understood(const struct lob_query *query, struct sql_text whole);

/* lob_select.c: writes a query anew, in which `marked` columns give places; shape is the query prepared. False when it must stay as it is.
 */
MUST_CHECK bool lob_query_put(struct lob_query *query, sqlite3_stmt *shape, struct sql_text text, bool labelled, bool *marked,
                              sqlite3_str *out);
/* NULL when the text is no query by itself. To be finalized. */
sqlite3_stmt *lob_query_prepare(const struct lob_query *query, struct sql_text text);

/* Words in texts. A name loses its quotes; false when they are doubled inside, or it is too long. */
bool lob_copy_name(const struct sql_token *token, char name[static SQL_NAME_MAX + 1]);
/* Moves behind the parenthesis that closes the one just taken; *body is what is in between. */
MUST_CHECK bool lob_take_parentheses(struct sql_text *text, struct sql_text *body);
/* How often the name stands in the text. */
unsigned lob_mentions(struct sql_text text, const char *name);
