#include <stdio.h>
#include <string.h>
#include <time.h>

#include "security/racf/commands.h"
#include "security/racf/omvs.h"
#include "security/racf/user.h"

static const struct operand operands[] = {
    { "OMVS", OPERAND_OMVS, OPERAND_FLAG },
    { "NORACF", OPERAND_NORACF, OPERAND_FLAG },
    { NULL },
};

static void
list_attributes(struct run *run, const struct user_row *user)
{
    static const struct {
        enum racf_attribute attribute;
        const char *name;
    } names[] = {
        { RACF_ATTRIBUTE_SPECIAL, "SPECIAL" }, { RACF_ATTRIBUTE_OPERATIONS, "OPERATIONS" }, { RACF_ATTRIBUTE_AUDITOR, "AUDITOR" },
        { RACF_ATTRIBUTE_REVOKED, "REVOKED" }, { RACF_ATTRIBUTE_RESTRICTED, "RESTRICTED" }, { RACF_ATTRIBUTE_GRPACC, "GRPACC" },
        { RACF_ATTRIBUTE_ADSP, "ADSP" },
    };
    char line[96] = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t used = strlen(line);
        if ((user->attributes & names[i].attribute) != 0)
            snprintf(line + used, sizeof line - used, "%s%s", used > 0 ? " " : "", names[i].name);
    }
    bool has_phrase = user->phrase.size > 0;
    bool is_protected = user->password.size == 0 && !has_phrase;
    run_line(run, " ATTRIBUTES=%s", line[0] != '\0' ? line : is_protected || has_phrase ? "" : "NONE");
    if (is_protected)
        run_line(run, " ATTRIBUTES=PROTECTED");
    if (has_phrase)
        run_line(run, " ATTRIBUTES=PASSPHRASE");
}

static void
list_last_access(struct run *run, int64_t utc_s)
{
    char date[RACF_DATE_SIZE];
    time_t seconds = (time_t)utc_s;
    struct tm time;
    if (utc_s == 0 || gmtime_r(&seconds, &time) == NULL) {
        run_line(run, " LAST-ACCESS=UNKNOWN");
        return;
    }
    racf_date(utc_s, date);
    run_line(run, " LAST-ACCESS=%s/%02d:%02d:%02d", date, time.tm_hour, time.tm_min, time.tm_sec);
}

static void
list_user_lines(struct run *run, const struct user_row *user)
{
    char created[RACF_DATE_SIZE];
    char password_date[RACF_DATE_SIZE];
    char phrase_date[RACF_DATE_SIZE];
    char interval[8] = "N/A";
    racf_date(user->created_s, created);
    racf_date(user->password_changed_s, password_date);
    racf_date(user->phrase_changed_s, phrase_date);
    if (user->interval_days != 0)
        snprintf(interval, sizeof interval, "%3d", user->interval_days % 1000);
    run_line(run, "USER=%-8s NAME=%-20s  OWNER=%-8s  CREATED=%s", user->userid, user->name[0] != '\0' ? user->name : "UNKNOWN", user->owner,
             created);
    run_line(run, " DEFAULT-GROUP=%-8s PASSDATE=%-6s PASS-INTERVAL=%3s PHRASEDATE=%s", user->default_group,
             user->password.size > 0 ? password_date : "N/A", interval, user->phrase.size > 0 ? phrase_date : "N/A");
    list_attributes(run, user);
    run_line(run, " REVOKE DATE=NONE   RESUME DATE=NONE");
    list_last_access(run, user->last_access_s);
    run_line(run, " CLASS AUTHORIZATIONS=NONE");
    if (user->data[0] != '\0')
        run_line(run, " INSTALLATION-DATA=%s", user->data);
    else
        run_line(run, " NO-INSTALLATION-DATA");
    run_line(run, " NO-MODEL-NAME");
    run_line(run, " LOGON ALLOWED   (DAYS)          (TIME)");
    run_line(run, " ---------------------------------------------");
    run_line(run, " ANYDAY                          ANYTIME");
}

