#include "security/racf/profile.h"

#include <stdio.h>
#include <string.h>

#include "security/racf/generic.h"

bool
profile_read(struct racf *racf, enum racf_class_number class, const char *name, struct profile_row *row)
{
    *row = (struct profile_row) { 0 };
    sqlite3_stmt *found = racf_sql(racf,
                                   "SELECT owner, uacc, data, appldata, audit, warning, created_s, changed_s, name FROM profile"
                                   " WHERE class = ? AND name = ?",
                                   "tt", racf_classes[class].name, name);
    if (!racf_sql_row(racf, &found))
        return false;
    racf_column_text(racf, found, 0, row->owner, sizeof row->owner);
    row->uacc = (uint8_t)sqlite3_column_int(found, 1);
    racf_column_text(racf, found, 2, row->data, sizeof row->data);
    racf_column_text(racf, found, 3, row->appldata, sizeof row->appldata);
    racf_column_text(racf, found, 4, row->audit, sizeof row->audit);
    row->warning = sqlite3_column_int(found, 5) != 0;
    row->created_s = sqlite3_column_int64(found, 6);
    row->changed_s = sqlite3_column_int64(found, 7);
    racf_column_text(racf, found, 8, row->name, sizeof row->name);
    racf_sql_end(&found);
    return !racf->failed;
}

static const char *
text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

void
profile_write(struct racf *racf, enum racf_class_number class, const struct profile_row *row)
{
    racf_sql_run(racf,
                 "INSERT INTO profile (class, name, owner, uacc, data, appldata, audit, warning, created_s, changed_s)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO UPDATE SET owner = ?3, uacc = ?4, data = ?5,"
                 " appldata = ?6, audit = ?7, warning = ?8, changed_s = ?10",
                 "ttti"
                 "tttill",
                 racf_classes[class].name, row->name, row->owner, (int)row->uacc, text_or_null(row->data), text_or_null(row->appldata),
                 row->audit, (int)row->warning, row->created_s, row->changed_s);
}

bool
profile_exists(struct racf *racf, enum racf_class_number class, const char *name)
{
    return racf_sql_exists(racf, "SELECT 1 FROM profile WHERE class = ? AND name = ?", "tt", racf_classes[class].name, name);
}

bool
profile_name(struct run *run, enum racf_class_number class, const struct syntax_node *node, char name[RACF_PROFILE_MAX + 1])
{
    bool fits = run_fold(node, name, RACF_PROFILE_MAX + 1);
    const char *fault = fits ? racf_class_name_fault(&racf_classes[class], name) : "IT IS TOO LONG FOR THE CLASS";
    if (fault != NULL)
        run_say(run, RC_ERROR, "PGR030I %.64s CANNOT BE A PROFILE OF CLASS %s: %s", node->text, racf_classes[class].name, fault);
    return fault == NULL;
}

bool
profile_may_change(struct run *run, enum racf_class_number class, const char *name)
{
    static const char administration[] = "IRR.RADMIN.";
    bool delegates =
        class == RACF_CLASS_FACILITY && (strncmp(name, administration, sizeof administration - 1) == 0 || racf_generic_is(name));
    if (run->issuer->special || !delegates)
        return true;
    run_say(run, RC_ERROR, "PGR031I NOT AUTHORIZED TO CHANGE %s: IT DECIDES WHO MAY ISSUE COMMANDS", name);
    return false;
}

void
profile_changed(struct run *run, enum racf_class_number class, const char *id, const char *what)
{
    if (run->racf->classes[class].raclisted && (run->changed_classes & 1u << class) == 0)
        run_say(run, RC_FINE, "%s RACLISTED PROFILES FOR %s WILL NOT REFLECT THE %s UNTIL A SETROPTS REFRESH IS ISSUED.", id,
                racf_classes[class].name, what);
    run->changed_classes |= 1u << class;
}
