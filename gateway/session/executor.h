/* The executor: a pool of threads for whatever may block (SQL statements, closing a database), so that event loops never do. */
#pragma once
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"

/* Embedded in whatever is to be done. */
struct executor_job {
    struct executor_job *next;             /* private */
    void (*run)(struct executor_job *job); /* on a thread of the pool; may free the job */
};

struct executor;

/* NULL: *problem. */
struct executor *executor_new(uint32_t threads, struct problem *problem);

/* Does all jobs that are waiting, ends the threads, and frees. No job may be submitted any more. */
void executor_free(struct executor *executor);

/* First come, first served. Any thread. */
void executor_submit(struct executor *executor, struct executor_job *job);

/* For a job that others, running and blocked, may be waiting for: it goes before all that is not urgent, and one thread is kept for
 * such jobs alone, so that waiting can never use up the threads that would end it. */
void executor_submit_urgent(struct executor *executor, struct executor_job *job);
