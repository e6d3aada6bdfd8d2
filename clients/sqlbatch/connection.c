#include "clients/sqlbatch/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/sqlbatch/interrupt.h"
#include "common/clock.h"
#include "drda/codepoint.h"
#include "security/encryption.h"

enum { REPLY_BYTES_MAX = 64 << 20, NO_DEADLINE = -1 };

struct connection {
    int socket;
    int64_t deadline_ms; /* monotonic; NO_DEADLINE once logged on: a statement may take its time, until it is cancelled */
    void (*tick)(void *context);
    void *tick_context;
    bool (*cancel)(void *context); /* NULL: there is no other way than to close the connection */
    void *cancel_context;
    bool cancelling; /* the server has been told to end what runs */
    char peer[CONNECTION_URL_HOST_MAX + 16];
    struct requester *requester;
};

static const struct drda_cryptography cryptography = {
    .random = encryption_random,
    .power = encryption_power,
    .des_cbc = encryption_des_cbc,
};

static const struct requester_settings requester_settings = {
    .identity = {
        .external_name = "sqlbatch",
        .server_name = "sqlbatch",
        .class_name = "QPASSGATE/SQLBATCH",
        .release_level = PASSGATE_VERSION,
    },
    .product_id = "PGB01000",
    .cryptography = &cryptography,
    .reply_bytes_max = REPLY_BYTES_MAX,
};

/* Nobody waits to be told. */
static void
ignore_tick(void *context)
{
    (void)context;
}

/* The user wants what runs to end. False: there is no way but to give the connection up. */
static bool
cancel(struct connection *connection)
{
    if (connection->cancelling || connection->cancel == NULL)
        return false;
    interrupt_attend();
    if (!connection->cancel(connection->cancel_context))
        return false;
    connection->cancelling = true;
    connection->deadline_ms = clock_monotonic_ms(&clock_system) + CONNECTION_CANCEL_S * INT64_C(1000);
    return true;
}

/* Waits for the socket until the deadline; false with errno. */
static bool
wait_for(struct connection *connection, int socket, short events)
{
    for (;;) {
        int64_t wait_ms = CONNECTION_TICK_MS;
        if (connection->deadline_ms != NO_DEADLINE) {
            int64_t left_ms = connection->deadline_ms - clock_monotonic_ms(&clock_system);
            wait_ms = left_ms < wait_ms ? left_ms : wait_ms;
        }
        if (wait_ms < 0) {
            errno = ETIMEDOUT;
            return false;
        }
        int ready = interrupt_poll(socket, events, (int)wait_ms);
        if (ready > 0)
            return true;
        bool breaks_in = ready < 0 && errno == ECANCELED;
        if (breaks_in && !cancel(connection)) {
            errno = ECANCELED;
            return false;
        }
        if (ready < 0 && !breaks_in && errno != EINTR)
            return false;
        connection->tick(connection->tick_context);
    }
}

/* Connects to one address; -1 with errno. The socket stays non-blocking. */
static int
connect_address(struct connection *connection, const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address->ai_protocol);
    if (fd < 0)
        return -1;
    int error = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        socklen_t size = sizeof error;
        if (!wait_for(connection, fd, POLLOUT) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
            error = errno;
    }
    if (error == 0) {
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        return fd;
    }
    close(fd);
    errno = error;
    return -1;
}

static bool
connect_host(struct connection *connection, const struct connection_url *url, struct problem *problem)
{
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)url->port);
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *addresses = NULL;
    int outcome = getaddrinfo(url->host, port, &hints, &addresses);
    if (outcome != 0) {
        problem_set(problem, "%s: %s: check the host name in the URL", url->host, gai_strerror(outcome));
        return false;
    }
    for (struct addrinfo *address = addresses; address != NULL && connection->socket < 0; address = address->ai_next)
        connection->socket = connect_address(connection, address);
    int error = errno;
    freeaddrinfo(addresses);
    if (connection->socket < 0)
        problem_set(problem, "%s: %s: check host and port, and that the server runs", connection->peer, strerror(error));
    return connection->socket >= 0;
}

