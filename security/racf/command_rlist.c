#include <stdio.h>
#include <string.h>

#include "security/racf/access.h"
#include "security/racf/commands.h"
#include "security/racf/generic.h"
#include "security/racf/profile.h"
#include "security/racf/ssignon.h"
#include "security/racf/user.h"
#include "security/racf/warnings.h"

static const struct operand operands[] = {
    { "ALL", OPERAND_ALL, OPERAND_FLAG },
    { "AUTHUSER", OPERAND_AUTHUSER, OPERAND_FLAG },
    { "SSIGNON", OPERAND_SSIGNON, OPERAND_FLAG },
    { "NORACF", OPERAND_NORACF, OPERAND_FLAG },
    { NULL },
};

static void
heading(struct run *run, const char *title)
{
    static const char dashes[] = "----------------------------------------";
    run_line(run, "%s", "");
    run_line(run, "%s", title);
    run_line(run, "%.*s", (int)strlen(title), dashes);
}

static void
list_text(struct run *run, const char *title, const char *text)
{
    heading(run, title);
    run_line(run, "%s", text[0] != '\0' ? text : "NONE");
}

/* YYYY-DDD as RLIST shows it: day of the year, then the year. */
static void
list_dates(struct run *run, const struct profile_row *row)
{
    char created[RACF_DATE_SIZE];
    char changed[RACF_DATE_SIZE];
    racf_date(row->created_s, created);
    racf_date(row->changed_s, changed);
    run_line(run, "%s", "");
    run_line(run, "CREATION DATE  LAST CHANGE DATE");
    run_line(run, " (DAY) (YEAR)    (DAY) (YEAR)");
    run_line(run, "-------------  ----------------");
    run_line(run, "  %s    %.2s         %s    %.2s", created + 3, created, changed + 3, changed);
}

static void
list_users(struct run *run, enum racf_class_number class, const char *profile)
{
    run_line(run, "%s", "");
    run_line(run, "USER      ACCESS");
    run_line(run, "----      ------");
    bool any = false;
    sqlite3_stmt *row = racf_sql(run->racf, "SELECT id, access FROM permission WHERE class = ? AND profile = ? ORDER BY id", "tt",
                                 racf_classes[class].name, profile);
    while (racf_sql_row(run->racf, &row)) {
        char id[RACF_NAME_MAX + 1];
        racf_column_text(run->racf, row, 0, id, sizeof id);
        run_line(run, "%-8s  %s", id, access_level_name((uint8_t)sqlite3_column_int(row, 1)));
        any = true;
    }
    if (!any)
        run_line(run, "NO USERS IN ACCESS LIST");
}

/* No form of a key is ever shown. */
static void
list_ssignon(struct run *run, const char *profile)
{
    static const char *const legacy[] = {
        [SSIGNON_NO_LEGACY_KEY] = "NO LEGACY KEY",
        [SSIGNON_MASKED] = "KEYMASKED DATA NOT DISPLAYABLE",
        [SSIGNON_ENCRYPTED] = "KEYENCRYPTED DATA NOT DISPLAYABLE",
        [SSIGNON_LABEL] = "LEGACY KEY BY LABEL",
    };
    struct ssignon ssignon;
    if (!ssignon_read(run->racf, profile, &ssignon)) {
        run_line(run, "%s", "");
        run_line(run, "NO SSIGNON INFORMATION");
        return;
    }
    heading(run, "SSIGNON INFORMATION");
    run_line(run, "%s", legacy[ssignon.legacy_form <= SSIGNON_LABEL ? ssignon.legacy_form : SSIGNON_NO_LEGACY_KEY]);
    if (ssignon.legacy_label[0] != '\0')
        run_line(run, "LEGACY KEY LABEL: %s", ssignon.legacy_label);
    if (ssignon.enhanced_label[0] == '\0')
        return;
    run_line(run, "ENHANCED PASSTICKET KEY LABEL: %s", ssignon.enhanced_label);
    run_line(run, "TYPE: %s  TIMEOUT: %u  REPLAY: %s", ssignon.ticket_type == PASSTICKET_UPPER ? "UPPER" : "MIXED", ssignon.timeout_s,
             ssignon.replay ? "YES" : "NO");
}

