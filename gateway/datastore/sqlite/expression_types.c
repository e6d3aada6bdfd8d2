#include "gateway/datastore/sqlite/expression_types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/result_types.h"
#include "gateway/datastore/sqlite/types.h"

enum { PROBED_BYTES_MAX = 1 << 20, PROBED_COLUMNS_MAX = 500, DECLARED_MAX = 128, SQLITE_DIGITS = 15 };

static struct syntax_type
type_declared(const char *declared)
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
    if (is_excluded(types, column)) {
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

static bool
same_name(const struct sql_token *one, const struct sql_token *other)
{
    size_t ones = one->kind == SQL_TOKEN_QUOTED || one->kind == SQL_TOKEN_STRING ? 1 : 0;
    size_t others = other->kind == SQL_TOKEN_QUOTED || other->kind == SQL_TOKEN_STRING ? 1 : 0;
    return one->size >= 2 * ones && other->size >= 2 * others && one->size - 2 * ones == other->size - 2 * others &&
           strncasecmp(one->at + ones, other->at + others, one->size - 2 * ones) == 0;
}

/* The number of the column of that name; false when there is none. */
static bool
find_item(const struct syntax_scope *query, const struct sql_token *name, size_t *index)
{
    *index = 0;
    for (const struct syntax_item *item = query->items; item != NULL && item->value != NULL; item = item->next, ++*index)
        if (item->label.size > 0 && same_name(&item->label, name))
            return true;
    return false;
}

static bool
find_derived_column(const struct syntax_table *table, const struct sql_token *name, size_t *index)
{
    if (table->columns == NULL)
        return table->query != NULL && find_item(table->query, name, index);
    for (*index = 0; *index < table->column_count; ++*index)
        if (same_name(&table->columns[*index], name))
            return true;
    return false;
}

/* A column that is an expression of a query in FROM, or of WITH. */
static struct syntax_type
derived_type(struct expression_types *types, const struct syntax_node *column)
{
    size_t index;
    for (struct syntax_scope *scope = column->scope; scope != NULL; scope = scope->outer)
        for (struct syntax_table *table = scope->derived; table != NULL; table = table->next) {
            struct syntax_table *definition = definition_of(table);
            bool meant = column->qualifier.size == 0 || same_name(&table->name, &column->qualifier);
            if (meant && definition->query != NULL && find_derived_column(definition, &column->name, &index))
                return expression_query_type(types, definition->query, index);
        }
    return result_type_unknown();
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
    column->type = type_declared(declared);
    column->typed = SYNTAX_TYPED;
    if (column->type.type == SQL_TYPE_COUNT) {
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
    if (name != NULL)
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

/* All columns of an outermost scope at once, as most statements have them; false when one of them is none of its tables'. */
static bool
look_up_together(struct expression_types *types, struct syntax_scope *scope)
{
    size_t count = 0;
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendall(text, "SELECT ");
    for (const struct syntax_node *column = scope->columns; column != NULL; column = column->next_in_scope)
        if (is_asked_for(column) && !is_excluded(types, column) && count < PROBED_COLUMNS_MAX)
            sqlite3_str_appendf(text, "%s%.*s", count++ > 0 ? "," : "", (int)column->span.size, column->span.at);
    struct syntax_node nothing = { .qualifier = { .at = "", .size = 0 } };
    put_tables(types, text, scope, &nothing);
    sqlite3_stmt *statement = prepare(types, text);
    int index = 0;
    for (struct syntax_node *column = scope->columns; column != NULL && statement != NULL; column = column->next_in_scope)
        if (is_asked_for(column) && !is_excluded(types, column) && index < (int)count)
            note_column(types, column, sqlite3_column_decltype(statement, index++));
    sqlite3_finalize(statement);
    return statement != NULL;
}

static struct syntax_type
type_of_column(struct expression_types *types, struct syntax_node *column)
{
    struct syntax_scope *scope = column->scope;
    if (scope->outer == NULL && !scope->looked_up) {
        scope->looked_up = true;
        column->wanted = true;
        (void)look_up_together(types, scope);
    }
    if (column->typed == SYNTAX_UNTYPED)
        look_up_alone(types, column);
    return column->type;
}

bool
expression_is_untyped(const struct syntax_node *node)
{
    while (node != NULL && (node->kind == SYNTAX_PARENTHESES || node->kind == SYNTAX_SIGN))
        node = node->first;
    return node == NULL || node->kind == SYNTAX_MARKER || node->kind == SYNTAX_NULL;
}

static struct syntax_type
type_of_string(const struct syntax_node *node)
{
    struct syntax_type type = result_type_of(SQL_TYPE_VARCHAR);
    const char *text = node->span.at + 1;
    size_t size = node->span.size >= 2 ? node->span.size - 2 : 0;
    size_t digits = strspn(text, "0123456789.-");
    if (digits == size && size > SQLITE_DIGITS) /* which the dialect has made of a number with more digits than SQLite keeps */
        return result_type_number(text, size);
    type.length = size > 0 ? (uint32_t)size : 1;
    return type;
}

/* Markers and NULL take the type of what they stand beside. */
static struct syntax_type
type_of_arithmetic(struct expression_types *types, struct syntax_node *node)
{
    struct syntax_node *left = node->first;
    struct syntax_node *right = left->next;
    struct syntax_type one = expression_is_untyped(left) ? expression_type(types, right) : expression_type(types, left);
    struct syntax_type other = expression_is_untyped(right) ? one : expression_type(types, right);
    return result_type_arithmetic(node->operator, & one, &other);
}

/* One type for all parts in that role, from the part `from` on. */
static struct syntax_type
common_type(struct expression_types *types, struct syntax_node *node, enum syntax_role role, size_t from)
{
    struct syntax_type common = result_type_unknown();
    bool any = false;
    for (struct syntax_node *part = node->first; part != NULL; part = part->next) {
        if (part->role != role || (from > 0 && from--) || expression_is_untyped(part))
            continue;
        struct syntax_type type = expression_type(types, part);
        common = any ? result_type_common(&common, &type) : type;
        any = true;
    }
    return common;
}

/* The string behind the value of SQL_CAST. */
static struct syntax_type
type_of_cast(const struct syntax_node *call)
{
    char declared[DECLARED_MAX];
    const struct syntax_node *type = call->first->next;
    if (type == NULL || type->kind != SYNTAX_STRING || type->span.size - 2 >= sizeof declared)
        return result_type_unknown();
    snprintf(declared, sizeof declared, "%.*s", (int)type->span.size - 2, type->span.at + 1);
    struct syntax_type result = type_declared(declared);
    return result.type == SQL_TYPE_DECIMAL ? result_type_decimal(result.precision, result.scale) : result;
}

static const struct {
    const char *name;
    enum sql_type type;
} fixed_functions[] = {
    { "COUNT", SQL_TYPE_BIGINT }, { "LENGTH", SQL_TYPE_BIGINT },       { "ROW_NUMBER", SQL_TYPE_BIGINT }, { "RANK", SQL_TYPE_BIGINT },
    { "NTILE", SQL_TYPE_BIGINT }, { "DENSE_RANK", SQL_TYPE_BIGINT },   { "INSTR", SQL_TYPE_BIGINT },      { "TOTAL", SQL_TYPE_DOUBLE },
    { "SQRT", SQL_TYPE_DOUBLE },  { "PERCENT_RANK", SQL_TYPE_DOUBLE }, { "CUME_DIST", SQL_TYPE_DOUBLE },
};

static bool
is_one_of(const struct sql_token *name, const char *const *words)
{
    for (; *words != NULL; words++)
        if (sql_token_is(name, *words))
            return true;
    return false;
}

bool
expression_round_places(const struct syntax_node *call, int64_t *places)
{
    const struct syntax_node *number = call->first->next;
    *places = 0;
    if (number == NULL || number->role != SYNTAX_PART)
        return true;
    bool negative = number->kind == SYNTAX_SIGN && number->operator== '-';
    if (number->kind == SYNTAX_SIGN)
        number = number->first;
    if (number->kind != SYNTAX_NUMBER || number->span.size > 2 || strspn(number->span.at, "0123456789") < number->span.size)
        return false;
    for (size_t i = 0; i < number->span.size; i++)
        *places = *places * 10 + (number->span.at[i] - '0');
    *places = negative ? -*places : *places;
    return true;
}

static struct syntax_type
type_of_call(struct expression_types *types, struct syntax_node *call)
{
    static const char *const common[] = { "COALESCE", "IFNULL", "MIN", "MAX", NULL };
    static const char *const same[] = { "NULLIF", "ABS", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "LAG", "LEAD", NULL };
    for (size_t i = 0; i < sizeof fixed_functions / sizeof fixed_functions[0]; i++)
        if (sql_token_is(&call->name, fixed_functions[i].name))
            return result_type_of(fixed_functions[i].type);
    struct syntax_node *argument = call->first;
    if (argument == NULL || argument->role != SYNTAX_PART)
        return result_type_unknown();
    if (sql_token_is(&call->name, "SQL_CAST"))
        return type_of_cast(call);
    if (sql_token_is(&call->name, "IIF"))
        return common_type(types, call, SYNTAX_PART, 1);
    if (is_one_of(&call->name, common))
        return common_type(types, call, SYNTAX_PART, 0);
    bool known = is_one_of(&call->name, same);
    bool sums = sql_token_is(&call->name, "SUM");
    bool averages = sql_token_is(&call->name, "AVG");
    if (!known && !sums && !averages && !sql_token_is(&call->name, "ROUND"))
        return result_type_unknown();
    struct syntax_type type = expression_type(types, argument);
    int64_t places;
    if (!known && !sums && !averages && !expression_round_places(call, &places))
        return result_type_unknown();
    if (known)
        return type;
    return sums ? result_type_sum(&type) : averages ? result_type_average(&type) : result_type_round(&type);
}

static struct syntax_type
find_type(struct expression_types *types, struct syntax_node *node)
{
    switch (node->kind) {
    case SYNTAX_COLUMN:
        return type_of_column(types, node);
    case SYNTAX_NUMBER:
        return result_type_number(node->span.at, node->span.size);
    case SYNTAX_STRING:
        return type_of_string(node);
    case SYNTAX_SIGN:
    case SYNTAX_PARENTHESES:
    case SYNTAX_COLLATE:
        return expression_type(types, node->first);
    case SYNTAX_ARITHMETIC:
        return type_of_arithmetic(types, node);
    case SYNTAX_CALL:
        return type_of_call(types, node);
    case SYNTAX_CASE:
        return common_type(types, node, SYNTAX_RESULT, 0);
    case SYNTAX_QUERY:
        return expression_query_type(types, node->scope, 0);
    case SYNTAX_OTHER:
    case SYNTAX_MARKER:
    case SYNTAX_NULL:
    case SYNTAX_COMPARISON:
    case SYNTAX_ASSIGNMENT:
        break;
    }
    return result_type_unknown();
}

struct syntax_type
expression_type(struct expression_types *types, struct syntax_node *node)
{
    if (node->typed == SYNTAX_BEING_TYPED) /* WITH RECURSIVE */
        return result_type_unknown();
    if (node->typed == SYNTAX_UNTYPED && node->kind == SYNTAX_COLUMN)
        (void)find_type(types, node);
    if (node->typed == SYNTAX_UNTYPED) {
        node->typed = SYNTAX_BEING_TYPED;
        node->type = find_type(types, node);
        if (node->type.type == SQL_TYPE_DECIMAL && node->kind != SYNTAX_COLUMN)
            node->type = result_type_decimal(node->type.precision, node->type.scale);
        node->typed = SYNTAX_TYPED;
    }
    return node->type;
}

static struct syntax_node *
value_at(const struct syntax_scope *arm, size_t index)
{
    const struct syntax_item *item = arm->items;
    for (; item != NULL && item->value != NULL && index > 0; index--)
        item = item->next;
    return item != NULL ? item->value : NULL;
}

struct syntax_type
expression_query_type(struct expression_types *types, struct syntax_scope *query, size_t index)
{
    struct syntax_type common = result_type_unknown();
    bool any = false;
    for (struct syntax_scope *arm = query; arm != NULL; arm = arm->next_arm) {
        struct syntax_node *value = value_at(arm, index);
        if (value == NULL)
            return result_type_unknown();
        if (expression_is_untyped(value) || value->typed == SYNTAX_BEING_TYPED)
            continue;
        struct syntax_type type = expression_type(types, value);
        common = any ? result_type_common(&common, &type) : type;
        any = true;
    }
    return common;
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
        (*inserted)[i] = type_declared(sqlite3_column_decltype(statement, (int)i));
    sqlite3_finalize(statement);
    return *inserted != NULL ? count : 0;
}

struct syntax_type
expression_assigned_type(struct expression_types *types, const struct syntax_node *assignment)
{
    sqlite3_stmt *statement = prepare_columns(types, &assignment->name, 1);
    struct syntax_type type = statement != NULL ? type_declared(sqlite3_column_decltype(statement, 0)) : result_type_unknown();
    sqlite3_finalize(statement);
    return type;
}
