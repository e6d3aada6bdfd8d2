#include "gateway/datastore/sqlite/expressions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/decimal_rewrite.h"
#include "gateway/datastore/sqlite/expression_columns.h"
#include "gateway/datastore/sqlite/expression_views.h"

enum { VIEWS_MAX = 64 };

/* Whether a sign or star behind the token has a left operand. */
static bool
ends_operand(const struct sql_token *token)
{
    static const char *const words[] = { "SELECT", "DISTINCT", "ALL",  "WHERE", "ON",      "AND",       "OR",
                                         "NOT",    "WHEN",     "THEN", "ELSE",  "BETWEEN", "BY",        "HAVING",
                                         "LIMIT",  "OFFSET",   "IN",   "IS",    "LIKE",    "RETURNING", NULL };
    return token->kind == SQL_TOKEN_OTHER ? sql_token_is(token, ")") : token->size > 0 && !sql_token_is_one_of(token, words);
}

/* A sign before a number in a list is the number's; any other sign calculates. */
static bool
calculates(const struct sql_token *before, const struct sql_token *token, struct sql_text ahead)
{
    struct sql_token next;
    if (token->kind != SQL_TOKEN_OTHER)
        return false;
    if (*token->at == '*' || *token->at == '/')
        return ends_operand(before);
    if (*token->at != '+' && *token->at != '-')
        return false;
    return ends_operand(before) || (sql_token_next(&ahead, &next) && next.kind != SQL_TOKEN_NUMBER && !sql_token_is(&next, "."));
}

/* A number that stands for a column of the result. */
static bool
is_given(const struct sql_token *before, const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_NUMBER && (sql_token_is(before, "SELECT") || sql_token_is(before, "(") || sql_token_is(before, ","));
}

/* Its column may have fewer places. */
static bool
is_fraction(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_NUMBER ? memchr(token->at, '.', token->size) != NULL
                                           : sql_token_is(token, ".") && isdigit((unsigned char)token->at[1]);
}

/* INSERT ... SELECT, and SET of a column to another, whose columns may have more places than those that they go to. */
static bool
copies(const struct sql_token *before, const struct sql_token *token)
{
    bool is_name = token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED;
    return sql_token_is(token, "SELECT") || (is_name && sql_token_is(before, "="));
}

bool
expressions_are_worth_it(const char *text, size_t size)
{
    static const char *const words[] = { "SUM",        "AVG",      "MIN",        "MAX",          "COALESCE",     "IFNULL",
                                         "NULLIF",     "IIF",      "ABS",        "ROUND",        "FLOOR",        "CEIL",
                                         "CEILING",    "TRUNC",    "CASE",       "LAG",          "LEAD",         "FIRST_VALUE",
                                         "UNION",      "SQL_CAST", "LAST_VALUE", "NTH_VALUE",    "ROW_NUMBER",   "RANK",
                                         "DENSE_RANK", "NTILE",    "MOD",        "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP",
                                         NULL };
    static const char *const verbs[] = { "SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", NULL };
    struct sql_text rest = sql_text(text, size);
    struct sql_token before = { .at = "", .size = 0 };
    struct sql_token token;
    bool found = false;
    if (!sql_token_next(&rest, &token) || !sql_token_is_one_of(&token, verbs))
        return false;
    bool in_list = sql_token_is(&token, "SELECT") || sql_token_is(&token, "VALUES");
    bool stores = sql_token_is(&token, "INSERT") || sql_token_is(&token, "REPLACE") || sql_token_is(&token, "UPDATE");
    for (before = token; !found && sql_token_next(&rest, &token); before = token) {
        in_list = in_list && !sql_token_is(&token, "FROM");
        found = calculates(&before, &token, rest) || (token.kind == SQL_TOKEN_WORD && sql_token_is_one_of(&token, words)) ||
                (in_list && is_given(&before, &token)) || (stores && (is_fraction(&token) || copies(&before, &token)));
    }
    return found;
}

static size_t
count_items(const struct syntax_scope *scope)
{
    size_t count = 0;
    for (const struct syntax_item *item = scope->items; item != NULL; item = item->next)
        count++;
    return count;
}

