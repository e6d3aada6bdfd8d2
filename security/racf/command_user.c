#include <stdio.h>
#include <string.h>

#include "security/racf/commands.h"
#include "security/racf/omvs_operands.h"
#include "security/racf/password_operands.h"
#include "security/racf/user.h"

#define USER_OPERANDS                                                                                                                   \
    { "NAME", OPERAND_NAME, OPERAND_ONE }, { "DFLTGRP", OPERAND_DFLTGRP, OPERAND_ONE }, { "OWNER", OPERAND_OWNER, OPERAND_ONE },        \
        { "DATA", OPERAND_DATA, OPERAND_ONE, OPERAND_NODATA }, { "PASSWORD", OPERAND_PASSWORD, OPERAND_SECRET, OPERAND_NOPASSWORD },    \
        { "NOPASSWORD", OPERAND_NOPASSWORD, OPERAND_FLAG, OPERAND_PASSWORD },                                                           \
        { "PHRASE", OPERAND_PHRASE, OPERAND_SECRET, OPERAND_NOPHRASE }, { "NOPHRASE", OPERAND_NOPHRASE, OPERAND_FLAG, OPERAND_PHRASE }, \
        { "SPECIAL", OPERAND_SPECIAL, OPERAND_FLAG, OPERAND_NOSPECIAL },                                                                \
        { "NOSPECIAL", OPERAND_NOSPECIAL, OPERAND_FLAG, OPERAND_SPECIAL },                                                              \
        { "AUDITOR", OPERAND_AUDITOR, OPERAND_FLAG, OPERAND_NOAUDITOR },                                                                \
        { "NOAUDITOR", OPERAND_NOAUDITOR, OPERAND_FLAG, OPERAND_AUDITOR },                                                              \
        { "OPERATIONS", OPERAND_OPERATIONS, OPERAND_FLAG, OPERAND_NOOPERATIONS },                                                       \
        { "NOOPERATIONS", OPERAND_NOOPERATIONS, OPERAND_FLAG, OPERAND_OPERATIONS },                                                     \
        { "GRPACC", OPERAND_GRPACC, OPERAND_FLAG, OPERAND_NOGRPACC }, { "NOGRPACC", OPERAND_NOGRPACC, OPERAND_FLAG, OPERAND_GRPACC },   \
        { "ADSP", OPERAND_ADSP, OPERAND_FLAG, OPERAND_NOADSP }, { "NOADSP", OPERAND_NOADSP, OPERAND_FLAG, OPERAND_ADSP },               \
        { "RESTRICTED", OPERAND_RESTRICTED, OPERAND_FLAG, OPERAND_NORESTRICTED },                                                       \
        { "OMVS", OPERAND_OMVS, OPERAND_INNER, OPERAND_NOOMVS, omvs_operands },                                                         \
    {                                                                                                                                   \
        "NORESTRICTED", OPERAND_NORESTRICTED, OPERAND_FLAG, OPERAND_RESTRICTED                                                          \
    }

static const struct operand adduser_operands[] = { USER_OPERANDS, { NULL } };

static const struct operand altuser_operands[] = {
    USER_OPERANDS,
    { "NODATA", OPERAND_NODATA, OPERAND_FLAG, OPERAND_DATA },
    { "NOOMVS", OPERAND_NOOMVS, OPERAND_FLAG, OPERAND_OMVS },
    { "EXPIRED", OPERAND_EXPIRED, OPERAND_FLAG, OPERAND_NOEXPIRED },
    { "NOEXPIRED", OPERAND_NOEXPIRED, OPERAND_FLAG, OPERAND_EXPIRED },
    { "REVOKE", OPERAND_REVOKE, OPERAND_FLAG, OPERAND_RESUME },
    { "RESUME", OPERAND_RESUME, OPERAND_FLAG, OPERAND_REVOKE },
    { NULL },
};

static const struct operand deluser_operands[] = { { NULL } };

