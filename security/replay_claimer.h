/* Where a login's PassTicket is claimed for its only use: in the store of this host, or in one that hosts share. The first knows
 * at once, the second when its server has answered; a login waits for either in the same way, without blocking anybody.
 *
 * All of it runs in safd's loop:
 *   1. claim() takes a request. It calls request->claimed exactly once: before it returns, or later from the loop. It never
 *      refuses a request: what it cannot do it answers with REPLAY_UNAVAILABLE, within a time limit of its own that is shorter
 *      than [saf] timeout_ms. Until then the request stays where it is.
 *   2. Outcomes that were told during a turn of the loop stand in one batch. At the end of the turn, and when a batch is full,
 *      commit() is called once: REPLAY_CLAIMED of this batch counts only if it returns true. Whoever makes claims durable before
 *      telling of them returns true. commit() is never called from within claimed.
 *   3. When safd ends, the requests under way are forgotten: close the claimer's connections before the logins are freed, and
 *      call nobody. */
#pragma once
#include "security/replay.h"

struct replay_request {
    const struct replay_claim *claim; /* lives as long as the request */
    struct replay_use first_use;      /* set before `claimed` is called with REPLAY_USED_BEFORE, else zero */
    void (*claimed)(struct replay_request *request, enum replay_outcome outcome);
    void *claimer_data; /* for the claimer, while it has the request */
    int64_t utc_us;     /* likewise: when the claim was made */
};

struct replay_claimer {
    void (*claim)(struct replay_claimer *claimer, struct replay_request *request);
    /* As claim, but only says what claiming would come to. */
    void (*look_up)(struct replay_claimer *claimer, struct replay_request *request);
    bool (*commit)(struct replay_claimer *claimer);
};

/* The store of this host: answers at once, commits with the batch. */
struct replay_local_claimer {
    struct replay_claimer claimer;
    struct replay_store *store;
};

/* `store` is borrowed. */
void replay_local_claimer_init(struct replay_local_claimer *local, struct replay_store *store);
