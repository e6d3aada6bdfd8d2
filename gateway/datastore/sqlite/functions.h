/* SQL functions and collations by which Passgate's types live in SQLite:
 *   SQL_CAST(value, 'TYPE')             what CAST(value AS TYPE) becomes: Db2's CAST, with its errors
 *   SQL_MISFIT(code, 'COLUMN', value …) true when a value cannot be kept in its column; says why in the session
 *   COLLATE decimal                     numbers written as text, compared by value; the sqlite3 shell has it under this name too */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

enum { MISFIT_ARGUMENTS = 3, MISFIT_COLUMNS_MAX = 40 };

/* The first argument of SQL_MISFIT for a column. */
int64_t function_misfit_code(const struct sql_column *column);

/* The value of an argument or of a result column. */
struct sql_value function_value(sqlite3_value *value);

/* Adds them to the session's connection; an SQLite result code. */
MUST_CHECK int functions_install(struct sqlite_session *session);
