/* Time-outs of one length: an ordered list and one timer for all that share it, instead of a timer for each connection.
 * Starting, restarting and stopping cost a few pointer moves. Belongs to one event loop. */
#pragma once
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/clock.h"

/* Embedded in whatever waits; zeroed at first. */
struct timeout_entry {
    struct timeout_entry *next; /* NULL: not waiting */
    struct timeout_entry *previous;
    int64_t deadline_ms; /* monotonic */
};

struct timeout_queue {
    struct timeout_entry waiting; /* head of a ring, the earliest deadline first */
    uint32_t timeout_ms;          /* 0: for ever */
    bool armed;
    struct event timer;
    const struct clock *clock;
    void (*expired)(struct timeout_entry *entry); /* called with the entry already taken out */
};

/* `queue` must not move afterwards. */
void timeout_queue_init(struct timeout_queue *queue, struct event_base *base, const struct clock *clock, uint32_t timeout_ms,
                        void (*expired)(struct timeout_entry *entry));
void timeout_queue_clear(struct timeout_queue *queue);

/* Lets `entry` expire after the queue's time from now, whichever queue it waited in before. */
void timeout_queue_start(struct timeout_queue *queue, struct timeout_entry *entry);
/* Harmless when it is not waiting. */
void timeout_queue_stop(struct timeout_entry *entry);

/* The entry that expires first, or NULL. */
struct timeout_entry *timeout_queue_first(const struct timeout_queue *queue);

/* Moves all entries into the ring `head` (set up here), in their order; timeout_queue_stop takes them out of it. */
void timeout_queue_move(struct timeout_queue *queue, struct timeout_entry *head);
