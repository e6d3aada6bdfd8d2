#include "gateway/session/executor.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/buffer.h"

enum { OUTPUT_KEPT = 512 * 1024 }; /* a bigger output buffer of a thread is given back */

struct executor_queue {
    struct executor_job *first;
    struct executor_job **end;
    /* Threads that nobody has woken yet. The one that came last is woken first: as few as suffice have memory of their own then, and it is
     * in the caches. */
    struct executor_thread *idlers;
    unsigned waiting;   /* jobs */
    unsigned idle;      /* threads that have none */
    unsigned lingering; /* threads that wait for a socket, and for wake_fd */
    unsigned wanted;    /* how many of these shall come; the value of wake_fd */
    int wake_fd;
};

struct executor {
    pthread_mutex_t lock;
    struct executor_queue ordinary;
    struct executor_queue urgent;
    bool stopping;
    uint32_t thread_count;
    pthread_t threads[]; /* the first takes urgent jobs only */
};

static struct executor_job *
take(struct executor_queue *queue)
{
    struct executor_job *job = queue->first;
    if (job != NULL) {
        queue->first = job->next;
        queue->waiting--;
    }
    if (queue->first == NULL)
        queue->end = &queue->first;
    return job;
}

/* The next job for a thread of `own` queue; urgent ones are for all. */
static struct executor_job *
take_for(struct executor *executor, struct executor_queue *own)
{
    struct executor_job *job = take(&executor->urgent);
    return job != NULL ? job : take(own);
}

static void
clear_output(struct executor_thread *thread)
{
    if (thread->output.failed || thread->output.size > OUTPUT_KEPT)
        buffer_clear(&thread->output);
    thread->output.used = 0;
}

static void
be_idle(struct executor_thread *thread)
{
    struct executor_queue *queue = thread->queue;
    thread->next_idle = queue->idlers;
    queue->idlers = thread;
    queue->idle++;
    thread->idle = true;
    while (thread->idle)
        pthread_cond_wait(&thread->woken, &thread->executor->lock);
    queue->idle--;
}

static void
wake_idler(struct executor_queue *queue)
{
    struct executor_thread *thread = queue->idlers;
    if (thread == NULL)
        return;
    queue->idlers = thread->next_idle;
    thread->idle = false;
    pthread_cond_signal(&thread->woken);
}

static void
work_until_stopped(struct executor_thread *thread)
{
    struct executor *executor = thread->executor;
    struct executor_queue *own = thread->queue;
    pthread_mutex_lock(&executor->lock);
    for (;;) {
        struct executor_job *job = take_for(executor, own);
        if (job == NULL && executor->stopping)
            break;
        if (job == NULL) {
            be_idle(thread);
            continue;
        }
        pthread_mutex_unlock(&executor->lock);
        job->run(job, thread);
        clear_output(thread);
        pthread_mutex_lock(&executor->lock);
    }
    pthread_mutex_unlock(&executor->lock);
}

static void
work_in_queue(struct executor *executor, struct executor_queue *queue)
{
    struct executor_thread thread = { .executor = executor, .queue = queue, .output = buffer_writer() };
    uint8_t *input = malloc(EXECUTOR_INPUT_SIZE);
    if (input == NULL)
        abort(); /* while the gateway starts */
    thread.input = input;
    pthread_cond_init(&thread.woken, NULL);
    work_until_stopped(&thread);
    pthread_cond_destroy(&thread.woken);
    buffer_free(input, EXECUTOR_INPUT_SIZE);
    buffer_clear(&thread.output);
}

static void *
work(void *executor)
{
    work_in_queue(executor, &((struct executor *)executor)->ordinary);
    return NULL;
}

static void *
work_urgent(void *executor)
{
    work_in_queue(executor, &((struct executor *)executor)->urgent);
    return NULL;
}

static bool
queue_init(struct executor_queue *queue)
{
    queue->end = &queue->first;
    queue->wake_fd = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
    return queue->wake_fd >= 0;
}

static void
queue_clear(struct executor_queue *queue)
{
    if (queue->wake_fd >= 0)
        close(queue->wake_fd);
}

