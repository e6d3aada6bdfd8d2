#include <string.h>

#include "security/racf/commands.h"
#include "security/racf/user.h"

static const struct operand connect_operands[] = {
    { "GROUP", OPERAND_GROUP, OPERAND_ONE },
    { "AUTHORITY", OPERAND_AUTHORITY, OPERAND_ONE },
    { "OWNER", OPERAND_OWNER, OPERAND_ONE },
    { "REVOKE", OPERAND_REVOKE, OPERAND_FLAG, OPERAND_RESUME },
    { "RESUME", OPERAND_RESUME, OPERAND_FLAG, OPERAND_REVOKE },
    { NULL },
};

static const struct operand remove_operands[] = {
    { "GROUP", OPERAND_GROUP, OPERAND_ONE },
    { NULL },
};

/* The group that the command is about; NULL: reported. */
static const char *
find_group(struct run *run)
{
    const char *group = run_word(run, OPERAND_GROUP);
    if (group == NULL)
        group = run_current_group(run);
    if (racf_name_is_valid(group) && group_exists(run->racf, group))
        return group;
    run_say(run, RC_ERROR, "PGR115I GROUP %.64s IS NOT DEFINED", group);
    return NULL;
}

static bool
find_user(struct run *run, const struct syntax_node *node, char userid[RACF_NAME_MAX + 1])
{
    if (run_fold(node, userid, RACF_NAME_MAX + 1) && user_exists(run->racf, userid))
        return true;
    run_say(run, RC_ERROR, "PGR097I USER %.64s IS NOT DEFINED", node->text);
    return false;
}

struct connection_row {
    char owner[RACF_NAME_MAX + 1];
    unsigned authority;
    bool revoked;
};

/* What the connection is now, or what a new one starts with. */
static void
read_connection(struct run *run, const char *userid, const char *group, struct connection_row *connection)
{
    *connection = (struct connection_row) { .authority = RACF_AUTHORITY_USE };
    memcpy(connection->owner, run->issuer->userid[0] != '\0' ? run->issuer->userid : "IBMUSER\0", sizeof connection->owner);
    sqlite3_stmt *row =
        racf_sql(run->racf, "SELECT owner, authority, revoked FROM connection WHERE userid = ? AND group_name = ?", "tt", userid, group);
    if (!racf_sql_row(run->racf, &row))
        return;
    racf_column_text(run->racf, row, 0, connection->owner, sizeof connection->owner);
    connection->authority = (unsigned)sqlite3_column_int(row, 1);
    connection->revoked = sqlite3_column_int(row, 2) != 0;
    racf_sql_end(&row);
}

static void
connect_one(struct run *run, const char *userid, const char *group)
{
    static const char *const authorities[] = { "USE", "CREATE", "CONNECT", "JOIN", NULL };
    struct connection_row connection;
    read_connection(run, userid, group, &connection);
    if (!run_choice(run, OPERAND_AUTHORITY, authorities, &connection.authority) || !run_owner(run, connection.owner))
        return;
    if (run_has(run, OPERAND_REVOKE) || run_has(run, OPERAND_RESUME))
        connection.revoked = run_has(run, OPERAND_REVOKE);
    racf_sql_run(
        run->racf,
        "INSERT INTO connection VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET owner = ?3, authority = ?4, revoked = ?5",
        "tttiil", userid, group, connection.owner, (int)connection.authority, (int)connection.revoked, clock_utc_seconds(run->racf->clock));
    run_touch_user(run, userid);
}

static void
connect_users(struct run *run)
{
    const char *group = find_group(run);
    char userid[RACF_NAME_MAX + 1];
    for (const struct syntax_node *node = run_names(run, 0, NULL); group != NULL && node != NULL; node = run_names(run, 0, node))
        if (find_user(run, node, userid))
            connect_one(run, userid, group);
}

static void
remove_one(struct run *run, const char *userid, const char *group)
{
    if (!connection_exists(run->racf, userid, group)) {
        run_say(run, RC_ERROR, "PGR120I %s IS NOT CONNECTED TO GROUP %s", userid, group);
        return;
    }
    if (racf_sql_exists(run->racf, "SELECT 1 FROM user WHERE userid = ? AND default_group = ?", "tt", userid, group)) {
        run_say(run, RC_ERROR, "PGR121I %s IS THE DEFAULT GROUP OF %s; CHANGE IT WITH ALTUSER DFLTGRP FIRST", group, userid);
        return;
    }
    racf_sql_run(run->racf, "DELETE FROM connection WHERE userid = ? AND group_name = ?", "tt", userid, group);
    run_touch_user(run, userid);
}

static void
remove_users(struct run *run)
{
    const char *group = find_group(run);
    char userid[RACF_NAME_MAX + 1];
    for (const struct syntax_node *node = run_names(run, 0, NULL); group != NULL && node != NULL; node = run_names(run, 0, node))
        if (find_user(run, node, userid))
            remove_one(run, userid, group);
}

const struct verb verb_connect = {
    .name = "CONNECT",
    .short_name = "CO",
    .authority = VERB_CHANGES,
    .positional = { { "USERID", true } },
    .operands = connect_operands,
    .handler = connect_users,
    .help = "connects users to a group, or changes their connection",
};

const struct verb verb_remove = {
    .name = "REMOVE",
    .short_name = "RE",
    .authority = VERB_CHANGES,
    .positional = { { "USERID", true } },
    .operands = remove_operands,
    .handler = remove_users,
    .help = "removes users from a group",
};
