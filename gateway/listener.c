#include "gateway/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "gateway/address.h"
#include "gateway/connection.h"
#include "gateway/loop.h"

/* Linux takes no longer TCP_KEEPIDLE. */
enum { KEEPALIVE_MAX_S = 32767, ACCEPTS_A_TURN = 64, PAUSE_MS = 500 };

static bool
listen_address(const struct configuration *configuration, uint16_t port, union address *address, struct problem *problem)
{
    const char *text = configuration->settings.address;
    if (text[0] == '\0')
        text = configuration->hws.ipv6 ? "::" : "0.0.0.0";
    if (address_parse(address, text, port))
        return true;
    problem_set(problem, "[passgate] address = %s: not an IPv4 or IPv6 address; give one such as 127.0.0.1 or ::", text);
    return false;
}

static bool
fail(int fd, const char *function, const union address *address, struct problem *problem)
{
    int error = errno;
    char text[ADDRESS_TEXT_SIZE];
    log_message("HWSP1415E", "TCP/IP SOCKET FUNCTION CALL FAILED; F=%s, R=-1, E=%d, M=SOC2", function, error);
    errno = error;
    const char *remedy = error == EADDRINUSE ? "; stop who listens there (ss -ltnp shows it), or change DRDAPORT" : "";
    problem_set(problem, "DRDAPORT %s: %s: %s%s", address_text(address, text), function, strerror(error), remedy);
    if (fd >= 0)
        close(fd);
    return false;
}

bool
listener_port_is_free(const struct configuration *configuration, const struct hws_drda_port *port, struct problem *problem)
{
    union address address;
    if (!listen_address(configuration, port->id, &address, problem))
        return false;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(fd, "SOCKET", &address, problem);
    int on = 1;
    int off = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, &address.any, address_size(&address)) != 0)
        return fail(fd, "BIND", &address, problem);
    close(fd);
    return true;
}

/* Accepted sockets inherit these. TCP_NODELAY is always on: a reply is one send, and to hold its end back gains nothing. */
static bool
set_options(int fd, int family, uint32_t keepalive_s)
{
    int on = 1;
    int off = 0;
    int idle_s = (int)(keepalive_s < KEEPALIVE_MAX_S ? keepalive_s : KEEPALIVE_MAX_S);
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
           (family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 && setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
           (idle_s == 0 || setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s) == 0);
}

/* The process has run out of something, most likely descriptors. A level-triggered listener would spin; let it rest. */
static void
rest(struct listener *listener)
{
    log_message("HWSP1415E", "TCP/IP SOCKET FUNCTION CALL FAILED; F=ACCEPT, R=-1, E=%d, M=SOC4: %s", errno, strerror(errno));
    struct timeval pause = { 0, PAUSE_MS * 1000 };
    event_del(&listener->readable);
    event_add(&listener->pause, &pause);
}

static void
on_pause_over(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct listener *listener = context;
    event_add(&listener->readable, NULL);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct listener *listener = context;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        union address peer = { .any.sa_family = AF_UNSPEC };
        socklen_t size = sizeof peer;
        int accepted = accept4(fd, &peer.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0) {
            connection_accept(listener->loop, listener->index, accepted, &peer);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            rest(listener);
        if (errno == ECONNABORTED || errno == EINTR)
            continue;
        return;
    }
}

bool
listener_open(struct listener *listener, struct loop *loop, size_t index, struct problem *problem)
{
    const struct configuration *configuration = loop->gateway->configuration;
    const struct hws_drda_port *port = &configuration->hws.drda_ports[index];
    *listener = (struct listener) { .loop = loop, .port = port, .index = index, .fd = -1 };
    union address address;
    if (!listen_address(configuration, port->id, &address, problem))
        return false;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(fd, "SOCKET", &address, problem);
    if (!set_options(fd, address.any.sa_family, port->keepalive_s))
        return fail(fd, "SETSOCKOPT", &address, problem);
    if (bind(fd, &address.any, address_size(&address)) != 0)
        return fail(fd, "BIND", &address, problem);
    if (listen(fd, (int)configuration->hws.backlog) != 0)
        return fail(fd, "LISTEN", &address, problem);
    listener->fd = fd;
    event_assign(&listener->readable, loop->base, fd, EV_READ | EV_PERSIST, on_readable, listener);
    evtimer_assign(&listener->pause, loop->base, on_pause_over, listener);
    return true;
}

void
listener_start(struct listener *listener)
{
    event_add(&listener->readable, NULL);
}

void
listener_close(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    event_del(&listener->readable);
    event_del(&listener->pause);
    close(listener->fd);
    listener->fd = -1;
}
