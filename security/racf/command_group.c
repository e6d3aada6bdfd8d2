#include <stdio.h>
#include <string.h>

#include "security/racf/commands.h"
#include "security/racf/user.h"

static const struct operand addgroup_operands[] = {
    { "SUPGROUP", OPERAND_SUPGROUP, OPERAND_ONE },
    { "OWNER", OPERAND_OWNER, OPERAND_ONE },
    { "DATA", OPERAND_DATA, OPERAND_ONE, OPERAND_NODATA },
    { NULL },
};

static const struct operand altgroup_operands[] = {
    { "SUPGROUP", OPERAND_SUPGROUP, OPERAND_ONE },
    { "OWNER", OPERAND_OWNER, OPERAND_ONE },
    { "DATA", OPERAND_DATA, OPERAND_ONE, OPERAND_NODATA },
    { "NODATA", OPERAND_NODATA, OPERAND_FLAG, OPERAND_DATA },
    { NULL },
};

static const struct operand no_operands[] = { { NULL } };

struct group_row {
    char name[RACF_NAME_MAX + 1];
    char superior[RACF_NAME_MAX + 1];
    char owner[RACF_NAME_MAX + 1];
    char data[RACF_DATA_MAX + 1];
    int64_t created_s;
};

static bool
group_read(struct racf *racf, const char *name, struct group_row *group)
{
    *group = (struct group_row) { 0 };
    sqlite3_stmt *row = racf_sql(racf, "SELECT name, superior, owner, data, created_s FROM user_group WHERE name = ?", "t", name);
    if (!racf_sql_row(racf, &row))
        return false;
    racf_column_text(racf, row, 0, group->name, sizeof group->name);
    racf_column_text(racf, row, 1, group->superior, sizeof group->superior);
    racf_column_text(racf, row, 2, group->owner, sizeof group->owner);
    racf_column_text(racf, row, 3, group->data, sizeof group->data);
    group->created_s = sqlite3_column_int64(row, 4);
    racf_sql_end(&row);
    return !racf->failed;
}

static void
group_write(struct racf *racf, const struct group_row *group)
{
    racf_sql_run(racf, "INSERT INTO user_group VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET superior = ?2, owner = ?3, data = ?4",
                 "ttttl", group->name, group->superior[0] != '\0' ? group->superior : NULL, group->owner,
                 group->data[0] != '\0' ? group->data : NULL, group->created_s);
}

/* True when `group` is `superior` or stands above it: making it a subgroup would close a circle. */
static bool
is_above(struct racf *racf, const char *group, const char *superior)
{
    return racf_sql_exists(racf,
                           "WITH RECURSIVE above(name) AS (SELECT ?2 UNION SELECT g.superior FROM user_group g JOIN above ON g.name ="
                           " above.name) SELECT 1 FROM above WHERE name = ?1",
                           "tt", group, superior);
}

static bool
apply_operands(struct run *run, struct group_row *group)
{
    const char *superior = run_word(run, OPERAND_SUPGROUP);
    if (superior != NULL) {
        if (!racf_name_is_valid(superior) || !group_exists(run->racf, superior)) {
            run_say(run, RC_ERROR, "PGR110I SUPERIOR GROUP %.64s IS NOT DEFINED", superior);
            return false;
        }
        if (is_above(run->racf, group->name, superior)) {
            run_say(run, RC_ERROR, "PGR111I %s CANNOT BE A SUBGROUP OF %s, WHICH IS ITSELF OR BELOW IT", group->name, superior);
            return false;
        }
        snprintf(group->superior, sizeof group->superior, "%s", superior);
    }
    if (!run_owner(run, group->owner) || !run_string(run, OPERAND_DATA, group->data, sizeof group->data))
        return false;
    if (run_has(run, OPERAND_NODATA))
        group->data[0] = '\0';
    return true;
}

