/* Views are SQLite's own text, which other programs read too, and calculate in its floating point. Where a statement reads one whose
 * expressions have to be exact, the view is defined again for that statement alone:
 *   SELECT TOTAL FROM V   becomes   WITH "V" AS NOT MATERIALIZED (SELECT SQL_DECIMAL(...) AS TOTAL FROM T) SELECT TOTAL FROM V */
#pragma once

#include "gateway/datastore/sqlite/expression_types.h"

/* Finds the views among the tables that the statement names; types of their columns are known from then on. */
void expression_views_find(struct expression_types *types);

/* `text` with the views before it that have to be defined again, to be freed by sqlite3_free; NULL when none has. */
char *expression_views_define(struct expression_types *types, const char *text);
void expression_views_free(struct expression_types *types);
