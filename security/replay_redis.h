/* The claims of a site, which all its gateways share in one Redis: the conversation with it, without I/O.
 *
 * A claim is `SET key value NX PX lifetime`, so that Redis grants it to one of those who ask, and `GET key`, which tells the first
 * use. Claims go out in batches. A batch ends with a look at the two marks of the site and at Redis' clock, and no claim of it is
 * decided before these have come, because a claim is only worth what Redis remembers:
 *
 *   passgate:replay:since   UTC second at which Redis' memory begins. When it is missing, Redis has forgotten: the claims under way
 *                           are refused, memory begins anew, and of a ticket not newer than it nobody can know whether it was used.
 *   passgate:replay:latest  the latest time of Redis' clock at which claims were granted. A key vanishes when Redis' clock passes
 *                           its lifetime; if the clock is set back then, latest still says which tickets may have vanished.
 *
 * Lifetimes are measured by Redis' clock and tickets by ours, so neither side may run away: claims are refused while the clocks
 * differ by more than REPLAY_REDIS_CLOCKS_APART_S, and Redis' memory begins anew after its clock was seen that far ahead. */
#pragma once
#include <stddef.h>

#include "security/replay.h"

enum {
    REPLAY_REDIS_CLOCKS_APART_S = 300,
    /* Of a key. A ticket that is valid now is at most this much older than Redis' clock: its lifetime, and the clocks apart. What
     * has vanished is older than the lifetime of a key less the same on the other side; that must be well behind. */
    REPLAY_REDIS_REACH_S = REPLAY_TICKET_LIFETIME_S + REPLAY_REDIS_CLOCKS_APART_S,
    REPLAY_REDIS_LIFETIME_S = 4 * REPLAY_REDIS_REACH_S,
};

struct replay_redis;

struct replay_redis_settings {
    const char *place;    /* host:port, for messages */
    const char *user;     /* of Redis' ACL; "": its default user */
    const char *password; /* "": none is sent */
    uint32_t database;
    const struct clock *clock;
    /* Called for each claim and look-up in the order in which they were made, from within replay_redis_receive. */
    void (*decided)(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use);
    /* Redis' memory begins at this second, by the clock of Redis: called when that is learnt and whenever it changes. */
    void (*memory_begins)(void *context, int64_t since_s);
    void *context;
};

/* The texts are borrowed for as long as it lives. NULL: no memory. */
struct replay_redis *replay_redis_new(const struct replay_redis_settings *settings);
void replay_redis_free(struct replay_redis *redis);

/* A new connection: forgets what was under way, without a word to the claimants, and logs in. */
void replay_redis_connect(struct replay_redis *redis);

/* True once Redis has accepted the login and told its time. */
bool replay_redis_is_ready(const struct replay_redis *redis);

/* Adds a claim, first used as `use` says, or a look-up to the batch. */
void replay_redis_claim(struct replay_redis *redis, const struct replay_claim *claim, const struct replay_use *use, void *claimant);
/* What claiming would say. */
void replay_redis_look_up(struct replay_redis *redis, const struct replay_claim *claim, void *claimant);

/* Ends the batch, also an empty one: Redis is then asked for its marks and its time alone, which shows that it lives. */
void replay_redis_end_batch(struct replay_redis *redis);
bool replay_redis_in_batch(const struct replay_redis *redis);

/* Bytes to be sent, until replay_redis_sent says that they were taken. */
const void *replay_redis_output(const struct replay_redis *redis, size_t *size);
void replay_redis_sent(struct replay_redis *redis);

/* Takes what was received. False: *problem, and the connection is of no further use. */
MUST_CHECK bool replay_redis_receive(struct replay_redis *redis, const void *bytes, size_t size, struct problem *problem);
