#include <string.h>

#include "common/secret.h"
#include "security/racf/commands.h"
#include "security/racf/password_operands.h"
#include "security/racf/password_work.h"
#include "security/racf/user.h"

enum { SECONDS_A_DAY = 86400 };

static const struct operand operands[] = {
    { "USER", OPERAND_USER, OPERAND_LIST },
    { "PASSWORD", OPERAND_PASSWORD, OPERAND_SECRET },
    { "PHRASE", OPERAND_PHRASE, OPERAND_SECRET },
    { "INTERVAL", OPERAND_INTERVAL, OPERAND_ONE, OPERAND_NOINTERVAL },
    { "NOINTERVAL", OPERAND_NOINTERVAL, OPERAND_FLAG, OPERAND_INTERVAL },
    { NULL },
};

static bool
was_used_before(struct run *run, const struct user_row *user, const char *folded, bool phrase)
{
    bool used = false;
    sqlite3_stmt *row =
        racf_sql(run->racf, "SELECT hash FROM password_history WHERE userid = ? AND phrase = ?", "ti", user->userid, (int)phrase);
    while (!used && racf_sql_row(run->racf, &row)) {
        struct password_hash hash;
        hash.size = racf_column_bytes(run->racf, row, 0, hash.bytes, sizeof hash.bytes);
        used = password_work_compare(run->password_work, &hash, folded) == PASSWORD_YES;
    }
    racf_sql_end(&row);
    return used;
}

static bool
change_is_allowed(struct run *run, const struct user_row *user, const char *new_password, bool phrase)
{
    int64_t changed_s = phrase ? user->phrase_changed_s : user->password_changed_s;
    int64_t wait_s = (int64_t)run->racf->options[RACF_OPTION_MINCHANGE] * SECONDS_A_DAY;
    bool expired = (user->attributes & RACF_ATTRIBUTE_EXPIRED) != 0;
    if (!password_is_acceptable(run, user->userid, new_password, phrase))
        return false;
    if (!expired && clock_utc_seconds(run->racf->clock) - changed_s < wait_s) {
        run_say(run, RC_ERROR, "PGR130I THE PASSWORD WAS CHANGED LESS THAN %u DAYS AGO", run->racf->options[RACF_OPTION_MINCHANGE]);
        return false;
    }
    if (run->racf->options[RACF_OPTION_HISTORY] > 0 && was_used_before(run, user, new_password, phrase)) {
        run_say(run, RC_ERROR, "PGR131I THE NEW PASSWORD WAS USED BEFORE");
        return false;
    }
    return true;
}

/* A wrong old password counts as a failed logon does: this is a way to guess one. */
static bool
current_matches(struct run *run, const struct user_row *user, const char *current, bool phrase)
{
    bool revoked = (user->attributes & RACF_ATTRIBUTE_REVOKED) != 0;
    enum password_answer answer =
        revoked ? PASSWORD_NO : password_work_compare(run->password_work, phrase ? &user->phrase : &user->password, current);
    if (answer == PASSWORD_NO) {
        run_say(run, RC_ERROR, "PGR132I THE CURRENT %s IS NOT CORRECT", phrase ? "PHRASE" : "PASSWORD");
        run->wrong_passwords++;
    }
    return answer == PASSWORD_YES;
}

static void
change_to(struct run *run, struct user_row *user, const char *current, const char *new_one, bool phrase)
{
    if (strcmp(current, new_one) == 0) {
        run_say(run, RC_ERROR, "PGR131I THE NEW PASSWORD WAS USED BEFORE");
    } else if (change_is_allowed(run, user, new_one, phrase) && password_replace(run, user, new_one, phrase, false)) {
        user_row_write(run->racf, user);
        run_touch_user(run, user->userid);
    }
}

static void
change_own(struct run *run, enum operand_id id, bool phrase)
{
    const struct syntax_node *current = run->operands->value[id];
    const struct syntax_node *new_one = current->next;
    char old_folded[PHRASE_MAX + 1] = "";
    char new_folded[PHRASE_MAX + 1] = "";
    struct user_row user;
    if (new_one == NULL || new_one->next != NULL)
        run_say(run, RC_ERROR, "PGR133I GIVE THE CURRENT AND THE NEW %s", phrase ? "PHRASE" : "PASSWORD");
    else if (!user_row_read(run->racf, run->issuer->userid, &user))
        run_say(run, RC_ERROR, "PGR097I USER %s IS NOT DEFINED", run->issuer->userid);
    else if (!password_fold(run->racf, current->typed, phrase, old_folded) || !password_fold(run->racf, new_one->typed, phrase, new_folded))
        run_say(run, RC_ERROR, "PGR084I A %s HAS AT MOST %d CHARACTERS", phrase ? "PHRASE" : "PASSWORD",
                phrase ? PHRASE_MAX : PASSWORD_MAX);
    else if (current_matches(run, &user, old_folded, phrase))
        change_to(run, &user, old_folded, new_folded, phrase);
    secret_wipe(old_folded, sizeof old_folded);
    secret_wipe(new_folded, sizeof new_folded);
}

/* Nobody may let his password live longer than SETROPTS PASSWORD(INTERVAL) says; NOINTERVAL is the administrator's to give. */
static void
change_interval(struct run *run, const char *userid)
{
    uint32_t limit = run->racf->options[RACF_OPTION_INTERVAL];
    uint32_t days = 0;
    struct user_row user;
    if (!run->issuer->special && (run_has(run, OPERAND_NOINTERVAL) || strcmp(userid, run->issuer->userid) != 0))
        run_say(run, RC_ERROR, "PGR134I NOT AUTHORIZED TO CHANGE THE INTERVAL OF %.64s", userid);
    else if (!user_row_read(run->racf, userid, &user))
        run_say(run, RC_ERROR, "PGR097I USER %.64s IS NOT DEFINED", userid);
    else if (run_number(run, OPERAND_INTERVAL, 1, limit != 0 ? limit : 254, &days)) {
        user.interval_days = (int)days;
        user_row_write(run->racf, &user);
        run_touch_user(run, userid);
    }
}

static void
password(struct run *run)
{
    const struct syntax_node *users = run->operands->value[OPERAND_USER];
    bool secret = run_has(run, OPERAND_PASSWORD) || run_has(run, OPERAND_PHRASE);
    bool interval = run_has(run, OPERAND_INTERVAL) || run_has(run, OPERAND_NOINTERVAL);
    if (secret && users != NULL) {
        run_say(run, RC_ERROR, "PGR135I PASSWORD CHANGES THE ISSUER'S OWN PASSWORD; ALTUSER RESETS THAT OF OTHERS");
        return;
    }
    if (!secret && !interval) {
        run_say(run, RC_ERROR, "IKJ56701I MISSING PASSWORD, PHRASE OR INTERVAL");
        return;
    }
    if (run_has(run, OPERAND_PASSWORD))
        change_own(run, OPERAND_PASSWORD, false);
    if (run_has(run, OPERAND_PHRASE))
        change_own(run, OPERAND_PHRASE, true);
    if (interval && users == NULL)
        change_interval(run, run->issuer->userid);
    for (const struct syntax_node *user = users; interval && user != NULL; user = user->next)
        change_interval(run, user->text);
}

const struct verb verb_password = {
    .name = "PASSWORD",
    .short_name = "PW",
    .authority = VERB_OWN,
    .operands = operands,
    .handler = password,
    .help = "changes the issuer's password, or the interval after which one expires",
};