struct executor *
executor_new(uint32_t threads, struct problem *problem)
{
    struct executor *executor = calloc(1, sizeof *executor + (threads + (size_t)1) * sizeof executor->threads[0]);
    if (executor == NULL) {
        problem_set(problem, "no memory for %u executor threads", threads);
        return NULL;
    }
    pthread_mutex_init(&executor->lock, NULL);
    bool ordinary = queue_init(&executor->ordinary);
    bool urgent = queue_init(&executor->urgent);
    if (!ordinary || !urgent) {
        problem_set_errno(problem, "cannot make the queues of the executor");
        executor_free(executor);
        return NULL;
    }
    for (; executor->thread_count <= threads; executor->thread_count++) {
        errno =
            pthread_create(&executor->threads[executor->thread_count], NULL, executor->thread_count == 0 ? work_urgent : work, executor);
        if (errno != 0) {
            problem_set_errno(problem, "cannot start executor thread %u of %u; lower executor_threads", executor->thread_count + 1,
                              threads + 1);
            executor_free(executor);
            return NULL;
        }
    }
    return executor;
}

void
executor_free(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    executor->stopping = true;
    while (executor->ordinary.idlers != NULL)
        wake_idler(&executor->ordinary);
    while (executor->urgent.idlers != NULL)
        wake_idler(&executor->urgent);
    pthread_mutex_unlock(&executor->lock);
    for (uint32_t i = 0; i < executor->thread_count; i++)
        pthread_join(executor->threads[i], NULL);
    queue_clear(&executor->ordinary);
    queue_clear(&executor->urgent);
    pthread_mutex_destroy(&executor->lock);
    free(executor);
}

static void
append(struct executor_queue *queue, struct executor_job *job)
{
    job->next = NULL;
    *queue->end = job;
    queue->end = &job->next;
    queue->waiting++;
}

/* Jobs of the queue that none of its own threads has been woken for. */
static unsigned
left_over(const struct executor_queue *queue)
{
    return queue->waiting > queue->idle ? queue->waiting - queue->idle : 0;
}

/* A thread of the queue that has nothing to do is woken; where there are not so many as `jobs`, one that lingers too. False when all work,
 * and will come around. */
static bool
wake(struct executor_queue *queue, unsigned jobs)
{
    bool lingering = jobs > queue->idle && queue->wanted < queue->lingering;
    wake_idler(queue);
    if (lingering) {
        queue->wanted++;
        eventfd_write(queue->wake_fd, 1);
    }
    return lingering || jobs <= queue->idle;
}

void
executor_submit(struct executor *executor, struct executor_job *job)
{
    pthread_mutex_lock(&executor->lock);
    append(&executor->ordinary, job);
    (void)wake(&executor->ordinary, executor->ordinary.waiting + left_over(&executor->urgent));
    pthread_mutex_unlock(&executor->lock);
}

void
executor_submit_urgent(struct executor *executor, struct executor_job *job)
{
    pthread_mutex_lock(&executor->lock);
    append(&executor->urgent, job);
    if (!wake(&executor->urgent, executor->urgent.waiting))
        (void)wake(&executor->ordinary, executor->ordinary.waiting + left_over(&executor->urgent));
    pthread_mutex_unlock(&executor->lock);
}

/* With the lock held. */
static bool
is_needed(const struct executor *executor, const struct executor_queue *queue)
{
    return executor->urgent.first != NULL || queue->first != NULL || executor->stopping;
}

bool
executor_is_needed(struct executor_thread *thread)
{
    struct executor *executor = thread->executor;
    pthread_mutex_lock(&executor->lock);
    bool needed = is_needed(executor, thread->queue);
    pthread_mutex_unlock(&executor->lock);
    return needed;
}

static bool
begin_lingering(struct executor *executor, struct executor_queue *queue)
{
    pthread_mutex_lock(&executor->lock);
    bool needed = is_needed(executor, queue);
    if (!needed)
        queue->lingering++;
    pthread_mutex_unlock(&executor->lock);
    return !needed;
}

/* True when the thread is needed for another job. */
static bool
end_lingering(struct executor *executor, struct executor_queue *queue)
{
    pthread_mutex_lock(&executor->lock);
    bool needed = queue->wanted > 0;
    if (needed) {
        eventfd_t woken;
        queue->wanted--;
        (void)eventfd_read(queue->wake_fd, &woken);
    }
    queue->lingering--;
    pthread_mutex_unlock(&executor->lock);
    return needed;
}

bool
executor_linger(struct executor_thread *thread, int fd, int linger_ms, bool urgent)
{
    struct executor_queue *queue = thread->queue;
    if (queue == &thread->executor->urgent && !urgent)
        return false;
    for (;;) {
        struct pollfd waits[] = { { .fd = fd, .events = POLLIN }, { .fd = queue->wake_fd, .events = POLLIN } };
        if (!begin_lingering(thread->executor, queue))
            return false;
        int ready = poll(waits, 2, linger_ms);
        if (end_lingering(thread->executor, queue) || ready <= 0)
            return false;
        if (waits[0].revents != 0)
            return true;
        /* Another one that lingered was faster. */
    }
}
