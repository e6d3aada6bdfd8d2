/* A connection to a DRDA server: a socket that drives a requester machine. Blocking; one command at a time. */
#pragma once

#include "clients/sqlbatch/credential.h"
#include "drda/requester.h"

enum { CONNECTION_LOGIN_TIMEOUT_S = 30, CONNECTION_CANCEL_S = 10, CONNECTION_TICK_MS = 250 };

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

/* Has `cancel` called when the user asks for the end of what runs (interrupt.h). True: it has told the server, which will end the command
 * with an answer. Without one, or when it is false, the connection cannot be used any more. */
void connection_set_canceller(struct connection *connection, bool (*cancel)(void *context), void *context);

/* Whether the server lets another connection interrupt this one. */
bool connection_is_interruptible(const struct connection *connection);

/* Logs on beside it and has the server interrupt what runs on it. False: it did not; the problem says why. */
MUST_CHECK bool connection_interrupt(const struct connection *connection, const struct connection_url *url,
                                     const struct credential *credential, struct problem *problem);

/* Sends and receives until there is an event, never REQUESTER_NEEDS_INPUT. REQUESTER_FAILED: the problem says why; only
 * connection_close is left then. It is also what becomes of a command when the user asks for its end and the server cannot be told, or
 * does not end it within CONNECTION_CANCEL_S, or the user asks again: closing the connection makes the server stop it and roll back. */
MUST_CHECK enum requester_event connection_next(struct connection *connection, struct problem *problem);
