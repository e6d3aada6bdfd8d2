/* What FROM and WITH name. */
#include "gateway/datastore/sqlite/syntax_parser.h"

/* Words that end a table of FROM. None of them is an alias without quotes. */
static const char *const behind_table[] = { "WHERE",     "GROUP", "HAVING",  "WINDOW", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT",
                                            "RETURNING", "JOIN",  "INNER",   "LEFT",   "RIGHT", "FULL",  "CROSS", "OUTER",  "NATURAL",
                                            "ON",        "USING", "INDEXED", "NOT",    "SET",   ")",     ",",     NULL };

struct syntax_scope *
syntax_scope_new(struct syntax_parser *parser, struct syntax_scope *outer)
{
    struct syntax_scope *scope = syntax_allocate(parser, sizeof *scope);
    if (scope == NULL)
        return &parser->spare;
    scope->outer = outer;
    scope->first_arm = scope;
    return scope;
}

/* "(a, b)" behind the name of a common table, or of a table that is inserted into. */
struct sql_token *
syntax_names(struct syntax_parser *parser, size_t *count)
{
    *count = 0;
    if (!syntax_next_is(parser, "("))
        return NULL;
    size_t most = 1;
    while (!sql_token_is(syntax_peek(parser, most), ")") && syntax_peek(parser, most)->size > 0)
        most++;
    struct sql_token *names = syntax_allocate(parser, most * sizeof *names);
    (void)syntax_take(parser);
    do {
        struct sql_token name = syntax_take_name(parser);
        if (names != NULL && *count < most)
            names[(*count)++] = name;
    } while (syntax_skip(parser, ","));
    syntax_expect(parser, ")");
    return names;
}

static struct syntax_table *
new_table(struct syntax_parser *parser, struct syntax_table **list, struct sql_token name)
{
    struct syntax_table *table = syntax_allocate(parser, sizeof *table);
    if (table == NULL)
        return NULL;
    table->name = name;
    table->next = *list;
    *list = table;
    return table;
}

static void
take_common_table(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    struct syntax_table *table = new_table(parser, &scope->common, syntax_take_name(parser));
    size_t count;
    struct sql_token *columns = syntax_names(parser, &count);
    syntax_expect(parser, "AS");
    (void)syntax_skip(parser, "NOT");
    (void)syntax_skip(parser, "MATERIALIZED");
    syntax_expect(parser, "(");
    if (table == NULL)
        return;
    table->columns = columns;
    table->column_count = count;
    table->query = syntax_query(parser, scope, node);
    syntax_expect(parser, ")");
}

/* WITH name (columns) AS (query), ... : a scope of its own, for these queries and for all that follows. */
struct syntax_scope *
syntax_with(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node)
{
    size_t first = parser->next;
    if (!syntax_skip(parser, "WITH"))
        return outer;
    struct syntax_scope *scope = syntax_scope_new(parser, outer);
    (void)syntax_skip(parser, "RECURSIVE");
    do
        take_common_table(parser, scope, node);
    while (syntax_skip(parser, ","));
    scope->with = syntax_span_from(parser, first);
    return scope;
}

static struct syntax_table *
find_common(struct syntax_scope *scope, const struct sql_token *name)
{
    for (; scope != NULL; scope = scope->outer)
        for (struct syntax_table *table = scope->common; table != NULL; table = table->next)
            if (sql_token_is_same_name(&table->name, name))
                return table;
    return NULL;
}

struct sql_token
syntax_alias(struct syntax_parser *parser)
{
    const struct sql_token *next = syntax_peek(parser, 0);
    if (syntax_skip(parser, "AS"))
        return syntax_take_name(parser);
    bool is_name = next->kind == SQL_TOKEN_QUOTED || next->kind == SQL_TOKEN_STRING ||
                   (next->kind == SQL_TOKEN_WORD && !syntax_next_is_one_of(parser, behind_table));
    return is_name ? syntax_take(parser) : (struct sql_token) { .at = "", .size = 0 };
}