static const struct {
    enum racf_attribute attribute;
    enum operand_id set;
    enum operand_id clear;
    const char *name;
    bool needs_special; /* who has it could make himself master of the database, or see all of it */
} attributes[] = {
    { RACF_ATTRIBUTE_SPECIAL, OPERAND_SPECIAL, OPERAND_NOSPECIAL, "SPECIAL", true },
    { RACF_ATTRIBUTE_AUDITOR, OPERAND_AUDITOR, OPERAND_NOAUDITOR, "AUDITOR", true },
    { RACF_ATTRIBUTE_OPERATIONS, OPERAND_OPERATIONS, OPERAND_NOOPERATIONS, "OPERATIONS", true },
    { RACF_ATTRIBUTE_RESTRICTED, OPERAND_RESTRICTED, OPERAND_NORESTRICTED, "RESTRICTED", false },
    { RACF_ATTRIBUTE_REVOKED, OPERAND_REVOKE, OPERAND_RESUME, "REVOKE", false },
    { RACF_ATTRIBUTE_GRPACC, OPERAND_GRPACC, OPERAND_NOGRPACC, "GRPACC", false },
    { RACF_ATTRIBUTE_ADSP, OPERAND_ADSP, OPERAND_NOADSP, "ADSP", false },
};

static void
apply_attributes(struct run *run, struct user_row *user)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        bool set = run_has(run, attributes[i].set);
        bool clear = run_has(run, attributes[i].clear);
        if ((!set && !clear) || (attributes[i].needs_special && !run_is_special(run, attributes[i].name)))
            continue;
        if (set)
            user->attributes |= attributes[i].attribute;
        else
            user->attributes &= ~(unsigned)attributes[i].attribute;
    }
    if (run_has(run, OPERAND_RESUME)) {
        user->failed_attempts = 0;
        user->last_access_s = clock_utc_seconds(run->racf->clock); /* INACTIVE begins anew, or it would revoke at once */
    }
}

static bool
apply_group(struct run *run, struct user_row *user, bool connected)
{
    const char *group = run_word(run, OPERAND_DFLTGRP);
    if (group == NULL)
        return true;
    if (!racf_name_is_valid(group) || !group_exists(run->racf, group)) {
        run_say(run, RC_ERROR, "PGR090I GROUP %.64s IS NOT DEFINED", group);
        return false;
    }
    if (connected && !connection_exists(run->racf, user->userid, group)) {
        run_say(run, RC_ERROR, "PGR091I %s IS NOT CONNECTED TO GROUP %s; CONNECT IT FIRST", user->userid, group);
        return false;
    }
    snprintf(user->default_group, sizeof user->default_group, "%s", group);
    return true;
}

static bool
apply_operands(struct run *run, struct user_row *user, bool exists)
{
    if (!run_owner(run, user->owner) || !apply_group(run, user, exists) || !run_string(run, OPERAND_NAME, user->name, sizeof user->name) ||
        !run_string(run, OPERAND_DATA, user->data, sizeof user->data))
        return false;
    if (run_has(run, OPERAND_NODATA))
        user->data[0] = '\0';
    apply_attributes(run, user);
    return true;
}

static void
say_protected(struct run *run, const struct user_row *user)
{
    run_say(run, RC_FINE, "ICH01024I User %s is defined as PROTECTED.", user->userid);
    run_say(run, RC_FINE, "PGR092W %s: NEITHER A PASSWORD NOR A PASSTICKET LOGS A PROTECTED USER ON; GIVE IT A PASSWORD", user->userid);
}

static bool
name_is_free(struct run *run, const struct syntax_node *node, char userid[RACF_NAME_MAX + 1])
{
    if (!run_fold(node, userid, RACF_NAME_MAX + 1) || !racf_name_is_valid(userid)) {
        run_say(run, RC_ERROR, "PGR093I %.64s CANNOT BE A USER ID: 1 TO 8 OF A-Z 0-9 # @ $", node->text);
        return false;
    }
    if (user_exists(run->racf, userid))
        run_say(run, RC_WARNING, "PGR094I USER %s IS ALREADY DEFINED", userid);
    else if (group_exists(run->racf, userid))
        run_say(run, RC_ERROR, "PGR095I %s IS A GROUP; A USER CANNOT HAVE THE SAME NAME", userid);
    else
        return true;
    return false;
}

