#include <stdio.h>
#include <string.h>

#include "security/racf/access.h"
#include "security/racf/commands.h"
#include "security/racf/generic.h"
#include "security/racf/label_key.h"
#include "security/racf/profile.h"
#include "security/racf/ssignon_operands.h"
#include "security/racf/warnings.h"

#define PROFILE_OPERANDS                                                                                                                   \
    { "OWNER", OPERAND_OWNER, OPERAND_ONE }, { "UACC", OPERAND_UACC, OPERAND_ONE }, { "DATA", OPERAND_DATA, OPERAND_ONE, OPERAND_NODATA }, \
        { "APPLDATA", OPERAND_APPLDATA, OPERAND_ONE, OPERAND_NOAPPLDATA },                                                                 \
        { "AUDIT", OPERAND_AUDIT, OPERAND_INNER, OPERAND_NONE, audit_operands },                                                           \
        { "WARNING", OPERAND_WARNING, OPERAND_FLAG, OPERAND_NOWARNING },                                                                   \
        { "NOWARNING", OPERAND_NOWARNING, OPERAND_FLAG, OPERAND_WARNING },                                                                 \
    {                                                                                                                                      \
        "SSIGNON", OPERAND_SSIGNON, OPERAND_INNER, OPERAND_NOSSIGNON, ssignon_operands                                                     \
    }

static const struct operand audit_operands[] = {
    { "ALL", OPERAND_ALL, OPERAND_OPTIONAL },
    { "FAILURES", OPERAND_FAILURES, OPERAND_OPTIONAL },
    { "NONE", OPERAND_NO_AUDIT, OPERAND_FLAG },
    { "SUCCESS", OPERAND_SUCCESS, OPERAND_OPTIONAL },
    { NULL },
};

static const struct operand rdefine_operands[] = { PROFILE_OPERANDS, { NULL } };

static const struct operand ralter_operands[] = {
    PROFILE_OPERANDS,
    { "NODATA", OPERAND_NODATA, OPERAND_FLAG, OPERAND_DATA },
    { "NOAPPLDATA", OPERAND_NOAPPLDATA, OPERAND_FLAG, OPERAND_APPLDATA },
    { "NOSSIGNON", OPERAND_NOSSIGNON, OPERAND_FLAG, OPERAND_SSIGNON },
    { NULL },
};

static const struct operand rdelete_operands[] = { { NULL } };

/* AUDIT(ALL), AUDIT(FAILURES(UPDATE) SUCCESS(READ)) ...: without a level, READ. */
static bool
set_audit(struct run *run, struct profile_row *row)
{
    static const struct {
        enum operand_id id;
        const char *name;
    } kinds[] = { { OPERAND_ALL, "ALL" }, { OPERAND_SUCCESS, "SUCCESS" }, { OPERAND_FAILURES, "FAILURES" } };
    if (!run_has(run, OPERAND_AUDIT))
        return true;
    char audit[PROFILE_AUDIT_MAX + 1] = "";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint8_t level = RACF_ACCESS_READ;
        if (!run_level(run, kinds[i].id, &level))
            return false;
        size_t used = strlen(audit);
        if (run_has(run, kinds[i].id))
            snprintf(audit + used, sizeof audit - used, "%s%s(%s)", used > 0 ? "," : "", kinds[i].name, access_level_name(level));
    }
    snprintf(row->audit, sizeof row->audit, "%s", audit[0] != '\0' ? audit : "NONE");
    return true;
}

/* What RDEFINE and RALTER have in common, the SSIGNON segment apart. False: reported. */
static bool
set_fields(struct run *run, struct profile_row *row)
{
    if (!run_owner(run, row->owner) || !run_level(run, OPERAND_UACC, &row->uacc) ||
        !run_string(run, OPERAND_DATA, row->data, sizeof row->data) ||
        !run_string(run, OPERAND_APPLDATA, row->appldata, sizeof row->appldata) || !set_audit(run, row))
        return false;
    if (run_has(run, OPERAND_NODATA))
        row->data[0] = '\0';
    if (run_has(run, OPERAND_NOAPPLDATA))
        row->appldata[0] = '\0';
    if (run_has(run, OPERAND_WARNING) || run_has(run, OPERAND_NOWARNING))
        row->warning = run_has(run, OPERAND_WARNING);
    row->changed_s = clock_utc_seconds(run->racf->clock);
    return true;
}

static bool
generic_is_allowed(struct run *run, enum racf_class_number class, const char *name)
{
    if (!racf_generic_is(name))
        return true;
    if (!run->racf->classes[class].generic) {
        run_say(run, RC_ERROR, "PGR053I %s IS GENERIC, AND GENERICS OF CLASS %s ARE OFF; ENTER SETROPTS GENERIC(%s)", name,
                racf_classes[class].name, racf_classes[class].name);
        return false;
    }
    if (run_has(run, OPERAND_SSIGNON)) {
        run_say(run, RC_ERROR, "PGR054I %s IS GENERIC; A PROFILE WITH A KEY MUST BE DISCRETE", name);
        return false;
    }
    return true;
}

static bool
segment_is_allowed(struct run *run, enum racf_class_number class)
{
    bool segment = run_has(run, OPERAND_SSIGNON) || run_has(run, OPERAND_NOSSIGNON);
    if (!segment || class == RACF_CLASS_PTKTDATA)
        return true;
    run_say(run, RC_ERROR, "PGR055I SSIGNON BELONGS TO CLASS PTKTDATA ONLY");
    return false;
}

