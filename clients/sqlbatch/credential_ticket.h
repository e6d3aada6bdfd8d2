/* PassTickets for log-ons: made here with a key, or by the security server of this host, which knows who runs the batch. */
#pragma once
#include "clients/sqlbatch/credential.h"

/* Each puts a PassTicket of credential->user for the application into credential->password. False: *problem. */

/* With source->key, for a second that no ticket of this user, application and system user was made for. */
MUST_CHECK bool credential_ticket_by_key(struct credential_source *source, const char *application, struct credential *credential,
                                         struct problem *problem);
/* From safd, at source->saf_socket and source->token. */
MUST_CHECK bool credential_ticket_by_safd(const struct credential_source *source, const char *application, struct credential *credential,
                                          struct problem *problem);
