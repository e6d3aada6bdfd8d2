#include <string.h>

#include "common/wire.h"
#include "security/racf/command.h"
#include "security/racf/syntax.h"

static const char hidden[] = "<hidden>";

/* Counts everything, writes what fits. */
struct redaction {
    char *text;
    size_t room;
    size_t size;
};

static void
put(struct redaction *redaction, const char *text)
{
    for (; *text != '\0'; text++, redaction->size++)
        if (redaction->size + 1 < redaction->room)
            redaction->text[redaction->size] = *text;
}

static void
put_blank(struct redaction *redaction)
{
    if (redaction->size > 0)
        put(redaction, " ");
}

static void
put_value(struct redaction *redaction, const struct syntax_node *node)
{
    if (node->kind != SYNTAX_STRING) {
        put(redaction, node->text);
        return;
    }
    put(redaction, "'");
    for (const char *c = node->text; *c != '\0'; c++) {
        const char one[] = { *c, '\0' };
        put(redaction, *c == '\'' ? "''" : one);
    }
    put(redaction, "'");
}

static void
put_list(struct redaction *redaction, const struct syntax_node *values)
{
    put(redaction, "(");
    for (const struct syntax_node *value = values; value != NULL; value = value->next) {
        if (value != values)
            put(redaction, " ");
        if (value->kind == SYNTAX_LIST)
            put(redaction, hidden);
        else
            put_value(redaction, value);
    }
    put(redaction, ")");
}

static void put_keywords(struct redaction *redaction, const struct operand *table, const struct syntax_node *node);

/* A keyword with the list behind it. What the table does not know may be a key behind a misspelt keyword. */
static void
put_keyword(struct redaction *redaction, const struct operand *table, const struct syntax_node *node)
{
    bool ambiguous = false;
    const struct operand *operand = node->kind == SYNTAX_WORD ? operand_find(table, node->text, &ambiguous) : NULL;
    const struct syntax_node *list = node->next != NULL && node->next->kind == SYNTAX_LIST ? node->next : NULL;
    put(redaction, operand != NULL ? operand->name : hidden);
    if (list == NULL || operand == NULL)
        return;
    if (operand->value == OPERAND_INNER) {
        put(redaction, "(");
        put_keywords(redaction, operand->inner, list->first);
        put(redaction, ")");
    } else if (operand->value == OPERAND_SECRET || operand->value == OPERAND_FLAG) {
        put(redaction, "(<hidden>)");
    } else {
        put_list(redaction, list->first);
    }
}

static void
put_keywords(struct redaction *redaction, const struct operand *table, const struct syntax_node *node)
{
    bool first = true;
    while (node != NULL) {
        if (!first)
            put(redaction, " ");
        first = false;
        put_keyword(redaction, table, node);
        bool skips = node->kind != SYNTAX_LIST && node->next != NULL && node->next->kind == SYNTAX_LIST;
        node = skips ? node->next->next : node->next;
    }
}

static void
put_command(struct redaction *redaction, const struct verb *verb, const struct syntax_node *node)
{
    put(redaction, verb->name);
    for (int i = 0; i < POSITIONAL_MAX && verb->positional[i].name != NULL && node != NULL; i++) {
        put_blank(redaction);
        if (node->kind == SYNTAX_LIST)
            put_list(redaction, node->first);
        else
            put_value(redaction, node);
        node = node->next;
    }
    if (node == NULL)
        return;
    put_blank(redaction);
    put_keywords(redaction, verb->operands, node);
}

size_t
racf_command_redact(const char *text, size_t size, char *redacted, size_t room)
{
    struct redaction redaction = { .text = redacted, .room = room };
    struct syntax syntax;
    bool ambiguous = false;
    const struct verb *verb = NULL;
    bool parsed = syntax_parse(&syntax, text, size);
    if (parsed && syntax.first != NULL && syntax.first->kind == SYNTAX_WORD)
        verb = verb_find(syntax.first->text, &ambiguous);
    if (verb != NULL)
        put_command(&redaction, verb, syntax.first->next);
    else if (!parsed || syntax.first != NULL)
        put(&redaction, hidden);
    syntax_clear(&syntax);
    if (room > 0)
        redacted[redaction.size < room ? redaction.size : room - 1] = '\0';
    return redaction.size;
}