static void
write_profile(struct run *run, enum racf_class_number class, const struct profile_row *row, const struct ssignon *ssignon)
{
    profile_write(run->racf, class, row);
    if (run_has(run, OPERAND_SSIGNON))
        ssignon_write(run->racf, row->name, ssignon);
    if (run_has(run, OPERAND_NOSSIGNON))
        racf_sql_run(run->racf, "DELETE FROM ssignon WHERE profile = ?", "t", row->name);
    if (run_has(run, OPERAND_SSIGNON) || run_has(run, OPERAND_NOSSIGNON))
        label_key_forget_unused(run->racf);
    warnings_of_profile(run->racf, class, row->name, run_warn, run);
}

static void
define_one(struct run *run, enum racf_class_number class, const struct syntax_node *node)
{
    struct profile_row row = { .audit = "FAILURES(READ)" };
    struct ssignon ssignon;
    if (!profile_name(run, class, node, row.name) || !profile_may_change(run, class, row.name) || !generic_is_allowed(run, class, row.name))
        return;
    if (profile_exists(run->racf, class, row.name)) {
        run_say(run, RC_WARNING, "ICH10102I %s ALREADY DEFINED TO CLASS %s.", row.name, racf_classes[class].name);
        return;
    }
    snprintf(row.owner, sizeof row.owner, "%s", run->issuer->userid[0] != '\0' ? run->issuer->userid : "IBMUSER");
    row.created_s = clock_utc_seconds(run->racf->clock);
    ssignon_read(run->racf, row.name, &ssignon);
    if (!set_fields(run, &row) || !ssignon_apply(run, row.name, &ssignon))
        return;
    write_profile(run, class, &row, &ssignon);
    profile_changed(run, class, "ICH10006I", "ADDITION(S)");
}

static void
rdefine(struct run *run)
{
    int class = run_positional_class(run);
    if (class < 0 || !segment_is_allowed(run, (enum racf_class_number) class))
        return;
    for (const struct syntax_node *name = run_names(run, 1, NULL); name != NULL; name = run_names(run, 1, name))
        define_one(run, (enum racf_class_number) class, name);
}

static void
alter_one(struct run *run, enum racf_class_number class, const struct syntax_node *node)
{
    char name[RACF_PROFILE_MAX + 1];
    struct profile_row row;
    struct ssignon ssignon;
    if (!profile_name(run, class, node, name) || !profile_may_change(run, class, name) || !generic_is_allowed(run, class, name))
        return;
    if (!profile_read(run->racf, class, name, &row)) {
        run_say(run, RC_ERROR, "ICH11102I %s NOT DEFINED TO CLASS %s.", name, racf_classes[class].name);
        return;
    }
    ssignon_read(run->racf, name, &ssignon);
    if (!set_fields(run, &row) || !ssignon_apply(run, name, &ssignon))
        return;
    write_profile(run, class, &row, &ssignon);
    profile_changed(run, class, "ICH11009I", "UPDATE(S)");
}

static void
ralter(struct run *run)
{
    int class = run_positional_class(run);
    if (class < 0 || !segment_is_allowed(run, (enum racf_class_number) class))
        return;
    for (const struct syntax_node *name = run_names(run, 1, NULL); name != NULL; name = run_names(run, 1, name))
        alter_one(run, (enum racf_class_number) class, name);
}

static void
rdelete(struct run *run)
{
    int found = run_positional_class(run);
    if (found < 0)
        return;
    enum racf_class_number class = (enum racf_class_number)found;
    for (const struct syntax_node *node = run_names(run, 1, NULL); node != NULL; node = run_names(run, 1, node)) {
        char name[RACF_PROFILE_MAX + 1];
        if (!profile_name(run, class, node, name) || !profile_may_change(run, class, name))
            continue;
        if (!profile_exists(run->racf, class, name)) {
            run_say(run, RC_ERROR, "ICH12102I %s NOT DEFINED TO CLASS %s.", name, racf_classes[class].name);
            continue;
        }
        racf_sql_run(run->racf, "DELETE FROM profile WHERE class = ? AND name = ?", "tt", racf_classes[class].name, name);
        label_key_forget_unused(run->racf);
        profile_changed(run, class, "ICH12002I", "DELETION(S)");
    }
}

const struct verb verb_rdefine = {
    .name = "RDEFINE",
    .short_name = "RDEF",
    .authority = VERB_CHANGES,
    .positional = { { "CLASS NAME", true }, { "PROFILE NAME", true } },
    .operands = rdefine_operands,
    .handler = rdefine,
    .help = "defines general resource profiles",
};

const struct verb verb_ralter = {
    .name = "RALTER",
    .short_name = "RALT",
    .authority = VERB_CHANGES,
    .positional = { { "CLASS NAME", true }, { "PROFILE NAME", true } },
    .operands = ralter_operands,
    .handler = ralter,
    .help = "changes general resource profiles",
};

const struct verb verb_rdelete = {
    .name = "RDELETE",
    .short_name = "RDEL",
    .authority = VERB_CHANGES,
    .positional = { { "CLASS NAME", true }, { "PROFILE NAME", true } },
    .operands = rdelete_operands,
    .handler = rdelete,
    .help = "deletes general resource profiles",
};
