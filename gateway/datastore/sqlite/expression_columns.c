#include "gateway/datastore/sqlite/expression_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/result_types.h"
#include "gateway/datastore/sqlite/types.h"

enum { PROBED_BYTES_MAX = 1 << 20, PROBED_COLUMNS_MAX = 200 };

struct syntax_type
expression_declared_type(const char *declared)
{
    struct sql_column column = { .name = "" };
    if (declared == NULL || *declared == '\0')
        return result_type_unknown();
    sqlite_type_declared(declared, &column);
    struct syntax_type type = { .type = column.type, .length = column.length, .precision = column.precision, .scale = column.scale };
    type.as_text = type.type == SQL_TYPE_DECIMAL && strcasestr(declared, "TEXT") != NULL;
    return type;
}

static sqlite3_stmt *
prepare(struct expression_types *types, sqlite3_str *text)
{
    sqlite3_stmt *statement = NULL;
    types->probed_bytes += (size_t)sqlite3_str_length(text);
    char *probe = sqlite3_str_finish(text);
    if (probe == NULL || types->probed_bytes > PROBED_BYTES_MAX) {
        sqlite3_free(probe);
        return NULL;
    }
    types->session->trusted = true; /* the names are those of a statement that was authorized */
    if (sqlite3_prepare_v3(types->session->database, probe, -1, 0, &statement, NULL) != SQLITE_OK)
        statement = NULL;
    types->session->trusted = false;
    sqlite3_free(probe);
    return statement;
}

static void
put_span(sqlite3_str *text, const struct syntax_span *span)
{
    sqlite3_str_append(text, span->at, (int)span->size);
}

static bool
is_excluded(const struct expression_types *types, const struct syntax_node *column)
{
    return column->scope == types->tree->changed && types->tree->statement == SYNTAX_IS_INSERT &&
           sql_token_is(&column->qualifier, "EXCLUDED");
}

static void
put_tables(const struct expression_types *types, sqlite3_str *text, const struct syntax_scope *scope, const struct syntax_node *column)
{
    if (column != NULL && is_excluded(types, column)) {
        sqlite3_str_appendall(text, " FROM ");
        put_span(text, &types->tree->table);
        sqlite3_str_appendall(text, " AS EXCLUDED");
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (scope->tables[i].size == 0)
            continue;
        sqlite3_str_appendall(text, i == 0 ? " FROM " : ", ");
        put_span(text, &scope->tables[i]);
    }
}

/* The name in subqueries of all that is around it: WITH ... SELECT (SELECT (name) FROM inner tables) FROM outer tables. */
static void
put_probe(const struct expression_types *types, sqlite3_str *text, const struct syntax_scope *scope, const struct syntax_node *column,
          const char *inner)
{
    sqlite3_str *own = sqlite3_str_new(NULL);
    if (scope->with.size > 0) {
        put_span(own, &scope->with);
        sqlite3_str_appendchar(own, 1, ' ');
    }
    sqlite3_str_appendf(own, "SELECT %s", inner);
    put_tables(types, own, scope, column);
    char *made = sqlite3_str_finish(own);
    char *wrapped = scope->outer != NULL && made != NULL ? sqlite3_mprintf("(%s)", made) : NULL;
    if (scope->outer == NULL && made != NULL)
        sqlite3_str_appendall(text, made);
    if (wrapped != NULL && sqlite3_str_length(text) + (int)strlen(wrapped) < PROBED_BYTES_MAX)
        put_probe(types, text, scope->outer, column, wrapped);
    sqlite3_free(wrapped);
    sqlite3_free(made);
}

static struct syntax_table *
definition_of(struct syntax_table *table)
{
    return table->definition != NULL ? table->definition : table;
}

/* What SQLite calls the columns of VALUES. */
static bool
is_numbered(const struct sql_token *name, size_t index)
{
    char number[32];
    const struct sql_token numbered = { SQL_TOKEN_WORD, number, (size_t)snprintf(number, sizeof number, "column%zu", index + 1) };
    return sql_token_is_same_name(name, &numbered);
}

