/* Expressions as Db2 has them: with described types, and DECIMAL calculated exactly.
 * SQLite tells no types of expressions and calculates decimals in floating point. So the text of a statement is parsed (syntax.h), its
 * expressions get their types (expression_types.h, expression_columns.h), and those of type DECIMAL are written again with functions that
 * calculate exactly (decimal_functions.h). What is not understood stays as it is. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/syntax.h"

struct expressions {
    char *text;                 /* of the statement with exact expressions, to be freed by sqlite3_free; NULL: as it was */
    struct syntax_type *result; /* of the columns of the result, SQL_TYPE_COUNT where not known; NULL: all unknown */
};

/* Whether the text has anything in it that this is for; one look at its tokens. */
bool expressions_are_worth_it(const char *text, size_t size);

/* Lets SQLite see what others have made of the schema: it does so only when a statement runs, and prepares by what it knew before until
 * then. Returns whether a table has DECIMAL columns of more than 15 digits, with which any comparison has to be exact. */
bool expressions_read_schema(struct sqlite_session *session);

/* Examines a statement that SQLite has prepared from the text. */
void expressions_examine(struct sqlite_session *session, sqlite3_stmt *statement, const char *text, struct expressions *expressions);
void expressions_clear(struct expressions *expressions);
