/* RACROUTE REQUEST=VERIFY: is this user who the credential says, and may the user use this application?
 * A pure decision on a snapshot, followed by one claim that makes the PassTicket single-use. The caller commits the claims of a
 * batch and only then answers. Order of decision: user defined, not revoked, group valid, credential, APPL class, claim.
 *
 * The claim comes last, after the APPL class: a login that is refused leaves its ticket unused, and refusing a right ticket for an
 * application that the user may not use costs what refusing a wrong ticket costs, so that the two cannot be told apart by time.
 * A wrong credential counts as one failed attempt, also when it is a used ticket, as RACF counts it. A credential that was not
 * sent or could not be judged (key or replay store unavailable) does not count. */
#pragma once

#include "common/clock.h"
#include "security/racf/racf.h"
#include "security/replay.h"
#include "security/saf/message.h"
#include "security/saf_result.h"

struct racroute {
    struct racf *racf;
    struct replay_store *replay;
    const struct clock *clock;
};

/* What the audit record says beyond the result. */
struct racroute_facts {
    char userid[9]; /* folded; empty when it cannot be a user ID */
    char group[9];
    char profile[RACF_PROFILE_MAX + 1]; /* PTKTDATA profile whose key made the ticket, or that was tried last */
    char ticket_kind;                   /* 'L', 'U', 'M', 'P' password, 0 none */
    bool claimed;                       /* a claim was made that must be committed before the answer */
    bool revoked_now;                   /* this failed attempt was one too many: the user is revoked */
    struct replay_use first_use;        /* when replayed */
};

/* Decides one request; *answer and *facts are always filled. */
void racroute_verify(struct racroute *racroute, const struct saf_verify *verify, struct saf_verify_answer *answer,
                     struct racroute_facts *facts);

/* Turns an answer into a refusal because its claim did not become durable. */
void racroute_claim_lost(struct saf_verify_answer *answer);
