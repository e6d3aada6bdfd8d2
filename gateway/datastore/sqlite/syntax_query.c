#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/syntax_parser.h"

/* Words that end a table of FROM. None of them is an alias without quotes. */
static const char *const behind_table[] = { "WHERE",     "GROUP", "HAVING",  "WINDOW", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT",
                                            "RETURNING", "JOIN",  "INNER",   "LEFT",   "RIGHT", "FULL",  "CROSS", "OUTER",  "NATURAL",
                                            "ON",        "USING", "INDEXED", "NOT",    "SET",   ")",     ",",     NULL };

static struct syntax_scope *
new_scope(struct syntax_parser *parser, struct syntax_scope *outer)
{
    struct syntax_scope *scope = syntax_allocate(parser, sizeof *scope);
    if (scope == NULL)
        return &parser->spare;
    scope->outer = outer;
    return scope;
}

bool
syntax_query_begins(const struct syntax_parser *parser, size_t ahead)
{
    const struct sql_token *token = syntax_peek(parser, ahead);
    return sql_token_is(token, "SELECT") || sql_token_is(token, "VALUES") || sql_token_is(token, "WITH");
}

/* "(a, b)" behind the name of a common table, or of a table that is inserted into. */
static struct sql_token *
take_names(struct syntax_parser *parser, size_t *count)
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
    struct sql_token *columns = take_names(parser, &count);
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
static struct syntax_scope *
take_with(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node)
{
    size_t first = parser->next;
    if (!syntax_skip(parser, "WITH"))
        return outer;
    struct syntax_scope *scope = new_scope(parser, outer);
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
            if (table->name.size == name->size && strncasecmp(table->name.at, name->at, name->size) == 0)
                return table;
    return NULL;
}

static struct sql_token
take_alias(struct syntax_parser *parser)
{
    const struct sql_token *next = syntax_peek(parser, 0);
    if (syntax_skip(parser, "AS"))
        return syntax_take_name(parser);
    bool is_name = next->kind == SQL_TOKEN_QUOTED || next->kind == SQL_TOKEN_STRING ||
                   (next->kind == SQL_TOKEN_WORD && !syntax_next_is_one_of(parser, behind_table));
    return is_name ? syntax_take(parser) : (struct sql_token) { .at = "", .size = 0 };
}

static void take_tables(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node);

static void
skip_index(struct syntax_parser *parser)
{
    if (syntax_skip(parser, "INDEXED")) {
        syntax_expect(parser, "BY");
        (void)syntax_take_name(parser);
    } else if (syntax_next_is(parser, "NOT") && sql_token_is(syntax_peek(parser, 1), "INDEXED")) {
        (void)syntax_take(parser);
        (void)syntax_take(parser);
    }
}

static void
take_named_table(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    struct sql_token name = syntax_take_name(parser);
    bool qualified = false;
    while (syntax_skip(parser, ".")) {
        name = syntax_take_name(parser);
        qualified = true;
    }
    if (syntax_skip(parser, "(")) { /* a function that makes a table */
        if (!syntax_next_is(parser, ")"))
            syntax_expressions(parser, scope, node, SYNTAX_PART);
        syntax_expect(parser, ")");
    }
    struct sql_token alias = take_alias(parser);
    struct syntax_table *common = qualified ? NULL : find_common(scope, &name);
    struct syntax_table *table = common != NULL ? new_table(parser, &scope->derived, alias.size > 0 ? alias : name) : NULL;
    if (table != NULL)
        table->definition = common;
    skip_index(parser);
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
        take_tables(parser, scope, node);
        syntax_expect(parser, ")");
        (void)take_alias(parser);
        return;
    }
    struct syntax_scope *query = syntax_query(parser, scope->outer, node); /* which sees nothing of the tables beside it */
    syntax_expect(parser, ")");
    struct syntax_table *table = new_table(parser, &scope->derived, take_alias(parser));
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
            (void)take_names(parser, &ignored);
        } else if (syntax_skip(parser, ",") || syntax_skip(parser, "JOIN")) {
            take_table(parser, scope, node);
        } else if (syntax_next_is_one_of(parser, joins)) {
            (void)syntax_take(parser);
        } else {
            return;
        }
    }
}

static void
take_from(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, size_t place)
{
    size_t first = parser->next;
    take_tables(parser, scope, node);
    scope->tables[place] = syntax_span_from(parser, first);
}

/* `*` or `name.*`. */
static bool
skip_all_columns(struct syntax_parser *parser)
{
    bool qualified = sql_token_is(syntax_peek(parser, 1), ".") && sql_token_is(syntax_peek(parser, 2), "*");
    if (syntax_skip(parser, "*"))
        return true;
    for (size_t i = 0; qualified && i < 3; i++)
        (void)syntax_take(parser);
    return qualified;
}

