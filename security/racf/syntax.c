#include "security/racf/syntax.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "common/utf8.h"

enum { DEPTH_MAX = 8 };

struct parser {
    struct syntax *syntax;
    const char *at; /* in the normalized text, which ends with a NUL */
    char *text;     /* where the text of the next node goes */
    size_t node_count;
    int depth;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static bool
is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Control characters and malformed UTF-8 would get into listings and audit records. */
static bool
text_is_clean(const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        uint32_t character;
        size_t length = utf8_decode(text + i, size - i, &character);
        bool blank = text[i] == '\t' || is_line_end(text[i]);
        if (length == 0 || (unicode_is_control(character) && !blank))
            return false;
        i += length;
    }
    return true;
}

/* Where the line break that a continuation sign at text[i] announces ends; 0 when text[i] is not one. */
static size_t
continuation_end(const char *text, size_t size, size_t i)
{
    if (text[i] != '-' && text[i] != '+')
        return 0;
    size_t end = i + 1;
    while (end < size && (text[end] == ' ' || text[end] == '\t'))
        end++;
    if (end == size || !is_line_end(text[end]))
        return 0;
    end += text[end] == '\r' && end + 1 < size && text[end + 1] == '\n' ? 2 : 1;
    while (text[i] == '+' && end < size && (text[end] == ' ' || text[end] == '\t'))
        end++;
    return end;
}

/* Copies the text with continued lines joined; the copy is never longer. Returns its size. */
static size_t
join_lines(const char *text, size_t size, char *joined)
{
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        size_t end = continuation_end(text, size, i);
        if (end != 0)
            i = end;
        else
            joined[used++] = text[i++];
    }
    while (used > 0 && (is_line_end(joined[used - 1]) || is_blank(joined[used - 1])))
        used--;
    joined[used] = '\0';
    return used;
}

/* Blanks and comments. False: a comment does not end. */
static bool
skip_blanks(struct parser *parser)
{
    for (;;) {
        while (is_blank(*parser->at))
            parser->at++;
        if (parser->at[0] != '/' || parser->at[1] != '*')
            return true;
        const char *end = strstr(parser->at + 2, "*/");
        if (end == NULL)
            return false;
        parser->at = end + 2;
    }
}

static struct syntax_node *
add_node(struct parser *parser, enum syntax_kind kind)
{
    struct syntax_node *node = &parser->syntax->nodes[parser->node_count++];
    node->kind = kind;
    return node;
}

static const char *
take_text(struct parser *parser, const char *text, size_t size)
{
    char *copy = parser->text;
    memcpy(copy, text, size);
    copy[size] = '\0';
    parser->text += size + 1;
    return copy;
}

static struct syntax_node *
take_word(struct parser *parser)
{
    const char *start = parser->at;
    while (*parser->at != '\0' && !is_blank(*parser->at) && strchr("()'\n\r", *parser->at) == NULL &&
           (parser->at[0] != '/' || parser->at[1] != '*'))
        parser->at++;
    size_t size = (size_t)(parser->at - start);
    struct syntax_node *node = add_node(parser, SYNTAX_WORD);
    node->typed = take_text(parser, start, size);
    char *folded = parser->text;
    node->text = take_text(parser, start, size);
    for (char *c = folded; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return node;
}

static struct syntax_node *
take_string(struct parser *parser)
{
    char *string = parser->text;
    parser->at++;
    while (*parser->at != '\0' && (parser->at[0] != '\'' || parser->at[1] == '\'')) {
        *parser->text++ = *parser->at;
        parser->at += parser->at[0] == '\'' ? 2 : 1;
    }
    *parser->text++ = '\0';
    if (*parser->at == '\0') {
        parser->syntax->fault = "PGR002I A QUOTED STRING DOES NOT END; CLOSE IT WITH '";
        return NULL;
    }
    parser->at++;
    struct syntax_node *node = add_node(parser, SYNTAX_STRING);
    node->text = string;
    node->typed = string;
    return node;
}

static bool take_sequence(struct parser *parser, struct syntax_node **first);

static struct syntax_node *
take_list(struct parser *parser)
{
    if (parser->depth == DEPTH_MAX) {
        parser->syntax->fault = "PGR003I PARENTHESES ARE NESTED TOO DEEPLY";
        return NULL;
    }
    parser->at++;
    parser->depth++;
    struct syntax_node *node = add_node(parser, SYNTAX_LIST);
    if (!take_sequence(parser, &node->first))
        return NULL;
    if (*parser->at != ')') {
        parser->syntax->fault = "PGR004I A PARENTHESIS IS NOT CLOSED; ADD )";
        return NULL;
    }
    parser->at++;
    parser->depth--;
    return node;
}

/* Everything up to the end of the text or an unopened parenthesis. */
static bool
take_sequence(struct parser *parser, struct syntax_node **first)
{
    struct syntax_node **link = first;
    for (;;) {
        if (!skip_blanks(parser)) {
            parser->syntax->fault = "PGR005I A COMMENT DOES NOT END; CLOSE IT WITH */";
            return false;
        }
        if (*parser->at == '\0' || *parser->at == ')')
            return true;
        if (is_line_end(*parser->at)) {
            parser->syntax->fault = "PGR006I ONE COMMAND A LINE; END A LINE THAT GOES ON WITH -";
            return false;
        }
        struct syntax_node *node = *parser->at == '(' ? take_list(parser) : *parser->at == '\'' ? take_string(parser) : take_word(parser);
        if (node == NULL)
            return false;
        *link = node;
        link = &node->next;
    }
}

bool
syntax_parse(struct syntax *syntax, const char *text, size_t size)
{
    *syntax = (struct syntax) { 0 };
    if (!text_is_clean(text, size)) {
        syntax->fault = "PGR001I THE COMMAND HAS A CONTROL CHARACTER OR IS NOT UTF-8";
        return false;
    }
    /* Joined text, then each word twice: folded and as typed; a node is at least one character, and a NUL for each copy. */
    syntax->memory_size = 5 * size + 8;
    syntax->memory = calloc(1, syntax->memory_size);
    syntax->nodes = calloc(size + 1, sizeof *syntax->nodes);
    if (syntax->memory == NULL || syntax->nodes == NULL) {
        syntax->fault = "PGR007I NOT ENOUGH MEMORY FOR THE COMMAND";
        return false;
    }
    size_t joined = join_lines(text, size, syntax->memory);
    struct parser parser = { .syntax = syntax, .at = syntax->memory, .text = syntax->memory + joined + 1 };
    if (!take_sequence(&parser, &syntax->first))
        return false;
    if (*parser.at == ')')
        syntax->fault = "PGR008I THERE IS A ) WITHOUT A (";
    return syntax->fault == NULL;
}

void
syntax_clear(struct syntax *syntax)
{
    if (syntax->memory != NULL)
        secret_wipe(syntax->memory, syntax->memory_size);
    free(syntax->memory);
    free(syntax->nodes);
    *syntax = (struct syntax) { 0 };
}