/* Of a column that is one of a table, SQLite tells the type, unless there are others of it in UNION. */
static struct syntax_type
type_item(struct expression_types *types, struct syntax_scope *scope, const struct syntax_item *item, size_t index, const char *declared)
{
    if (scope->next_arm != NULL)
        return expression_query_type(types, scope, index);
    if (item->value->kind == SYNTAX_COLUMN && declared != NULL)
        return (struct syntax_type) { .type = SQL_TYPE_COUNT };
    return expression_type(types, item->value);
}

/* One of those that `*` stands for. */
static struct syntax_type
type_of_named(struct expression_types *types, struct syntax_scope *scope, sqlite3_stmt *statement, int index)
{
    const char *name = sqlite3_column_name(statement, index);
    if (scope->next_arm != NULL || name == NULL || sqlite3_column_decltype(statement, index) != NULL)
        return (struct syntax_type) { .type = SQL_TYPE_COUNT };
    return expression_named_type(types, scope, name);
}

/* Items behind a `*` are counted from the end. */
static struct syntax_type *
type_result(struct expression_types *types, struct syntax_scope *scope, sqlite3_stmt *statement)
{
    size_t column_count = (size_t)sqlite3_column_count(statement);
    size_t items = count_items(scope);
    struct syntax_type *result = column_count > 0 ? calloc(column_count, sizeof *result) : NULL;
    if (result == NULL)
        return NULL;
    for (size_t i = 0; i < column_count; i++)
        result[i].type = SQL_TYPE_COUNT;
    size_t place = 0;
    size_t index = 0;
    bool seen_all = false;
    for (const struct syntax_item *item = scope->items; item != NULL; item = item->next, index++) {
        if (item->value != NULL) {
            result[place] = type_item(types, scope, item, index, sqlite3_column_decltype(statement, (int)place));
            place++;
        } else if (seen_all || column_count < items - 1) {
            break;
        } else {
            seen_all = true;
            for (size_t end = place + column_count - (items - 1); place < end; place++)
                result[place] = type_of_named(types, scope, statement, (int)place);
        }
    }
    return result;
}

static void
mark_result(struct syntax_scope *query)
{
    for (; query != NULL; query = query->next_arm)
        for (struct syntax_item *item = query->items; item != NULL; item = item->next)
            if (item->value != NULL)
                item->value->result = true;
}

bool
expressions_read_schema(struct sqlite_session *session)
{
    static const char query[] = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%COLLATE decimal%'";
    sqlite3_stmt *statement = NULL;
    int64_t version = connection_schema_version(session);
    if (version == session->decimals_schema_version)
        return session->has_wide_decimals;
    session->trusted = true;
    bool found =
        sqlite3_prepare_v3(session->database, query, -1, 0, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    session->trusted = false;
    session->has_wide_decimals = found;
    session->decimals_schema_version = version;
    return found;
}

void
expressions_examine(struct sqlite_session *session, sqlite3_stmt *statement, const char *text, struct expressions *expressions)
{
    struct syntax_tree tree;
    *expressions = (struct expressions) { .text = NULL };
    bool has_wide_decimals = expressions_read_schema(session);
    if (!(has_wide_decimals || session->reads_views || expressions_are_worth_it(text, strlen(text))) ||
        !syntax_parse(text, strlen(text), &tree))
        return;
    unsigned views_left = VIEWS_MAX;
    struct expression_types types = { .session = session, .tree = &tree, .views_left = &views_left };
    struct syntax_scope *query = tree.statement == SYNTAX_IS_QUERY ? tree.query : tree.changed;
    expression_mark_wanted(tree.root);
    if (session->reads_views)
        expression_views_find(&types);
    mark_result(query);
    expressions->result = type_result(&types, query, statement);
    expressions->text = decimal_rewrite(&types);
    char *defined = expression_views_define(&types, expressions->text != NULL ? expressions->text : text);
    if (defined != NULL) {
        sqlite3_free(expressions->text);
        expressions->text = defined;
    }
    expression_views_free(&types);
    syntax_clear(&tree);
}

void
expressions_clear(struct expressions *expressions)
{
    sqlite3_free(expressions->text);
    free(expressions->result);
    *expressions = (struct expressions) { .text = NULL };
}
