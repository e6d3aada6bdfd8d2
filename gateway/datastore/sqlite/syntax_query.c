#include "gateway/datastore/sqlite/syntax_parser.h"

bool
syntax_query_begins(const struct syntax_parser *parser, size_t ahead)
{
    const struct sql_token *token = syntax_peek(parser, ahead);
    return sql_token_is(token, "SELECT") || sql_token_is(token, "VALUES") || sql_token_is(token, "WITH");
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
    item->arm = scope;
    item->index = scope->last_item != NULL ? scope->last_item->index + 1 : 0;
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

void
syntax_items(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    do
        take_item(parser, scope, node);
    while (syntax_skip(parser, ","));
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

void
syntax_conditions(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
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
    if (!syntax_skip(parser, "DISTINCT"))
        (void)syntax_skip(parser, "ALL");
    syntax_items(parser, scope, node);
    if (syntax_skip(parser, "FROM"))
        syntax_from(parser, scope, node, 0);
    syntax_conditions(parser, scope, node);
}

static void
take_row(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    syntax_expect(parser, "(");
    scope->values = true;
    syntax_items(parser, scope, node);
    syntax_expect(parser, ")");
}

static struct syntax_scope *
add_arm(struct syntax_parser *parser, struct syntax_scope *last)
{
    last->next_arm = syntax_scope_new(parser, last->outer);
    last->next_arm->first_arm = last->first_arm;
    return last->next_arm;
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
        scope = add_arm(parser, scope);
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
void
syntax_tail(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
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

struct syntax_scope *
syntax_arms(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node)
{
    struct syntax_scope *first = syntax_scope_new(parser, outer);
    struct syntax_scope *last = take_arm(parser, first, node);
    while (skip_compound(parser) && !parser->failed) {
        last = take_arm(parser, add_arm(parser, last), node);
    }
    syntax_tail(parser, first, node);
    return first;
}

struct syntax_scope *
syntax_query(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node)
{
    if (++parser->depth > SYNTAX_DEPTH_MAX)
        syntax_fail(parser);
    struct syntax_scope *first = syntax_arms(parser, syntax_with(parser, outer, node), node);
    parser->depth--;
    return first;
}
