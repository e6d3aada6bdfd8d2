#include "gateway/session/executor.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct queue {
    pthread_cond_t more;
    struct executor_job *first;
    struct executor_job **end;
};

struct executor {
    pthread_mutex_t lock;
    struct queue ordinary;
    struct queue urgent;
    bool stopping;
    uint32_t thread_count;
    pthread_t threads[]; /* the first takes urgent jobs only */
};

static struct executor_job *
take(struct queue *queue)
{
    struct executor_job *job = queue->first;
    if (job != NULL)
        queue->first = job->next;
    if (queue->first == NULL)
        queue->end = &queue->first;
    return job;
}

static void
work_until_stopped(struct executor *executor, bool urgent_only)
{
    pthread_mutex_lock(&executor->lock);
    for (;;) {
        struct executor_job *job = take(&executor->urgent);
        if (job == NULL && !urgent_only)
            job = take(&executor->ordinary);
        if (job == NULL && executor->stopping)
            break;
        if (job == NULL) {
            pthread_cond_wait(urgent_only ? &executor->urgent.more : &executor->ordinary.more, &executor->lock);
            continue;
        }
        pthread_mutex_unlock(&executor->lock);
        job->run(job);
        pthread_mutex_lock(&executor->lock);
    }
    pthread_mutex_unlock(&executor->lock);
}

static void *
work(void *executor)
{
    work_until_stopped(executor, false);
    return NULL;
}

static void *
work_urgent(void *executor)
{
    work_until_stopped(executor, true);
    return NULL;
}

static void
queue_init(struct queue *queue)
{
    pthread_cond_init(&queue->more, NULL);
    queue->end = &queue->first;
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
    queue_init(&executor->ordinary);
    queue_init(&executor->urgent);
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
    pthread_cond_broadcast(&executor->ordinary.more);
    pthread_cond_broadcast(&executor->urgent.more);
    pthread_mutex_unlock(&executor->lock);
    for (uint32_t i = 0; i < executor->thread_count; i++)
        pthread_join(executor->threads[i], NULL);
    pthread_cond_destroy(&executor->ordinary.more);
    pthread_cond_destroy(&executor->urgent.more);
    pthread_mutex_destroy(&executor->lock);
    free(executor);
}

static void
append(struct queue *queue, struct executor_job *job)
{
    job->next = NULL;
    *queue->end = job;
    queue->end = &job->next;
    pthread_cond_signal(&queue->more);
}

void
executor_submit(struct executor *executor, struct executor_job *job)
{
    pthread_mutex_lock(&executor->lock);
    append(&executor->ordinary, job);
    pthread_mutex_unlock(&executor->lock);
}

void
executor_submit_urgent(struct executor *executor, struct executor_job *job)
{
    pthread_mutex_lock(&executor->lock);
    append(&executor->urgent, job);
    pthread_mutex_unlock(&executor->lock);
}