static void
add_one(struct run *run, const struct syntax_node *node)
{
    struct racf *racf = run->racf;
    struct user_row user = { .created_s = clock_utc_seconds(racf->clock), .interval_days = (int)racf->options[RACF_OPTION_INTERVAL] };
    if (!name_is_free(run, node, user.userid))
        return;
    snprintf(user.owner, sizeof user.owner, "%s", run->issuer->userid[0] != '\0' ? run->issuer->userid : "IBMUSER");
    snprintf(user.default_group, sizeof user.default_group, "%s", run_current_group(run));
    if (!apply_operands(run, &user, false) || !omvs_check(run, user.userid) || !password_apply(run, &user))
        return;
    user_row_write(racf, &user);
    omvs_apply(run, user.userid);
    racf_sql_run(racf, "INSERT INTO connection VALUES (?, ?, ?, ?, 0, ?)", "tttil", user.userid, user.default_group, user.owner,
                 RACF_AUTHORITY_USE, user.created_s);
    run_touch_user(run, user.userid);
    if (user.password.size == 0 && user.phrase.size == 0)
        say_protected(run, &user);
}

static void
adduser(struct run *run)
{
    for (const struct syntax_node *name = run_names(run, 0, NULL); name != NULL; name = run_names(run, 0, name))
        add_one(run, name);
}

/* Whoever could reset the password of a SPECIAL user would be SPECIAL. */
static bool
may_change(struct run *run, const struct user_row *user)
{
    if (run->issuer->special || (user->attributes & RACF_ATTRIBUTE_SPECIAL) == 0)
        return true;
    run_say(run, RC_ERROR, "PGR096I NOT AUTHORIZED TO CHANGE %s, WHICH HAS SPECIAL", user->userid);
    return false;
}

static bool
find_user(struct run *run, const struct syntax_node *node, struct user_row *user)
{
    char userid[RACF_NAME_MAX + 1];
    if (run_fold(node, userid, sizeof userid) && user_row_read(run->racf, userid, user))
        return may_change(run, user);
    run_say(run, RC_ERROR, "PGR097I USER %.64s IS NOT DEFINED", node->text);
    return false;
}

static void
alter_one(struct run *run, const struct syntax_node *node)
{
    struct user_row user;
    if (!find_user(run, node, &user))
        return;
    bool was_protected = user.password.size == 0 && user.phrase.size == 0;
    if (!apply_operands(run, &user, true) || !omvs_check(run, user.userid) || !password_apply(run, &user))
        return;
    user_row_write(run->racf, &user);
    omvs_apply(run, user.userid);
    run_touch_user(run, user.userid);
    if (!was_protected && user.password.size == 0 && user.phrase.size == 0)
        say_protected(run, &user);
}

static void
altuser(struct run *run)
{
    if (run_has(run, OPERAND_NOEXPIRED) && !run_has(run, OPERAND_PASSWORD) && !run_has(run, OPERAND_PHRASE)) {
        run_say(run, RC_ERROR, "PGR098I NOEXPIRED NEEDS PASSWORD OR PHRASE");
        return;
    }
    for (const struct syntax_node *name = run_names(run, 0, NULL); name != NULL; name = run_names(run, 0, name))
        alter_one(run, name);
}

static void
deluser(struct run *run)
{
    for (const struct syntax_node *node = run_names(run, 0, NULL); node != NULL; node = run_names(run, 0, node)) {
        struct user_row user;
        if (!find_user(run, node, &user))
            continue;
        if (strcmp(user.userid, "IBMUSER") == 0) {
            run_say(run, RC_ERROR, "PGR099I IBMUSER CANNOT BE DELETED; REVOKE IT");
            continue;
        }
        racf_sql_run(run->racf, "DELETE FROM user WHERE userid = ?", "t", user.userid);
        run_touch_user(run, user.userid);
        run->uids_changed = true;
        run_warn_of_permissions(run, user.userid);
    }
}

const struct verb verb_adduser = {
    .name = "ADDUSER",
    .short_name = "AU",
    .authority = VERB_CHANGES,
    .positional = { { "USERID", true } },
    .operands = adduser_operands,
    .handler = adduser,
    .help = "defines users",
};

const struct verb verb_altuser = {
    .name = "ALTUSER",
    .short_name = "ALU",
    .authority = VERB_CHANGES,
    .positional = { { "USERID", true } },
    .operands = altuser_operands,
    .handler = altuser,
    .help = "changes users",
};

const struct verb verb_deluser = {
    .name = "DELUSER",
    .short_name = "DU",
    .authority = VERB_CHANGES,
    .positional = { { "USERID", true } },
    .operands = deluser_operands,
    .handler = deluser,
    .help = "deletes users",
};
