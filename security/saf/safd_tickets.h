/* What safd does around the PassTicket service: who asks, the claim of an evaluated ticket, the audit record, the answer. As with
 * logins (security/saf/safd_login.h), what is decided in a turn of the loop shares one commit of claims and one write of records, and
 * is answered after both.
 *
 * Logins and evaluated tickets claim in one batch, which is committed once. So both claim through safd_tickets_claimer, which stands
 * before the real one and learns what became of the batch, whoever commits it. */
#pragma once
#include "security/audit.h"
#include "security/racroute.h"
#include "security/replay_claimer.h"
#include "security/saf/safd_link.h"

enum {
    SAFD_TICKETS_MAX = 256, /* not answered yet; more are refused as retryable */
};

struct safd_tickets;

/* All borrowed. */
struct safd_ticket_parts {
    struct racroute *racroute;
    struct replay_claimer *claimer;
    struct audit *audit;
    struct passticket_seconds *seconds;
    uid_t owner; /* of the database: is IBMUSER */
};

/* NULL: out of memory. */
struct safd_tickets *safd_tickets_new(const struct safd_ticket_parts *parts);
void safd_tickets_free(struct safd_tickets *tickets);

/* For logins: claims where the parts say, and tells the tickets what became of their claims at each commit. */
struct replay_claimer *safd_tickets_claimer(struct safd_tickets *tickets);

/* Each begins one request; the answer comes at a later safd_tickets_commit. False: the request is broken. */
MUST_CHECK bool safd_tickets_generate(struct safd_tickets *tickets, struct safd_link *link, const struct saf_frame *frame);
MUST_CHECK bool safd_tickets_evaluate(struct safd_tickets *tickets, struct safd_link *link, const struct saf_frame *frame);

/* At the end of a turn, behind safd_logins_commit. */
void safd_tickets_commit(struct safd_tickets *tickets);

/* The link is about to be freed: what it asked goes on without it. */
void safd_tickets_forget_link(struct safd_tickets *tickets, const struct safd_link *link);

/* True while a request is not answered yet. */
bool safd_tickets_under_way(const struct safd_tickets *tickets);