static struct sql_token
take_label(struct syntax_parser *parser)
{
    static const char *const behind_item[] = { "FROM",  "WHERE",  "GROUP",     "HAVING", "WINDOW",    "ORDER", "LIMIT",
                                               "UNION", "EXCEPT", "INTERSECT", "ON",     "RETURNING", NULL };
    const struct sql_token *next = syntax_peek(parser, 0);
    if (syntax_skip(parser, "AS"))
        return syntax_take_name(parser);
    bool is_name = next->kind == SQL_TOKEN_QUOTED || next->kind == SQL_TOKEN_STRING ||
                   (next->kind == SQL_TOKEN_WORD && !syntax_next_is_one_of(parser, behind_item));
    return is_name ? syntax_take(parser) : (struct sql_token) { .at = "", .size = 0 };
}

static void
take_item(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    struct syntax_item *item = syntax_allocate(parser, sizeof *item);
    bool all = skip_all_columns(parser);
    struct syntax_node *value = all ? NULL : syntax_expression(parser, scope);
    if (item == NULL)
        return;
    syntax_add(node, value, SYNTAX_PART);
    item->value = value;
    item->label = take_label(parser);
    item->labelled = item->label.size > 0;
    item->in_values = scope->values;
    if (!item->labelled && value != NULL && value->kind == SYNTAX_COLUMN)
        item->label = value->name;
    if (value != NULL)
        value->item = item;
    if (scope->last_item != NULL)
        scope->last_item->next = item;
    else
        scope->items = item;
    scope->last_item = item;
}

static void
take_windows(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    do {
        (void)syntax_take_name(parser);
        syntax_expect(parser, "AS");
        syntax_expect(parser, "(");
        syntax_window(parser, scope, node);
    } while (syntax_skip(parser, ","));
}

static void
take_conditions(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    if (syntax_skip(parser, "WHERE"))
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
    if (syntax_skip(parser, "GROUP")) {
        syntax_expect(parser, "BY");
        syntax_expressions(parser, scope, node, SYNTAX_PART);
    }
    if (syntax_skip(parser, "HAVING"))
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
    if (syntax_skip(parser, "WINDOW"))
        take_windows(parser, scope, node);
}

static void
take_select(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    scope->distinct = syntax_skip(parser, "DISTINCT");
    if (!scope->distinct)
        (void)syntax_skip(parser, "ALL");
    do
        take_item(parser, scope, node);
    while (syntax_skip(parser, ","));
    if (syntax_skip(parser, "FROM"))
        take_from(parser, scope, node, 0);
    take_conditions(parser, scope, node);
}

static void
take_row(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    syntax_expect(parser, "(");
    scope->values = true;
    do
        take_item(parser, scope, node);
    while (syntax_skip(parser, ","));
    syntax_expect(parser, ")");
}

/* Each row of VALUES is an arm. Returns the last one. */
static struct syntax_scope *
take_arm(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    if (syntax_skip(parser, "SELECT")) {
        take_select(parser, scope, node);
        return scope;
    }
    syntax_expect(parser, "VALUES");
    take_row(parser, scope, node);
    while (syntax_skip(parser, ",")) {
        scope->next_arm = new_scope(parser, scope->outer);
        scope = scope->next_arm;
        take_row(parser, scope, node);
    }
    return scope;
}

static bool
skip_compound(struct syntax_parser *parser)
{
    if (syntax_skip(parser, "UNION")) {
        (void)syntax_skip(parser, "ALL");
        return true;
    }
    return syntax_skip(parser, "EXCEPT") || syntax_skip(parser, "INTERSECT");
}

/* ORDER BY and LIMIT, which are those of the whole query. */
static void
take_tail(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    if (syntax_skip(parser, "ORDER")) {
        syntax_expect(parser, "BY");
        syntax_ordering(parser, scope, node, SYNTAX_PART);
    }
    if (!syntax_skip(parser, "LIMIT"))
        return;
    syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
    if (syntax_skip(parser, "OFFSET") || syntax_skip(parser, ","))
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
}

static struct syntax_scope *
take_arms(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node)
{
    struct syntax_scope *first = new_scope(parser, outer);
    struct syntax_scope *last = take_arm(parser, first, node);
    while (skip_compound(parser) && !parser->failed) {
        last->next_arm = new_scope(parser, outer);
        last = take_arm(parser, last->next_arm, node);
    }
    first->ordered = syntax_next_is(parser, "ORDER");
    take_tail(parser, first, node);
    return first;
}

struct syntax_scope *
syntax_query(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node)
{
    if (++parser->depth > SYNTAX_DEPTH_MAX)
        syntax_fail(parser);
    struct syntax_scope *first = take_arms(parser, take_with(parser, outer, node), node);
    parser->depth--;
    return first;
}

