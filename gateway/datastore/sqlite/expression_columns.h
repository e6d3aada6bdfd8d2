/* The types of columns, which SQLite is asked for: it prepares `SELECT name FROM the same tables` and tells how the column is declared,
 * whatever aliases, joins, views and outer queries lie between. Of columns that are expressions of a query in FROM or WITH the query tells.
 */
#pragma once

#include "gateway/datastore/sqlite/expression_types.h"

/* Of a type as it is declared; NULL and "" are unknown. */
struct syntax_type expression_declared_type(const char *declared);

/* Of a COLUMN node, which keeps it. */
struct syntax_type expression_column_type(struct expression_types *types, struct syntax_node *column);

/* The type of a column that `*` of a query stands for, by its name. */
struct syntax_type expression_named_type(struct expression_types *types, struct syntax_scope *scope, const char *name);

/* The declared types of the columns that INSERT gives values for; returns how many there are, 0 when they cannot be told. To be
 * freed. */
size_t expression_inserted_types(struct expression_types *types, struct syntax_type **inserted);

/* The declared type of the column that SET assigns to. */
struct syntax_type expression_assigned_type(struct expression_types *types, const struct syntax_node *assignment);
