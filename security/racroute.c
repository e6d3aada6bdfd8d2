#include "security/racroute.h"

#include <string.h>

#include "common/secret.h"
#include "security/passticket/name.h"

static bool
refuse(struct racroute_decision *decision, enum racf_verify_code code, enum saf_explanation explanation)
{
    decision->answer.result = (struct saf_result) {
        .saf = SAF_REFUSED,
        .racf = (uint8_t)code,
        .explanation = explanation,
        .ticket_offset_s = decision->ticket.kind != 0 ? decision->ticket.offset_s : 0,
    };
    return false;
}

static enum racroute_step
accept(struct racroute *racroute, struct racroute_decision *decision)
{
    decision->answer.result = (struct saf_result) { .ticket_offset_s = decision->ticket.kind != 0 ? decision->ticket.offset_s : 0 };
    decision->answer.by_ticket = decision->ticket.explanation == SAF_EXPLAIN_NONE;
    if (!decision->rehearsal)
        racf_count_success(racroute->racf, decision->facts.userid, decision->now_s);
    return RACROUTE_DECIDED;
}

/* Who it is, and in which group: the one asked for, else the user's default group. NULL when the user is not defined. */
static const struct racf_user *
identify(const struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision)
{
    struct racroute_facts *facts = &decision->facts;
    const struct racf_user *user = NULL;
    passticket_name_fold(verify->application, decision->application);
    if (passticket_name_fold(verify->userid, facts->userid))
        user = racf_user_find(racroute->racf, facts->userid);
    if (verify->group[0] != '\0')
        passticket_name_fold(verify->group, facts->group);
    else if (user != NULL)
        memcpy(facts->group, user->default_group, sizeof facts->group);
    memcpy(decision->answer.userid, facts->userid, sizeof decision->answer.userid);
    memcpy(decision->answer.group, facts->group, sizeof decision->answer.group);
    return user;
}

static void
set_names(const struct racroute_decision *decision, struct evaluation_names *names)
{
    memcpy(names->application, decision->application, sizeof names->application);
    memcpy(names->group, decision->facts.group, sizeof names->group);
    memcpy(names->userid, decision->facts.userid, sizeof names->userid);
    if (names->userid[0] == '\0')
        memcpy(names->userid, "NOBODY", sizeof "NOBODY"); /* a name to do the work with; its result counts for nothing */
}

/* PSWDMC: N folds, Y does not, R does as SETROPTS PASSWORD says. */
static bool
passwords_are_folded(const struct racroute *racroute, const struct saf_verify *verify)
{
    return verify->mixed_case == 'N' || (verify->mixed_case == 'R' && !racf_mixed_case(racroute->racf));
}

/* Done for everybody and before anything is decided, so that refusing an unknown user costs what refusing a known one costs. */
static void
evaluate(struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision)
{
    struct evaluation_names names;
    set_names(decision, &names);
    evaluation_run(racroute->racf, &names, verify->credential, passwords_are_folded(racroute, verify), decision->now_s, &decision->ticket);
    decision->facts.ticket_kind = decision->ticket.kind;
    memcpy(decision->facts.profile, decision->ticket.profile, sizeof decision->facts.profile);
}

/* What a later explanation needs of a credential that may be a ticket. */
static void
keep_suspect(const struct saf_verify *verify, struct racroute_decision *decision)
{
    if (evaluation_is_ticket_shaped(verify->credential))
        memcpy(decision->suspect, verify->credential, sizeof decision->suspect);
    passticket_name_fold(verify->other_application, decision->other_application);
}

static bool
group_is_valid(const struct racf_user *user, struct racroute_decision *decision)
{
    switch (racf_connection_find(user, decision->facts.group)) {
    case RACF_CONNECTED:
        return true;
    case RACF_CONNECTION_REVOKED:
        return refuse(decision, RACF_VERIFY_GROUP_REVOKED, SAF_EXPLAIN_GROUP);
    case RACF_NOT_CONNECTED:
        break;
    }
    return refuse(decision, RACF_VERIFY_NOT_IN_GROUP, SAF_EXPLAIN_GROUP);
}

/* Is there such a user, with a right to the group? */
static bool
user_is_active(const struct racf_user *user, struct racroute_decision *decision)
{
    if (user == NULL)
        return refuse(decision, RACF_VERIFY_USER_NOT_DEFINED, SAF_EXPLAIN_USER_NOT_DEFINED);
    if (user->revoked)
        return refuse(decision, RACF_VERIFY_USER_REVOKED, SAF_EXPLAIN_USER_REVOKED);
    return group_is_valid(user, decision);
}

