/* Explanations that safd gives: at once, or when the Redis of the site has said whether the ticket was used. */
#pragma once
#include "security/audit.h"
#include "security/racroute.h"
#include "security/replay_claimer.h"
#include "security/saf/safd_link.h"

enum { SAFD_EXPLAINS_MAX = 16 }; /* that wait for Redis; more are answered by what this host knows */

struct safd_explains;

/* All borrowed. */
struct safd_explain_parts {
    struct racroute *racroute;
    struct replay_claimer *claimer;
    struct audit *audit;
    uid_t owner; /* of the database: is IBMUSER */
};

/* NULL: out of memory. */
struct safd_explains *safd_explains_new(const struct safd_explain_parts *parts);
void safd_explains_free(struct safd_explains *explains);

/* Puts the answer to the link's output, now or later. False: the request is broken. */
MUST_CHECK bool safd_explains_begin(struct safd_explains *explains, struct safd_link *link, const struct saf_frame *frame);

/* The link is about to be freed: nobody is told. */
void safd_explains_forget_link(struct safd_explains *explains, const struct safd_link *link);