/* With errno. */
static void
tell_error(const struct connection *connection, const char *what, struct problem *problem)
{
    if (errno == ECANCELED)
        problem_set(problem, "cancelled by Ctrl-C or SIGTERM: the connection was closed, so the server rolls back");
    else if (errno == ETIMEDOUT && connection->cancelling)
        problem_set(problem, "cancelled by Ctrl-C or SIGTERM: the server did not end it within %d s: the connection was closed",
                    CONNECTION_CANCEL_S);
    else
        problem_set_errno(problem, "%s: %s", connection->peer, what);
}

static bool
send_output(struct connection *connection, struct problem *problem)
{
    size_t size;
    const uint8_t *bytes;
    while ((bytes = requester_output(connection->requester, &size)) != NULL && size > 0) {
        ssize_t sent = send(connection->socket, bytes, size, MSG_NOSIGNAL);
        bool wait = sent < 0 && (errno == EAGAIN || errno == EINTR);
        if ((sent < 0 && !wait) || (wait && !wait_for(connection, connection->socket, POLLOUT))) {
            tell_error(connection, "cannot send", problem);
            return false;
        }
        if (sent > 0)
            requester_sent(connection->requester, (size_t)sent);
    }
    return true;
}

static bool
receive_input(struct connection *connection, struct problem *problem)
{
    size_t size;
    uint8_t *room = requester_room(connection->requester, &size);
    if (room == NULL)
        return true; /* the next step says why */
    ssize_t got = recv(connection->socket, room, size, 0);
    while (got < 0 && (errno == EAGAIN || errno == EINTR) && wait_for(connection, connection->socket, POLLIN))
        got = recv(connection->socket, room, size, 0);
    if (got < 0)
        tell_error(connection, "no answer", problem);
    else if (got == 0)
        problem_set(problem, "%s: the server closed the connection: see the server's log", connection->peer);
    else
        requester_received(connection->requester, (size_t)got);
    return got > 0;
}

enum requester_event
connection_next(struct connection *connection, struct problem *problem)
{
    for (;;) {
        enum requester_event event = requester_step(connection->requester);
        if (event == REQUESTER_FAILED)
            problem_set(problem, "%s: %s", connection->peer, requester_failure(connection->requester));
        if (event == REQUESTER_COMPLETED) {
            connection->cancelling = false;
            connection->deadline_ms = NO_DEADLINE;
        }
        if (event != REQUESTER_NEEDS_INPUT)
            return event;
        /* An answer that is there already would be taken without waiting, for as long as the server is faster than we are. */
        if (interrupt_pending() && !cancel(connection)) {
            errno = ECANCELED;
            tell_error(connection, "", problem);
            return REQUESTER_FAILED;
        }
        if (!send_output(connection, problem) || !receive_input(connection, problem))
            return REQUESTER_FAILED;
    }
}

static void
explain_refusal(const struct connection *connection, const struct connection_url *url, const struct credential *credential,
                struct problem *problem)
{
    struct requester_refusal refusal = requester_refusal(connection->requester);
    const struct sql_diagnosis *diagnosis = requester_diagnosis(connection->requester);
    int rdbnam = (int)strcspn(url->rdbnam, "; "); /* attributes may hold secrets of their own */
    const char *name = codepoint_name(refusal.reply);
    switch (refusal.kind) {
    case REQUESTER_REFUSED_SECMEC:
        problem_set(problem, "%s: the server takes no user ID and password %s: %s, or change the server's security mechanisms",
                    connection->peer, url->encrypted_login ? "encrypted (SECMEC 9)" : "in clear (SECMEC 3)",
                    url->encrypted_login ? "leave securityMechanism=9 out" : "try securityMechanism=9");
        break;
    case REQUESTER_REFUSED_SECCHK:
        problem_set(problem, "%s: user %s refused with a %s, SECCHKCD X'%02X': %s", connection->peer, credential->user,
                    credential->is_ticket ? "PassTicket" : "password", (unsigned)refusal.secchkcd,
                    requester_secchkcd_text(refusal.secchkcd));
        break;
    case REQUESTER_REFUSED_RDB:
        if (diagnosis->sqlcode != 0)
            problem_set(problem, "%s: database '%.*s' refused with %s: SQLCODE=%d, SQLSTATE=%s: check the name", connection->peer, rdbnam,
                        url->rdbnam, name != NULL ? name : "an unknown reply", diagnosis->sqlcode, diagnosis->sqlstate);
        else
            problem_set(problem, "%s: database '%.*s' refused with %s: check the name and what user %s may use", connection->peer, rdbnam,
                        url->rdbnam, name != NULL ? name : "an unknown reply", credential->user);
        break;
    }
}