/* May this user log on at all, whatever the credential? */
static bool
user_may_log_on(const struct racf_user *user, struct racroute_decision *decision)
{
    if (!user_is_active(user, decision))
        return false;
    return !user->is_protected || refuse(decision, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_USER_PROTECTED);
}

static bool
application_is_allowed(struct racroute *racroute, struct racroute_decision *decision)
{
    if (racf_authorize(racroute->racf, decision->facts.userid, "APPL", decision->application, RACF_ACCESS_READ) != RACF_DENIED)
        return true;
    return refuse(decision, RACF_VERIFY_APPL_REFUSED, SAF_EXPLAIN_APPL_REFUSED);
}

/* The user is known by other means: no credential to evaluate, nothing to claim, and no success that would clear failures of others.
 * PROTECTED keeps out whoever would log on by a credential, the one who opened this connection included, but not a partner's user. */
static enum racroute_step
decide_without_credential(struct racroute *racroute, const struct saf_verify *verify, const struct racf_user *user,
                          struct racroute_decision *decision)
{
    bool partner = verify->evidence == SAF_EVIDENCE_PARTNER;
    if ((partner ? user_is_active(user, decision) : user_may_log_on(user, decision)) && application_is_allowed(racroute, decision))
        decision->answer.result = (struct saf_result) { .saf = SAF_OK };
    return RACROUTE_DECIDED;
}

static enum racroute_step
want_claim(const struct saf_verify *verify, struct racroute_decision *decision)
{
    struct replay_claim *claim = &decision->claim;
    *claim = (struct replay_claim) { .kind = decision->ticket.kind, .ticket_time_s = decision->ticket.ticket_time_s };
    memcpy(claim->application, decision->application, sizeof claim->application);
    memcpy(claim->userid, decision->facts.userid, sizeof claim->userid);
    memcpy(claim->address, verify->address, sizeof claim->address);
    return RACROUTE_WANTS_CLAIM;
}

static enum racroute_step
decide_ticket(struct racroute *racroute, const struct saf_verify *verify, const struct racf_user *user, struct racroute_decision *decision)
{
    if (!user_may_log_on(user, decision) || !application_is_allowed(racroute, decision))
        return RACROUTE_DECIDED;
    return decision->ticket.replay_allowed ? accept(racroute, decision) : want_claim(verify, decision);
}

static enum racroute_step
want_password(struct racroute *racroute, const struct saf_verify *verify, enum password_form form, struct racroute_decision *decision)
{
    struct racf_password password;
    (void)racf_password_find(racroute->racf, decision->facts.userid, form == PASSWORD_FORM_PHRASE, &password);
    bool folds = form == PASSWORD_FORM_PASSWORD && passwords_are_folded(racroute, verify);
    password_check_prepare(&decision->password, &password.hash, verify->credential, folds);
    decision->is_phrase = form == PASSWORD_FORM_PHRASE;
    decision->password_expires_s = password.expires_s;
    return RACROUTE_WANTS_PASSWORD;
}

/* Claim and password are filled when they are wanted: zeroing all would be felt in the time of a decision. */
static void
prepare(const struct saf_verify *verify, struct racroute_decision *decision)
{
    decision->answer = (struct saf_verify_answer) { 0 };
    decision->facts = (struct racroute_facts) { 0 };
    decision->ticket.kind = 0;
    decision->other_application[0] = '\0';
    decision->suspect[0] = '\0';
    decision->credential_sent = verify->credential[0] != '\0';
    decision->password.stored.size = 0;
    decision->password.matches = false;
}

/* The work does not depend on whether the user exists, except for a revoked one, who is told so in any case. */
static enum racroute_step
begin(struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision)
{
    prepare(verify, decision);
    const struct racf_user *user = identify(racroute, verify, decision);
    decision->now_s = clock_utc_seconds(racroute->clock);
    decision->generation = racf_generation(racroute->racf);
    if (verify->userid[0] == '\0') {
        refuse(decision, RACF_VERIFY_USER_NOT_DEFINED, SAF_EXPLAIN_USERID_MISSING);
        return RACROUTE_DECIDED;
    }
    if (verify->evidence != SAF_EVIDENCE_CREDENTIAL)
        return decide_without_credential(racroute, verify, user, decision);
    evaluate(racroute, verify, decision);
    if (decision->ticket.explanation == SAF_EXPLAIN_NONE)
        return decide_ticket(racroute, verify, user, decision);
    keep_suspect(verify, decision);
    enum password_form form = password_form_of(verify->credential);
    if (form != PASSWORD_FORM_NONE && (user == NULL || !user->revoked))
        return want_password(racroute, verify, form, decision);
    racroute_password_checked(racroute, decision);
    return RACROUTE_DECIDED;
}

