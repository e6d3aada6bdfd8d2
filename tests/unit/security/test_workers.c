/* Threads that work for an event loop: order, bound, and the end. */
#include "security/saf/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "tests/support/suite.h"

enum { JOBS = 200 };

struct counted_job {
    struct worker_job job;
    pthread_t ran_on;
    bool done;
};

static struct event_base *base;
static struct counted_job jobs[JOBS];
static atomic_bool gate_is_open; /* jobs wait for it */
static int done_count;

static void
run(struct worker_job *job)
{
    while (!atomic_load(&gate_is_open))
        sched_yield();
    ((struct counted_job *)job)->ran_on = pthread_self();
}

static void
done(struct worker_job *job)
{
    struct counted_job *counted = (struct counted_job *)job;
    CU_ASSERT_FALSE(counted->done);
    CU_ASSERT_FALSE(pthread_equal(counted->ran_on, pthread_self()));
    counted->done = true;
    done_count++;
}

static struct workers *
start(bool open, unsigned threads, size_t queue_max)
{
    struct problem problem;
    base = event_base_new();
    atomic_store(&gate_is_open, open);
    done_count = 0;
    for (int i = 0; i < JOBS; i++)
        jobs[i] = (struct counted_job) { .job = { .run = run, .done = done } };
    struct workers *workers = workers_new(base, threads, queue_max, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(workers);
    return workers;
}

static void
loop_until_done(int count)
{
    while (done_count < count)
        event_base_loop(base, EVLOOP_ONCE);
}

static void
each_job_is_run_once_and_told_in_the_loop(void)
{
    struct workers *workers = start(true, 3, JOBS);
    for (int i = 0; i < JOBS; i++)
        CU_ASSERT_TRUE(workers_submit(workers, &jobs[i].job));
    loop_until_done(JOBS);
    workers_free(workers);
    event_base_free(base);
}

static void
a_full_queue_takes_no_more(void)
{
    enum { THREADS = 2, QUEUE = 5 };
    struct workers *workers = start(false, THREADS, QUEUE);
    int accepted = 0;
    while (accepted < JOBS && workers_submit(workers, &jobs[accepted].job))
        accepted++;
    CU_ASSERT(accepted >= QUEUE && accepted <= QUEUE + THREADS); /* threads may have taken some already */
    atomic_store(&gate_is_open, true);
    loop_until_done(accepted);
    CU_ASSERT_TRUE(workers_submit(workers, &jobs[accepted].job));
    loop_until_done(accepted + 1);
    workers_free(workers);
    event_base_free(base);
}

static void
jobs_that_wait_at_the_end_are_forgotten(void)
{
    struct workers *workers = start(true, 1, JOBS);
    for (int i = 0; i < JOBS; i++)
        CU_ASSERT_TRUE(workers_submit(workers, &jobs[i].job));
    workers_free(workers);
    workers_free(NULL);
    CU_ASSERT_EQUAL(done_count, 0); /* nobody ran the loop */
    event_base_free(base);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each job is run once and told in the loop", each_job_is_run_once_and_told_in_the_loop },
        { "a full queue takes no more", a_full_queue_takes_no_more },
        { "jobs that wait at the end are forgotten", jobs_that_wait_at_the_end_are_forgotten },
    };
    return SUITE_RUN("workers", cases);
}
