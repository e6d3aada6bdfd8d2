/* Exact DECIMAL for expressions, which SQLite would calculate in floating point. decimal_rewrite.h puts these in the place of operators:
 *   SQL_DECIMAL('program', operand ...)   a whole tree of operators at once; NULL when an operand is
 *   SQL_SUM(value), SQL_AVERAGE(value)    aggregates, of windows too; with all digits, for SQL_DECIMAL to give them their type
 *
 * A program is in reverse Polish notation, with the precision and scale of DECIMAL behind each step that has a result of its own:
 *   n, n2            the next operand; its digits behind that scale are cut off
 *   + - * / 12.2     of the two numbers that are there last
 *   ~ a              negative, absolute
 *   r-1              rounded at that many places behind the point
 *   f c t            the whole number below, above, or towards zero
 *   k12.2            with that precision and scale; an overflow is one of arithmetic (-802)
 *   =12.2            likewise, for a column that it is assigned to (-413)
 * A*B+C of DECIMAL(5,2) columns: SQL_DECIMAL('n2n2*10.4n2+11.4', A, B, C). Results of up to 15 digits are numbers of SQLite, as in
 * columns, and all others text. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

enum { DECIMAL_OPERANDS_MAX = 120, DECIMAL_STACK_MAX = 32 };

/* Adds them to the session's connection; an SQLite result code. */
MUST_CHECK int decimal_functions_install(struct sqlite_session *session);