enum racroute_step
racroute_begin(struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision)
{
    decision->rehearsal = false;
    return begin(racroute, verify, decision);
}

enum racroute_step
racroute_rehearse(struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision)
{
    decision->rehearsal = true;
    enum racroute_step step = begin(racroute, verify, decision);
    if (step != RACROUTE_WANTS_PASSWORD)
        return step;
    secret_wipe(&decision->password, sizeof decision->password);
    racroute_password_checked(racroute, decision);
    return RACROUTE_DECIDED;
}

void
racroute_give_up(struct racroute_decision *decision, enum saf_explanation explanation)
{
    secret_wipe(&decision->password.text, sizeof decision->password.text);
    secret_wipe(decision->suspect, sizeof decision->suspect);
    decision->ticket.kind = 0;
    refuse(decision, RACF_VERIFY_NOT_ACTIVE, explanation);
    decision->answer.result.retryable = true;
}

void
racroute_refuse(const struct racroute *racroute, const struct saf_verify *verify, enum saf_explanation explanation,
                struct racroute_decision *decision)
{
    prepare(verify, decision);
    (void)identify(racroute, verify, decision);
    racroute_give_up(decision, explanation);
}

/* Looks for what the ticket was made for, within the budget; for undefined users as well. */
static void
search_explanation(struct racroute *racroute, struct racroute_decision *decision)
{
    enum saf_explanation explanation = decision->ticket.explanation;
    bool searchable = explanation == SAF_EXPLAIN_TICKET_OTHER_KEY || explanation == SAF_EXPLAIN_TICKET_NOT_WELL_FORMED ||
                      explanation == SAF_EXPLAIN_NO_PROFILE || explanation == SAF_EXPLAIN_NOT_REFRESHED;
    if (decision->suspect[0] == '\0' || !searchable)
        return;
    unsigned trials = EXPLAIN_TRIALS_MAX;
    if (!decision->rehearsal)
        trials = explain_budget_left(&racroute->explain, clock_monotonic_ms(racroute->clock));
    if (trials == 0)
        return;
    struct evaluation_names names;
    struct explain_finding finding;
    set_names(decision, &names);
    struct explain_question question = {
        .names = &names,
        .other_application = decision->other_application,
        .credential = decision->suspect,
        .now_s = decision->now_s,
        .explanation = explanation,
        .trials = trials,
    };
    explain_search(racroute->racf, &question, &finding);
    if (!decision->rehearsal)
        explain_budget_spend(&racroute->explain, finding.trials);
    decision->ticket.explanation = finding.explanation;
    if (finding.kind == 0)
        return;
    decision->facts.ticket_kind = finding.kind;
    memcpy(decision->facts.profile, finding.profile, sizeof decision->facts.profile);
    memcpy(decision->facts.other_application, finding.application, sizeof decision->facts.other_application);
}

/* What cannot be a ticket was a password or phrase to a user who has one. */
static enum saf_explanation
explain_credential(const struct racroute_decision *decision)
{
    enum saf_explanation explanation = decision->ticket.explanation;
    bool no_ticket = decision->suspect[0] == '\0' || explanation == SAF_EXPLAIN_TICKET_NOT_WELL_FORMED;
    bool compared = decision->password.stored.size != 0;
    return no_ticket && compared ? SAF_EXPLAIN_PASSWORD : explanation;
}

static bool
password_is_valid(struct racroute_decision *decision)
{
    if (!decision->credential_sent)
        return refuse(decision, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_CREDENTIAL_MISSING);
    if (!decision->password.matches)
        return refuse(decision, RACF_VERIFY_PASSWORD_INVALID, explain_credential(decision));
    decision->ticket.kind = 0; /* that it also decodes to some time means nothing */
    decision->facts.ticket_kind = 'P';
    decision->facts.profile[0] = '\0';
    if (decision->now_s < decision->password_expires_s)
        return true;
    return refuse(decision, RACF_VERIFY_PASSWORD_EXPIRED, SAF_EXPLAIN_PASSWORD_EXPIRED);
}

