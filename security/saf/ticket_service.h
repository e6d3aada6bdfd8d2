/* The PassTicket service, after R_ticketserv (IRRSPK00) and R_GenSec: PassTickets generated and evaluated for callers whom a profile
 * IRRPTAUTH.application.userid of class PTKTDATA permits it, UPDATE and READ. The owner of the database is checked as IBMUSER; SPECIAL
 * gives no access. When the class is inactive or no profile covers the name nobody is permitted.
 *
 * The user ID need not be defined, nor be able to log on: that is for VERIFY to say. Generation uses the profile of just the
 * application's name; with a key for enhanced PassTickets there it makes these, of the profile's TYPE. Evaluation tries all that
 * VERIFY tries, for the user's default group. It counts no failures and revokes nobody, but a ticket counts as used from then on.
 *
 * Decisions only: the caller makes claims durable, writes the audit record and only then answers. */
#pragma once
#include "security/evaluation.h"
#include "security/passticket/seconds.h"
#include "security/racf/racf.h"
#include "security/replay.h"
#include "security/saf/message.h"

/* What it needs to know of a request, and what comes of it. */
struct ticket_decision {
    struct racf_issuer caller; /* user ID empty: unknown to RACF */
    uint32_t caller_uid;
    bool caller_known; /* false for a revoked user as well */
    int64_t now_s;     /* UTC */

    struct saf_ticket_answer answer; /* wipe after use */
    char userid[RACF_NAME_MAX + 1];  /* folded; empty when it cannot be one */
    char application[RACF_NAME_MAX + 1];
    char profile[RACF_KEY_PROFILE_MAX + 1]; /* whose key made the ticket, or that was tried last */
    char kind;                              /* 'L', 'U', 'M'; 0 none */
    struct replay_claim claim;              /* with TICKET_WANTS_CLAIM */
    struct replay_use first_use;            /* of a ticket that was used before */
};

enum ticket_step {
    TICKET_DECIDED,
    TICKET_WANTS_CLAIM, /* valid if decision->claim is granted: ticket_service_claimed */
};

/* The caller and now_s are set by the caller; the rest is filled. */
void ticket_service_generate(struct racf *racf, struct passticket_seconds *seconds, const struct saf_generate *generate,
                             struct ticket_decision *decision);
MUST_CHECK enum ticket_step ticket_service_evaluate(struct racf *racf, const struct saf_evaluate *evaluate,
                                                    struct ticket_decision *decision);

void ticket_service_claimed(struct ticket_decision *decision, enum replay_outcome outcome, const struct replay_use *first_use);

/* Turns the answer into a failure for a reason outside of it; `reason` is enum saf_ticket_reason. */
void ticket_service_fail(struct ticket_decision *decision, uint16_t reason, enum saf_explanation explanation);
