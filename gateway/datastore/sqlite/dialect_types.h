/* Types and numbers that SQLite would not keep as SQL means them, in words by which it does. */
#pragma once
#include <stdbool.h>

#include "gateway/datastore/sqlite/tokens.h"

enum { DIALECT_TYPE_MAX = 128 };

/* If `text` begins with the type of a column (`before` is the name before it) that has to be written otherwise, moves behind it:
 *   DECIMAL(p,s) of more than 15 digits   text that is compared by value, because SQLite's numbers have no more digits
 *   CHAR(n)                               blanks at the end do not count in comparisons */
bool dialect_column_type(struct sql_text *text, const struct sql_token *before, char replaced[static DIALECT_TYPE_MAX]);

/* If `text` begins with a number of more digits than SQLite keeps, perhaps with a sign, moves behind it and gives it as a string, which
 * columns of such numbers take and compare with. */
bool dialect_exact_number(struct sql_text *text, const struct sql_token *before, char replaced[static DIALECT_TYPE_MAX]);