/* A wrong credential counts against the user; where it does not (undefined, PROTECTED, no key to judge it with) the failure is
 * still counted, for nobody, so that what is written afterwards looks the same. */
static void
count_failure(struct racroute *racroute, const struct racf_user *user, struct racroute_decision *decision)
{
    bool judged = decision->ticket.explanation != SAF_EXPLAIN_KEY_UNAVAILABLE;
    bool counts = decision->answer.result.racf == RACF_VERIFY_PASSWORD_INVALID && user != NULL && !user->is_protected && judged;
    if (!decision->credential_sent || decision->password.matches || decision->rehearsal)
        return;
    decision->facts.wrong_credential = judged;
    decision->facts.revoked_now = racf_count_failure(racroute->racf, counts ? decision->facts.userid : "");
}

/* A password that was changed while the old one was compared is the one that counts. */
static void
forget_changed_password(struct racroute *racroute, struct racroute_decision *decision)
{
    const struct password_hash *compared = &decision->password.stored;
    struct racf_password password;
    if (!decision->password.matches || decision->generation == racf_generation(racroute->racf))
        return;
    (void)racf_password_find(racroute->racf, decision->facts.userid, decision->is_phrase, &password);
    decision->password.matches = password.hash.size == compared->size && memcmp(password.hash.bytes, compared->bytes, compared->size) == 0;
    decision->password_expires_s = password.expires_s;
}

void
racroute_password_checked(struct racroute *racroute, struct racroute_decision *decision)
{
    const struct racf_user *user = racf_user_find(racroute->racf, decision->facts.userid);
    forget_changed_password(racroute, decision);
    if (!decision->password.matches)
        search_explanation(racroute, decision);
    if (user_may_log_on(user, decision) && password_is_valid(decision) && application_is_allowed(racroute, decision))
        accept(racroute, decision);
    else
        count_failure(racroute, user, decision);
    secret_wipe(decision->suspect, sizeof decision->suspect);
}

/* A claim may take a while: revoked or deleted meanwhile, the user is refused. */
static void
accept_claimed(struct racroute *racroute, struct racroute_decision *decision)
{
    decision->facts.claimed = true;
    bool unchanged = decision->generation == racf_generation(racroute->racf);
    if (unchanged ||
        (user_may_log_on(racf_user_find(racroute->racf, decision->facts.userid), decision) && application_is_allowed(racroute, decision)))
        accept(racroute, decision);
}

void
racroute_claimed(struct racroute *racroute, struct racroute_decision *decision, enum replay_outcome outcome,
                 const struct replay_use *first_use)
{
    switch (outcome) {
    case REPLAY_CLAIMED:
        accept_claimed(racroute, decision);
        return;
    case REPLAY_USED_BEFORE:
        decision->facts.first_use = *first_use;
        refuse(decision, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_TICKET_REPLAYED);
        if (!decision->rehearsal) {
            decision->facts.wrong_credential = true;
            decision->facts.revoked_now = racf_count_failure(racroute->racf, decision->facts.userid);
        }
        return;
    case REPLAY_CANNOT_BE_KNOWN:
        refuse(decision, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_CLOCK_SET_BACK);
        return;
    case REPLAY_UNAVAILABLE:
        break;
    }
    racroute_claim_lost(&decision->answer);
}

void
racroute_verify(struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision)
{
    struct replay_use first_use;
    switch (racroute_begin(racroute, verify, decision)) {
    case RACROUTE_DECIDED:
        break;
    case RACROUTE_WANTS_PASSWORD:
        password_check_run(&decision->password);
        racroute_password_checked(racroute, decision);
        break;
    case RACROUTE_WANTS_CLAIM:
        racroute_claimed(racroute, decision, replay_store_claim(racroute->replay, &decision->claim, &first_use), &first_use);
        break;
    }
}

void
racroute_claim_lost(struct saf_verify_answer *answer)
{
    answer->result = (struct saf_result) {
        .saf = SAF_REFUSED,
        .racf = RACF_VERIFY_PASSWORD_INVALID,
        .explanation = SAF_EXPLAIN_REPLAY_STORE,
        .retryable = true,
        .ticket_offset_s = answer->result.ticket_offset_s,
    };
}
