#include "gateway/datastore/sqlite/syntax.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/syntax_parser.h"

enum { CHUNK_BYTES = 16 * 1024, TOKENS_MAX = 64 << 12 };

/* What the tree is made of, in pieces that are given back together. */
struct syntax_memory {
    struct syntax_memory *before;
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[CHUNK_BYTES];
};

static const struct sql_token no_token = { .kind = SQL_TOKEN_OTHER, .at = "", .size = 0 };

void
syntax_fail(struct syntax_parser *parser)
{
    parser->failed = true;
    parser->next = parser->count;
}

void *
syntax_allocate(struct syntax_parser *parser, size_t size)
{
    struct syntax_memory *memory = *parser->memory;
    size = (size + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
    if (memory == NULL || CHUNK_BYTES - memory->used < size) {
        memory = size <= CHUNK_BYTES ? calloc(1, sizeof *memory) : NULL;
        if (memory == NULL) {
            syntax_fail(parser);
            return NULL;
        }
        memory->before = *parser->memory;
        *parser->memory = memory;
    }
    void *result = memory->bytes + memory->used;
    memory->used += size;
    return result;
}

const struct sql_token *
syntax_peek(const struct syntax_parser *parser, size_t ahead)
{
    return ahead < parser->count - parser->next ? &parser->tokens[parser->next + ahead] : &no_token;
}

bool
syntax_next_is(const struct syntax_parser *parser, const char *word)
{
    return sql_token_is(syntax_peek(parser, 0), word);
}

bool
syntax_next_is_one_of(const struct syntax_parser *parser, const char *const *words)
{
    for (; *words != NULL; words++)
        if (syntax_next_is(parser, *words))
            return true;
    return false;
}

struct sql_token
syntax_take(struct syntax_parser *parser)
{
    struct sql_token token = *syntax_peek(parser, 0);
    if (parser->next < parser->count)
        parser->next++;
    else
        syntax_fail(parser);
    return token;
}

bool
syntax_skip(struct syntax_parser *parser, const char *word)
{
    bool found = syntax_next_is(parser, word);
    if (found)
        (void)syntax_take(parser);
    return found;
}

void
syntax_expect(struct syntax_parser *parser, const char *word)
{
    if (!syntax_skip(parser, word))
        syntax_fail(parser);
}

struct sql_token
syntax_take_name(struct syntax_parser *parser)
{
    struct sql_token token = syntax_take(parser);
    if (token.kind != SQL_TOKEN_WORD && token.kind != SQL_TOKEN_QUOTED && token.kind != SQL_TOKEN_STRING)
        syntax_fail(parser);
    return token;
}

bool
syntax_at_end(const struct syntax_parser *parser)
{
    return parser->next == parser->count;
}

struct syntax_node *
syntax_node_new(struct syntax_parser *parser, enum syntax_kind kind, const char *at)
{
    struct syntax_node *node = syntax_allocate(parser, sizeof *node);
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->type.type = SQL_TYPE_COUNT;
    node->span.at = at != NULL ? at : syntax_peek(parser, 0)->at;
    return node;
}

void
syntax_add(struct syntax_node *node, struct syntax_node *part, enum syntax_role role)
{
    if (node == NULL || part == NULL)
        return;
    part->role = role;
    if (node->last != NULL)
        node->last->next = part;
    else
        node->first = part;
    node->last = part;
}

static const char *
last_end(const struct syntax_parser *parser)
{
    const struct sql_token *last = &parser->tokens[parser->next - 1];
    return last->at + last->size;
}

void
syntax_end(const struct syntax_parser *parser, struct syntax_node *node)
{
    if (node != NULL && !parser->failed && parser->next > 0)
        node->span.size = (size_t)(last_end(parser) - node->span.at);
}

struct syntax_span
syntax_span_from(const struct syntax_parser *parser, size_t first_token)
{
    if (parser->failed || parser->next <= first_token)
        return (struct syntax_span) { .at = "", .size = 0 };
    const char *at = parser->tokens[first_token].at;
    return (struct syntax_span) { .at = at, .size = (size_t)(last_end(parser) - at) };
}

static bool
is_adjacent(const struct sql_token *token, const struct sql_token *next)
{
    return token->at + token->size == next->at;
}

/* Whether `next` goes on what `token` began, without a blank between them: 1e-5, .5, <=, ->>, X'00'. */
static bool
belong_together(const struct sql_token *token, const struct sql_token *next)
{
    static const char *const operators[] = { "||", "->", "->>", "<<", ">>", "<=", ">=", "<>", "==", "!=", NULL };
    if (!is_adjacent(token, next))
        return false;
    char last = token->at[token->size - 1];
    bool is_number = token->kind == SQL_TOKEN_NUMBER && !(token->size > 1 && (token->at[1] == 'x' || token->at[1] == 'X'));
    if (is_number && (last == 'e' || last == 'E'))
        return *next->at == '-' || *next->at == '+';
    if (is_number && (last == '-' || last == '+'))
        return next->kind == SQL_TOKEN_NUMBER;
    if (sql_token_is(token, "."))
        return next->kind == SQL_TOKEN_NUMBER;
    if (sql_token_is(token, "X"))
        return next->kind == SQL_TOKEN_STRING;
    for (size_t i = 0; token->kind == SQL_TOKEN_OTHER && operators[i] != NULL; i++)
        if (strlen(operators[i]) == token->size + next->size && memcmp(operators[i], token->at, token->size + next->size) == 0)
            return true;
    return false;
}

static bool
add_token(struct syntax_parser *parser, size_t *room, const struct sql_token *token)
{
    struct sql_token *last = parser->count > 0 ? &parser->tokens[parser->count - 1] : NULL;
    if (last != NULL && belong_together(last, token)) {
        last->size += token->size;
        if (token->kind != SQL_TOKEN_OTHER)
            last->kind = token->kind;
        return true;
    }
    if (parser->count == *room) {
        size_t more = *room > 0 ? 2 * *room : 64;
        struct sql_token *tokens = more <= TOKENS_MAX ? realloc(parser->tokens, more * sizeof *tokens) : NULL;
        if (tokens == NULL)
            return false;
        parser->tokens = tokens;
        *room = more;
    }
    parser->tokens[parser->count++] = *token;
    return true;
}

static bool
take_tokens(struct syntax_parser *parser, struct sql_text text)
{
    struct sql_token token;
    size_t room = 0;
    while (sql_token_next(&text, &token))
        if (!add_token(parser, &room, &token))
            return false;
    while (parser->count > 0 && sql_token_is(&parser->tokens[parser->count - 1], ";"))
        parser->count--;
    return parser->count > 0;
}

bool
syntax_parse(const char *text, size_t size, struct syntax_tree *tree)
{
    *tree = (struct syntax_tree) { .root = NULL };
    struct syntax_parser parser = { .memory = &tree->memory };
    bool good = take_tokens(&parser, sql_text(text, size)) && syntax_statement(&parser, tree) && !parser.failed && syntax_at_end(&parser);
    free(parser.tokens);
    if (!good)
        syntax_clear(tree);
    else
        tree->named = parser.named;
    if (good)
        tree->root->span = (struct syntax_span) { .at = text, .size = size };
    return good;
}

void
syntax_clear(struct syntax_tree *tree)
{
    while (tree->memory != NULL) {
        struct syntax_memory *before = tree->memory->before;
        free(tree->memory);
        tree->memory = before;
    }
    *tree = (struct syntax_tree) { .root = NULL };
}
