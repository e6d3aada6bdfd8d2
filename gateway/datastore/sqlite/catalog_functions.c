/* SQL functions for the views of the catalog; all of them may be called by the views only, or harmlessly by anybody. */
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/catalog.h"
#include "gateway/datastore/sqlite/types.h"

enum { NONE = -1, OCTETS_PER_CHARACTER = 4 };

/* What JDBC says of a type; NONE where it says nothing. */
static const struct {
    const char *name;
    int number;    /* java.sql.Types */
    int precision; /* 0: the column's own length or precision */
    int scale;
    int radix;
} jdbc_types[SQL_TYPE_COUNT] = {
    [SQL_TYPE_SMALLINT] = { "SMALLINT", 5, 5, 0, 10 },
    [SQL_TYPE_INTEGER] = { "INTEGER", 4, 10, 0, 10 },
    [SQL_TYPE_BIGINT] = { "BIGINT", -5, 19, 0, 10 },
    [SQL_TYPE_REAL] = { "REAL", 7, 23, NONE, 2 },
    [SQL_TYPE_DOUBLE] = { "DOUBLE", 8, 52, NONE, 2 },
    [SQL_TYPE_DECIMAL] = { "DECIMAL", 3, 0, 0, 10 },
    [SQL_TYPE_CHAR] = { "CHAR", 1, 0, NONE, NONE },
    [SQL_TYPE_VARCHAR] = { "VARCHAR", 12, 0, NONE, NONE },
    [SQL_TYPE_LONG_VARCHAR] = { "LONG VARCHAR", -1, 0, NONE, NONE },
    [SQL_TYPE_CHAR_BIT] = { "CHAR () FOR BIT DATA", -2, 0, NONE, NONE },
    [SQL_TYPE_VARCHAR_BIT] = { "VARCHAR () FOR BIT DATA", -3, 0, NONE, NONE },
    [SQL_TYPE_LONG_VARCHAR_BIT] = { "LONG VARCHAR FOR BIT DATA", -4, 0, NONE, NONE },
    [SQL_TYPE_DATE] = { "DATE", 91, 10, 0, 10 },
    [SQL_TYPE_TIME] = { "TIME", 92, 8, 0, 10 },
    [SQL_TYPE_TIMESTAMP] = { "TIMESTAMP", 93, 29, 9, 10 },
    [SQL_TYPE_BOOLEAN] = { "BOOLEAN", 16, 1, NONE, NONE },
    [SQL_TYPE_CLOB] = { "CLOB", 2005, 0, NONE, NONE },
    [SQL_TYPE_BLOB] = { "BLOB", 2004, 0, NONE, NONE },
};

static struct sql_column
declared_type(sqlite3_value *value)
{
    struct sql_column column = { 0 };
    const char *declared = (const char *)sqlite3_value_text(value);
    if (declared != NULL && *declared != '\0')
        sqlite_type_declared(declared, &column);
    else
        sqlite_type_of_expression(SQL_TYPE_VARCHAR, &column);
    return column;
}

static void
answer(sqlite3_context *context, int64_t number)
{
    if (number != NONE)
        sqlite3_result_int64(context, number);
}

static void
type_name(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_text(context, jdbc_types[declared_type(arguments[0]).type].name, -1, SQLITE_STATIC);
}

/* Of all numbers only this one may be negative and meant. */
static void
type_number(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, jdbc_types[declared_type(arguments[0]).type].number);
}

static void
type_precision(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sql_column column = declared_type(arguments[0]);
    int precision = jdbc_types[column.type].precision;
    if (column.type == SQL_TYPE_DECIMAL)
        answer(context, column.precision);
    else
        answer(context, precision != 0 ? precision : (int64_t)column.length);
}

static void
type_scale(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sql_column column = declared_type(arguments[0]);
    answer(context, column.type == SQL_TYPE_DECIMAL ? column.scale : jdbc_types[column.type].scale);
}

static void
type_radix(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    answer(context, jdbc_types[declared_type(arguments[0]).type].radix);
}

static void
type_octets(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sql_column column = declared_type(arguments[0]);
    if (column.type == SQL_TYPE_CHAR || column.type == SQL_TYPE_VARCHAR)
        answer(context, (int64_t)column.length * OCTETS_PER_CHARACTER);
}

/* A view may name tables that are gone, and asking for its columns is an error that would end the whole query. */
static void
is_readable(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    char *query = sqlite3_mprintf("SELECT 1 FROM main.\"%w\"", (const char *)sqlite3_value_text(arguments[0]));
    sqlite3_stmt *statement = NULL;
    int code = query != NULL ? sqlite3_prepare_v2(sqlite3_context_db_handle(context), query, -1, &statement, NULL) : SQLITE_NOMEM;
    sqlite3_finalize(statement);
    sqlite3_free(query);
    sqlite3_result_int(context, code == SQLITE_OK);
}

int
catalog_functions_install(sqlite3 *database)
{
    static const struct {
        const char *name;
        void (*function)(sqlite3_context *context, int count, sqlite3_value **arguments);
    } functions[] = {
        { "catalog_type_name", type_name },     { "catalog_type_number", type_number }, { "catalog_type_precision", type_precision },
        { "catalog_type_scale", type_scale },   { "catalog_type_radix", type_radix },   { "catalog_type_octets", type_octets },
        { "catalog_is_readable", is_readable },
    };
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0] && code == SQLITE_OK; i++)
        code = sqlite3_create_function_v2(database, functions[i].name, 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, functions[i].function,
                                          NULL, NULL, NULL);
    return code;
}
