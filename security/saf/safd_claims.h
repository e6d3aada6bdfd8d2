/* Where this safd claims PassTickets, as [racf] replay says: in the store of its host, or in the Redis of its site and in that store. */
#pragma once
#include "config/configuration.h"
#include "security/replay_claimer.h"
#include "security/saf/safd_site.h"

struct safd_claims {
    struct replay_store *store;
    struct replay_local_claimer local;
    struct replay_url *url; /* in secret memory; NULL: there is no Redis */
    struct safd_site *site;
};

/* Opens the store of the host and reads what is needed to log on to Redis. `claims` begins as { 0 }. False: *problem. */
MUST_CHECK bool safd_claims_open(struct safd_claims *claims, const struct passgate_settings *settings, const struct clock *clock,
                                 struct problem *problem);

/* Begins to connect to Redis, if there is one; whether it can be reached is not waited for. False: *problem. */
MUST_CHECK bool safd_claims_connect(struct safd_claims *claims, struct event_base *base, const struct passgate_settings *settings,
                                    const struct clock *clock, struct problem *problem);

struct replay_claimer *safd_claims_claimer(struct safd_claims *claims);

/* Forgets the claims under way; the store stays open. */
void safd_claims_disconnect(struct safd_claims *claims);
void safd_claims_close(struct safd_claims *claims);
