/* The catalog as DRDA clients ask for it: a CALL of one of the SYSIBM procedures (SQLTABLES, SQLCOLUMNS ...) opens a result set made
 * like those of JDBC's DatabaseMetaData, from what SQLite knows of its schema. SQLite's database "main" is shown as the schema MAIN,
 * so that names qualified with it are good SQL.
 *   catalog.c             the procedures: preparing and opening a CALL
 *   catalog_views.c       the result sets about tables
 *   catalog_properties.c  the one about the server itself
 *   catalog_functions.c   SQL functions that those need */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

#define CATALOG_SCHEMA "MAIN"

/* A result set. Its query sees the arguments of the procedure as ?1, ?2 ... */
struct catalog_view {
    const struct sql_column *columns;
    size_t column_count;
    const char *query; /* NULL: there are never any rows */
};

/* The view that a procedure opens when its last argument, the options, has `option` in it. */
struct catalog_procedure {
    const char *name;
    size_t argument_count;
    const char *option; /* NULL: in any case */
    const struct catalog_view *view;
};

/* Adds the SQL functions of the catalog to a connection; an SQLite result code. */
MUST_CHECK int catalog_functions_install(sqlite3 *database);

extern const struct catalog_view catalog_tables, catalog_table_types, catalog_schemas, catalog_catalogs, catalog_columns,
    catalog_primary_keys, catalog_foreign_keys, catalog_statistics, catalog_special_columns, catalog_types, catalog_procedures,
    catalog_procedure_columns, catalog_functions, catalog_function_columns, catalog_user_types, catalog_table_privileges,
    catalog_column_privileges, catalog_properties;
