#include <stdio.h>
#include <string.h>

#include "security/racf/commands.h"

static const struct operand password_operands[] = {
    { "REVOKE", OPERAND_REVOKE, OPERAND_ONE, OPERAND_NOREVOKE },
    { "NOREVOKE", OPERAND_NOREVOKE, OPERAND_FLAG, OPERAND_REVOKE },
    { "INTERVAL", OPERAND_INTERVAL, OPERAND_ONE, OPERAND_NOINTERVAL },
    { "NOINTERVAL", OPERAND_NOINTERVAL, OPERAND_FLAG, OPERAND_INTERVAL },
    { "HISTORY", OPERAND_HISTORY, OPERAND_ONE, OPERAND_NOHISTORY },
    { "NOHISTORY", OPERAND_NOHISTORY, OPERAND_FLAG, OPERAND_HISTORY },
    { "MIXEDCASE", OPERAND_MIXEDCASE, OPERAND_FLAG, OPERAND_NOMIXEDCASE },
    { "NOMIXEDCASE", OPERAND_NOMIXEDCASE, OPERAND_FLAG, OPERAND_MIXEDCASE },
    { "MINCHANGE", OPERAND_MINCHANGE, OPERAND_ONE },
    { NULL },
};

static const struct operand operands[] = {
    { "CLASSACT", OPERAND_CLASSACT, OPERAND_LIST },
    { "NOCLASSACT", OPERAND_NOCLASSACT, OPERAND_LIST },
    { "RACLIST", OPERAND_RACLIST, OPERAND_LIST },
    { "NORACLIST", OPERAND_NORACLIST, OPERAND_LIST },
    { "GENERIC", OPERAND_GENERIC, OPERAND_LIST },
    { "NOGENERIC", OPERAND_NOGENERIC, OPERAND_LIST },
    { "REFRESH", OPERAND_REFRESH, OPERAND_FLAG },
    { "PASSWORD", OPERAND_PASSWORD, OPERAND_INNER, OPERAND_NONE, password_operands },
    { "INACTIVE", OPERAND_INACTIVE, OPERAND_ONE, OPERAND_NOINACTIVE },
    { "NOINACTIVE", OPERAND_NOINACTIVE, OPERAND_FLAG, OPERAND_INACTIVE },
    { "LIST", OPERAND_LIST_OPTIONS, OPERAND_FLAG },
    { NULL },
};

/* The numeric options: NO... means 0. */
static const struct {
    enum racf_option option;
    enum operand_id set;
    enum operand_id clear;
    uint32_t least;
    uint32_t most;
} numbers[] = {
    { RACF_OPTION_REVOKE, OPERAND_REVOKE, OPERAND_NOREVOKE, 1, 254 },
    { RACF_OPTION_INTERVAL, OPERAND_INTERVAL, OPERAND_NOINTERVAL, 1, 254 },
    { RACF_OPTION_HISTORY, OPERAND_HISTORY, OPERAND_NOHISTORY, 1, 32 },
    { RACF_OPTION_MINCHANGE, OPERAND_MINCHANGE, OPERAND_NONE, 0, 254 },
    { RACF_OPTION_INACTIVE, OPERAND_INACTIVE, OPERAND_NOINACTIVE, 1, 255 },
};

enum change { CHANGE_ACTIVATE, CHANGE_DEACTIVATE, CHANGE_GENERIC, CHANGE_NOGENERIC, CHANGE_RACLIST, CHANGE_NORACLIST };

static void
raclist(struct run *run, enum racf_class_number class, struct racf_class_state *state)
{
    bool refresh = run_has(run, OPERAND_REFRESH);
    if (refresh && !state->raclisted)
        run_say(run, RC_WARNING, "ICH14070I SETROPTS RACLIST REFRESH had no effect on class %s.", racf_classes[class].name);
    else if (refresh || !state->raclisted)
        run->published_classes |= 1u << class;
    state->raclisted = state->raclisted || !refresh;
}

static void
change_class(struct run *run, enum racf_class_number class, enum change change, struct racf_class_state *state)
{
    switch (change) {
    case CHANGE_ACTIVATE:
    case CHANGE_DEACTIVATE:
        state->active = change == CHANGE_ACTIVATE;
        break;
    case CHANGE_GENERIC:
    case CHANGE_NOGENERIC:
        state->generic = change == CHANGE_GENERIC;
        break;
    case CHANGE_RACLIST:
        raclist(run, class, state);
        break;
    case CHANGE_NORACLIST:
        state->raclisted = false;
        run->published_classes |= 1u << class;
        break;
    }
}