static struct requester_login
login_of(const struct connection_url *url, const struct credential *credential)
{
    return (struct requester_login) {
        .rdbnam = url->rdbnam,
        .userid = credential->user,
        .password = credential->password,
        .encrypted = url->encrypted_login,
        .no_updates = url->read_only,
        .correlation = (uint64_t)clock_system.utc_us(&clock_system),
    };
}

static bool
log_on(struct connection *connection, const struct connection_url *url, const struct credential *credential, struct problem *problem)
{
    const struct requester_login login = login_of(url, credential);
    requester_log_on(connection->requester, &login);
    enum requester_event event = connection_next(connection, problem);
    if (event == REQUESTER_REFUSED)
        explain_refusal(connection, url, credential, problem);
    return event == REQUESTER_COMPLETED;
}

/* One that has not been connected yet, with `timeout_s` for that; NULL with a problem. */
static struct connection *
connection_new(const struct connection_url *url, uint32_t timeout_s, struct problem *problem)
{
    struct connection *connection = calloc(1, sizeof *connection);
    struct requester *requester = requester_new(&requester_settings);
    if (connection == NULL || requester == NULL) {
        problem_set(problem, "no memory for a connection");
        free(connection);
        requester_free(requester);
        return NULL;
    }
    bool numeric6 = strchr(url->host, ':') != NULL;
    *connection = (struct connection) { .socket = -1, .tick = ignore_tick, .requester = requester };
    connection->deadline_ms = clock_monotonic_ms(&clock_system) + (int64_t)timeout_s * 1000;
    snprintf(connection->peer, sizeof connection->peer, "%s%s%s:%u", numeric6 ? "[" : "", url->host, numeric6 ? "]" : "",
             (unsigned)url->port);
    return connection;
}

struct connection *
connection_open(const struct connection_url *url, const struct credential *credential, struct problem *problem)
{
    uint32_t timeout_s = url->login_timeout_s > 0 ? url->login_timeout_s : CONNECTION_LOGIN_TIMEOUT_S;
    struct connection *connection = connection_new(url, timeout_s, problem);
    if (connection != NULL && connect_host(connection, url, problem) && log_on(connection, url, credential, problem))
        return connection;
    connection_close(connection);
    return NULL;
}

bool
connection_is_interruptible(const struct connection *connection)
{
    return requester_interrupt_token(connection->requester).size > 0;
}

bool
connection_interrupt(const struct connection *connection, const struct connection_url *url, const struct credential *credential,
                     struct problem *problem)
{
    const struct requester_login login = login_of(url, credential);
    struct connection *other = connection_new(url, CONNECTION_CANCEL_S, problem);
    bool done = false;
    if (other != NULL && connect_host(other, url, problem)) {
        requester_interrupt(other->requester, &login, requester_interrupt_token(connection->requester));
        enum requester_event event = connection_next(other, problem);
        done = event == REQUESTER_COMPLETED;
        if (event == REQUESTER_REFUSED)
            explain_refusal(other, url, credential, problem);
    }
    connection_close(other);
    return done;
}

void
connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->socket >= 0)
        close(connection->socket);
    requester_free(connection->requester);
    free(connection);
}

void
connection_watch(struct connection *connection, void (*tick)(void *context), void *context)
{
    connection->tick = tick;
    connection->tick_context = context;
}

void
connection_set_canceller(struct connection *connection, bool (*cancel_it)(void *context), void *context)
{
    connection->cancel = cancel_it;
    connection->cancel_context = context;
}

struct requester *
connection_requester(struct connection *connection)
{
    return connection->requester;
}
