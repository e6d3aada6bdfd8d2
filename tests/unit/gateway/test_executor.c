#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/session/executor.h"
#include "tests/support/suite.h"

enum { JOBS = 1000, TURNS = 200, THREADS = 8 };

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

/* Ends only if the second urgent job finds a thread, although the one that is kept for such jobs waits for it. */
static void
urgent_jobs_take_any_thread_that_has_nothing_to_do(void)
{
    struct problem problem;
    struct executor *executor = executor_new(2, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(executor);
    atomic_store(&over, false);
    nanosleep(&(struct timespec) { .tv_nsec = 100000000 }, NULL); /* all threads have nothing to do by now */
    executor_submit_urgent(executor, new_job(wait_until_over));
    executor_submit_urgent(executor, new_job(wait_until_over));
    executor_submit_urgent(executor, new_job(end_the_wait));
    while (!atomic_load(&over))
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
    executor_free(executor);
}

/* A socket, and what happened to the job that lingered over it. */
static struct {
    int ours;
    int theirs;
    bool urgent;
    atomic_bool began;
    atomic_int readable; /* -1 until it is known */
} linger;

static void
linger_over_socket(struct executor_job *job, struct executor_thread *thread)
{
    atomic_store(&linger.began, true);
    atomic_store(&linger.readable, executor_linger(thread, linger.ours, -1, linger.urgent));
    free(job);
}

static struct executor *
start_lingering(bool urgent_thread, bool urgent)
{
    struct problem problem;
    int pair[2];
    struct executor *executor = executor_new(urgent_thread ? 0 : 1, &problem); /* besides the urgent one */
    CU_ASSERT_PTR_NOT_NULL_FATAL(executor);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    linger.ours = pair[0];
    linger.theirs = pair[1];
    linger.urgent = urgent;
    atomic_store(&linger.began, false);
    atomic_store(&linger.readable, -1);
    (urgent_thread ? executor_submit_urgent : executor_submit)(executor, new_job(linger_over_socket));
    while (!atomic_load(&linger.began))
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
    return executor;
}

static void
end_lingering(struct executor *executor, int readable)
{
    while (atomic_load(&linger.readable) < 0)
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
    executor_free(executor);
    CU_ASSERT_EQUAL(atomic_load(&linger.readable), readable);
    close(linger.ours);
    close(linger.theirs);
}

static void
who_lingers_goes_on_when_the_socket_can_be_read(void)
{
    struct executor *executor = start_lingering(false, false);
    CU_ASSERT_EQUAL(send(linger.theirs, "x", 1, 0), 1);
    end_lingering(executor, 1);
}

/* Ends only because the one thread comes back for the second job. */
static void
who_lingers_makes_room_for_others(void)
{
    struct executor *executor = start_lingering(false, false);
    struct executor_job *job = malloc(sizeof *job);
    CU_ASSERT_PTR_NOT_NULL_FATAL(job);
    atomic_store(&done, 0);
    job->run = count;
    executor_submit(executor, job);
    end_lingering(executor, 0);
    CU_ASSERT_EQUAL(atomic_load(&done), 1);
}

/* The same where the second job is urgent, and the thread that is kept for such jobs is busy. */
static void
who_lingers_makes_room_for_urgent_jobs(void)
{
    atomic_store(&over, false);
    struct executor *executor = start_lingering(false, false);
    executor_submit_urgent(executor, new_job(wait_until_over));
    executor_submit_urgent(executor, new_job(end_the_wait));
    end_lingering(executor, 0);
    CU_ASSERT(atomic_load(&over));
}

static void
nobody_lingers_on_the_urgent_thread_without_urgency(void)
{
    struct executor *executor = start_lingering(true, false);
    end_lingering(executor, 0);
}

static struct executor_thread *_Atomic ran_on;

static void
note_thread(struct executor_job *job, struct executor_thread *thread)
{
    atomic_store(&ran_on, thread);
    free(job);
}

/* How many of TURNS jobs, one after the other, ran on the thread that had most of them. */
static unsigned
most_of_one_thread(struct executor *executor)
{
    const struct executor_thread *threads[THREADS] = { NULL };
    unsigned jobs[THREADS] = { 0 };
    unsigned most = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        size_t i = 0;
        atomic_store(&ran_on, NULL);
        executor_submit(executor, new_job(note_thread));
        while (atomic_load(&ran_on) == NULL)
            nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL); /* it has nothing to do by now, as a rule */
        while (threads[i] != NULL && threads[i] != atomic_load(&ran_on))
            i++;
        threads[i] = atomic_load(&ran_on);
        most = ++jobs[i] > most ? jobs[i] : most;
    }
    return most;
}

/* Taking turns they would have TURNS / THREADS each. */
static void
who_was_busy_last_is_woken_first(void)
{
    struct problem problem;
    struct executor *executor = executor_new(THREADS, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(executor);
    CU_ASSERT(most_of_one_thread(executor) > 2 * TURNS / THREADS);
    executor_free(executor);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "all jobs are done before the end", all_jobs_are_done_before_the_end },
        { "urgent jobs run while all others wait", urgent_jobs_run_while_all_others_wait },
        { "urgent jobs take any thread that has nothing to do", urgent_jobs_take_any_thread_that_has_nothing_to_do },
        { "who lingers goes on when the socket can be read", who_lingers_goes_on_when_the_socket_can_be_read },
        { "who lingers makes room for others", who_lingers_makes_room_for_others },
        { "who lingers makes room for urgent jobs", who_lingers_makes_room_for_urgent_jobs },
        { "nobody lingers on the urgent thread without urgency", nobody_lingers_on_the_urgent_thread_without_urgency },
        { "who was busy last is woken first", who_was_busy_last_is_woken_first },
    };
    return SUITE_RUN("executor", cases);
}
