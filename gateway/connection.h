/* A client's connection: moves bytes between its socket and its DRDA server machine, and does what the machine asks for (login,
 * RDB, SQL). Belongs to one event loop.
 * Bytes are read into the loop's buffer and understood there; only what is left over, or belongs to a request that is under way,
 * moves to memory of the connection's own. Replies are sent at once; while some of them are stuck, nothing more is read. */
#pragma once

#include "gateway/address.h"
#include "gateway/loop.h"

struct connection;

/* Takes over an accepted, non-blocking socket of the loop's `port_index`th DRDAPORT; closes it when MAXSOC is reached. */
void connection_accept(struct loop *loop, size_t port_index, int fd, const union address *peer);

/* The next of loop->connections, or NULL. */
struct connection *connection_next(const struct connection *connection);

/* The time of a login or of PORTTMOT is over (a time-out queue's `expired`). */
void connection_timed_out(struct timeout_entry *entry);

/* Closes as soon as nothing is under way: now, or when the request that runs has been answered. */
void connection_end_when_idle(struct connection *connection);

/* Closes now; a running statement is interrupted and its work rolled back. */
void connection_end(struct connection *connection);