static void take_tables(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node);

void
syntax_skip_index(struct syntax_parser *parser)
{
    if (syntax_skip(parser, "INDEXED")) {
        syntax_expect(parser, "BY");
        (void)syntax_take_name(parser);
    } else if (syntax_next_is(parser, "NOT") && sql_token_is(syntax_peek(parser, 1), "INDEXED")) {
        (void)syntax_take(parser);
        (void)syntax_take(parser);
    }
}

/* It may be a view. */
static void
note_named(struct syntax_parser *parser, struct syntax_scope *scope, struct sql_token name, struct sql_token alias,
           struct syntax_node *schema)
{
    struct syntax_table *table = new_table(parser, &parser->named, alias.size > 0 ? alias : name);
    if (table == NULL)
        return;
    table->origin = name;
    table->schema = schema;
    table->scope = scope;
}

static void
take_named_table(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    struct syntax_node *schema = syntax_node_new(parser, SYNTAX_SCHEMA, NULL);
    struct sql_token name = syntax_take_name(parser);
    bool qualified = syntax_skip(parser, ".");
    if (qualified) {
        static const struct sql_token main_schema = { .kind = SQL_TOKEN_WORD, .at = "MAIN", .size = 4 };
        bool is_main = sql_token_is_same_name(&name, &main_schema);
        syntax_end(parser, schema);
        name = syntax_take_name(parser);
        schema = is_main ? schema : NULL;
        syntax_add(node, schema, SYNTAX_PART);
    }
    bool is_function = syntax_skip(parser, "("); /* that makes a table */
    if (is_function) {
        if (!syntax_next_is(parser, ")"))
            syntax_expressions(parser, scope, node, SYNTAX_PART);
        syntax_expect(parser, ")");
    }
    struct sql_token alias = syntax_alias(parser);
    struct syntax_table *common = qualified ? NULL : find_common(scope, &name);
    struct syntax_table *table = common != NULL ? new_table(parser, &scope->derived, alias.size > 0 ? alias : name) : NULL;
    if (table != NULL)
        table->definition = common;
    else if (!is_function && (!qualified || schema != NULL))
        note_named(parser, scope, name, alias, qualified ? schema : NULL);
    syntax_skip_index(parser);
}

static void
take_table(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    if (!syntax_next_is(parser, "(")) {
        take_named_table(parser, scope, node);
        return;
    }
    bool is_query = syntax_query_begins(parser, 1);
    syntax_expect(parser, "(");
    if (!is_query) { /* a join in parentheses; an alias behind it hides the names in it */
        if (++parser->depth > SYNTAX_DEPTH_MAX)
            syntax_fail(parser);
        take_tables(parser, scope, node);
        parser->depth--;
        syntax_expect(parser, ")");
        (void)syntax_alias(parser);
        return;
    }
    struct syntax_scope *query = syntax_query(parser, scope->outer, node); /* which sees nothing of the tables beside it */
    syntax_expect(parser, ")");
    struct syntax_table *table = new_table(parser, &scope->derived, syntax_alias(parser));
    if (table != NULL)
        table->query = query;
}

static void
take_tables(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    static const char *const joins[] = { "NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS", NULL };
    size_t ignored;
    take_table(parser, scope, node);
    for (;;) {
        if (syntax_skip(parser, "ON")) {
            syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
        } else if (syntax_skip(parser, "USING")) {
            (void)syntax_names(parser, &ignored);
        } else if (syntax_skip(parser, ",") || syntax_skip(parser, "JOIN")) {
            take_table(parser, scope, node);
        } else if (syntax_next_is_one_of(parser, joins)) {
            (void)syntax_take(parser);
        } else {
            return;
        }
    }
}

void
syntax_from(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, size_t place)
{
    size_t first = parser->next;
    take_tables(parser, scope, node);
    scope->tables[place] = syntax_span_from(parser, first);
}
