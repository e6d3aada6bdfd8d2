/* A connection to a DRDA server: a socket that drives a requester machine. Blocking; one command at a time. */
#pragma once

#include "clients/sqlbatch/credential.h"
#include "drda/requester.h"

enum { CONNECTION_LOGIN_TIMEOUT_S = 30, CONNECTION_TICK_MS = 250 };

struct connection;

/* Connects (each address of the host in turn), logs on, all within the URL's loginTimeout. NULL: the problem says which step failed
 * and, when the server refused, what its answer means. */
MUST_CHECK struct connection *connection_open(const struct connection_url *url, const struct credential *credential,
                                              struct problem *problem);
/* Closes without a word: what was not committed is rolled back by the server. NULL is fine. */
void connection_close(struct connection *connection);

/* To start commands and to look at their results. */
struct requester *connection_requester(struct connection *connection);

/* Has `tick` called at least every CONNECTION_TICK_MS while connection_next waits for the server. */
void connection_watch(struct connection *connection, void (*tick)(void *context), void *context);

/* Sends and receives until there is an event, never REQUESTER_NEEDS_INPUT. REQUESTER_FAILED: the problem says why; only
 * connection_close is left then. It is also what becomes of a command when the user asks for its end (interrupt.h): closing the
 * connection makes the server stop it and roll back. */
MUST_CHECK enum requester_event connection_next(struct connection *connection, struct problem *problem);
