/* Writes a statement again, so that its expressions of type DECIMAL are calculated exactly and behave as columns of their type do:
 *   A * 1.1                    CAST(SQL_DECIMAL('n2n*23.3', A, 1.1) AS TEXT) COLLATE decimal
 *   SUM(DISTINCT A) OVER (W)   CAST(SQL_DECIMAL('nk31.2', SQL_SUM(DISTINCT A) OVER (W)) AS TEXT) COLLATE decimal
 * The cast gives them the affinity of such a column (NUMERIC where DECIMAL is a number of SQLite, up to 15 digits), by which
 * comparisons with numbers, parameters and other columns are right; the collation makes the text sort by its value. */
#pragma once

#include "gateway/datastore/sqlite/expression_types.h"

/* The new text, to be freed by sqlite3_free; NULL where the statement is exact as it is, or cannot be written again. */
char *decimal_rewrite(struct expression_types *types);
