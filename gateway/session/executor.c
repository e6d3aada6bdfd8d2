#include "gateway/session/executor.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct executor {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct executor_job *first;
    struct executor_job **end;
    bool stopping;
    uint32_t thread_count;
    pthread_t threads[];
};

static struct executor_job *
next_job(struct executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    while (executor->first == NULL && !executor->stopping)
        pthread_cond_wait(&executor->more, &executor->lock);
    struct executor_job *job = executor->first;
    if (job != NULL) {
        executor->first = job->next;
        if (executor->first == NULL)
            executor->end = &executor->first;
    }
    pthread_mutex_unlock(&executor->lock);
    return job;
}

static void *
work(void *context)
{
    struct executor *executor = context;
    struct executor_job *job;
    while ((job = next_job(executor)) != NULL)
        job->run(job);
    return NULL;
}

struct executor *
executor_new(uint32_t threads, struct problem *problem)
{
    struct executor *executor = calloc(1, sizeof *executor + threads * sizeof executor->threads[0]);
    if (executor == NULL) {
        problem_set(problem, "no memory for %u executor threads", threads);
        return NULL;
    }
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->more, NULL);
    executor->end = &executor->first;
    for (; executor->thread_count < threads; executor->thread_count++) {
        errno = pthread_create(&executor->threads[executor->thread_count], NULL, work, executor);
        if (errno != 0) {
            problem_set_errno(problem, "cannot start executor thread %u of %u; lower executor_threads", executor->thread_count + 1,
                              threads);
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
    pthread_cond_broadcast(&executor->more);
    pthread_mutex_unlock(&executor->lock);
    for (uint32_t i = 0; i < executor->thread_count; i++)
        pthread_join(executor->threads[i], NULL);
    pthread_cond_destroy(&executor->more);
    pthread_mutex_destroy(&executor->lock);
    free(executor);
}

void
executor_submit(struct executor *executor, struct executor_job *job)
{
    pthread_mutex_lock(&executor->lock);
    job->next = NULL;
    *executor->end = job;
    executor->end = &job->next;
    pthread_cond_signal(&executor->more);
    pthread_mutex_unlock(&executor->lock);
}
