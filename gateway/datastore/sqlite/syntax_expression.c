#include <string.h>

#include "gateway/datastore/sqlite/syntax_parser.h"

/* How tightly operators bind, the loosest first. */
enum level {
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_EQUAL,
    LEVEL_LESS,
    LEVEL_ESCAPE,
    LEVEL_BITS,
    LEVEL_ADD,
    LEVEL_MULTIPLY,
    LEVEL_CONCATENATE,
    LEVEL_COLLATE
};

static const struct {
    const char *word;
    enum level level;
    enum syntax_kind kind;
} operators[] = {
    { "OR", LEVEL_OR, SYNTAX_OTHER },           { "AND", LEVEL_AND, SYNTAX_OTHER },
    { "=", LEVEL_EQUAL, SYNTAX_COMPARISON },    { "==", LEVEL_EQUAL, SYNTAX_COMPARISON },
    { "<>", LEVEL_EQUAL, SYNTAX_COMPARISON },   { "!=", LEVEL_EQUAL, SYNTAX_COMPARISON },
    { "IS", LEVEL_EQUAL, SYNTAX_COMPARISON },   { "BETWEEN", LEVEL_EQUAL, SYNTAX_COMPARISON },
    { "IN", LEVEL_EQUAL, SYNTAX_COMPARISON },   { "LIKE", LEVEL_EQUAL, SYNTAX_OTHER },
    { "GLOB", LEVEL_EQUAL, SYNTAX_OTHER },      { "MATCH", LEVEL_EQUAL, SYNTAX_OTHER },
    { "REGEXP", LEVEL_EQUAL, SYNTAX_OTHER },    { "ISNULL", LEVEL_EQUAL, SYNTAX_OTHER },
    { "NOTNULL", LEVEL_EQUAL, SYNTAX_OTHER },   { "NOT", LEVEL_EQUAL, SYNTAX_OTHER }, /* before BETWEEN, IN, LIKE ..., NULL */
    { "<", LEVEL_LESS, SYNTAX_COMPARISON },     { "<=", LEVEL_LESS, SYNTAX_COMPARISON },
    { ">", LEVEL_LESS, SYNTAX_COMPARISON },     { ">=", LEVEL_LESS, SYNTAX_COMPARISON },
    { "ESCAPE", LEVEL_ESCAPE, SYNTAX_OTHER },   { "&", LEVEL_BITS, SYNTAX_OTHER },
    { "|", LEVEL_BITS, SYNTAX_OTHER },          { "<<", LEVEL_BITS, SYNTAX_OTHER },
    { ">>", LEVEL_BITS, SYNTAX_OTHER },         { "+", LEVEL_ADD, SYNTAX_ARITHMETIC },
    { "-", LEVEL_ADD, SYNTAX_ARITHMETIC },      { "*", LEVEL_MULTIPLY, SYNTAX_ARITHMETIC },
    { "/", LEVEL_MULTIPLY, SYNTAX_ARITHMETIC }, { "%", LEVEL_MULTIPLY, SYNTAX_OTHER },
    { "||", LEVEL_CONCATENATE, SYNTAX_OTHER },  { "->", LEVEL_CONCATENATE, SYNTAX_OTHER },
    { "->>", LEVEL_CONCATENATE, SYNTAX_OTHER }, { "COLLATE", LEVEL_COLLATE, SYNTAX_COLLATE },
};
enum { OPERATOR_COUNT = sizeof operators / sizeof operators[0] };

static struct syntax_node *parse(struct syntax_parser *parser, struct syntax_scope *scope, int level);

/* Words that cannot begin a value, nor be a column's name without quotes. */
static bool
is_reserved(const struct sql_token *token)
{
    static const char *const words[] = { "SELECT",   "FROM",      "WHERE",  "GROUP",     "ORDER",   "HAVING", "LIMIT",  "UNION",
                                         "EXCEPT",   "INTERSECT", "AND",    "OR",        "IN",      "IS",     "ISNULL", "NOTNULL",
                                         "JOIN",     "ON",        "USING",  "SET",       "VALUES",  "THEN",   "WHEN",   "ELSE",
                                         "AS",       "INTO",      "TABLE",  "TO",        "CREATE",  "UPDATE", "INSERT", "DELETE",
                                         "DISTINCT", "COLLATE",   "ESCAPE", "RETURNING", "BETWEEN", "ALL",    NULL };
    for (size_t i = 0; words[i] != NULL; i++)
        if (sql_token_is(token, words[i]))
            return true;
    return false;
}

