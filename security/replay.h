/* Single use: a PassTicket that was accepted once is claimed, durably, before anyone is told. Claims of many requests are made
 * durable together (group commit). A claim is (application, user ID, ticket kind, ticket time); it is kept until the window in
 * which the ticket could be valid has passed for certain, also when the clock is set back. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/clock.h"
#include "common/problem.h"

enum replay_durability {
    REPLAY_DURABILITY_PROCESS, /* survives kill -9 of the process */
    REPLAY_DURABILITY_POWER,   /* synced to stable storage: survives a power cut as well */
};

enum replay_outcome {
    REPLAY_CLAIMED,
    REPLAY_USED_BEFORE, /* first_use_utc_us and first_address say when and from where */
    REPLAY_UNAVAILABLE, /* store full or failing: refuse */
};

struct replay_claim {
    char application[9];
    char userid[9];
    char kind;             /* 'L' legacy, 'U' upper, 'M' mixed */
    int64_t ticket_time_s; /* UTC */
    int64_t expires_utc_s; /* the last second in which this ticket could be valid */
    char address[46];      /* of the client, kept for explanations */
};

struct replay_use {
    int64_t utc_us;
    char address[46];
};

struct replay_store;

struct replay_store *replay_store_open(const char *path, enum replay_durability durability, const struct clock *clock,
                                       struct problem *problem);
void replay_store_close(struct replay_store *store);

/* Claims within the open batch (one is begun when there is none). CLAIMED counts only after replay_store_commit returned true. */
enum replay_outcome replay_store_claim(struct replay_store *store, const struct replay_claim *claim, struct replay_use *first_use);

/* Makes the batch durable. False: none of its claims counts, every login that relies on one must be refused. */
MUST_CHECK bool replay_store_commit(struct replay_store *store);
