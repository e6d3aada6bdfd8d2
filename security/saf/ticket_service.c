#include "security/saf/ticket_service.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/secret.h"
#include "security/passticket/name.h"

void
ticket_service_fail(struct ticket_decision *decision, uint16_t reason, enum saf_explanation explanation)
{
    bool refused = reason != SAF_TICKET_NOT_GENERATED && reason != SAF_TICKET_NOT_VALID;
    secret_wipe(decision->answer.ticket, sizeof decision->answer.ticket);
    decision->answer.result = (struct saf_result) {
        .saf = SAF_REFUSED,
        .racf = refused ? SAF_TICKET_REFUSED : SAF_TICKET_FAILED,
        .reason = reason,
        .explanation = explanation,
        .retryable = explanation == SAF_EXPLAIN_REPLAY_STORE || explanation == SAF_EXPLAIN_NO_SECOND,
        .ticket_offset_s = decision->answer.result.ticket_offset_s,
    };
}

/* The names, and whether the caller may do this at all. */
static bool
admit(struct racf *racf, const char *userid, const char *application, enum racf_access access, struct ticket_decision *decision)
{
    char resource[sizeof "IRRPTAUTH.." + 2 * (size_t)RACF_NAME_MAX];
    decision->answer = (struct saf_ticket_answer) { 0 };
    decision->profile[0] = '\0';
    decision->kind = 0;
    decision->first_use = (struct replay_use) { 0 };
    bool named = passticket_name_fold(userid, decision->userid);
    named = passticket_name_fold(application, decision->application) && named;
    if (!named) {
        ticket_service_fail(decision, SAF_TICKET_PARAMETER_LIST, SAF_EXPLAIN_NAME);
        return false;
    }
    if (!decision->caller_known) {
        ticket_service_fail(decision, SAF_TICKET_NOT_AUTHORIZED, SAF_EXPLAIN_CALLER_UNKNOWN);
        return false;
    }
    snprintf(resource, sizeof resource, "IRRPTAUTH.%s.%s", decision->application, decision->userid);
    if (racf_authorize(racf, decision->caller.userid, "PTKTDATA", resource, access) == RACF_ALLOWED)
        return true;
    ticket_service_fail(decision, SAF_TICKET_NOT_AUTHORIZED, SAF_EXPLAIN_NOT_PERMITTED);
    return false;
}

/* The profile to generate with, and in decision->kind with which of its keys. */
static const struct racf_ptktdata *
choose_key(const struct racf *racf, struct ticket_decision *decision)
{
    const struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_in_force(racf);
    const struct racf_ptktdata *profile = snapshot != NULL ? racf_ptktdata_unqualified(snapshot, decision->application) : NULL;
    enum saf_explanation explanation = SAF_EXPLAIN_NONE;
    if (profile != NULL)
        memcpy(decision->profile, profile->name, sizeof decision->profile);
    if (snapshot == NULL)
        explanation = SAF_EXPLAIN_CLASS_INACTIVE;
    else if (profile != NULL && profile->key_unavailable) /* not even with the other key: it would be of the wrong kind */
        explanation = SAF_EXPLAIN_KEY_UNAVAILABLE;
    else if (profile == NULL || (profile->legacy == NULL && profile->enhanced == NULL))
        explanation = racf_ptktdata_is_stale(racf) ? SAF_EXPLAIN_NOT_REFRESHED : SAF_EXPLAIN_NO_PROFILE;
    if (explanation != SAF_EXPLAIN_NONE) {
        ticket_service_fail(decision, SAF_TICKET_NOT_GENERATED, explanation);
        return NULL;
    }
    decision->kind = profile->enhanced == NULL ? 'L' : profile->type == PASSTICKET_MIXED ? 'M' : 'U';
    return profile;
}

/* A ticket that may be used again and again needs no second of its own. */
static bool
choose_second(struct passticket_seconds *seconds, const struct racf_ptktdata *profile, struct ticket_decision *decision, int64_t *second)
{
    struct passticket_seconds_wish wish = { .userid = decision->userid, .application = decision->application, .now_s = decision->now_s };
    struct problem problem;
    bool enhanced = decision->kind != 'L';
    *second = decision->now_s;
    if (enhanced ? profile->enhanced_replay : profile->legacy_replay)
        return true;
    passticket_seconds_reach(&wish, enhanced, profile->timeout_s);
    if (enhanced && wish.future_s > profile->future_s)
        wish.future_s = profile->future_s;
    switch (passticket_seconds_take(seconds, &wish, second, &problem)) {
    case PASSTICKET_SECOND_TAKEN:
        return true;
    case PASSTICKET_SECOND_NONE_LEFT:
        ticket_service_fail(decision, SAF_TICKET_NOT_GENERATED, SAF_EXPLAIN_NO_SECOND);
        return false;
    case PASSTICKET_SECOND_FAILED:
        break;
    }
    log_message("SAFD0043E", "NO PASSTICKET FOR %s TO %s: %s", decision->userid, decision->application, problem.text);
    ticket_service_fail(decision, SAF_TICKET_NOT_GENERATED, SAF_EXPLAIN_SECONDS);
    return false;
}

