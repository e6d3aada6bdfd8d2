/* The executor: a pool of threads for whatever may block (SQL statements, closing a database), so that event loops never do. */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "common/wire.h"

enum { EXECUTOR_INPUT_SIZE = 64 * 1024 };

struct executor;
struct executor_queue;

/* A thread of the pool, with memory for the jobs that it runs: whatever a job leaves in it is gone when the job ends. */
struct executor_thread {
    uint8_t *input;            /* EXECUTOR_INPUT_SIZE bytes */
    struct wire_writer output; /* empty when a job begins */
    /* Private. */
    struct executor *executor;
    struct executor_queue *queue;
    struct executor_thread *next_idle;
    pthread_cond_t woken;
    bool idle;
};

/* Embedded in whatever is to be done. */
struct executor_job {
    struct executor_job *next;                                             /* private */
    void (*run)(struct executor_job *job, struct executor_thread *thread); /* on that thread; may free the job */
};

/* NULL: *problem. */
struct executor *executor_new(uint32_t threads, struct problem *problem);

/* Does all jobs that are waiting, ends the threads, and frees. No job may be submitted any more. */
void executor_free(struct executor *executor);

/* First come, first served. Any thread. */
void executor_submit(struct executor *executor, struct executor_job *job);

/* For a job that others, running and blocked, may be waiting for: it goes before all that is not urgent, and one thread is kept for
 * such jobs alone, so that waiting can never use up the threads that would end it. */
void executor_submit_urgent(struct executor *executor, struct executor_job *job);

/* Within a job: whether another one waits for a thread. */
MUST_CHECK bool executor_is_needed(struct executor_thread *thread);

/* Within a job: waits until `fd` can be read (or has ended), so that the job can go on without being submitted anew; `urgent` says
 * which way it would be. False when that takes longer than `linger_ms`, and at once when the thread is needed for another job. */
MUST_CHECK bool executor_linger(struct executor_thread *thread, int fd, int linger_ms, bool urgent);