void
syntax_expressions(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, enum syntax_role role)
{
    do
        syntax_add(node, syntax_expression(parser, scope), role);
    while (syntax_skip(parser, ","));
}

void
syntax_ordering(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, enum syntax_role role)
{
    do {
        syntax_add(node, syntax_expression(parser, scope), role);
        if (!syntax_skip(parser, "ASC"))
            (void)syntax_skip(parser, "DESC");
        if (syntax_skip(parser, "NULLS") && !syntax_skip(parser, "FIRST"))
            syntax_expect(parser, "LAST");
    } while (syntax_skip(parser, ","));
}

/* To the parenthesis that closes, which is left. */
static void
skip_to_close(struct syntax_parser *parser)
{
    unsigned depth = 0;
    while (!syntax_at_end(parser) && (depth > 0 || !syntax_next_is(parser, ")"))) {
        struct sql_token token = syntax_take(parser);
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")");
    }
}

void
syntax_window(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node)
{
    static const char *const beginnings[] = { "PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS", ")", NULL };
    if (!syntax_next_is_one_of(parser, beginnings))
        (void)syntax_take_name(parser);
    if (syntax_skip(parser, "PARTITION")) {
        syntax_expect(parser, "BY");
        syntax_expressions(parser, scope, node, SYNTAX_WINDOW);
    }
    if (syntax_skip(parser, "ORDER")) {
        syntax_expect(parser, "BY");
        syntax_ordering(parser, scope, node, SYNTAX_WINDOW);
    }
    skip_to_close(parser); /* the frame */
    syntax_expect(parser, ")");
}

static void
take_filter_and_over(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *call)
{
    if (syntax_next_is(parser, "FILTER") && sql_token_is(syntax_peek(parser, 1), "(")) {
        (void)syntax_take(parser);
        syntax_expect(parser, "(");
        syntax_expect(parser, "WHERE");
        syntax_add(call, syntax_expression(parser, scope), SYNTAX_WINDOW);
        syntax_expect(parser, ")");
    }
    if (!syntax_skip(parser, "OVER"))
        return;
    if (syntax_skip(parser, "("))
        syntax_window(parser, scope, call);
    else
        (void)syntax_take_name(parser);
}

static struct syntax_node *
parse_call(struct syntax_parser *parser, struct syntax_scope *scope)
{
    struct syntax_node *call = syntax_node_new(parser, SYNTAX_CALL, NULL);
    struct sql_token name = syntax_take(parser);
    syntax_expect(parser, "(");
    if (call == NULL)
        return NULL;
    call->name = name;
    (void)syntax_skip(parser, "DISTINCT");
    if (!syntax_skip(parser, "*") && !syntax_next_is(parser, ")"))
        syntax_expressions(parser, scope, call, SYNTAX_PART);
    syntax_expect(parser, ")");
    take_filter_and_over(parser, scope, call);
    syntax_end(parser, call);
    return call;
}

static struct syntax_node *
parse_case(struct syntax_parser *parser, struct syntax_scope *scope)
{
    struct syntax_node *node = syntax_node_new(parser, SYNTAX_CASE, NULL);
    syntax_expect(parser, "CASE");
    if (!syntax_next_is(parser, "WHEN"))
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_WHEN);
    while (syntax_skip(parser, "WHEN")) {
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_WHEN);
        syntax_expect(parser, "THEN");
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_RESULT);
    }
    if (syntax_skip(parser, "ELSE"))
        syntax_add(node, syntax_expression(parser, scope), SYNTAX_RESULT);
    syntax_expect(parser, "END");
    syntax_end(parser, node);
    return node;
}

/* DECIMAL(p, s), and as it is called otherwise. */
static bool
sized_decimal_is_next(const struct syntax_parser *parser)
{
    static const char *const names[] = { "DECIMAL", "DEC", "NUMERIC", NULL };
    return syntax_next_is_one_of(parser, names) && sql_token_is(syntax_peek(parser, 1), "(");
}

