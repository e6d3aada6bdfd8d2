/* Threads for what would keep safd's loop busy too long, which is the hashing of passwords. First come, first served; the queue is
 * bounded, so that a flood is refused early instead of waiting for ever. */
#pragma once
#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "common/attributes.h"
#include "common/problem.h"

/* Embedded in whatever is to be done; untouched by its owner from the submission until `done`. */
struct worker_job {
    void (*run)(struct worker_job *job);  /* on a thread */
    void (*done)(struct worker_job *job); /* in the loop, later; may submit or free the job */
    STAILQ_ENTRY(worker_job) entry;       /* private */
};

struct workers;

/* At most `queue_max` jobs wait besides those that run. NULL: *problem. */
struct workers *workers_new(struct event_base *base, unsigned threads, size_t queue_max, struct problem *problem);

/* Waits for the jobs that run, forgets the others; `done` is not called any more. */
void workers_free(struct workers *workers);

/* False: the queue is full. */
MUST_CHECK bool workers_submit(struct workers *workers, struct worker_job *job);
