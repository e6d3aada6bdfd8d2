/* One event loop on its own thread, with the listeners, connections and the line to safd that belong to it. Connections never
 * move to another loop; other threads reach a loop only by posting messages. */
#pragma once
#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/gateway.h"
#include "gateway/saf_link.h"
#include "gateway/timeout_queue.h"

enum { LOOP_BUFFER_SIZE = 64 * 1024 };

struct connection;
struct listener;

/* Embedded in whatever is sent to a loop. */
struct loop_message {
    struct loop_message *next;                 /* private */
    void (*run)(struct loop_message *message); /* on the loop's thread; may free the message */
};

struct loop {
    struct gateway *gateway;
    unsigned number;
    struct event_base *base;
    struct saf_link *saf;
    uint8_t *input;                 /* LOOP_BUFFER_SIZE: what a connection reads goes here first */
    struct wire_writer output;      /* where a connection's replies are made */
    struct connection *connections; /* a list through connection->next */
    struct timeout_queue login_timeouts;
    struct timeout_queue *port_timeouts; /* PORTTMOT of each DRDAPORT */
    struct timeout_queue drain_timeout;  /* between our last word and the client's end */
    struct listener *listeners;          /* one for each DRDAPORT */
    size_t listener_count;
    bool stopping;
    struct timeout_entry shutdown; /* waits in shutdown_timeout while stopping */
    struct timeout_queue shutdown_timeout;
    /* The mailbox. */
    pthread_mutex_t lock;
    struct loop_message *first;
    struct loop_message **end;
    int wake_fd;
    struct event wake;
    pthread_t thread;
    bool started;
};

/* A loop that does not listen and does not run yet. NULL: *problem. */
struct loop *loop_new(struct gateway *gateway, unsigned number, struct problem *problem);

/* Binds and listens on every DRDAPORT; connections wait in the backlog until the loop runs. */
MUST_CHECK bool loop_listen(struct loop *loop, struct problem *problem);

/* After its thread has ended, or when it was never started. */
void loop_free(struct loop *loop);

MUST_CHECK bool loop_start(struct loop *loop, struct problem *problem);

/* Has `message` run by the loop, after those posted before. Any thread. */
void loop_post(struct loop *loop, struct loop_message *message);

/* Any thread: the loop stops listening, closes idle connections, lets requests under way finish for shutdown_ms, then interrupts
 * them; its thread ends when no connection is left. */
void loop_stop(struct loop *loop, uint32_t shutdown_ms);
void loop_join(struct loop *loop);

/* Hands the loop a line to a new safd. Takes over `fd`. Any thread. */
void loop_attach_saf(struct loop *loop, int fd);

/* Called by a connection that has gone: ends the loop when it was the last and the loop is stopping. */
void loop_connection_ended(struct loop *loop);
