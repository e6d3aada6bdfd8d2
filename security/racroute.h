/* RACROUTE REQUEST=VERIFY: is this user who the credential says, and may the user use this application?
 * A pure decision on a snapshot, followed by one claim that makes the PassTicket single-use. The caller commits the claims of a
 * batch and only then answers. Order of decision: user defined, not revoked, group valid, credential, APPL class. */
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
    struct replay_use first_use;        /* when replayed */
};

/* Decides one request; *answer and *facts are always filled. */
void racroute_verify(struct racroute *racroute, const struct saf_verify *verify, struct saf_verify_answer *answer,
                     struct racroute_facts *facts);

/* Turns an answer into a refusal because its claim did not become durable. */
void racroute_claim_lost(struct saf_verify_answer *answer);