/* The table that a statement changes, with its alias. */
static void
take_changed_table(struct syntax_parser *parser, struct syntax_tree *tree)
{
    size_t first = parser->next;
    (void)syntax_take_name(parser);
    while (syntax_skip(parser, "."))
        (void)syntax_take_name(parser);
    tree->table = syntax_span_from(parser, first);
    if (tree->statement != SYNTAX_IS_INSERT || syntax_next_is(parser, "AS"))
        (void)take_alias(parser);
    tree->changed->tables[0] = syntax_span_from(parser, first);
    skip_index(parser);
}

static void
skip_conflict_word(struct syntax_parser *parser)
{
    if (syntax_skip(parser, "OR"))
        (void)syntax_take_name(parser);
}

/* SET a = value, (b, c) = (values). */
static void
take_assignments(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *root)
{
    size_t ignored;
    do {
        struct syntax_node *node = syntax_node_new(parser, SYNTAX_ASSIGNMENT, NULL);
        if (syntax_next_is(parser, "(")) {
            (void)take_names(parser, &ignored);
            if (node != NULL)
                node->kind = SYNTAX_OTHER;
        } else {
            struct sql_token name = syntax_take_name(parser);
            if (node != NULL)
                node->name = name;
        }
        syntax_expect(parser, "=");
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
        if (node != NULL)
            node->scope = scope;
        syntax_end(parser, node);
        syntax_add(root, node, SYNTAX_PART);
    } while (syntax_skip(parser, ","));
}

static void
take_returning(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *root)
{
    if (!syntax_skip(parser, "RETURNING"))
        return;
    do
        take_item(parser, scope, root);
    while (syntax_skip(parser, ","));
}

static void
take_update(struct syntax_parser *parser, struct syntax_tree *tree)
{
    skip_conflict_word(parser);
    take_changed_table(parser, tree);
    syntax_expect(parser, "SET");
    take_assignments(parser, tree->changed, tree->root);
    if (syntax_skip(parser, "FROM"))
        take_from(parser, tree->changed, tree->root, 1);
    take_conditions(parser, tree->changed, tree->root);
    take_returning(parser, tree->changed, tree->root);
    take_tail(parser, tree->changed, tree->root);
}

static void
take_delete(struct syntax_parser *parser, struct syntax_tree *tree)
{
    syntax_expect(parser, "FROM");
    take_changed_table(parser, tree);
    take_conditions(parser, tree->changed, tree->root);
    take_returning(parser, tree->changed, tree->root);
    take_tail(parser, tree->changed, tree->root);
}

/* ON CONFLICT (columns) WHERE ... DO UPDATE SET ... WHERE ... */
static void
take_upsert(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *root)
{
    syntax_expect(parser, "CONFLICT");
    if (syntax_skip(parser, "(")) {
        syntax_ordering(parser, scope, root, SYNTAX_PART);
        syntax_expect(parser, ")");
    }
    if (syntax_skip(parser, "WHERE"))
        syntax_add(root, syntax_expression(parser, scope), SYNTAX_PART);
    syntax_expect(parser, "DO");
    if (syntax_skip(parser, "NOTHING"))
        return;
    syntax_expect(parser, "UPDATE");
    syntax_expect(parser, "SET");
    take_assignments(parser, scope, root);
    if (syntax_skip(parser, "WHERE"))
        syntax_add(root, syntax_expression(parser, scope), SYNTAX_PART);
}

static void
take_insert(struct syntax_parser *parser, struct syntax_tree *tree)
{
    skip_conflict_word(parser);
    syntax_expect(parser, "INTO");
    take_changed_table(parser, tree);
    tree->inserted = take_names(parser, &tree->inserted_count);
    if (syntax_skip(parser, "DEFAULT"))
        syntax_expect(parser, "VALUES");
    else
        tree->query = syntax_query(parser, tree->changed->outer, tree->root);
    while (syntax_skip(parser, "ON"))
        take_upsert(parser, tree->changed, tree->root);
    take_returning(parser, tree->changed, tree->root);
}

static void
take_change(struct syntax_parser *parser, struct syntax_tree *tree, struct syntax_scope *with)
{
    tree->changed = new_scope(parser, with);
    if (syntax_skip(parser, "UPDATE")) {
        tree->statement = SYNTAX_IS_UPDATE;
        take_update(parser, tree);
    } else if (syntax_skip(parser, "DELETE")) {
        tree->statement = SYNTAX_IS_DELETE;
        take_delete(parser, tree);
    } else if (syntax_skip(parser, "INSERT") || syntax_skip(parser, "REPLACE")) {
        tree->statement = SYNTAX_IS_INSERT;
        take_insert(parser, tree);
    } else {
        syntax_fail(parser);
    }
}

bool
syntax_statement(struct syntax_parser *parser, struct syntax_tree *tree)
{
    tree->root = syntax_node_new(parser, SYNTAX_OTHER, NULL);
    struct syntax_scope *with = take_with(parser, NULL, tree->root);
    if (syntax_next_is(parser, "SELECT") || syntax_next_is(parser, "VALUES"))
        tree->query = take_arms(parser, with, tree->root);
    else
        take_change(parser, tree, with);
    return !parser->failed;
}
