/* Who logs on, and with what: a password from the URL or a file, or a PassTicket that is made at the moment it is needed.
 *
 * A URL with applName asks for a PassTicket; it is made here when there is a key. Without a key the password is used; without either
 * the security server of this host is asked for a ticket. A ticket works once, and the same user, application and second always give
 * the same ticket: each one takes a second of its own. */
#pragma once

#include "common/clock.h"
#include "common/problem.h"
#include "config/connections.h"
#include "security/passticket/legacy.h"

/* What goes into SECCHK. Made by credential_make in secret memory. */
struct credential {
    char user[CONNECTION_URL_TEXT_MAX + 1];
    char password[CONNECTION_URL_TEXT_MAX + 1];
    bool is_ticket;
};

struct credential_source {
    const char *user;                   /* --user, borrowed; NULL: the login name in upper case */
    struct passticket_legacy_key *key;  /* owned; NULL when there is none */
    char *password;                     /* owned, in secret memory of CREDENTIAL_PASSWORD_SIZE bytes; NULL when there is none */
    const struct clock *clock;          /* borrowed */
    struct passticket_seconds *seconds; /* owned; those that tickets were made for here; NULL: not opened yet */
    const char *saf_socket;             /* of the security server that makes tickets, borrowed; NULL: where it usually is */
    const char *token;                  /* --token, borrowed; NULL: the server without one */
};

enum { CREDENTIAL_PASSWORD_SIZE = CONNECTION_URL_TEXT_MAX + 1 };

void credential_source_clear(struct credential_source *source);

/* Reads a key of 16 hexadecimal digits; "-" is standard input. A file must be closed to group and others. */
MUST_CHECK bool credential_read_key(struct credential_source *source, const char *path, struct problem *problem);
/* Reads a password, the first line of a file that is closed to group and others. */
MUST_CHECK bool credential_read_password(struct credential_source *source, const char *path, struct problem *problem);

/* The same for a named connection, whose URL is connections_to_url: with the key or password that it names, else with a password asked
 * for at the terminal. Those of the source are not used, but its user is. */
MUST_CHECK struct credential *credential_make_named(struct credential_source *source, const struct named_connection *connection,
                                                    const struct connection_url *url, struct problem *problem);

/* NULL: the problem says what is missing. Release with credential_free, which wipes it. */
MUST_CHECK struct credential *credential_make(struct credential_source *source, const struct connection_url *url, struct problem *problem);
void credential_free(struct credential *credential);
