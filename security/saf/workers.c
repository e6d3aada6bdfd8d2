#include "security/saf/workers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

STAILQ_HEAD(job_queue, worker_job);

struct workers {
    pthread_mutex_t lock; /* of the queues, their count and `stopping` */
    pthread_cond_t more;
    struct job_queue waiting;
    struct job_queue finished;
    size_t waiting_count;
    size_t waiting_max;
    bool stopping;
    int bell; /* eventfd: something has finished */
    struct event *rung;
    unsigned thread_count;
    pthread_t threads[];
};

static struct worker_job *
take_first(struct job_queue *queue)
{
    struct worker_job *job = STAILQ_FIRST(queue);
    if (job != NULL)
        STAILQ_REMOVE_HEAD(queue, entry);
    return job;
}

static void *
work(void *context)
{
    struct workers *workers = context;
    pthread_mutex_lock(&workers->lock);
    while (!workers->stopping) {
        struct worker_job *job = take_first(&workers->waiting);
        if (job == NULL) {
            pthread_cond_wait(&workers->more, &workers->lock);
            continue;
        }
        workers->waiting_count--;
        pthread_mutex_unlock(&workers->lock);
        job->run(job);
        pthread_mutex_lock(&workers->lock);
        bool silent = STAILQ_EMPTY(&workers->finished);
        STAILQ_INSERT_TAIL(&workers->finished, job, entry);
        if (silent)
            eventfd_write(workers->bell, 1);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static void
on_rung(evutil_socket_t bell, short events, void *context)
{
    (void)events;
    struct workers *workers = context;
    eventfd_t rings;
    eventfd_read(bell, &rings);
    struct job_queue finished = STAILQ_HEAD_INITIALIZER(finished);
    pthread_mutex_lock(&workers->lock);
    STAILQ_CONCAT(&finished, &workers->finished);
    pthread_mutex_unlock(&workers->lock);
    for (struct worker_job *job; (job = take_first(&finished)) != NULL;)
        job->done(job);
}

/* Signals are the loop's business: threads are started with all of them blocked. */
static bool
start_threads(struct workers *workers, unsigned threads)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; workers->thread_count < threads; workers->thread_count++) {
        errno = pthread_create(&workers->threads[workers->thread_count], NULL, work, workers);
        if (errno != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return workers->thread_count == threads;
}

struct workers *
workers_new(struct event_base *base, unsigned threads, size_t queue_max, struct problem *problem)
{
    struct workers *workers = calloc(1, sizeof *workers + threads * sizeof workers->threads[0]);
    if (workers == NULL) {
        problem_set(problem, "no memory for %u threads", threads);
        return NULL;
    }
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->more, NULL);
    STAILQ_INIT(&workers->waiting);
    STAILQ_INIT(&workers->finished);
    workers->waiting_max = queue_max;
    workers->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (workers->bell >= 0)
        workers->rung = event_new(base, workers->bell, EV_READ | EV_PERSIST, on_rung, workers);
    if (workers->rung == NULL || event_add(workers->rung, NULL) != 0 || !start_threads(workers, threads)) {
        problem_set_errno(problem, "%u threads cannot be started; lower [racf] password_threads", threads);
        workers_free(workers);
        return NULL;
    }
    return workers;
}

void
workers_free(struct workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->more);
    pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->thread_count; i++)
        pthread_join(workers->threads[i], NULL);
    if (workers->rung != NULL)
        event_free(workers->rung);
    if (workers->bell >= 0)
        close(workers->bell);
    pthread_cond_destroy(&workers->more);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

bool
workers_submit(struct workers *workers, struct worker_job *job)
{
    pthread_mutex_lock(&workers->lock);
    bool accepted = workers->waiting_count < workers->waiting_max;
    if (accepted) {
        STAILQ_INSERT_TAIL(&workers->waiting, job, entry);
        workers->waiting_count++;
        pthread_cond_signal(&workers->more);
    }
    pthread_mutex_unlock(&workers->lock);
    return accepted;
}
