#include "security/saf/safd_redis_host.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "security/saf/workers.h"

struct safd_redis_host {
    struct workers *thread;
    struct worker_job job;
    bool running;
    bool wanted; /* the attempt that asked for it has not been given up */
    unsigned attempt;
    const char *name;
    char port[8];
    safd_redis_host_found *found;
    void *context;
    int error; /* of getaddrinfo */
    struct addrinfo *addresses;
};

static void
forget_addresses(struct safd_redis_host *host)
{
    if (host->addresses != NULL)
        freeaddrinfo(host->addresses);
    host->addresses = NULL;
}

static const struct addrinfo *
choose_address(const struct addrinfo *all, unsigned attempt)
{
    unsigned count = 0;
    for (const struct addrinfo *address = all; address != NULL; address = address->ai_next)
        count++;
    const struct addrinfo *chosen = all;
    for (unsigned i = attempt % count; i > 0; i--)
        chosen = chosen->ai_next;
    return chosen;
}

static void
tell(struct safd_redis_host *host)
{
    if (host->error != 0 || host->addresses == NULL)
        host->found(host->context, NULL, gai_strerror(host->error != 0 ? host->error : EAI_NONAME));
    else
        host->found(host->context, choose_address(host->addresses, host->attempt), NULL);
    forget_addresses(host);
}

static void
get_addresses(struct safd_redis_host *host, int flags)
{
    const struct addrinfo hints = { .ai_flags = flags, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP };
    host->error = getaddrinfo(host->name, host->port, &hints, &host->addresses);
    if (host->error != 0)
        host->addresses = NULL;
}

static struct safd_redis_host *
host_of(struct worker_job *job)
{
    return (struct safd_redis_host *)((char *)job - offsetof(struct safd_redis_host, job));
}

static void
run_look_up(struct worker_job *job)
{
    get_addresses(host_of(job), 0);
}

static void
look_up_done(struct worker_job *job)
{
    struct safd_redis_host *host = host_of(job);
    host->running = false;
    if (host->wanted)
        tell(host);
    else
        forget_addresses(host);
}

struct safd_redis_host *
safd_redis_host_new(struct event_base *base, const char *name, uint16_t port, safd_redis_host_found *found, void *context,
                    struct problem *problem)
{
    struct safd_redis_host *host = calloc(1, sizeof *host);
    if (host == NULL) {
        problem_set(problem, "no memory for the connection to Redis");
        return NULL;
    }
    *host = (struct safd_redis_host) { .name = name, .found = found, .context = context };
    snprintf(host->port, sizeof host->port, "%u", port);
    host->thread = workers_new(base, 1, 1, problem);
    if (host->thread != NULL)
        return host;
    free(host);
    return NULL;
}

void
safd_redis_host_free(struct safd_redis_host *host)
{
    if (host == NULL)
        return;
    workers_free(host->thread);
    forget_addresses(host);
    free(host);
}

void
safd_redis_host_look_up(struct safd_redis_host *host, unsigned attempt)
{
    if (host->running) {
        host->found(host->context, NULL, "its name is still being looked up");
        return;
    }
    host->attempt = attempt;
    get_addresses(host, AI_NUMERICHOST); /* needs no thread */
    if (host->error == 0) {
        tell(host);
        return;
    }
    host->job = (struct worker_job) { .run = run_look_up, .done = look_up_done };
    host->running = host->wanted = workers_submit(host->thread, &host->job);
}

void
safd_redis_host_give_up(struct safd_redis_host *host)
{
    host->wanted = false;
}
