/* RACROUTE REQUEST=VERIFY: is this user who the credential says, and may the user use this application?
 *
 * A request is decided in steps, so that a server can do the slow ones elsewhere:
 *   racroute_begin            decides all that memory knows. It may want
 *   password_check_run        a password compared (tens of milliseconds, on any thread), then racroute_password_checked;
 *   replay_claimer.claim      a PassTicket claimed for its only use, then racroute_claimed.
 * The caller commits the claims of a batch and only then answers. racroute_verify is all of it for a caller that waits.
 *
 * Order of decision, whatever the order of work: user defined, not revoked, group valid, credential, password not expired, APPL
 * class, claim. A PassTicket is evaluated first, being cheap; what is none is compared as a password, for undefined users as well
 * (with nobody's hash), so that time does not tell which user IDs exist.
 *
 * The claim comes last, after the APPL class: a login that is refused leaves its ticket unused, and refusing a right ticket for an
 * application that the user may not use costs what refusing a wrong ticket costs, so that the two cannot be told apart by time.
 * A wrong credential counts as one failed attempt, also when it is a used ticket, as RACF counts it. A credential that was not
 * sent or could not be judged (key or replay store unavailable) does not count. */
#pragma once

#include "common/clock.h"
#include "security/evaluation.h"
#include "security/explain.h"
#include "security/password.h"
#include "security/racf/racf.h"
#include "security/replay.h"
#include "security/saf/message.h"
#include "security/saf_result.h"

struct racroute {
    struct racf *racf;
    struct replay_store *replay;
    const struct clock *clock;
    struct explain_budget explain; /* { 0 } at first */
};

/* What the audit record and the operator's message say beyond the result. */
struct racroute_facts {
    char userid[RACF_NAME_MAX + 1]; /* folded; empty when it cannot be a user ID */
    char group[RACF_NAME_MAX + 1];
    char profile[RACF_KEY_PROFILE_MAX + 1];    /* PTKTDATA profile whose key made the ticket, or that was tried last */
    char other_application[RACF_NAME_MAX + 1]; /* TICKET_OTHER_APPLICATION: the one that the ticket was made for */
    char ticket_kind;                          /* 'L', 'U', 'M', 'P' password, 0 none */
    bool claimed;                              /* a claim was made that must be committed before the answer */
    bool wrong_credential;                     /* it was judged and was wrong: a guess, as far as one can tell */
    bool revoked_now;                          /* this failed attempt was one too many: the user is revoked */
    struct replay_use first_use;               /* when replayed */
};

/* One request on its way. It points to nothing that it does not hold. */
struct racroute_decision {
    struct saf_verify_answer answer;
    struct racroute_facts facts;
    int64_t now_s;       /* UTC, when it began */
    uint64_t generation; /* racf_generation, when it began */
    struct evaluation ticket;
    char application[RACF_NAME_MAX + 1]; /* folded */
    char other_application[RACF_NAME_MAX + 1];
    char suspect[PASSTICKET_SIZE + 1]; /* the credential when it may be a ticket, to explain a refusal with; wiped when decided */
    bool credential_sent;
    bool rehearsal;                 /* nothing is counted, no password is compared */
    struct replay_claim claim;      /* with RACROUTE_WANTS_CLAIM */
    struct password_check password; /* with RACROUTE_WANTS_PASSWORD */
    bool is_phrase;                 /* the password that is compared is one */
    int64_t password_expires_s;     /* of the password that is compared */
};

enum racroute_step {
    RACROUTE_DECIDED,        /* decision->answer stands */
    RACROUTE_WANTS_PASSWORD, /* run password_check_run(&decision->password) */
    RACROUTE_WANTS_CLAIM,    /* accepted if decision->claim is granted */
};

/* `verify` is of no further use to the steps that follow. */
MUST_CHECK enum racroute_step racroute_begin(struct racroute *racroute, const struct saf_verify *verify,
                                             struct racroute_decision *decision);

/* After password_check_run; decides. Users, groups and profiles may have changed meanwhile: what they are now counts. */
void racroute_password_checked(struct racroute *racroute, struct racroute_decision *decision);

/* After the claim; decides. When a command was run since, what users, groups and profiles are now counts, so that a ticket may have
 * been claimed for nothing. `first_use` says when and by whom the ticket was used, with REPLAY_USED_BEFORE. */
void racroute_claimed(struct racroute *racroute, struct racroute_decision *decision, enum replay_outcome outcome,
                      const struct replay_use *first_use);

/* Ends a request that wants something which cannot be done now: refused, and retryable. `explanation` says why. */
void racroute_give_up(struct racroute_decision *decision, enum saf_explanation explanation);

/* The same in place of racroute_begin, for a request that is not even looked at. Its outcome tells nothing of the credential. */
void racroute_refuse(const struct racroute *racroute, const struct saf_verify *verify, enum saf_explanation explanation,
                     struct racroute_decision *decision);

/* What a login would come to, without changing anything: as racroute_begin, except that no password is compared, nothing is counted
 * and explaining is not rationed. With RACROUTE_WANTS_CLAIM, racroute_claimed takes what replay_store_look_up says. */
MUST_CHECK enum racroute_step racroute_rehearse(struct racroute *racroute, const struct saf_verify *verify,
                                                struct racroute_decision *decision);

/* All steps of one request. */
void racroute_verify(struct racroute *racroute, const struct saf_verify *verify, struct racroute_decision *decision);

/* Turns an answer into a refusal because its claim did not become durable. */
void racroute_claim_lost(struct saf_verify_answer *answer);