/* CAST(value AS type), where the dialect has left one; a call, of the value and the type, where that is a DECIMAL with its digits. */
static struct syntax_node *
parse_cast(struct syntax_parser *parser, struct syntax_scope *scope)
{
    struct syntax_node *node = syntax_node_new(parser, SYNTAX_OTHER, NULL);
    struct sql_token name = syntax_take(parser);
    syntax_expect(parser, "(");
    syntax_add(node, syntax_expression(parser, scope), SYNTAX_PART);
    syntax_expect(parser, "AS");
    struct syntax_node *type = sized_decimal_is_next(parser) ? syntax_node_new(parser, SYNTAX_OTHER, NULL) : NULL;
    skip_to_close(parser);
    syntax_end(parser, type);
    syntax_expect(parser, ")");
    syntax_end(parser, node);
    if (node == NULL || type == NULL)
        return node;
    node->kind = SYNTAX_CALL;
    node->name = name;
    syntax_add(node, type, SYNTAX_PART);
    return node;
}

/* A query, a value or several of them. */
static struct syntax_node *
parse_parentheses(struct syntax_parser *parser, struct syntax_scope *scope)
{
    struct syntax_node *node = syntax_node_new(parser, SYNTAX_PARENTHESES, NULL);
    bool is_query = syntax_query_begins(parser, 1);
    syntax_expect(parser, "(");
    if (node == NULL)
        return NULL;
    if (is_query) {
        node->kind = SYNTAX_QUERY;
        node->scope = syntax_query(parser, scope, node);
    } else if (!syntax_next_is(parser, ")")) {
        syntax_expressions(parser, scope, node, SYNTAX_PART);
    }
    if (!is_query && (node->first == NULL || node->first->next != NULL))
        node->kind = SYNTAX_OTHER;
    syntax_expect(parser, ")");
    syntax_end(parser, node);
    return node;
}

static struct syntax_node *
parse_column(struct syntax_parser *parser, struct syntax_scope *scope)
{
    struct syntax_node *node = syntax_node_new(parser, SYNTAX_COLUMN, NULL);
    struct sql_token name = syntax_take(parser);
    struct sql_token qualifier = { .at = "", .size = 0 };
    while (syntax_skip(parser, ".")) {
        qualifier = name;
        name = syntax_take_name(parser);
    }
    if (node == NULL)
        return NULL;
    node->name = name;
    node->qualifier = qualifier;
    node->scope = scope;
    node->next_in_scope = scope->columns;
    scope->columns = node;
    syntax_end(parser, node);
    return node;
}

static struct syntax_node *
parse_one_token(struct syntax_parser *parser, enum syntax_kind kind)
{
    struct syntax_node *node = syntax_node_new(parser, kind, NULL);
    (void)syntax_take(parser);
    syntax_end(parser, node);
    return node;
}

/* EXISTS (query), value IN (query) and value IN (list) want rows, not a value. */
static void
take_rows(struct syntax_node *part)
{
    if (part != NULL && (part->kind == SYNTAX_QUERY || part->kind == SYNTAX_PARENTHESES))
        part->kind = SYNTAX_OTHER;
}

/* NOT and EXISTS, and the signs. */
static struct syntax_node *
parse_prefix(struct syntax_parser *parser, struct syntax_scope *scope)
{
    bool negation = syntax_next_is(parser, "NOT");
    bool is_sign = syntax_next_is(parser, "-") || syntax_next_is(parser, "+");
    struct syntax_node *node = syntax_node_new(parser, is_sign ? SYNTAX_SIGN : SYNTAX_OTHER, NULL);
    struct sql_token token = syntax_take(parser);
    if (node != NULL)
        node->operator= * token.at;
    struct syntax_node *part = parse(parser, scope, negation ? LEVEL_NOT : LEVEL_COLLATE + 1);
    if (sql_token_is(&token, "EXISTS"))
        take_rows(part);
    syntax_add(node, part, SYNTAX_PART);
    syntax_end(parser, node);
    return node;
}

static struct syntax_node *
parse_word(struct syntax_parser *parser, struct syntax_scope *scope)
{
    static const char *const prefixes[] = { "NOT", "EXISTS", NULL };
    const struct sql_token *token = syntax_peek(parser, 0);
    bool opens = sql_token_is(syntax_peek(parser, 1), "(");
    if (*token->at == '$')
        return parse_one_token(parser, SYNTAX_MARKER);
    if (syntax_next_is_one_of(parser, prefixes))
        return parse_prefix(parser, scope);
    if (syntax_next_is(parser, "NULL"))
        return parse_one_token(parser, SYNTAX_NULL);
    if (syntax_next_is(parser, "CASE"))
        return parse_case(parser, scope);
    if (syntax_next_is(parser, "CAST") && opens)
        return parse_cast(parser, scope);
    if (opens)
        return parse_call(parser, scope);
    if (is_reserved(token)) {
        syntax_fail(parser);
        return NULL;
    }
    return parse_column(parser, scope);
}