static void
list_connections(struct run *run, const char *userid)
{
    static const char *const authorities[] = { "USE", "CREATE", "CONNECT", "JOIN" };
    sqlite3_stmt *row = racf_sql(run->racf,
                                 "SELECT group_name, authority, owner, created_s, revoked FROM connection WHERE userid = ?"
                                 " ORDER BY group_name",
                                 "t", userid);
    while (racf_sql_row(run->racf, &row)) {
        char group[RACF_NAME_MAX + 1];
        char owner[RACF_NAME_MAX + 1];
        char created[RACF_DATE_SIZE];
        racf_column_text(run->racf, row, 0, group, sizeof group);
        racf_column_text(run->racf, row, 2, owner, sizeof owner);
        racf_date(sqlite3_column_int64(row, 3), created);
        unsigned authority = (unsigned)sqlite3_column_int(row, 1);
        run_line(run, "  GROUP=%-8s  AUTH=%-7s  CONNECT-OWNER=%-8s  CONNECT-DATE=%s", group,
                 authorities[authority <= RACF_AUTHORITY_JOIN ? authority : RACF_AUTHORITY_USE], owner, created);
        run_line(run, "    CONNECTS=    00  UACC=NONE     LAST-CONNECT=UNKNOWN");
        run_line(run, "    CONNECT ATTRIBUTES=%s", sqlite3_column_int(row, 4) != 0 ? "REVOKED" : "NONE");
        run_line(run, "    REVOKE DATE=NONE   RESUME DATE=NONE");
    }
}

static void
list_user(struct run *run, const struct user_row *user)
{
    list_user_lines(run, user);
    list_connections(run, user->userid);
    run_line(run, "SECURITY-LEVEL=NONE SPECIFIED");
    run_line(run, "CATEGORY-AUTHORIZATION");
    run_line(run, " NONE SPECIFIED");
    run_line(run, "SECURITY-LABEL=NONE SPECIFIED");
}

static void
list_omvs(struct run *run, const char *userid)
{
    uint32_t uid;
    if (omvs_read(run->racf, userid, &uid)) {
        run_line(run, "OMVS INFORMATION");
        run_line(run, "----------------");
        run_line(run, "UID= %010u", uid);
    } else {
        run_line(run, "NO OMVS INFORMATION");
    }
}

static void
list_parts(struct run *run, const struct user_row *user)
{
    if (run_has(run, OPERAND_NORACF))
        run_line(run, "USER=%s", user->userid);
    else
        list_user(run, user);
    if (run_has(run, OPERAND_OMVS))
        list_omvs(run, user->userid);
}

static void
list_one(struct run *run, const char *userid)
{
    struct user_row user;
    if (!run->privileged && strcmp(userid, run->issuer->userid) != 0)
        run_say(run, RC_ERROR, "ICH30010I NOT AUTHORIZED TO LIST %.64s", userid);
    else if (user_row_read(run->racf, userid, &user))
        list_parts(run, &user);
    else
        run_say(run, RC_ERROR, "ICH30001I UNABLE TO LOCATE USER ENTRY %.64s", userid);
}

/* Names first, so that no statement is open while another lists. */
static void
list_all(struct run *run)
{
    sqlite3_stmt *row = racf_sql(run->racf, "SELECT userid FROM user ORDER BY userid", "");
    while (racf_sql_row(run->racf, &row)) {
        char userid[RACF_NAME_MAX + 1];
        racf_column_text(run->racf, row, 0, userid, sizeof userid);
        if (run->privileged || strcmp(userid, run->issuer->userid) == 0)
            list_one(run, userid);
    }
}

static void
listuser(struct run *run)
{
    if (run->operands->positional[0] == NULL)
        list_one(run, run->issuer->userid);
    for (const struct syntax_node *name = run_names(run, 0, NULL); name != NULL; name = run_names(run, 0, name)) {
        if (strcmp(name->text, "*") == 0)
            list_all(run);
        else
            list_one(run, name->text);
    }
}

const struct verb verb_listuser = {
    .name = "LISTUSER",
    .short_name = "LU",
    .authority = VERB_OWN,
    .positional = { { "USERID", false } },
    .operands = operands,
    .handler = listuser,
    .help = "lists users; without a name the issuer",
};
