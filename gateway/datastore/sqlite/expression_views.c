#include "gateway/datastore/sqlite/expression_views.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/decimal_rewrite.h"

enum { VIEW_COLUMNS_MAX = 500 };

struct expression_view {
    struct expression_view *next;
    char *definition;           /* owned by sqlite3_malloc: CREATE VIEW ... */
    struct sql_token name;      /* in it */
    struct syntax_span columns; /* "(a, b)"; size 0: as its query calls them */
    struct syntax_table table;
    struct syntax_tree tree;       /* of its query */
    struct expression_types types; /* likewise */
    char *exact;                   /* owned by sqlite3_malloc; NULL: it is exact as it is */
};

/* The text that made the view; NULL when there is no view of that name. */
static char *
load_definition(struct sqlite_session *session, const struct sql_token *name)
{
    static const char query[] = "SELECT sql FROM main.sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE";
    sqlite3_stmt *statement = NULL;
    char *definition = NULL;
    size_t quotes = name->kind == SQL_TOKEN_WORD ? 0 : 1;
    session->trusted = true;
    if (name->size > 2 * quotes && sqlite3_prepare_v3(session->database, query, -1, 0, &statement, NULL) == SQLITE_OK &&
        sqlite3_bind_text(statement, 1, name->at + quotes, (int)(name->size - 2 * quotes), SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        definition = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    session->trusted = false;
    return definition;
}

/* The names of "(a, b)", and that list as a whole. */
static bool
take_columns(struct expression_view *view, struct sql_text *text)
{
    struct sql_token token;
    const char *from = text->at;
    view->table.columns = calloc(VIEW_COLUMNS_MAX, sizeof *view->table.columns);
    if (view->table.columns == NULL || !sql_token_next(text, &token))
        return false;
    do {
        if (view->table.column_count == VIEW_COLUMNS_MAX || !sql_token_next(text, &view->table.columns[view->table.column_count++]) ||
            !sql_token_next(text, &token))
            return false;
    } while (sql_token_is(&token, ","));
    view->columns = (struct syntax_span) { .at = from, .size = (size_t)(text->at - from) };
    return sql_token_is(&token, ")");
}

/* CREATE VIEW [IF NOT EXISTS] [schema.]name [(columns)] AS: leaves the query in `text`. */
static bool
skip_header(struct expression_view *view, struct sql_text *text)
{
    struct sql_token token;
    while (sql_token_next(text, &token) && !sql_token_is(&token, "AS")) {
        struct sql_text ahead = *text;
        struct sql_token next;
        view->name = token;
        if (sql_token_next(&ahead, &next) && sql_token_is(&next, "(") && !take_columns(view, text))
            return false;
    }
    return text->left > 0 && view->name.size > 0;
}

static struct expression_view *
find_view(struct expression_types *types, const struct sql_token *name)
{
    for (struct expression_view *view = types->views; view != NULL; view = view->next)
        if (sql_token_is_same_name(&view->name, name))
            return view;
    return NULL;
}

static void
free_view(struct expression_view *view)
{
    expression_views_free(&view->types);
    syntax_clear(&view->tree);
    free(view->table.columns);
    sqlite3_free(view->definition);
    sqlite3_free(view->exact);
    free(view);
}

/* Its query, written again where that is needed, with the views that it reads itself. */
static void
make_exact(struct expression_view *view, const char *query)
{
    char *rewritten = decimal_rewrite(&view->types);
    char *defined = expression_views_define(&view->types, rewritten != NULL ? rewritten : query);
    view->exact = defined != NULL ? defined : rewritten;
    if (defined != NULL)
        sqlite3_free(rewritten);
}

static struct expression_view *
add_view(struct expression_types *types, const struct sql_token *name)
{
    struct expression_view *view = *types->views_left > 0 ? calloc(1, sizeof *view) : NULL;
    if (view == NULL)
        return NULL;
    --*types->views_left;
    view->definition = load_definition(types->session, name);
    struct sql_text query =
        sql_text(view->definition != NULL ? view->definition : "", view->definition != NULL ? strlen(view->definition) : 0);
    if (view->definition == NULL || !skip_header(view, &query) || !syntax_parse(query.at, query.left, &view->tree) ||
        view->tree.statement != SYNTAX_IS_QUERY) {
        free_view(view);
        return NULL;
    }
    view->types = (struct expression_types) { .session = types->session, .tree = &view->tree, .views_left = types->views_left };
    view->table.query = view->tree.query;
    expression_mark_wanted(view->tree.root);
    expression_views_find(&view->types);
    make_exact(view, query.at);
    view->next = types->views;
    types->views = view;
    return view;
}

void
expression_views_find(struct expression_types *types)
{
    struct syntax_table *next;
    for (struct syntax_table *table = types->tree->named; table != NULL; table = next) {
        struct expression_view *view = find_view(types, &table->origin);
        next = table->next;
        if (view == NULL)
            view = add_view(types, &table->origin);
        if (view == NULL)
            continue;
        table->definition = &view->table;
        if (table->schema != NULL) /* the name alone means what WITH defines */
            table->schema->dropped = view->exact != NULL;
        table->next = table->scope->derived;
        table->scope->derived = table;
    }
    types->tree->named = NULL; /* some of them are elsewhere now */
}

/* Behind WITH of the statement's own, if it has one. */
static const char *
skip_with(const char *text, sqlite3_str *output)
{
    struct sql_text rest = sql_text(text, strlen(text));
    struct sql_token token;
    sqlite3_str_appendall(output, "WITH ");
    if (!sql_token_next(&rest, &token) || !sql_token_is(&token, "WITH"))
        return text;
    struct sql_text behind = rest;
    if (!sql_token_next(&rest, &token) || !sql_token_is(&token, "RECURSIVE"))
        return behind.at;
    sqlite3_str_appendall(output, "RECURSIVE ");
    return rest.at;
}

char *
expression_views_define(struct expression_types *types, const char *text)
{
    size_t defined = 0;
    sqlite3_str *output = sqlite3_str_new(NULL);
    const char *rest = skip_with(text, output);
    for (const struct expression_view *view = types->views; view != NULL; view = view->next)
        if (view->exact != NULL)
            sqlite3_str_appendf(output, "%s%.*s%.*s AS NOT MATERIALIZED (%s)", defined++ > 0 ? ", " : "", (int)view->name.size,
                                view->name.at, (int)view->columns.size, view->columns.at, view->exact);
    sqlite3_str_appendf(output, "%s%s", rest != text ? ", " : " ", rest);
    char *whole = sqlite3_str_finish(output);
    if (defined > 0)
        return whole;
    sqlite3_free(whole);
    return NULL;
}

void
expression_views_free(struct expression_types *types)
{
    while (types->views != NULL) {
        struct expression_view *next = types->views->next;
        free_view(types->views);
        types->views = next;
    }
}
