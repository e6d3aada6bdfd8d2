/* A DRDAPORT as one event loop listens on it. Every loop has its own socket for the same port (SO_REUSEPORT), so that the kernel
 * spreads connections and an accepted one never changes its thread. */
#pragma once
#include <event2/event_struct.h>

#include "common/problem.h"
#include "config/configuration.h"
#include "gateway/timeout_queue.h"

struct loop;

struct listener {
    struct loop *loop;
    const struct hws_drda_port *port;
    size_t index; /* of the port in the member */
    int fd;
    struct event readable;
    struct event pause; /* accepts again after the process ran out of something */
};

/* Checks that nobody else listens on the port: SO_REUSEPORT would let a second gateway take half of the connections unnoticed. */
MUST_CHECK bool listener_port_is_free(const struct configuration *configuration, const struct hws_drda_port *port, struct problem *problem);

/* Binds and listens; `listener` must not move afterwards. False: *problem. */
MUST_CHECK bool listener_open(struct listener *listener, struct loop *loop, size_t index, struct problem *problem);

/* Begins to accept, on the loop's thread or before it runs. */
void listener_start(struct listener *listener);
void listener_close(struct listener *listener);
