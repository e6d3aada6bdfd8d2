#include <string.h>

#include "config/hwscfg_parser.h"

void
hwscfg_rules_begin(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line)
{
    if (parser->first[group] == 0)
        parser->first[group] = line;
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        if (hwscfg_parameters[i].group == group)
            parser->given[i] = 0;
    }
    for (enum hwscfg_group inner = HWSCFG_HWS; inner < HWSCFG_GROUP_COUNT; inner++) {
        if (hwscfg_groups[inner].parent == group)
            parser->count[inner] = parser->first[inner] = 0;
    }
}

static unsigned
given(const struct hwscfg_parser *parser, enum hwscfg_group group, const char *name)
{
    return parser->given[hwscfg_find_parameter(group, name) - hwscfg_parameters];
}

/* IMS Connect makes PassTickets for the other side from both, and ends abnormally when it has only one. */
static void
check_rmtimscon(struct hwscfg_parser *parser, unsigned line)
{
    if ((given(parser, HWSCFG_RMTIMSCON, "IPADDR") != 0) == (given(parser, HWSCFG_RMTIMSCON, "HOSTNAME") != 0))
        problem_error(parser->sink, line, "RMTIMSCON: exactly one of IPADDR and HOSTNAME must be given");
    if ((given(parser, HWSCFG_RMTIMSCON, "APPL") != 0) != (given(parser, HWSCFG_RMTIMSCON, "USERID") != 0))
        problem_error(parser->sink, line, "RMTIMSCON: APPL and USERID must be given together, or neither of them");
}

static void
check_hws(struct hwscfg_parser *parser, unsigned line)
{
    if (!parser->hwscfg->racf)
        problem_warning(parser->sink, line,
                        "HWS RACF=N: no password and no PassTicket is checked, whoever reaches a port is let in; use RACF=Y");
}

static void
check_required(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line)
{
    const char *title = hwscfg_groups[group].title;
    const char *separator = group == HWSCFG_MEMBER ? "" : ": ";
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        if (hwscfg_parameters[i].group == group && hwscfg_parameters[i].required && parser->given[i] == 0)
            problem_error(parser->sink, line, "%s%s%s= is missing: %s", title, separator, hwscfg_parameters[i].name,
                          hwscfg_parameters[i].help);
    }
    for (enum hwscfg_group inner = HWSCFG_HWS; inner < HWSCFG_GROUP_COUNT; inner++) {
        const struct hwscfg_group_rule *rule = &hwscfg_groups[inner];
        if (rule->parent == group && rule->required && parser->count[inner] == 0)
            problem_error(parser->sink, line, "%s%s%s=( ... ) is missing: %s", title, separator, rule->name, rule->help);
    }
}

void
hwscfg_rules_end(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line)
{
    check_required(parser, group, line);
    if (group == HWSCFG_HWS)
        check_hws(parser, line);
    if (group == HWSCFG_RMTIMSCON)
        check_rmtimscon(parser, line);
}

void
hwscfg_rules_group(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line)
{
    const struct hwscfg_group_rule *rule = &hwscfg_groups[group];
    parser->count[group]++;
    if (rule->most == 1 && parser->count[group] == 2)
        problem_error(parser->sink, line, "%s may be given once only; the first is in line %u", rule->title, parser->first[group]);
    else if (rule->most > 1 && parser->count[group] == rule->most + 1)
        problem_error(parser->sink, line, "%s may be given %u times", rule->title, rule->most);
    if (rule->effect == HWSCFG_ACTS || parser->group_noted[group] || hwscfg_groups[rule->parent].effect == HWSCFG_NO_EFFECT)
        return;
    parser->group_noted[group] = true;
    problem_note(parser->sink, line,
                 rule->effect == HWSCFG_SHOWN ? "%s: accepted, no effect except in QUERY IMSCON" : "%s: accepted, no effect", rule->title);
}

void
hwscfg_rules_parameter(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter, unsigned line)
{
    size_t index = (size_t)(parameter - hwscfg_parameters);
    const char *title = hwscfg_groups[parameter->group].title;
    if (parser->given[index] != 0)
        problem_error(parser->sink, line, "%s %s= is given twice; the first is in line %u", title, parameter->name, parser->given[index]);
    parser->given[index] = line;
    if (parameter->effect == HWSCFG_ACTS || parser->noted[index] || hwscfg_groups[parameter->group].effect != HWSCFG_ACTS)
        return;
    parser->noted[index] = true;
    problem_note(parser->sink, line,
                 parameter->effect == HWSCFG_SHOWN ? "%s %s=: accepted, no effect except in QUERY IMSCON" : "%s %s=: accepted, no effect",
                 title, parameter->name);
}

void
hwscfg_rules_port(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter, uint16_t number, unsigned line)
{
    const char *title = hwscfg_groups[parameter->group].title;
    for (size_t i = 0; i < parser->port_count; i++) {
        if (parser->ports[i].number != number)
            continue;
        problem_error(parser->sink, line, "%s %s: port %u is used already by %s in line %u; ports must be unique", title, parameter->name,
                      number, parser->ports[i].title, parser->ports[i].line);
        return;
    }
    if (parser->port_count == HWS_DRDA_PORTS_MAX) {
        problem_error(parser->sink, line, "%s %s: port %u is one too many; a member has at most %d ports", title, parameter->name, number,
                      HWS_DRDA_PORTS_MAX);
        return;
    }
    parser->ports[parser->port_count++] = (struct hwscfg_used_port) { .number = number, .line = line, .title = title };
}
