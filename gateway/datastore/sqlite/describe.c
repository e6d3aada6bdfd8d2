#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/catalog.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/select_list.h"
#include "gateway/datastore/sqlite/syntax.h"
#include "gateway/datastore/sqlite/types.h"

/* Some expressions tell their type by their first words, which is their name as long as they have no other. */
static const struct {
    const char *beginning;
    enum sql_type type;
} expressions[] = {
    { "count(", SQL_TYPE_BIGINT },
    { "length(", SQL_TYPE_BIGINT },
    { "identity_val_local(", SQL_TYPE_BIGINT },
    { "avg(", SQL_TYPE_DOUBLE },
    { "total(", SQL_TYPE_DOUBLE },
    { "sum(", SQL_TYPE_DOUBLE },
    { "CURRENT_DATE", SQL_TYPE_DATE },
    { "CURRENT_TIMESTAMP", SQL_TYPE_TIMESTAMP },
    { "CURRENT_TIME", SQL_TYPE_TIME },
};

static enum sql_type
type_by_name(const char *name, enum sql_type otherwise)
{
    for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
        if (strncasecmp(name, expressions[i].beginning, strlen(expressions[i].beginning)) == 0)
            return expressions[i].type;
    }
    return otherwise;
}

/* A column without a declared type is an expression. Of a query that stands on its first row the value there tells. */
static enum sql_type
type_of_expression(const struct sqlite_session *session, const struct sqlite_section *section, int index, const char *name)
{
    enum sql_type by_name = type_by_name(name, SQL_TYPE_COUNT);
    if (by_name != SQL_TYPE_COUNT && by_name != SQL_TYPE_DOUBLE)
        return by_name;
    int kind = session->peeked == section ? sqlite3_column_type(section->statement, index) : SQLITE_NULL;
    if (kind == SQLITE_INTEGER)
        return SQL_TYPE_BIGINT;
    if (kind == SQLITE_FLOAT || by_name == SQL_TYPE_DOUBLE)
        return SQL_TYPE_DOUBLE;
    return kind == SQLITE_BLOB ? SQL_TYPE_VARCHAR_BIT : SQL_TYPE_VARCHAR;
}

static bool
is_known(const struct syntax_type *types, int index)
{
    return types != NULL && types[index].type != SQL_TYPE_COUNT;
}

static bool
has_expressions(sqlite3_stmt *statement, const struct syntax_type *types)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        if (sqlite3_column_decltype(statement, i) == NULL && !is_known(types, i) &&
            type_by_name(sqlite3_column_name(statement, i), SQL_TYPE_DOUBLE) == SQL_TYPE_DOUBLE)
            return true;
    }
    return false;
}

/* Steps to the first row, which the cursor will then begin with; a failure shows when the cursor is opened. */
static void
peek(struct sqlite_session *session, struct sqlite_section *section, const struct syntax_type *types)
{
    sqlite3_stmt *statement = section->statement;
    struct sql_diagnosis ignored;
    if (section->section.parameter_count > 0 || sqlite3_stmt_readonly(statement) == 0 || !has_expressions(statement, types) ||
        !unit_begin(session, &ignored))
        return;
    if (sqlite3_step(statement) == SQLITE_ROW)
        session->peeked = section;
    else
        sqlite3_reset(statement);
    session->misfit = false;
}

static const char *
text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Copies a name to where the names are gathered. */
static const char *
keep_name(char **room, const char *name)
{
    size_t size = strlen(name) + 1;
    char *copy = *room;
    memcpy(copy, name, size);
    *room += size;
    return copy;
}

static bool
is_nullable(sqlite3 *database, sqlite3_stmt *statement, int index)
{
    int not_null = 0;
    const char *table = sqlite3_column_table_name(statement, index);
    const char *column = sqlite3_column_origin_name(statement, index);
    if (table == NULL || column == NULL)
        return true;
    int code = sqlite3_table_column_metadata(database, sqlite3_column_database_name(statement, index), table, column, NULL, NULL, &not_null,
                                             NULL, NULL);
    return code != SQLITE_OK || not_null == 0;
}

static void
describe_one(const struct sqlite_session *session, const struct sqlite_section *section, int index, const struct syntax_type *types,
             struct sql_column *column)
{
    const char *declared = sqlite3_column_decltype(section->statement, index);
    if (is_known(types, index)) {
        column->type = types[index].type;
        column->length = types[index].length;
        column->precision = types[index].precision;
        column->scale = types[index].scale;
    } else if (declared != NULL && *declared != '\0')
        sqlite_type_declared(declared, column);
    else
        sqlite_type_of_expression(type_of_expression(session, section, index, column->name), column);
    column->nullable = is_nullable(session->database, section->statement, index);
}

/* Casts tell their type, whatever they are called. */
static void
describe_casts(sqlite3_stmt *statement, const struct syntax_type *types, struct sql_column *columns, size_t count)
{
    enum { TYPE_SIZE = 128 };
    const char *text = sqlite3_sql(statement);
    char type[TYPE_SIZE];
    struct select_list list;
    struct sql_text item;
    if (text == NULL || !select_list_begin(&list, text, strlen(text)))
        return;
    for (size_t i = 0; i < count && select_list_next(&list, &item); i++)
        if (!is_known(types, (int)i) && select_list_cast(item, type, sizeof type))
            sqlite_type_declared(type, &columns[i]);
}

struct sql_column *
describe_columns(struct sqlite_session *session, struct sqlite_section *section, const struct syntax_type *types)
{
    sqlite3_stmt *statement = section->statement;
    size_t count = section->section.column_count;
    if (count == 0)
        return NULL;
    peek(session, section, types);
    size_t names = 0;
    for (int i = 0; i < (int)count; i++)
        names +=
            strlen(text_or_empty(sqlite3_column_name(statement, i))) + strlen(text_or_empty(sqlite3_column_table_name(statement, i))) + 2;
    struct sql_column *columns = calloc(1, count * sizeof *columns + names);
    if (columns == NULL)
        return NULL;
    char *room = (char *)(columns + count);
    for (int i = 0; i < (int)count; i++) {
        columns[i].name = keep_name(&room, text_or_empty(sqlite3_column_name(statement, i)));
        columns[i].table = keep_name(&room, text_or_empty(sqlite3_column_table_name(statement, i)));
        columns[i].schema = *columns[i].table != '\0' ? CATALOG_SCHEMA : "";
        describe_one(session, section, i, types, &columns[i]);
    }
    describe_casts(statement, types, columns, count);
    return columns;
}
