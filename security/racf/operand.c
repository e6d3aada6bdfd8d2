#include "security/racf/operand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct operand *
operand_find(const struct operand *table, const char *word, bool *ambiguous)
{
    const struct operand *found = NULL;
    size_t size = strlen(word);
    *ambiguous = false;
    for (const struct operand *operand = table; operand->name != NULL; operand++) {
        if (strcmp(operand->name, word) == 0) {
            *ambiguous = false;
            return operand;
        }
        if (strncmp(operand->name, word, size) != 0)
            continue;
        *ambiguous = *ambiguous || found != NULL;
        found = operand;
    }
    return *ambiguous ? NULL : found;
}

const struct syntax_node *
operand_elements(const struct syntax_node *node)
{
    return node != NULL && node->kind == SYNTAX_LIST ? node->first : node;
}

static bool bind_keywords(struct operands *operands, const struct operand *table, const struct syntax_node *node,
                          char message[OPERAND_MESSAGE_SIZE]);

static bool
has_inner_list(const struct syntax_node *values)
{
    for (const struct syntax_node *value = values; value != NULL; value = value->next)
        if (value->kind == SYNTAX_LIST)
            return true;
    return false;
}

/* `list` is the parenthesised node behind the keyword, or NULL. */
static bool
bind_value(struct operands *operands, const struct operand *operand, const struct syntax_node *list, char message[OPERAND_MESSAGE_SIZE])
{
    const struct syntax_node *values = list != NULL ? list->first : NULL;
    bool flag = operand->value == OPERAND_FLAG;
    if (flag && list != NULL) {
        snprintf(message, OPERAND_MESSAGE_SIZE, "PGR010I %s TAKES NO VALUE", operand->name);
        return false;
    }
    if (operand->value == OPERAND_OPTIONAL && values == NULL)
        return true;
    if (!flag && values == NULL) {
        snprintf(message, OPERAND_MESSAGE_SIZE, "IKJ56701I MISSING VALUE OF %s", operand->name);
        return false;
    }
    if (operand->value == OPERAND_INNER)
        return bind_keywords(operands, operand->inner, values, message);
    bool single = operand->value == OPERAND_ONE || operand->value == OPERAND_OPTIONAL;
    if (has_inner_list(values) || (single && values->next != NULL)) {
        snprintf(message, OPERAND_MESSAGE_SIZE, "PGR011I %s TAKES %s", operand->name,
                 single ? "ONE VALUE; QUOTE IT WHEN IT HAS BLANKS" : "A PLAIN LIST OF VALUES");
        return false;
    }
    operands->value[operand->id] = values;
    return true;
}

static bool
bind_keyword(struct operands *operands, const struct operand *table, const struct syntax_node *node, char message[OPERAND_MESSAGE_SIZE])
{
    bool ambiguous = false;
    const struct operand *operand = node->kind == SYNTAX_WORD ? operand_find(table, node->text, &ambiguous) : NULL;
    if (operand == NULL) {
        const char *shown = node->kind == SYNTAX_WORD ? node->text : node->kind == SYNTAX_STRING ? "A QUOTED STRING" : "(";
        snprintf(message, OPERAND_MESSAGE_SIZE, ambiguous ? "PGR012I AMBIGUOUS KEYWORD, %.64s" : "IKJ56712I INVALID KEYWORD, %.64s", shown);
        return false;
    }
    if (operands->present[operand->id]) {
        snprintf(message, OPERAND_MESSAGE_SIZE, "PGR013I %s IS GIVEN TWICE", operand->name);
        return false;
    }
    if (operands->present[operand->contradicts]) {
        snprintf(message, OPERAND_MESSAGE_SIZE, "PGR014I %s CONTRADICTS ANOTHER OPERAND", operand->name);
        return false;
    }
    operands->present[operand->id] = true;
    const struct syntax_node *list = node->next != NULL && node->next->kind == SYNTAX_LIST ? node->next : NULL;
    return bind_value(operands, operand, list, message);
}

static bool
bind_keywords(struct operands *operands, const struct operand *table, const struct syntax_node *node, char message[OPERAND_MESSAGE_SIZE])
{
    while (node != NULL) {
        if (!bind_keyword(operands, table, node, message))
            return false;
        node = node->next;
        if (node != NULL && node->kind == SYNTAX_LIST)
            node = node->next;
    }
    return true;
}

bool
operands_bind(struct operands *operands, const struct positional positional[POSITIONAL_MAX], const struct operand *table,
              const struct syntax_node *nodes, char message[OPERAND_MESSAGE_SIZE])
{
    *operands = (struct operands) { 0 };
    for (int i = 0; i < POSITIONAL_MAX && positional[i].name != NULL; i++) {
        operands->positional[i] = nodes;
        bool empty = operand_elements(nodes) == NULL;
        if (empty && positional[i].required) {
            snprintf(message, OPERAND_MESSAGE_SIZE, "IKJ56701I MISSING %s", positional[i].name);
            return false;
        }
        if (nodes == NULL)
            break;
        if (nodes->kind == SYNTAX_LIST && has_inner_list(nodes->first)) {
            snprintf(message, OPERAND_MESSAGE_SIZE, "IKJ56702I INVALID %s, (", positional[i].name);
            return false;
        }
        nodes = nodes->next;
    }
    return bind_keywords(operands, table, nodes, message);
}

bool
operand_number(const char *text, uint32_t least, uint32_t most, uint32_t *number)
{
    *number = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10 || text[digits] != '\0')
        return false;
    unsigned long value = strtoul(text, NULL, 10);
    if (value < least || value > most)
        return false;
    *number = (uint32_t)value;
    return true;
}