/* The number of the column of that name; false when there is none. */
static bool
find_item(const struct syntax_scope *query, const struct sql_token *name, size_t *index)
{
    *index = 0;
    for (const struct syntax_item *item = query->items; item != NULL && item->value != NULL; item = item->next, ++*index)
        if ((item->label.size > 0 && sql_token_is_same_name(&item->label, name)) || (item->in_values && is_numbered(name, *index)))
            return true;
    return false;
}

static bool
find_derived_column(const struct syntax_table *table, const struct sql_token *name, size_t *index)
{
    if (table->columns == NULL)
        return table->query != NULL && find_item(table->query, name, index);
    for (*index = 0; *index < table->column_count; ++*index)
        if (sql_token_is_same_name(&table->columns[*index], name))
            return true;
    return false;
}

static bool
has_all_columns(const struct syntax_scope *query)
{
    const struct syntax_item *item = query->items;
    while (item != NULL && item->value != NULL)
        item = item->next;
    return item != NULL;
}

static struct syntax_type derived_type(struct expression_types *types, const struct syntax_node *column);

/* A column of that name in a query in FROM, or of WITH; `*` in it stands for what such queries give in turn. */
static struct syntax_type
type_in_table(struct expression_types *types, struct syntax_table *table, const struct sql_token *name)
{
    size_t index;
    if (table->query == NULL)
        return result_type_unknown();
    if (find_derived_column(table, name, &index))
        return expression_query_type(types, table->query, index);
    if (table->columns != NULL || table->query->next_arm != NULL || table->searched || !has_all_columns(table->query))
        return result_type_unknown();
    const struct syntax_node column = { .scope = table->query, .name = *name };
    table->searched = true; /* WITH RECURSIVE may lead back here */
    struct syntax_type type = derived_type(types, &column);
    table->searched = false;
    return type;
}

/* A column that is an expression of a query in FROM, or of WITH. */
static struct syntax_type
derived_type(struct expression_types *types, const struct syntax_node *column)
{
    for (struct syntax_scope *scope = column->scope; scope != NULL; scope = scope->outer)
        for (struct syntax_table *table = scope->derived; table != NULL; table = table->next) {
            bool meant = column->qualifier.size == 0 || sql_token_is_same_name(&table->name, &column->qualifier);
            struct syntax_type type = meant ? type_in_table(types, definition_of(table), &column->name) : result_type_unknown();
            if (type.type != SQL_TYPE_COUNT)
                return type;
        }
    return result_type_unknown();
}

struct syntax_type
expression_named_type(struct expression_types *types, struct syntax_scope *scope, const char *name)
{
    const struct syntax_node column = {
        .scope = scope,
        .name = { .kind = SQL_TOKEN_WORD, .at = name, .size = strlen(name) },
    };
    return derived_type(types, &column);
}

/* Words that are no columns. */
static struct syntax_type
type_of_register(const struct sql_token *name)
{
    static const struct {
        const char *name;
        enum sql_type type;
    } registers[] = { { "CURRENT_DATE", SQL_TYPE_DATE }, { "CURRENT_TIME", SQL_TYPE_TIME }, { "CURRENT_TIMESTAMP", SQL_TYPE_TIMESTAMP } };
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        if (sql_token_is(name, registers[i].name))
            return result_type_of(registers[i].type);
    return result_type_unknown();
}

static void
note_column(struct expression_types *types, struct syntax_node *column, const char *declared)
{
    column->type = expression_declared_type(declared);
    column->typed = SYNTAX_TYPED;
    column->declared = column->type.type != SQL_TYPE_COUNT;
    if (!column->declared) {
        column->typed = SYNTAX_BEING_TYPED;
        column->type = derived_type(types, column);
        column->typed = SYNTAX_TYPED;
    }
    if (column->type.type == SQL_TYPE_COUNT && column->qualifier.size == 0)
        column->type = type_of_register(&column->name);
}

