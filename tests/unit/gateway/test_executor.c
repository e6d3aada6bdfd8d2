#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/session/executor.h"
#include "tests/support/suite.h"

enum { JOBS = 1000 };

static atomic_int done;

static void
count(struct executor_job *job, struct executor_thread *thread)
{
    (void)thread;
    atomic_fetch_add(&done, 1);
    free(job);
}

static void
all_jobs_are_done_before_the_end(void)
{
    for (uint32_t threads = 1; threads <= 8; threads *= 2) {
        struct problem problem;
        struct executor *executor = executor_new(threads, &problem);
        CU_ASSERT_PTR_NOT_NULL_FATAL(executor);
        atomic_store(&done, 0);
        for (int i = 0; i < JOBS; i++) {
            struct executor_job *job = malloc(sizeof *job);
            CU_ASSERT_PTR_NOT_NULL_FATAL(job);
            job->run = count;
            executor_submit(executor, job);
        }
        executor_free(executor);
        CU_ASSERT_EQUAL(atomic_load(&done), JOBS);
    }
}

static atomic_bool over;

static void
wait_until_over(struct executor_job *job, struct executor_thread *thread)
{
    (void)thread;
    while (!atomic_load(&over))
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
    free(job);
}

static void
end_the_wait(struct executor_job *job, struct executor_thread *thread)
{
    (void)thread;
    atomic_store(&over, true);
    free(job);
}

static struct executor_job *
new_job(void (*run)(struct executor_job *job, struct executor_thread *thread))
{
    struct executor_job *job = malloc(sizeof *job);
    CU_ASSERT_PTR_NOT_NULL_FATAL(job);
    job->run = run;
    return job;
}

/* Ends only if the urgent job runs although all threads wait for it. */
static void
urgent_jobs_run_while_all_others_wait(void)
{
    struct problem problem;
    struct executor *executor = executor_new(2, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(executor);
    for (int i = 0; i < 10; i++)
        executor_submit(executor, new_job(wait_until_over));
    executor_submit_urgent(executor, new_job(end_the_wait));
    executor_free(executor);
    CU_ASSERT(atomic_load(&over));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "all jobs are done before the end", all_jobs_are_done_before_the_end },
        { "urgent jobs run while all others wait", urgent_jobs_run_while_all_others_wait },
    };
    return SUITE_RUN("executor", cases);
}
