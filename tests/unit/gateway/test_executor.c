#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/session/executor.h"
#include "tests/support/suite.h"

enum { JOBS = 1000 };

static atomic_int done;

static void
count(struct executor_job *job)
{
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

int
main(void)
{
    static const struct test_case cases[] = { { "all jobs are done before the end", all_jobs_are_done_before_the_end } };
    return SUITE_RUN("executor", cases);
}