/* All the names are checked before anything is changed. */
static bool
classes_are_known(struct run *run, const struct syntax_node *names)
{
    bool known = true;
    for (const struct syntax_node *name = names; name != NULL; name = name->next)
        known = (strcmp(name->text, "*") == 0 || run_class(run, name->text) >= 0) && known;
    return known;
}

static void
change_classes(struct run *run, enum operand_id id, enum change change, struct racf_class_state *states)
{
    for (const struct syntax_node *name = run->operands->value[id]; name != NULL; name = name->next)
        for (int i = 0; i < RACF_CLASS_COUNT; i++)
            if (strcmp(name->text, "*") == 0 || strcmp(name->text, racf_classes[i].name) == 0)
                change_class(run, (enum racf_class_number)i, change, &states[i]);
}

/* In the order in which RACF works: a class is activated before it is RACLISTed, whatever the order of the operands. */
static const struct {
    enum operand_id id;
    enum change change;
} class_operands[] = {
    { OPERAND_NOCLASSACT, CHANGE_DEACTIVATE }, { OPERAND_CLASSACT, CHANGE_ACTIVATE },   { OPERAND_NOGENERIC, CHANGE_NOGENERIC },
    { OPERAND_GENERIC, CHANGE_GENERIC },       { OPERAND_NORACLIST, CHANGE_NORACLIST }, { OPERAND_RACLIST, CHANGE_RACLIST },
};

enum { CLASS_OPERANDS = sizeof class_operands / sizeof class_operands[0] };

static bool
set_numbers(struct run *run, uint32_t values[RACF_OPTION_COUNT])
{
    bool valid = true;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        valid = run_number(run, numbers[i].set, numbers[i].least, numbers[i].most, &values[numbers[i].option]) && valid;
        if (numbers[i].clear != OPERAND_NONE && run_has(run, numbers[i].clear))
            values[numbers[i].option] = 0;
    }
    if (run_has(run, OPERAND_MIXEDCASE) || run_has(run, OPERAND_NOMIXEDCASE))
        values[RACF_OPTION_MIXEDCASE] = run_has(run, OPERAND_MIXEDCASE);
    uint32_t interval = values[RACF_OPTION_INTERVAL];
    if (valid && interval != 0 && values[RACF_OPTION_MINCHANGE] >= interval) {
        run_say(run, RC_ERROR, "PGR040I MINCHANGE MUST BE LESS THAN INTERVAL (%u)", interval);
        return false;
    }
    return valid;
}

static bool
is_valid(struct run *run)
{
    bool valid = true;
    bool any = false;
    for (int id = 0; id < OPERAND_ID_COUNT; id++)
        any = any || run->operands->present[id];
    if (!any) {
        run_say(run, RC_WARNING, "PGR042I SETROPTS WITHOUT AN OPERAND CHANGES NOTHING; SETROPTS LIST SHOWS THE OPTIONS");
        return false;
    }
    for (size_t i = 0; i < CLASS_OPERANDS; i++)
        valid = classes_are_known(run, run->operands->value[class_operands[i].id]) && valid;
    if (run_has(run, OPERAND_REFRESH) && !run_has(run, OPERAND_RACLIST) && !run_has(run, OPERAND_GENERIC)) {
        run_say(run, RC_ERROR, "PGR041I REFRESH NEEDS RACLIST(class) OR GENERIC(class)");
        return false;
    }
    return valid;
}

static void
list_classes(struct run *run, const struct racf_class_state states[RACF_CLASS_COUNT], const char *title, size_t member, const char *first)
{
    char line[160];
    int used = snprintf(line, sizeof line, "%s =%s", title, first);
    bool any = first[0] != '\0';
    for (int i = 0; i < RACF_CLASS_COUNT; i++) {
        const char *state = (const char *)&states[i];
        bool listed = *(const bool *)(state + member);
        if (listed && used > 0 && (size_t)used < sizeof line)
            used += snprintf(line + used, sizeof line - (size_t)used, " %s", racf_classes[i].name);
        any = any || listed;
    }
    run_line(run, "%s%s", line, any ? "" : " NONE");
}

