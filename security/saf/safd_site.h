/* Claims of PassTickets for all hosts of a site: each is asked of the Redis that they share, and recorded in the store of this host
 * as well. A claim is granted when both grant it: what this host has seen stays refused here even if Redis forgets it.
 *
 * When Redis cannot be asked the claim is REPLAY_UNAVAILABLE, or, if the operator has chosen so, the host's own store alone
 * decides. Such claims are carried to Redis as soon as it is back; one that was granted on another host meanwhile is reported, for
 * then a PassTicket was used twice. */
#pragma once
#include "config/replay_url.h"
#include "security/replay_claimer.h"
#include "security/saf/safd_redis.h"

struct safd_site;

struct safd_site_settings {
    const struct replay_url *url; /* with its password; borrowed */
    uint32_t timeout_ms;
    bool fallback; /* the host's own store decides alone while Redis cannot */
    const char *ca;
    const char *certificate;
    const char *key;
};

/* `store` is borrowed. NULL: *problem. */
struct safd_site *safd_site_new(struct event_base *base, const struct safd_site_settings *settings, struct replay_store *store,
                                const struct clock *clock, struct problem *problem);
/* Requests under way are forgotten. NULL is allowed. */
void safd_site_free(struct safd_site *site);

struct replay_claimer *safd_site_claimer(struct safd_site *site);