void
ticket_service_generate(struct racf *racf, struct passticket_seconds *seconds, const struct saf_generate *generate,
                        struct ticket_decision *decision)
{
    int64_t second;
    if (!admit(racf, generate->userid, generate->application, RACF_ACCESS_UPDATE, decision))
        return;
    const struct racf_ptktdata *profile = choose_key(racf, decision);
    if (profile == NULL || !choose_second(seconds, profile, decision, &second))
        return;
    bool made = decision->kind == 'L' ? passticket_legacy_generate(profile->legacy, decision->userid, decision->application,
                                                                   (uint32_t)second, decision->answer.ticket)
                                      : passticket_enhanced_generate(profile->enhanced, profile->type, decision->userid,
                                                                     decision->application, (uint64_t)second, decision->answer.ticket);
    decision->answer.result.ticket_offset_s = (int32_t)(second - decision->now_s);
    if (!made)
        ticket_service_fail(decision, SAF_TICKET_NOT_GENERATED, SAF_EXPLAIN_INTERNAL);
}

static void
evaluate_credential(struct racf *racf, const char *ticket, struct ticket_decision *decision, struct evaluation *evaluation)
{
    struct evaluation_names names = { .group = "" };
    const struct racf_user *user = racf_user_find(racf, decision->userid);
    memcpy(names.application, decision->application, sizeof names.application);
    memcpy(names.userid, decision->userid, sizeof names.userid);
    if (user != NULL)
        memcpy(names.group, user->default_group, sizeof names.group);
    evaluation_run(racf, &names, ticket, false, decision->now_s, evaluation);
    decision->kind = evaluation->kind;
    memcpy(decision->profile, evaluation->profile, sizeof decision->profile);
    decision->answer.result.ticket_offset_s = evaluation->kind != 0 ? evaluation->offset_s : 0;
}

enum ticket_step
ticket_service_evaluate(struct racf *racf, const struct saf_evaluate *evaluate, struct ticket_decision *decision)
{
    struct evaluation evaluation;
    if (!admit(racf, evaluate->userid, evaluate->application, RACF_ACCESS_READ, decision))
        return TICKET_DECIDED;
    evaluate_credential(racf, evaluate->ticket, decision, &evaluation);
    if (evaluation.explanation != SAF_EXPLAIN_NONE) {
        ticket_service_fail(decision, SAF_TICKET_NOT_VALID, evaluation.explanation);
        return TICKET_DECIDED;
    }
    if (evaluation.replay_allowed)
        return TICKET_DECIDED;
    struct replay_claim *claim = &decision->claim;
    *claim = (struct replay_claim) { .kind = evaluation.kind, .ticket_time_s = evaluation.ticket_time_s };
    memcpy(claim->application, decision->application, sizeof claim->application);
    memcpy(claim->userid, decision->userid, sizeof claim->userid);
    snprintf(claim->address, sizeof claim->address, "ticket service");
    return TICKET_WANTS_CLAIM;
}

void
ticket_service_claimed(struct ticket_decision *decision, enum replay_outcome outcome, const struct replay_use *first_use)
{
    switch (outcome) {
    case REPLAY_CLAIMED:
        return;
    case REPLAY_USED_BEFORE:
        decision->first_use = *first_use;
        ticket_service_fail(decision, SAF_TICKET_NOT_VALID, SAF_EXPLAIN_TICKET_REPLAYED);
        return;
    case REPLAY_CANNOT_BE_KNOWN:
        ticket_service_fail(decision, SAF_TICKET_NOT_VALID, SAF_EXPLAIN_CLOCK_SET_BACK);
        return;
    case REPLAY_UNAVAILABLE:
        break;
    }
    ticket_service_fail(decision, SAF_TICKET_NOT_VALID, SAF_EXPLAIN_REPLAY_STORE);
}
