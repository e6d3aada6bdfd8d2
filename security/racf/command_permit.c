#include <stdio.h>
#include <string.h>

#include "security/racf/access.h"
#include "security/racf/commands.h"
#include "security/racf/profile.h"
#include "security/racf/user.h"

static const struct operand operands[] = {
    { "CLASS", OPERAND_CLASS, OPERAND_ONE },
    { "ID", OPERAND_ID, OPERAND_LIST },
    { "ACCESS", OPERAND_ACCESS, OPERAND_ONE, OPERAND_DELETE },
    { "DELETE", OPERAND_DELETE, OPERAND_FLAG, OPERAND_ACCESS },
    { "RESET", OPERAND_RESET, OPERAND_OPTIONAL },
    { NULL },
};

/* Writes the entries of ID( ); false when none was changed. */
static bool
change_entries(struct run *run, enum racf_class_number class, const char *profile, uint8_t access)
{
    bool changed = false;
    for (const struct syntax_node *id = run->operands->value[OPERAND_ID]; id != NULL; id = id->next) {
        if (run_has(run, OPERAND_DELETE)) {
            racf_sql_run(run->racf, "DELETE FROM permission WHERE class = ? AND profile = ? AND id = ?", "ttt", racf_classes[class].name,
                         profile, id->text);
            if (sqlite3_changes(run->racf->db) == 0)
                run_say(run, RC_WARNING, "PGR070I %.64s IS NOT IN THE ACCESS LIST OF %s", id->text, profile);
            changed = changed || sqlite3_changes(run->racf->db) > 0;
            continue;
        }
        bool known = strcmp(id->text, "*") == 0 || user_exists(run->racf, id->text) || group_exists(run->racf, id->text);
        if (!known) {
            run_say(run, RC_ERROR, "PGR071I %.64s IS NEITHER A USER NOR A GROUP; NOT ADDED TO THE ACCESS LIST OF %s", id->text, profile);
            continue;
        }
        racf_sql_run(run->racf, "INSERT INTO permission VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET access = ?4", "ttti",
                     racf_classes[class].name, profile, id->text, (int)access);
        changed = true;
    }
    return changed;
}

static bool
operands_are_complete(struct run *run)
{
    bool listed = run_has(run, OPERAND_ID);
    const char *reset = run_word(run, OPERAND_RESET);
    if (!run_has(run, OPERAND_CLASS))
        run_say(run, RC_ERROR, "PGR072I CLASS IS MISSING; DATA SET PROFILES ARE NOT SUPPORTED");
    else if (!listed && !run_has(run, OPERAND_RESET))
        run_say(run, RC_ERROR, "IKJ56701I MISSING ID");
    else if (listed && !run_has(run, OPERAND_ACCESS) && !run_has(run, OPERAND_DELETE))
        run_say(run, RC_ERROR, "PGR073I ACCESS(level) OR DELETE IS MISSING");
    else if (reset != NULL && strcmp(reset, "ALL") != 0 && strcmp(reset, "STANDARD") != 0)
        run_say(run, RC_ERROR, "PGR074I RESET TAKES ALL OR STANDARD");
    else
        return true;
    return false;
}

static void
permit(struct run *run)
{
    uint8_t access = RACF_ACCESS_NONE;
    if (!operands_are_complete(run) || !run_level(run, OPERAND_ACCESS, &access))
        return;
    int found = run_class(run, run_word(run, OPERAND_CLASS));
    if (found < 0)
        return;
    enum racf_class_number class = (enum racf_class_number)found;
    for (const struct syntax_node *node = run_names(run, 0, NULL); node != NULL; node = run_names(run, 0, node)) {
        char name[RACF_PROFILE_MAX + 1];
        if (!profile_name(run, class, node, name) || !profile_may_change(run, class, name))
            continue;
        if (!profile_exists(run->racf, class, name)) {
            run_say(run, RC_ERROR, "ICH06004I %s NOT DEFINED TO RACF", name);
            continue;
        }
        bool changed = run_has(run, OPERAND_RESET);
        if (changed)
            racf_sql_run(run->racf, "DELETE FROM permission WHERE class = ? AND profile = ?", "tt", racf_classes[class].name, name);
        changed = change_entries(run, class, name, access) || changed;
        if (changed)
            profile_changed(run, class, "ICH06011I", "UPDATE(S)");
    }
}

const struct verb verb_permit = {
    .name = "PERMIT",
    .short_name = "PE",
    .authority = VERB_CHANGES,
    .positional = { { "PROFILE NAME", true } },
    .operands = operands,
    .handler = permit,
    .help = "changes the access list of a profile",
};
