#include <string.h>

#include "security/racf/commands.h"
#include "security/racf/generic.h"

static const struct operand operands[] = {
    { "CLASS", OPERAND_CLASS, OPERAND_ONE },
    { "MASK", OPERAND_MASK, OPERAND_LIST, OPERAND_FILTER },
    { "FILTER", OPERAND_FILTER, OPERAND_ONE, OPERAND_MASK },
    { NULL },
};

/* MASK(begins [,contains]): the second part is looked for behind the first; * as the first part begins everything. */
static bool
is_selected(const struct run *run, const char *name)
{
    const struct syntax_node *mask = run->operands->value[OPERAND_MASK];
    const char *filter = run_word(run, OPERAND_FILTER);
    if (filter != NULL)
        return racf_generic_matches(filter, name);
    if (mask == NULL)
        return true;
    size_t begins = strcmp(mask->text, "*") == 0 ? 0 : strlen(mask->text);
    if (strncmp(name, mask->text, begins) != 0)
        return false;
    return mask->next == NULL || strstr(name + begins, mask->next->text) != NULL;
}

static sqlite3_stmt *
names_of(struct run *run, const char *class)
{
    if (strcmp(class, "USER") == 0)
        return racf_sql(run->racf, "SELECT userid FROM user ORDER BY userid", "");
    if (strcmp(class, "GROUP") == 0)
        return racf_sql(run->racf, "SELECT name FROM user_group ORDER BY name", "");
    return racf_sql(run->racf, "SELECT name FROM profile WHERE class = ? ORDER BY name", "t", class);
}

static void
search(struct run *run)
{
    const char *class = run_word(run, OPERAND_CLASS);
    const char *filter = run_word(run, OPERAND_FILTER);
    if (class == NULL) {
        run_say(run, RC_ERROR, "PGR072I CLASS IS MISSING; DATA SET PROFILES ARE NOT SUPPORTED");
        return;
    }
    if (strcmp(class, "USER") != 0 && strcmp(class, "GROUP") != 0 && run_class(run, class) < 0)
        return;
    if (filter != NULL && !racf_generic_is_valid(filter)) {
        run_say(run, RC_ERROR, "PGR140I FILTER: * ENDS A QUALIFIER, AND ** IS A QUALIFIER BY ITSELF");
        return;
    }
    bool any = false;
    sqlite3_stmt *row = names_of(run, class);
    while (racf_sql_row(run->racf, &row)) {
        char name[RACF_PROFILE_MAX + 1];
        racf_column_text(run->racf, row, 0, name, sizeof name);
        if (!is_selected(run, name))
            continue;
        run_line(run, "%s%s", name, racf_generic_is(name) ? " (G)" : "");
        any = true;
    }
    if (!any)
        run_say(run, RC_WARNING, "ICH31005I NO ENTRIES MEET SEARCH CRITERIA");
}

const struct verb verb_search = {
    .name = "SEARCH",
    .short_name = "SR",
    .authority = VERB_LISTS,
    .operands = operands,
    .handler = search,
    .help = "lists the names of profiles, users or groups",
};
