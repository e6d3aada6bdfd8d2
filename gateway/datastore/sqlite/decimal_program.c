#include "gateway/datastore/sqlite/decimal_program.h"

bool
decimal_is_literal(const struct syntax_node *node)
{
    while (node->kind == SYNTAX_SIGN || node->kind == SYNTAX_PARENTHESES)
        node = node->first;
    return node->kind == SYNTAX_NUMBER || node->kind == SYNTAX_STRING || node->kind == SYNTAX_MARKER || node->kind == SYNTAX_NULL;
}

bool
decimal_is_call(const struct syntax_node *node, const char *function)
{
    return node->kind == SYNTAX_CALL && sql_token_is(&node->name, function);
}

/* The step of a program that does what a function does; NUL for others. */
static char
step_of_function(const struct syntax_node *node)
{
    static const struct {
        const char *name;
        char step;
    } steps[] = { { "ABS", 'a' }, { "ROUND", 'r' }, { "FLOOR", 'f' }, { "CEIL", 'c' }, { "CEILING", 'c' }, { "TRUNC", 't' } };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (decimal_is_call(node, steps[i].name))
            return steps[i].step;
    return '\0';
}

/* Of what has two operands, MOD(A, B) too; NUL for others. */
static char
operator_of(const struct syntax_node *node)
{
    if (node->kind == SYNTAX_ARITHMETIC)
        return node->operator;
    return decimal_is_call(node, "MOD") ? '%' : '\0';
}

bool
decimal_is_operator(struct expression_types *types, struct syntax_node *node)
{
    bool operates = node->kind == SYNTAX_SIGN || operator_of(node) != '\0' || step_of_function(node) != '\0';
    return operates && !decimal_is_literal(node) && expression_type(types, node).type == SQL_TYPE_DECIMAL;
}

static void
take_operand(struct expression_types *types, struct decimal_program *program, struct syntax_node *node)
{
    struct syntax_type type = expression_type(types, node);
    program->too_long = program->too_long || program->count == DECIMAL_OPERANDS_MAX || program->depth == DECIMAL_STACK_MAX;
    if (program->too_long)
        return;
    program->operands[program->count++] = node;
    program->depth++;
    sqlite3_str_appendchar(program->steps, 1, 'n');
    if (node->declared && type.type == SQL_TYPE_DECIMAL)
        sqlite3_str_appendf(program->steps, "%d", type.scale);
}

static void
put_function(struct decimal_program *program, const struct syntax_node *call)
{
    int64_t places;
    char step = step_of_function(call);
    sqlite3_str_appendchar(program->steps, 1, step);
    if (step == 'r' && expression_round_places(call, &places))
        sqlite3_str_appendf(program->steps, "%d", (int)places);
}

static void
collect(struct expression_types *types, struct decimal_program *program, struct syntax_node *node)
{
    struct syntax_type type = expression_type(types, node);
    if (node->kind == SYNTAX_PARENTHESES) {
        collect(types, program, node->first);
        return;
    }
    if (node == program->part || !decimal_is_operator(types, node)) {
        take_operand(types, program, node);
        return;
    }
    collect(types, program, node->first);
    if (operator_of(node) != '\0') {
        collect(types, program, node->first->next);
        sqlite3_str_appendf(program->steps, "%c%d.%d", operator_of(node), type.precision, type.scale);
        program->depth--;
        return;
    }
    if (node->kind == SYNTAX_CALL)
        put_function(program, node);
    else if (node->operator== '-')
        sqlite3_str_appendchar(program->steps, 1, '~');
    sqlite3_str_appendf(program->steps, "k%d.%d", type.precision, type.scale);
}

static size_t
count_operands(struct expression_types *types, struct syntax_node *node)
{
    if (node->kind == SYNTAX_PARENTHESES)
        return count_operands(types, node->first);
    if (!decimal_is_operator(types, node))
        return 1;
    size_t count = count_operands(types, node->first);
    return operator_of(node) != '\0' ? count + count_operands(types, node->first->next) : count;
}

/* The left part of a long chain, which becomes a program of its own; NULL: it is not that long. */
static struct syntax_node *
find_part(struct expression_types *types, struct syntax_node *node)
{
    enum { LONG = DECIMAL_OPERANDS_MAX * 5 / 6 };
    struct syntax_node *part = node;
    while (count_operands(types, part) > LONG)
        part = part->first;
    return part != node ? part : NULL;
}

bool
decimal_program_make(struct expression_types *types, struct syntax_node *node, struct decimal_program *program)
{
    *program = (struct decimal_program) { .steps = sqlite3_str_new(NULL) };
    program->part = find_part(types, node);
    collect(types, program, node);
    program->text = sqlite3_str_finish(program->steps);
    program->steps = NULL;
    return program->text != NULL && !program->too_long;
}