static struct syntax_node *
parse_value(struct syntax_parser *parser, struct syntax_scope *scope)
{
    const struct sql_token *token = syntax_peek(parser, 0);
    switch (token->kind) {
    case SQL_TOKEN_NUMBER:
        return parse_one_token(parser, SYNTAX_NUMBER);
    case SQL_TOKEN_STRING:
        return parse_one_token(parser, *token->at == '\'' ? SYNTAX_STRING : SYNTAX_OTHER);
    case SQL_TOKEN_MARKER:
        return parse_one_token(parser, SYNTAX_MARKER);
    case SQL_TOKEN_QUOTED:
        return parse_column(parser, scope);
    case SQL_TOKEN_WORD:
        return parse_word(parser, scope);
    case SQL_TOKEN_OTHER:
        break;
    }
    if (sql_token_is(token, "("))
        return parse_parentheses(parser, scope);
    if (sql_token_is(token, "-") || sql_token_is(token, "+") || sql_token_is(token, "~"))
        return parse_prefix(parser, scope);
    syntax_fail(parser);
    return NULL;
}

/* The operator that comes next, if it binds at least as tightly as `level`; OPERATOR_COUNT when none does. */
static size_t
find_operator(const struct syntax_parser *parser, int level)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (syntax_next_is(parser, operators[i].word))
            return (int)operators[i].level >= level ? i : OPERATOR_COUNT;
    return OPERATOR_COUNT;
}

/* What stands behind `[NOT] BETWEEN`, `IN`, `IS NOT DISTINCT FROM`, and other operators. */
static void
take_right_side(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, const struct sql_token *word, int level)
{
    if (sql_token_is(word, "BETWEEN")) {
        syntax_add(node, parse(parser, scope, LEVEL_EQUAL + 1), SYNTAX_PART);
        syntax_expect(parser, "AND");
    } else if (sql_token_is(word, "COLLATE")) {
        (void)syntax_take_name(parser);
        return;
    } else if (sql_token_is(word, "IS")) {
        (void)syntax_skip(parser, "NOT");
        if (syntax_skip(parser, "DISTINCT"))
            syntax_expect(parser, "FROM");
    } else if (sql_token_is(word, "ISNULL") || sql_token_is(word, "NOTNULL")) {
        return;
    }
    struct syntax_node *part = parse(parser, scope, level + 1);
    if (sql_token_is(word, "IN"))
        take_rows(part);
    syntax_add(node, part, SYNTAX_PART);
}

static struct syntax_node *
parse_operator(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *left, size_t found)
{
    struct syntax_node *node = syntax_node_new(parser, operators[found].kind, left->span.at);
    struct sql_token word = syntax_take(parser);
    if (node == NULL)
        return NULL;
    node->operator= * word.at;
    syntax_add(node, left, SYNTAX_PART);
    if (sql_token_is(&word, "NOT")) {
        if (syntax_next_is(parser, "BETWEEN") || syntax_next_is(parser, "IN"))
            node->kind = SYNTAX_COMPARISON;
        word = syntax_take(parser); /* NULL too, of which no more follows */
    }
    if (!sql_token_is(&word, "NULL"))
        take_right_side(parser, scope, node, &word, (int)operators[found].level);
    syntax_end(parser, node);
    return node;
}

/* Operators of one level are taken from left to right. */
static struct syntax_node *
parse(struct syntax_parser *parser, struct syntax_scope *scope, int level)
{
    if (++parser->depth > SYNTAX_DEPTH_MAX)
        syntax_fail(parser);
    struct syntax_node *node = parse_value(parser, scope);
    unsigned chained = 0;
    size_t found = find_operator(parser, level);
    while (node != NULL && found < OPERATOR_COUNT) {
        if (++chained > SYNTAX_CHAIN_MAX)
            syntax_fail(parser);
        node = parse_operator(parser, scope, node, found);
        found = find_operator(parser, level);
    }
    parser->depth--;
    return parser->failed ? NULL : node;
}

struct syntax_node *
syntax_expression(struct syntax_parser *parser, struct syntax_scope *scope)
{
    return parse(parser, scope, LEVEL_OR);
}