static void
list_base(struct run *run, enum racf_class_number class, const struct profile_row *row)
{
    uint8_t own = RACF_ACCESS_NONE;
    struct access_set *set = access_set_load(run->racf, class, row->name);
    const struct access_profile *profile = set != NULL ? access_set_named(set, row->name) : NULL;
    if (profile != NULL)
        own = access_profile_allows(run->racf, profile, run->issuer->userid);
    access_set_free(set);
    run_line(run, "%s", "");
    run_line(run, "LEVEL  OWNER      UNIVERSAL ACCESS  YOUR ACCESS  WARNING");
    run_line(run, "-----  --------   ----------------  -----------  -------");
    run_line(run, " 00    %-8s   %11s       %11s    %s", row->owner, access_level_name(row->uacc), access_level_name(own),
             row->warning ? "YES" : "NO");
    list_text(run, "INSTALLATION DATA", row->data);
    list_text(run, "APPLICATION DATA", row->appldata);
    list_text(run, "AUDITING", row->audit);
    list_text(run, "NOTIFY", "NO USER TO BE NOTIFIED");
}

static void
list_profile(struct run *run, enum racf_class_number class, const struct profile_row *row)
{
    bool all = run_has(run, OPERAND_ALL);
    run_line(run, "CLASS      NAME");
    run_line(run, "-----      ----");
    run_line(run, "%-8s   %s%s", racf_classes[class].name, row->name, racf_generic_is(row->name) ? " (G)" : "");
    if (!run_has(run, OPERAND_NORACF))
        list_base(run, class, row);
    if (all)
        list_dates(run, row);
    if (all || run_has(run, OPERAND_AUTHUSER))
        list_users(run, class, row->name);
    if (run_has(run, OPERAND_SSIGNON) || (all && class == RACF_CLASS_PTKTDATA))
        list_ssignon(run, row->name);
    run_line(run, "%s", "");
    warnings_of_profile(run->racf, class, row->name, run_warn, run);
}

static void
list_all(struct run *run, enum racf_class_number class)
{
    size_t count = 0;
    sqlite3_stmt *names = racf_sql(run->racf, "SELECT name FROM profile WHERE class = ? ORDER BY name", "t", racf_classes[class].name);
    while (racf_sql_row(run->racf, &names)) {
        char name[RACF_PROFILE_MAX + 1];
        struct profile_row row;
        racf_column_text(run->racf, names, 0, name, sizeof name);
        if (profile_read(run->racf, class, name, &row))
            list_profile(run, class, &row);
        count++;
    }
    if (count == 0)
        run_say(run, RC_WARNING, "ICH13004I NOTHING TO LIST");
}

/* The name of the generic profile that protects a resource without a discrete one. */
static bool
covering_profile(struct run *run, enum racf_class_number class, const char *resource, char name[RACF_PROFILE_MAX + 1])
{
    name[0] = '\0';
    if (!run->racf->classes[class].generic)
        return false;
    sqlite3_stmt *row = racf_sql(run->racf, "SELECT name FROM profile WHERE class = ?", "t", racf_classes[class].name);
    while (racf_sql_row(run->racf, &row)) {
        char candidate[RACF_PROFILE_MAX + 1];
        racf_column_text(run->racf, row, 0, candidate, sizeof candidate);
        bool covers = racf_generic_is(candidate) && racf_generic_matches(candidate, resource);
        if (covers && (name[0] == '\0' || racf_generic_compare(candidate, name) < 0))
            snprintf(name, RACF_PROFILE_MAX + 1, "%s", candidate);
    }
    return name[0] != '\0';
}

static void
rlist(struct run *run)
{
    int found = run_positional_class(run);
    if (found < 0)
        return;
    enum racf_class_number class = (enum racf_class_number)found;
    for (const struct syntax_node *node = run_names(run, 1, NULL); node != NULL; node = run_names(run, 1, node)) {
        char name[RACF_PROFILE_MAX + 1];
        char covering[RACF_PROFILE_MAX + 1];
        struct profile_row row;
        if (strcmp(node->text, "*") == 0)
            list_all(run, class);
        else if (!profile_name(run, class, node, name))
            continue;
        else if (profile_read(run->racf, class, name, &row))
            list_profile(run, class, &row);
        else if (covering_profile(run, class, name, covering) && profile_read(run->racf, class, covering, &row))
            list_profile(run, class, &row);
        else
            run_say(run, RC_ERROR, "ICH13003I %s NOT FOUND", name);
    }
    const struct racf_class_state *state = &run->racf->classes[class];
    char text[WARNING_TEXT_SIZE];
    warning_text(WARNING_NOT_REFRESHED, racf_classes[class].name, "", text);
    if (state->raclisted && state->changed)
        run_warn(run, WARNING_NOT_REFRESHED, text);
}

const struct verb verb_rlist = {
    .name = "RLIST",
    .short_name = "RL",
    .authority = VERB_LISTS,
    .positional = { { "CLASS NAME", true }, { "PROFILE NAME", true } },
    .operands = operands,
    .handler = rlist,
    .help = "lists general resource profiles; keys are never shown",
};
