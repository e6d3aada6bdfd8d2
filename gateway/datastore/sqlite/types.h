/* From the type that a column was declared with, as Db2, Derby or SQLite spell it, to an SQL type of DRDA. */
#pragma once

#include "drda/sql/value.h"

/* Fills type, length, precision and scale of `column`. An unknown name is judged by SQLite's rules of affinity. */
void sqlite_type_declared(const char *declared, struct sql_column *column);

/* A type with its usual length, for columns that are expressions. */
void sqlite_type_of_expression(enum sql_type type, struct sql_column *column);
