#include <stdio.h>
#include <string.h>

#include "security/racf/commands.h"

enum { HELP_LINE = 100 };

static const struct operand operands[] = { { NULL } };

static const char *
value_form(enum operand_value value)
{
    switch (value) {
    case OPERAND_ONE:
        return "(value)";
    case OPERAND_OPTIONAL:
        return "[(value)]";
    case OPERAND_LIST:
    case OPERAND_SECRET:
        return "(value ...)";
    case OPERAND_FLAG:
    case OPERAND_INNER:
        break;
    }
    return "";
}

/* As many operands a line as fit; those inside another one follow it, indented. */
static void
show_operands(struct run *run, const struct operand *table, int depth)
{
    char line[HELP_LINE] = "";
    for (const struct operand *operand = table; operand->name != NULL; operand++) {
        char shown[48];
        snprintf(shown, sizeof shown, " %s%s", operand->name, operand->value == OPERAND_INNER ? "( ... ):" : value_form(operand->value));
        if (strlen(line) + strlen(shown) + 2 * (size_t)depth >= HELP_LINE - 20) {
            run_line(run, "%*s%s", 2 * depth, "", line);
            line[0] = '\0';
        }
        size_t used = strlen(line);
        snprintf(line + used, sizeof line - used, "%s", shown);
        if (operand->value != OPERAND_INNER)
            continue;
        run_line(run, "%*s%s", 2 * depth, "", line);
        line[0] = '\0';
        show_operands(run, operand->inner, depth + 1);
    }
    if (line[0] != '\0')
        run_line(run, "%*s%s", 2 * depth, "", line);
}

static void
show_verb(struct run *run, const struct verb *verb)
{
    char positional[64] = "";
    for (int i = 0; i < POSITIONAL_MAX && verb->positional[i].name != NULL; i++) {
        size_t used = strlen(positional);
        snprintf(positional + used, sizeof positional - used, "%s%s%s", verb->positional[i].required ? " <" : " [",
                 verb->positional[i].name, verb->positional[i].required ? ">" : "]");
    }
    run_line(run, "%s (%s)%s: %s", verb->name, verb->short_name, positional, verb->help);
}

static void
help(struct run *run)
{
    if (run->operands->positional[0] == NULL)
        for (size_t i = 0; racf_verbs[i] != NULL; i++)
            show_verb(run, racf_verbs[i]);
    for (const struct syntax_node *name = run_names(run, 0, NULL); name != NULL; name = run_names(run, 0, name)) {
        bool ambiguous = false;
        const struct verb *verb = verb_find(name->text, &ambiguous);
        if (verb == NULL) {
            run_say(run, RC_ERROR, "IKJ56500I COMMAND %.64s NOT FOUND", name->text);
            continue;
        }
        show_verb(run, verb);
        show_operands(run, verb->operands, 1);
    }
}

const struct verb verb_help = {
    .name = "HELP",
    .short_name = "H",
    .authority = VERB_OWN,
    .positional = { { "COMMAND", false } },
    .operands = operands,
    .handler = help,
    .help = "lists the commands, or the operands of one",
};
