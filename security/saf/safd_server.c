#include "security/saf/safd_server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/log.h"
#include "security/saf/safd_listener.h"

enum {
    STRANGERS_MAX = 256,    /* links of users who are neither owner nor gateway, together */
    STRANGERS_PER_UID = 32, /* and of one such user */
    ACCEPTS_PER_TURN = 32,  /* so that a storm of connections does not keep logins waiting */
    ACCEPT_RETRY_S = 1,     /* pause after accept failed, as when all file descriptors are in use */
    FAREWELL_S = 2,         /* how long peers have to read their last answers */
};

enum { SIGNALS = 3 };

struct safd_server {
    struct safd_service *service;
    struct safd_server_settings settings;
    struct safd_links links;
    struct event_base *base;
    struct event *acceptable;
    struct event *accept_again;
    struct event *farewell;
    struct event *signals[SIGNALS];
    int listener;
    bool stopping;
    bool hurried; /* the farewell is over */
};

static bool
is_welcome(const struct safd_server *server, const struct ucred *peer, bool gateway)
{
    if (gateway)
        return true;
    if (server->links.strangers < STRANGERS_MAX && safd_links_count_uid(&server->links, peer->uid) < STRANGERS_PER_UID)
        return true;
    log_message("SAFD0012W", "CONNECTION REFUSED, UID=%u PID=%d: this user, or all users together, have too many open", peer->uid,
                peer->pid);
    return false;
}

static void
admit(struct safd_server *server, int descriptor)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        close(descriptor);
        return;
    }
    bool gateway = peer.uid == server->service->owner || peer.uid == server->settings.gateway_uid;
    if (!is_welcome(server, &peer, gateway))
        close(descriptor);
    else if (!safd_links_add(&server->links, descriptor, &peer, false, gateway))
        log_message("SAFD0014E", "CONNECTION REFUSED, UID=%u PID=%d: out of memory", peer.uid, peer.pid);
}

static void
on_acceptable(evutil_socket_t listener, short events, void *context)
{
    (void)events;
    struct safd_server *server = context;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            admit(server, descriptor);
            continue;
        }
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
            return;
        log_message("SAFD0013W", "CONNECTIONS CANNOT BE ACCEPTED: %s: trying again in %d s; raise LimitNOFILE if this goes on",
                    strerror(errno), ACCEPT_RETRY_S);
        event_del(server->acceptable);
        event_add(server->accept_again, &(struct timeval) { .tv_sec = ACCEPT_RETRY_S });
        return;
    }
}

static void
on_accept_again(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct safd_server *server = context;
    if (!server->stopping)
        event_add(server->acceptable, NULL);
}

static void
on_farewell_over(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct safd_server *server = context;
    server->hurried = true;
}

static void
stop(struct safd_server *server)
{
    if (server->stopping)
        return;
    server->stopping = true;
    event_del(server->acceptable);
    event_add(server->farewell, &(struct timeval) { .tv_sec = FAREWELL_S });
}

static void
reopen_audit(struct safd_server *server)
{
    struct problem problem;
    if (audit_reopen(server->service->audit, &problem))
        log_message("SAFD0006I", "AUDIT FILE OPENED AGAIN");
    else
        log_message("SAFD0007E", "AUDIT FILE NOT OPENED AGAIN, records go on to the old one: %s", problem.text);
}

static void
on_signal(evutil_socket_t number, short events, void *context)
{
    (void)events;
    struct safd_server *server = context;
    if (number == SIGHUP) {
        reopen_audit(server);
    } else if (number == SIGINT && server->links.inherited > 0) {
        log_message("SAFD0008I", "SIGINT IS LEFT TO THE GATEWAY: safd ends when the gateway closes its links, or by SIGTERM");
    } else {
        log_message("SAFD0003I", "ENDING BECAUSE OF %s", number == SIGTERM ? "SIGTERM" : "SIGINT");
        stop(server);
    }
}

static bool
adopt_links(struct safd_server *server, struct problem *problem)
{
    const struct ucred parent = { .uid = server->service->owner, .gid = getegid(), .pid = getppid() };
    for (int i = 0; i < server->settings.link_count; i++) {
        int descriptor = server->settings.first_link + i;
        if (!safd_listener_adopt(descriptor, problem))
            return false;
        if (!safd_links_add(&server->links, descriptor, &parent, true, true)) {
            problem_set(problem, "--links: out of memory");
            return false;
        }
    }
    return true;
}

static bool
make_events(struct safd_server *server)
{
    static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };
    struct event_base *base = server->base;
    server->acceptable = event_new(base, server->listener, EV_READ | EV_PERSIST, on_acceptable, server);
    server->accept_again = evtimer_new(base, on_accept_again, server);
    server->farewell = evtimer_new(base, on_farewell_over, server);
    bool made =
        server->accept_again != NULL && server->farewell != NULL && server->acceptable != NULL && event_add(server->acceptable, NULL) == 0;
    for (int i = 0; i < SIGNALS; i++) {
        server->signals[i] = evsignal_new(base, numbers[i], on_signal, server);
        made = made && server->signals[i] != NULL && event_add(server->signals[i], NULL) == 0;
    }
    return made;
}

struct safd_server *
safd_server_new(struct event_base *base, struct safd_service *service, const struct safd_server_settings *settings, struct problem *problem)
{
    struct safd_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        problem_set(problem, "out of memory");
        return NULL;
    }
    server->service = service;
    server->settings = *settings;
    server->base = base;
    server->links = (struct safd_links) {
        .base = base,
        .serve = safd_service_serve,
        .forget = safd_service_forget,
        .context = service,
    };
    server->listener = safd_listener_open(settings->socket, settings->socket_group, problem);
    if (server->listener >= 0 && adopt_links(server, problem)) {
        if (make_events(server))
            return server;
        problem_set(problem, "the event loop cannot be set up: out of memory or file descriptors");
    }
    safd_server_free(server);
    return NULL;
}

static bool
is_finished(const struct safd_server *server)
{
    bool owing = safd_links_unsent(&server->links) || safd_logins_under_way(server->service->logins) ||
                 safd_tickets_under_way(server->service->tickets) || safd_commands_under_way(server->service->commands);
    return server->stopping && (server->hurried || !owing);
}

bool
safd_server_run(struct safd_server *server)
{
    bool works = true;
    while (works && !is_finished(server)) {
        works = event_base_loop(server->base, EVLOOP_ONCE) == 0;
        safd_logins_commit(server->service->logins);
        safd_tickets_commit(server->service->tickets);
        safd_links_sweep(&server->links);
        racf_counts_store(server->service->racroute.racf);
        if (server->settings.link_count > 0 && server->links.inherited == 0 && !server->stopping) {
            log_message("SAFD0005I", "ENDING BECAUSE THE GATEWAY CLOSED ITS LINKS");
            stop(server);
        }
    }
    return works;
}

static void
free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

void
safd_server_free(struct safd_server *server)
{
    safd_links_clear(&server->links);
    free_event(server->acceptable);
    free_event(server->accept_again);
    free_event(server->farewell);
    for (int i = 0; i < SIGNALS; i++)
        free_event(server->signals[i]);
    if (server->listener >= 0) {
        unlink(server->settings.socket);
        close(server->listener);
    }
    free(server);
}
