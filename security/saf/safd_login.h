/* Logins under way in safd. Each goes through the steps of security/racroute.h at its own pace: after failures it may have to wait
 * before it is looked at (security/throttle.h), a password is compared on a worker thread, a claim may be answered later, and
 * meanwhile the loop serves others. What is decided joins the batch of the loop's turn:
 * all of it shares one commit of the claims and one write of the audit records, and no answer exists before both are done (group
 * commit).
 *
 * The table is bounded. When it is full, or the queue for password comparisons is, a login is refused as retryable at once. A login
 * whose link has closed is still decided, counted and recorded; nobody is told. */
#pragma once
#include "security/audit.h"
#include "security/racroute.h"
#include "security/replay_claimer.h"
#include "security/saf/safd_link.h"
#include "security/saf/workers.h"
#include "security/throttle.h"

enum {
    SAFD_BATCH_MAX = 256,         /* decided, not yet told */
    SAFD_LOGINS_MAX = 4096,       /* not yet decided */
    SAFD_HELD_MAX = 1024,         /* of them, held back by the throttle; more are refused */
    SAFD_PASSWORDS_A_THREAD = 32, /* comparisons that may wait for each thread: about a second of work */
    SAFD_LOGIN_ANSWER_MAX = 64,   /* bytes that the answer to a VERIFY takes on its link */
};

struct safd_logins;

/* All borrowed. */
struct safd_login_parts {
    struct event_base *base;
    struct racroute *racroute;
    struct replay_claimer *claimer;
    struct throttle *throttle;
    struct audit *audit;
    struct workers *workers; /* whose queue takes SAFD_PASSWORDS_A_THREAD jobs for each thread */
};

/* NULL: no memory. */
struct safd_logins *safd_logins_new(const struct safd_login_parts *parts);

/* Logins under way are forgotten. The workers have ended before. */
void safd_logins_free(struct safd_logins *logins);

/* Begins the login that a link's VERIFY asks for. Its answer goes to the link in a later safd_logins_commit. The credential is
 * wiped as soon as it is not needed any more. False: the request is broken. */
MUST_CHECK bool safd_logins_begin(struct safd_logins *logins, struct safd_link *link, const struct saf_frame *frame);

/* Makes the batch of decided logins durable and puts its answers to their links. */
void safd_logins_commit(struct safd_logins *logins);

/* The link is about to be freed: its logins go on without it. */
void safd_logins_forget_link(struct safd_logins *logins, const struct safd_link *link);

/* True while a login is not answered yet. */
bool safd_logins_under_way(const struct safd_logins *logins);
