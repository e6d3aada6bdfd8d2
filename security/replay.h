/* Single use: a PassTicket that was accepted once is claimed, durably, before anyone is told. Claims of many requests are made
 * durable together (group commit).
 *
 * A claim is (application, user ID, ticket kind, ticket time). It is kept for as long as the ticket could be valid, and then for an
 * hour more while there is room, so that a clock corrected backwards finds the used tickets still there. The store remembers the
 * ticket time of the newest claim that it ever dropped: a ticket that is not newer, and so could be one of those dropped, is
 * refused, however the clock is set. Nothing else is refused when the clock is set back: a new ticket is newer than that. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/clock.h"
#include "common/problem.h"

enum replay_durability {
    REPLAY_DURABILITY_PROCESS, /* survives kill -9 of the process: written to the file, synced only now and then */
    REPLAY_DURABILITY_POWER,   /* synced to stable storage at every commit: survives a power cut as well */
};

enum {
    /* The longest time for which a ticket of any kind can be valid after its own time: 10 minutes for a legacy ticket, TIMEOUT
     * (1 to 600) for an enhanced one. The largest is taken for all, because TIMEOUT may be raised after a ticket was used. */
    REPLAY_TICKET_LIFETIME_S = 600,
    REPLAY_CLAIMS_MAX = 4000000, /* 3300 logins a second over the 20 minutes of a window; about 300 MB */
};

enum replay_outcome {
    REPLAY_CLAIMED,
    REPLAY_USED_BEFORE,     /* *first_use says when and from where */
    REPLAY_UNAVAILABLE,     /* store full or failing: refuse; may work later */
    REPLAY_CANNOT_BE_KNOWN, /* the clock was set back behind claims that were already dropped: refuse this ticket for ever */
};

struct replay_claim {
    char application[9];
    char userid[9];
    char kind;             /* 'L' legacy, 'U' upper, 'M' mixed */
    int64_t ticket_time_s; /* UTC */
    char address[46];      /* of the client, kept for explanations */
};

struct replay_use {
    int64_t utc_us;
    char address[46];
};

/* Used by one thread. Only one process can have the file open. */
struct replay_store;

/* Opens or makes (mode 0600) the file. NULL: *problem. */
struct replay_store *replay_store_open(const char *path, enum replay_durability durability, const struct clock *clock,
                                       struct problem *problem);
/* Claims that were not committed are given up. */
void replay_store_close(struct replay_store *store);

/* Lowers the bound on the number of claims, REPLAY_CLAIMS_MAX at first. */
void replay_store_limit(struct replay_store *store, int64_t claims);

/* Claims within the open batch (one is begun when there is none). CLAIMED counts only after replay_store_commit returned true.
 * *first_use is filled for USED_BEFORE and else zeroed. */
enum replay_outcome replay_store_claim(struct replay_store *store, const struct replay_claim *claim, struct replay_use *first_use);

/* The same for a claim whose use is told to the store that the hosts of a site share as well: `use` says when and from where, and
 * `carry` that the other store does not know of it yet. */
enum replay_outcome replay_store_claim_of_site(struct replay_store *store, const struct replay_claim *claim, const struct replay_use *use,
                                               bool carry, struct replay_use *first_use);

/* What replay_store_claim would say, without claiming. */
enum replay_outcome replay_store_look_up(struct replay_store *store, const struct replay_claim *claim, struct replay_use *first_use);

/* Makes the batch durable. False: none of its claims counts, every login that relies on one must be refused. The next batch
 * starts afresh. True when there is nothing to commit. */
MUST_CHECK bool replay_store_commit(struct replay_store *store);

/* Claims that the store of the site does not know of. */
struct replay_carried {
    struct replay_claim claim;
    struct replay_use use;
};

/* Up to `most` of the claims to be carried, the first ones that come after `after` (NULL: from the beginning); those of an open batch too.
 */
size_t replay_store_next_to_carry(struct replay_store *store, const struct replay_carried *after, struct replay_carried *claims,
                                  size_t most);

/* The store of the site knows of the claim now. Joins the batch; when that is lost the claim is carried once more. */
void replay_store_carried(struct replay_store *store, const struct replay_claim *claim);

/* The memory of the store of the site begins at `since_s`. When that is not the second that was told before, it has forgotten what was
 * claimed: all claims of tickets newer than that are to be carried (older ones it refuses by itself). Joins the batch. */
void replay_store_memory_of_site(struct replay_store *store, int64_t since_s);