static bool
name_is_free(struct run *run, const struct syntax_node *node, char name[RACF_NAME_MAX + 1])
{
    bool valid = run_fold(node, name, RACF_NAME_MAX + 1) && racf_name_is_valid(name) && strchr("0123456789", name[0]) == NULL;
    if (!valid)
        run_say(run, RC_ERROR, "PGR112I %.64s CANNOT BE A GROUP: 1 TO 8 OF A-Z 0-9 # @ $, NO DIGIT FIRST", node->text);
    else if (group_exists(run->racf, name))
        run_say(run, RC_WARNING, "PGR113I GROUP %s IS ALREADY DEFINED", name);
    else if (user_exists(run->racf, name))
        run_say(run, RC_ERROR, "PGR114I %s IS A USER; A GROUP CANNOT HAVE THE SAME NAME", name);
    else
        return true;
    return false;
}

static void
addgroup(struct run *run)
{
    for (const struct syntax_node *node = run_names(run, 0, NULL); node != NULL; node = run_names(run, 0, node)) {
        struct group_row group = { .created_s = clock_utc_seconds(run->racf->clock) };
        if (!name_is_free(run, node, group.name))
            continue;
        snprintf(group.superior, sizeof group.superior, "%s", run_current_group(run));
        snprintf(group.owner, sizeof group.owner, "%s", run->issuer->userid[0] != '\0' ? run->issuer->userid : "IBMUSER");
        if (apply_operands(run, &group))
            group_write(run->racf, &group);
    }
}

static bool
find_group(struct run *run, const struct syntax_node *node, struct group_row *group)
{
    char name[RACF_NAME_MAX + 1];
    if (run_fold(node, name, sizeof name) && group_read(run->racf, name, group))
        return true;
    run_say(run, RC_ERROR, "PGR115I GROUP %.64s IS NOT DEFINED", node->text);
    return false;
}

static void
altgroup(struct run *run)
{
    for (const struct syntax_node *node = run_names(run, 0, NULL); node != NULL; node = run_names(run, 0, node)) {
        struct group_row group;
        if (find_group(run, node, &group) && apply_operands(run, &group))
            group_write(run->racf, &group);
    }
}

static void
delete_group(struct run *run, const char *name)
{
    racf_sql_run(run->racf, "DELETE FROM user_group WHERE name = ?", "t", name);
    run_warn_of_permissions(run, name);
}

static void
delgroup(struct run *run)
{
    for (const struct syntax_node *node = run_names(run, 0, NULL); node != NULL; node = run_names(run, 0, node)) {
        struct group_row group;
        if (!find_group(run, node, &group))
            continue;
        if (strcmp(group.name, "SYS1") == 0)
            run_say(run, RC_ERROR, "PGR116I GROUP SYS1 CANNOT BE DELETED");
        else if (racf_sql_exists(run->racf, "SELECT 1 FROM user_group WHERE superior = ?", "t", group.name))
            run_say(run, RC_ERROR, "PGR117I GROUP %s HAS SUBGROUPS; DELETE THEM, OR GIVE THEM ANOTHER SUPGROUP", group.name);
        else if (racf_sql_exists(run->racf, "SELECT 1 FROM connection WHERE group_name = ?", "t", group.name))
            run_say(run, RC_ERROR, "PGR118I GROUP %s HAS USERS; REMOVE THEM FIRST", group.name);
        else
            delete_group(run, group.name);
    }
}

static void
list_subgroups(struct run *run, const char *name)
{
    bool any = false;
    sqlite3_stmt *row = racf_sql(run->racf, "SELECT name FROM user_group WHERE superior = ? ORDER BY name", "t", name);
    while (racf_sql_row(run->racf, &row)) {
        char subgroup[RACF_NAME_MAX + 1];
        racf_column_text(run->racf, row, 0, subgroup, sizeof subgroup);
        run_line(run, "    %s %s", any ? "            " : "SUBGROUP(S)=", subgroup);
        any = true;
    }
    if (!any)
        run_line(run, "    NO SUBGROUPS");
}

