#include "security/racroute.h"

#include <stdio.h>
#include <string.h>

#include "security/evaluation.h"
#include "security/passticket/name.h"

/* One request on its way through the decision. */
struct attempt {
    struct racroute *racroute;
    const struct saf_verify *verify;
    struct saf_verify_answer *answer;
    struct racroute_facts *facts;
    const struct racf_user *user; /* NULL when it is not defined */
    struct evaluation_names names;
    struct evaluation ticket;
    bool wrong_credential; /* counts as a failed attempt */
};

static bool
refuse(struct attempt *attempt, enum racf_verify_code code, enum saf_explanation explanation)
{
    attempt->answer->result = (struct saf_result) {
        .saf = SAF_REFUSED,
        .racf = (uint8_t)code,
        .explanation = explanation,
        .ticket_offset_s = attempt->ticket.kind != 0 ? attempt->ticket.offset_s : 0,
    };
    return false;
}

/* Upper case, and whole: a name that does not fit is not a name. */
static bool
fold_name(const char *text, char name[RACF_NAME_MAX + 1])
{
    struct passticket_name checked;
    bool valid = passticket_name_encode(text, &checked);
    name[0] = '\0';
    if (!valid)
        return false;
    for (size_t i = 0; i <= checked.length; i++)
        name[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
    return true;
}

/* Who it is, and in which group: the one asked for, else the user's default group. */
static void
identify(struct attempt *attempt)
{
    struct racroute_facts *facts = attempt->facts;
    struct evaluation_names *names = &attempt->names;
    (void)fold_name(attempt->verify->application, names->application);
    if (fold_name(attempt->verify->userid, facts->userid))
        attempt->user = racf_user_find(attempt->racroute->racf, facts->userid);
    if (attempt->verify->group[0] != '\0')
        (void)fold_name(attempt->verify->group, facts->group);
    else if (attempt->user != NULL)
        memcpy(facts->group, attempt->user->default_group, sizeof facts->group);
    memcpy(names->group, facts->group, sizeof names->group);
    memcpy(names->userid, facts->userid, sizeof names->userid);
    memcpy(attempt->answer->userid, facts->userid, sizeof attempt->answer->userid);
    memcpy(attempt->answer->group, facts->group, sizeof attempt->answer->group);
}

/* Done for everybody and before anything is decided, so that refusing an unknown user costs what refusing a known one costs. */
static void
evaluate(struct attempt *attempt)
{
    struct evaluation_names names = attempt->names;
    if (names.userid[0] == '\0')
        memcpy(names.userid, "NOBODY", sizeof "NOBODY"); /* a name to do the work with; its result counts for nothing */
    evaluation_run(attempt->racroute->racf, &names, attempt->verify->credential, clock_utc_seconds(attempt->racroute->clock),
                   &attempt->ticket);
    attempt->facts->ticket_kind = attempt->ticket.kind;
    memcpy(attempt->facts->profile, attempt->ticket.profile, sizeof attempt->facts->profile);
}

static bool
user_may_log_on(struct attempt *attempt)
{
    if (attempt->verify->userid[0] == '\0')
        return refuse(attempt, RACF_VERIFY_USER_NOT_DEFINED, SAF_EXPLAIN_USERID_MISSING);
    if (attempt->user == NULL)
        return refuse(attempt, RACF_VERIFY_USER_NOT_DEFINED, SAF_EXPLAIN_USER_NOT_DEFINED);
    if (attempt->user->revoked)
        return refuse(attempt, RACF_VERIFY_USER_REVOKED, SAF_EXPLAIN_USER_REVOKED);
    return true;
}

static bool
group_is_valid(struct attempt *attempt)
{
    switch (racf_connection_find(attempt->racroute->racf, attempt->facts->userid, attempt->facts->group)) {
    case RACF_CONNECTED:
        return true;
    case RACF_CONNECTION_REVOKED:
        return refuse(attempt, RACF_VERIFY_GROUP_REVOKED, SAF_EXPLAIN_GROUP);
    case RACF_NOT_CONNECTED:
        break;
    }
    return refuse(attempt, RACF_VERIFY_NOT_IN_GROUP, SAF_EXPLAIN_GROUP);
}

/* What cannot be a ticket is a password to a user who has one. */
static enum saf_explanation
explain_credential(const struct attempt *attempt)
{
    enum saf_explanation explanation = attempt->ticket.explanation;
    bool ticket_shaped = explanation != SAF_EXPLAIN_TICKET_LENGTH && explanation != SAF_EXPLAIN_TICKET_NOT_WELL_FORMED;
    return ticket_shaped || !attempt->user->has_password ? explanation : SAF_EXPLAIN_PASSWORD;
}

static bool
credential_is_valid(struct attempt *attempt)
{
    if (attempt->verify->credential[0] == '\0')
        return refuse(attempt, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_CREDENTIAL_MISSING);
    if (attempt->user->is_protected)
        return refuse(attempt, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_USER_PROTECTED);
    if (attempt->ticket.explanation == SAF_EXPLAIN_NONE)
        return true;
    attempt->wrong_credential = attempt->ticket.explanation != SAF_EXPLAIN_KEY_UNAVAILABLE;
    return refuse(attempt, RACF_VERIFY_PASSWORD_INVALID, explain_credential(attempt));
}

static bool
application_is_allowed(struct attempt *attempt)
{
    const char *application = attempt->names.application;
    if (racf_authorize(attempt->racroute->racf, attempt->facts->userid, "APPL", application, RACF_ACCESS_READ) != RACF_DENIED)
        return true;
    return refuse(attempt, RACF_VERIFY_APPL_REFUSED, SAF_EXPLAIN_APPL_REFUSED);
}

static enum replay_outcome
claim_ticket(struct attempt *attempt)
{
    struct replay_claim claim = { .kind = attempt->ticket.kind, .ticket_time_s = attempt->ticket.ticket_time_s };
    memcpy(claim.application, attempt->names.application, sizeof claim.application);
    memcpy(claim.userid, attempt->facts->userid, sizeof claim.userid);
    snprintf(claim.address, sizeof claim.address, "%s", attempt->verify->address);
    return replay_store_claim(attempt->racroute->replay, &claim, &attempt->facts->first_use);
}

static bool
ticket_is_unused(struct attempt *attempt)
{
    if (attempt->ticket.replay_allowed)
        return true;
    switch (claim_ticket(attempt)) {
    case REPLAY_CLAIMED:
        attempt->facts->claimed = true;
        return true;
    case REPLAY_USED_BEFORE:
        attempt->wrong_credential = true;
        return refuse(attempt, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_TICKET_REPLAYED);
    case REPLAY_CANNOT_BE_KNOWN:
        return refuse(attempt, RACF_VERIFY_PASSWORD_INVALID, SAF_EXPLAIN_CLOCK_SET_BACK);
    case REPLAY_UNAVAILABLE:
        break;
    }
    racroute_claim_lost(attempt->answer);
    return false;
}

/* A success sets the count of failed attempts back; a wrong credential adds one, and may revoke the user. */
static void
count(struct attempt *attempt, bool accepted)
{
    if (accepted)
        racf_count_success(attempt->racroute->racf, attempt->facts->userid);
    else if (attempt->wrong_credential)
        attempt->facts->revoked_now = racf_count_failure(attempt->racroute->racf, attempt->facts->userid);
}

void
racroute_verify(struct racroute *racroute, const struct saf_verify *verify, struct saf_verify_answer *answer, struct racroute_facts *facts)
{
    *answer = (struct saf_verify_answer) { 0 };
    *facts = (struct racroute_facts) { 0 };
    struct attempt attempt = { .racroute = racroute, .verify = verify, .answer = answer, .facts = facts };
    identify(&attempt);
    evaluate(&attempt);
    bool accepted = user_may_log_on(&attempt) && group_is_valid(&attempt) && credential_is_valid(&attempt) &&
                    application_is_allowed(&attempt) && ticket_is_unused(&attempt);
    if (accepted)
        answer->result.ticket_offset_s = attempt.ticket.offset_s;
    count(&attempt, accepted);
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