static void
list_password_options(struct run *run, const uint32_t options[RACF_OPTION_COUNT])
{
    run_line(run, "PASSWORD PROCESSING OPTIONS:");
    run_line(run, "  THE ACTIVE PASSWORD ENCRYPTION ALGORITHM IS SCRYPT");
    if (options[RACF_OPTION_INTERVAL] != 0)
        run_line(run, "  PASSWORD CHANGE INTERVAL IS %3u DAYS.", options[RACF_OPTION_INTERVAL]);
    else
        run_line(run, "  PASSWORDS DO NOT EXPIRE.");
    run_line(run, "  PASSWORD MINIMUM CHANGE INTERVAL IS %3u DAYS.", options[RACF_OPTION_MINCHANGE]);
    run_line(run, "  MIXED CASE PASSWORD SUPPORT IS %sIN EFFECT", options[RACF_OPTION_MIXEDCASE] != 0 ? "" : "NOT ");
    if (options[RACF_OPTION_HISTORY] != 0)
        run_line(run, "  %2u GENERATIONS OF PREVIOUS PASSWORDS BEING MAINTAINED.", options[RACF_OPTION_HISTORY]);
    else
        run_line(run, "  NO PASSWORD HISTORY BEING MAINTAINED.");
    if (options[RACF_OPTION_REVOKE] == 0) {
        run_line(run, "  USERIDS NOT BEING AUTOMATICALLY REVOKED.");
        return;
    }
    run_line(run, "  AFTER %3u CONSECUTIVE UNSUCCESSFUL PASSWORD ATTEMPTS,", options[RACF_OPTION_REVOKE]);
    run_line(run, "     A USERID WILL BE REVOKED.");
}

static void
list_options(struct run *run, const uint32_t options[RACF_OPTION_COUNT], const struct racf_class_state states[RACF_CLASS_COUNT])
{
    uint32_t inactive = options[RACF_OPTION_INACTIVE];
    run_line(run, "ATTRIBUTES = INITSTATS");
    list_classes(run, states, "ACTIVE CLASSES", offsetof(struct racf_class_state, active), " USER GROUP");
    list_classes(run, states, "GENERIC PROFILE CLASSES", offsetof(struct racf_class_state, generic), "");
    list_classes(run, states, "GENERIC COMMAND CLASSES", offsetof(struct racf_class_state, generic), "");
    list_classes(run, states, "SETR RACLIST CLASSES", offsetof(struct racf_class_state, raclisted), "");
    if (inactive != 0)
        run_line(run, "INACTIVE USERIDS ARE BEING AUTOMATICALLY REVOKED AFTER %u DAYS.", inactive);
    else
        run_line(run, "INACTIVE USERIDS ARE NOT BEING AUTOMATICALLY REVOKED.");
    list_password_options(run, options);
}

static void
setropts(struct run *run)
{
    struct racf *racf = run->racf;
    uint32_t values[RACF_OPTION_COUNT];
    struct racf_class_state states[RACF_CLASS_COUNT];
    memcpy(values, racf->options, sizeof values);
    memcpy(states, racf->classes, sizeof states);
    if (!is_valid(run) || !set_numbers(run, values))
        return;
    for (size_t i = 0; i < CLASS_OPERANDS; i++)
        change_classes(run, class_operands[i].id, class_operands[i].change, states);
    for (int i = 0; i < RACF_OPTION_COUNT; i++)
        if (values[i] != racf->options[i])
            racf_option_store(racf, (enum racf_option)i, values[i]);
    for (int i = 0; i < RACF_CLASS_COUNT; i++)
        racf_class_store(racf, (enum racf_class_number)i, &states[i]);
    if (run_has(run, OPERAND_LIST_OPTIONS))
        list_options(run, values, states);
    else
        run_say(run, RC_FINE, "ICH14063I SETROPTS COMMAND COMPLETE.");
}

const struct verb verb_setropts = {
    .name = "SETROPTS",
    .short_name = "SETR",
    .authority = VERB_CHANGES,
    .operands = operands,
    .handler = setropts,
    .help = "activates classes, puts profiles in storage, sets password options, lists all that",
};