/* No column of the tables: perhaps the label of a column of the result. */
static struct syntax_type
labelled_type(struct expression_types *types, const struct syntax_node *column)
{
    size_t index;
    if (column->qualifier.size > 0 || !find_item(column->scope, &column->name, &index))
        return result_type_unknown();
    return expression_query_type(types, column->scope, index);
}

static void
look_up_alone(struct expression_types *types, struct syntax_node *column)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    char *name = sqlite3_mprintf("%.*s", (int)column->span.size, column->span.at);
    if (name != NULL && types->probed_bytes <= PROBED_BYTES_MAX)
        put_probe(types, text, column->scope, column, name);
    sqlite3_free(name);
    sqlite3_stmt *statement = prepare(types, text);
    column->typed = SYNTAX_BEING_TYPED;
    if (statement != NULL)
        note_column(types, column, sqlite3_column_decltype(statement, 0));
    else
        column->type = labelled_type(types, column);
    column->typed = SYNTAX_TYPED;
    sqlite3_finalize(statement);
}

static bool
is_asked_for(const struct syntax_node *column)
{
    return column->wanted && column->typed == SYNTAX_UNTYPED;
}

/* All columns of an outermost scope at once, as most statements have them; none, when one of them is not of its tables. */
static void
look_up_together(struct expression_types *types, struct syntax_scope *scope)
{
    struct syntax_node *asked[PROBED_COLUMNS_MAX];
    size_t count = 0;
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendall(text, "SELECT ");
    for (struct syntax_node *column = scope->columns; column != NULL && count < PROBED_COLUMNS_MAX; column = column->next_in_scope) {
        if (!is_asked_for(column) || is_excluded(types, column))
            continue;
        sqlite3_str_appendf(text, "%s%.*s", count > 0 ? "," : "", (int)column->span.size, column->span.at);
        asked[count++] = column;
    }
    put_tables(types, text, scope, NULL);
    sqlite3_stmt *statement = prepare(types, text);
    for (size_t i = 0; statement != NULL && i < count; i++)
        note_column(types, asked[i], sqlite3_column_decltype(statement, (int)i));
    sqlite3_finalize(statement);
}

struct syntax_type
expression_column_type(struct expression_types *types, struct syntax_node *column)
{
    struct syntax_scope *scope = column->scope;
    if (scope->outer == NULL && !scope->looked_up) {
        scope->looked_up = true;
        column->wanted = true;
        look_up_together(types, scope);
    }
    if (column->typed == SYNTAX_UNTYPED)
        look_up_alone(types, column);
    return column->type;
}

static sqlite3_stmt *
prepare_columns(struct expression_types *types, const struct sql_token *names, size_t count)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendall(text, "SELECT ");
    for (size_t i = 0; i < count; i++)
        sqlite3_str_appendf(text, "%s%.*s", i > 0 ? "," : "", (int)names[i].size, names[i].at);
    sqlite3_str_appendf(text, "%s FROM %.*s", count == 0 ? "*" : "", (int)types->tree->table.size, types->tree->table.at);
    return prepare(types, text);
}

size_t
expression_inserted_types(struct expression_types *types, struct syntax_type **inserted)
{
    sqlite3_stmt *statement = prepare_columns(types, types->tree->inserted, types->tree->inserted_count);
    size_t count = statement != NULL ? (size_t)sqlite3_column_count(statement) : 0;
    *inserted = count > 0 ? calloc(count, sizeof **inserted) : NULL;
    for (size_t i = 0; *inserted != NULL && i < count; i++)
        (*inserted)[i] = expression_declared_type(sqlite3_column_decltype(statement, (int)i));
    sqlite3_finalize(statement);
    return *inserted != NULL ? count : 0;
}

struct syntax_type
expression_assigned_type(struct expression_types *types, const struct syntax_node *assignment)
{
    sqlite3_stmt *statement = prepare_columns(types, &assignment->name, 1);
    struct syntax_type type = statement != NULL ? expression_declared_type(sqlite3_column_decltype(statement, 0)) : result_type_unknown();
    sqlite3_finalize(statement);
    return type;
}
