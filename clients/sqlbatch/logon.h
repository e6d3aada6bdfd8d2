/* Whom a batch has logged on as, where, and with what. Kept in secret memory while the connection lives, where the server lets another
 * connection interrupt it: that one has to log on too. */
#pragma once

#include "clients/sqlbatch/connection.h"

struct logon {
    struct connection_url url;
    struct named_connection named;
    bool is_named;                 /* url was made of `named` */
    struct credential *credential; /* owned; NULL until it is made */
};

/* NULL without secret memory. */
struct logon *logon_new(void);
/* NULL is fine. */
void logon_free(struct logon *logon);

MUST_CHECK bool logon_make_credential(struct logon *logon, struct credential_source *source, struct problem *problem);

/* Has the server interrupt what runs on a connection that was opened with the logon, by a new PassTicket or by the same password. False:
 * it could not be told, or a password might be a PassTicket, which is not sent again: it would count as a failed attempt. */
MUST_CHECK bool logon_interrupt(struct logon *logon, struct credential_source *source, const struct connection *connection,
                                struct problem *problem);