static void
list_members(struct run *run, const char *name)
{
    static const char *const authorities[] = { "USE", "CREATE", "CONNECT", "JOIN" };
    bool any = false;
    sqlite3_stmt *row =
        racf_sql(run->racf, "SELECT userid, authority, revoked FROM connection WHERE group_name = ? ORDER BY userid", "t", name);
    while (racf_sql_row(run->racf, &row)) {
        char userid[RACF_NAME_MAX + 1];
        unsigned authority = (unsigned)sqlite3_column_int(row, 1);
        racf_column_text(run->racf, row, 0, userid, sizeof userid);
        if (!any)
            run_line(run, "    USER(S)=      ACCESS=      ACCESS COUNT=      UNIVERSAL ACCESS=");
        run_line(run, "      %-8s      %-7s         000000               NONE", userid,
                 authorities[authority <= RACF_AUTHORITY_JOIN ? authority : RACF_AUTHORITY_USE]);
        run_line(run, "         CONNECT ATTRIBUTES=%s", sqlite3_column_int(row, 2) != 0 ? "REVOKED" : "NONE");
        run_line(run, "         REVOKE DATE=NONE                 RESUME DATE=NONE");
        any = true;
    }
    if (!any)
        run_line(run, "    NO USERS");
}

static void
list_group(struct run *run, const struct group_row *group)
{
    char created[RACF_DATE_SIZE];
    racf_date(group->created_s, created);
    run_line(run, "INFORMATION FOR GROUP %s", group->name);
    run_line(run, "    SUPERIOR GROUP=%-8s   OWNER=%-8s   CREATED=%s", group->superior[0] != '\0' ? group->superior : "NONE", group->owner,
             created);
    if (group->data[0] != '\0')
        run_line(run, "    INSTALLATION DATA=%s", group->data);
    else
        run_line(run, "    NO INSTALLATION DATA");
    run_line(run, "    NO MODEL DATA SET");
    run_line(run, "    TERMUACC");
    list_subgroups(run, group->name);
    list_members(run, group->name);
}

static void
list_all_groups(struct run *run)
{
    sqlite3_stmt *row = racf_sql(run->racf, "SELECT name FROM user_group ORDER BY name", "");
    while (racf_sql_row(run->racf, &row)) {
        char name[RACF_NAME_MAX + 1];
        struct group_row group;
        racf_column_text(run->racf, row, 0, name, sizeof name);
        if (group_read(run->racf, name, &group))
            list_group(run, &group);
    }
}

static void
listgrp(struct run *run)
{
    struct group_row group;
    if (run->operands->positional[0] == NULL && group_read(run->racf, run_current_group(run), &group))
        list_group(run, &group);
    for (const struct syntax_node *node = run_names(run, 0, NULL); node != NULL; node = run_names(run, 0, node)) {
        if (strcmp(node->text, "*") == 0)
            list_all_groups(run);
        else if (find_group(run, node, &group))
            list_group(run, &group);
    }
}

const struct verb verb_addgroup = {
    .name = "ADDGROUP",
    .short_name = "AG",
    .authority = VERB_CHANGES,
    .positional = { { "GROUP NAME", true } },
    .operands = addgroup_operands,
    .handler = addgroup,
    .help = "defines groups",
};

const struct verb verb_altgroup = {
    .name = "ALTGROUP",
    .short_name = "ALG",
    .authority = VERB_CHANGES,
    .positional = { { "GROUP NAME", true } },
    .operands = altgroup_operands,
    .handler = altgroup,
    .help = "changes groups",
};

const struct verb verb_delgroup = {
    .name = "DELGROUP",
    .short_name = "DG",
    .authority = VERB_CHANGES,
    .positional = { { "GROUP NAME", true } },
    .operands = no_operands,
    .handler = delgroup,
    .help = "deletes groups that have neither users nor subgroups",
};

const struct verb verb_listgrp = {
    .name = "LISTGRP",
    .short_name = "LG",
    .authority = VERB_LISTS,
    .positional = { { "GROUP NAME", false } },
    .operands = no_operands,
    .handler = listgrp,
    .help = "lists groups; without a name the issuer's",
};
