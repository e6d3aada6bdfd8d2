/* What safd does with requests: each type has its function. Logins, PassTickets and commands take steps (security/saf/safd_login.h,
 * safd_tickets.h, safd_command.h); the other requests are served at once. */
#pragma once
#include <sys/types.h>

#include "security/saf/safd_command.h"
#include "security/saf/safd_explain.h"
#include "security/saf/safd_login.h"
#include "security/saf/safd_tickets.h"

struct safd_service {
    struct racroute racroute;
    struct safd_commands *commands; /* these four are owned by who made the service */
    struct safd_logins *logins;
    struct safd_tickets *tickets;
    struct safd_explains *explains;
    struct audit *audit;
    uid_t owner; /* of the database: acts as IBMUSER */
};

/* Serves one request: for struct safd_links.serve, with the service as context. */
bool safd_service_serve(void *service, struct safd_link *link, const struct saf_frame *frame);

/* For struct safd_links.forget, with the service as context. */
void safd_service_forget(void *service, const struct safd_link *link);
