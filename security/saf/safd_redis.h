/* safd's connection to the Redis of its site: keeps it up, asks it claims and gives each its answer within a time limit.
 *
 * While Redis cannot be used (not reached, not logged in, silent, refusing) no claim is taken; it is tried again, first after a
 * tenth of a second, then ever less often, for ever. What was asked before a connection broke is answered REPLAY_UNAVAILABLE:
 * whether Redis has granted it is not known, so that such a ticket may count as used. */
#pragma once
#include <event2/event.h>

#include "config/replay_url.h"
#include "security/replay.h"

struct safd_redis;

struct safd_redis_settings {
    const struct replay_url *url; /* with the password to be used; borrowed for as long as the connection lives */
    uint32_t timeout_ms;          /* of a claim */
    const char *ca;               /* files of PEM for rediss; "": the system's certificates, no certificate of our own */
    const char *certificate;
    const char *key;
    const char *without; /* what happens to PassTickets without Redis, for messages: "PASSTICKETS ARE REFUSED" */
    /* Redis' memory begins at this second: older tickets are refused by it. Called when that is learnt or changes. */
    void (*memory_begins)(void *context, int64_t since_s);
    /* Redis can be asked from now on. */
    void (*up)(void *context);
    void *context;
};

/* The answer to a claim or look-up. May claim again; must not free the connection. */
typedef void safd_redis_decided(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use);

/* Begins to connect. NULL: *problem, which only concerns the settings and memory: a Redis that cannot be reached is none. */
struct safd_redis *safd_redis_new(struct event_base *base, const struct safd_redis_settings *settings, const struct clock *clock,
                                  struct problem *problem);
/* What was asked is given up without an answer. NULL is allowed. */
void safd_redis_free(struct safd_redis *redis);

/* What is asked in one turn of the loop goes out in one batch. False: Redis cannot be used now, `decided` will not be called. `use` is what
 * the claim records. */
MUST_CHECK bool safd_redis_claim(struct safd_redis *redis, const struct replay_claim *claim, const struct replay_use *use,
                                 safd_redis_decided *decided, void *claimant);
/* What a claim would come to. */
MUST_CHECK bool safd_redis_look_up(struct safd_redis *redis, const struct replay_claim *claim, safd_redis_decided *decided, void *claimant);

/* The password in the first line of a file that only its owner may read. False: *problem. */
MUST_CHECK bool safd_redis_read_password(const char *path, char password[REPLAY_URL_CREDENTIAL_MAX + 1], struct problem *problem);
