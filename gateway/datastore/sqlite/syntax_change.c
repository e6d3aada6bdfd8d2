/* INSERT, UPDATE and DELETE, and the statement as a whole. */
#include "gateway/datastore/sqlite/syntax_parser.h"

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
        (void)syntax_alias(parser);
    tree->changed->tables[0] = syntax_span_from(parser, first);
    syntax_skip_index(parser);
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
            (void)syntax_names(parser, &ignored);
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
    if (syntax_skip(parser, "RETURNING"))
        syntax_items(parser, scope, root);
}

static void
take_update(struct syntax_parser *parser, struct syntax_tree *tree)
{
    skip_conflict_word(parser);
    take_changed_table(parser, tree);
    syntax_expect(parser, "SET");
    take_assignments(parser, tree->changed, tree->root);
    if (syntax_skip(parser, "FROM"))
        syntax_from(parser, tree->changed, tree->root, 1);
    syntax_conditions(parser, tree->changed, tree->root);
    take_returning(parser, tree->changed, tree->root);
    syntax_tail(parser, tree->changed, tree->root);
}

static void
take_delete(struct syntax_parser *parser, struct syntax_tree *tree)
{
    syntax_expect(parser, "FROM");
    take_changed_table(parser, tree);
    syntax_conditions(parser, tree->changed, tree->root);
    take_returning(parser, tree->changed, tree->root);
    syntax_tail(parser, tree->changed, tree->root);
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
    tree->inserted = syntax_names(parser, &tree->inserted_count);
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
    tree->changed = syntax_scope_new(parser, with);
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
    struct syntax_scope *with = syntax_with(parser, NULL, tree->root);
    if (syntax_next_is(parser, "SELECT") || syntax_next_is(parser, "VALUES"))
        tree->query = syntax_arms(parser, with, tree->root);
    else
        take_change(parser, tree, with);
    return !parser->failed;
}
