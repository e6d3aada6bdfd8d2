#include "gateway/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "common/secret.h"
#include "gateway/buffer.h"
#include "gateway/connection_request.h"

enum {
    PROGRESS_BYTES = 64 * 1024, /* of an unfinished command count as a message for PORTTMOT */
    DRAINED_MAX = 1024 * 1024,
    LOOP_OUTPUT_KEPT = 256 * 1024, /* a bigger reply buffer of the loop is given back */
};

static void on_event(evutil_socket_t fd, short what, void *context);

static void
watch(struct connection *connection, short what)
{
    if (connection->watching == what)
        return;
    if (connection->watching != 0)
        event_del(&connection->event);
    connection->watching = what;
    if (what == 0)
        return;
    event_assign(&connection->event, connection->loop->base, connection->fd, (short)(what | EV_PERSIST), on_event, connection);
    event_add(&connection->event, NULL);
}

static void
connection_free(struct connection *connection)
{
    struct loop *loop = connection->loop;
    close(connection->fd);
    if (connection->session != NULL)
        session_close(connection->session);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        loop->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    input_buffer_clear(&connection->input);
    drda_server_clear(&connection->server);
    free(connection->userid);
    free(connection);
    loop_connection_ended(loop);
}

void
connection_end(struct connection *connection)
{
    if (!connection->closing) {
        watch(connection, 0);
        shutdown(connection->fd, SHUT_RDWR); /* closed when no turn uses it any more */
        socket_count_release(&connection->loop->gateway->sockets);
        timeout_queue_stop(&connection->timeout);
        buffer_clear(&connection->output);
        connection_request_cancel(connection);
        connection->closing = true;
    }
    if (connection->session != NULL && session_is_running(connection->session))
        session_interrupt(connection->session);
    else
        connection_free(connection);
}

void
connection_log(const struct connection *connection, const char *id, const char *what)
{
    if (id[strlen(id) - 1] == 'D' && !log_debugging())
        return;
    char address[ADDRESS_TEXT_SIZE];
    log_message(id, "CLIENT %s, N=%llu, U=%s: %s", address_text(&connection->peer, address), (unsigned long long)connection->number,
                connection->userid != NULL ? connection->userid : "-", what);
}

static void
fail(struct connection *connection, const char *id, const char *what)
{
    connection_log(connection, id, what);
    connection_end(connection);
}

/* A client that just goes away is nothing to report. */
static void
fail_socket(struct connection *connection, const char *function)
{
    int error = errno;
    if (error != ECONNRESET && error != EPIPE)
        log_message("HWSP1415E", "TCP/IP SOCKET FUNCTION CALL FAILED; F=%s, R=-1, E=%d, M=SDRC: %s", function, error, strerror(error));
    fail(connection, "HWSG0900D", strerror(error));
}

static bool
is_busy(const struct connection *connection)
{
    return connection_request_is_under_way(connection) || (connection->session != NULL && session_is_running(connection->session));
}

/* Says no more, but listens a little: closing a socket with unread bytes would throw away the reply on its way to the client. */
static void
drain(struct connection *connection)
{
    if (!connection->refused)
        connection_log(connection, "HWSG0025I", "refused: what it sent is against the protocol, or a SECCHK without user ID or password");
    connection->draining = true;
    input_buffer_clear(&connection->input);
    connection->progress = 0;
    shutdown(connection->fd, SHUT_WR);
    timeout_queue_start(&connection->loop->drain_timeout, &connection->timeout);
    watch(connection, EV_READ);
}

static void
await_message(struct connection *connection)
{
    if (connection->last_request) {
        connection_end(connection);
        return;
    }
    bool progressed = connection->heard || connection->progress >= PROGRESS_BYTES;
    if (progressed && drda_server_is_authenticated(&connection->server)) {
        timeout_queue_start(&connection->loop->port_timeouts[connection->port_index], &connection->timeout);
        connection->progress = 0;
    }
    connection->heard = false;
    watch(connection, EV_READ);
}

static void on_turn_end(void *context);

static void
run_sql(struct connection *connection)
{
    if (connection->session == NULL) {
        drda_server_abandon(&connection->server, &connection->output);
        fail(connection, "HWSG0022E", "an SQL command without a session");
        return;
    }
    struct session_conversation conversation = { .server = &connection->server, .input = &connection->input, .fd = connection->fd };
    timeout_queue_stop(&connection->timeout); /* PORTTMOT is the client's time, not ours */
    watch(connection, EV_CLOSED);
    session_run(connection->session, &conversation, on_turn_end, connection);
}

/* All replies are with the kernel, or some are stuck: what comes next? */
static void
pursue(struct connection *connection)
{
    if (connection->output.used > 0) {
        watch(connection, EV_WRITE);
        return;
    }
    switch (connection->wanted) {
    case DRDA_NEEDS_INPUT:
        await_message(connection);
        break;
    case DRDA_WANTS_SQL:
        run_sql(connection);
        break;
    case DRDA_MUST_CLOSE:
        drain(connection);
        break;
    case DRDA_WANTS_VERIFY:
    case DRDA_WANTS_RDB:
    case DRDA_WANTS_STREAM:
    case DRDA_WANTS_INTERRUPT:
        watch(connection, EV_READ); /* the verdict goes on; until then only the end of the client matters */
        break;
    }
}

static void
send_replies(struct connection *connection, const struct wire_writer *replies)
{
    size_t sent = 0;
    if (connection->output.used == 0 && replies->used > 0) {
        ssize_t n = send(connection->fd, replies->start, replies->used, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            fail_socket(connection, "WRITE");
            return;
        }
        sent = n > 0 ? (size_t)n : 0;
    }
    if (sent < replies->used) {
        wire_put_bytes(&connection->output, replies->start + sent, replies->used - sent);
        if (drda_server_is_authenticated(&connection->server))
            timeout_queue_start(&connection->loop->port_timeouts[connection->port_index], &connection->timeout);
    }
    if (connection->output.failed)
        fail(connection, "HWSG0021E", "no memory for replies; closed");
    else
        pursue(connection);
}

static void
send_stuck_replies(struct connection *connection)
{
    struct wire_writer *output = &connection->output;
    ssize_t n = send(connection->fd, output->start + connection->output_sent, output->used - connection->output_sent, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        fail_socket(connection, "WRITE");
        return;
    }
    connection->output_sent += (size_t)n;
    if (drda_server_is_authenticated(&connection->server))
        timeout_queue_start(&connection->loop->port_timeouts[connection->port_index], &connection->timeout);
    if (connection->output_sent < output->used)
        return;
    buffer_clear(output);
    connection->output_sent = 0;
    pursue(connection);
}

/* Does for the machine what can be done without waiting, and goes on with it. */
static void
settle(struct connection *connection, struct drda_input *input, struct wire_writer *replies)
{
    while (connection_request(connection, input, replies))
        connection->wanted = drda_server_step(&connection->server, input, replies);
    connection->heard = connection->heard || input->taken > 0;
    bool under_way = connection->wanted != DRDA_NEEDS_INPUT && connection->wanted != DRDA_MUST_CLOSE;
    if (!input_buffer_keep(&connection->input, input, under_way) || replies->failed)
        fail(connection, "HWSG0021E", "no memory for a command or its replies; closed");
    else
        send_replies(connection, replies);
}

struct wire_writer *
connection_begin_replies(struct connection *connection)
{
    struct wire_writer *replies = &connection->loop->output;
    if (replies->failed || replies->size > LOOP_OUTPUT_KEPT)
        buffer_clear(replies);
    replies->used = 0;
    return replies;
}

static void
process(struct connection *connection, struct drda_input *input)
{
    struct wire_writer *replies = connection_begin_replies(connection);
    connection->wanted = drda_server_step(&connection->server, input, replies);
    settle(connection, input, replies);
}

void
connection_go_on(struct connection *connection, struct wire_writer *replies)
{
    connection->wanted = drda_server_step(&connection->server, &connection->input.input, replies);
    settle(connection, &connection->input.input, replies);
}

static void
on_turn_end(void *context)
{
    struct connection *connection = context;
    if (connection->closing) {
        connection_free(connection);
        return;
    }
    struct wire_writer replies;
    connection->wanted = session_take_output(connection->session, &replies);
    connection->heard = true;
    settle(connection, &connection->input.input, &replies);
    buffer_clear(&replies);
}

static void
receive(struct connection *connection)
{
    struct drda_input borrowed = { .bytes = connection->loop->input };
    bool borrow = connection->input.input.bytes == NULL;
    struct drda_input *input = borrow ? &borrowed : &connection->input.input;
    size_t room = borrow ? LOOP_BUFFER_SIZE : connection->input.room;
    ssize_t n = recv(connection->fd, input->bytes + input->size, room - input->size, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n == 0) {
        fail(connection, "HWSG0900D", "closed by the client");
        return;
    }
    if (n < 0) {
        fail_socket(connection, "READ");
        return;
    }
    input->size += (size_t)n;
    connection->progress += (size_t)n;
    if (input->size < input->needed)
        await_message(connection);
    else
        process(connection, input);
}

/* Something comes while a request is under way: either the client is ahead of us, and waits, or it has gone. */
static void
look_ahead(struct connection *connection)
{
    uint8_t byte;
    ssize_t n = recv(connection->fd, &byte, sizeof byte, MSG_PEEK);
    if (n > 0)
        watch(connection, EV_CLOSED);
    else if (n == 0 && connection_request_is_under_way(connection))
        watch(connection, 0); /* it may have closed its sending half only; it gets its reply */
    else if (n == 0 || errno != EAGAIN)
        fail(connection, "HWSG0900D", "closed by the client during a request");
}

static void
read_to_the_end(struct connection *connection)
{
    ssize_t n = recv(connection->fd, connection->loop->input, LOOP_BUFFER_SIZE, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0) {
        secret_wipe(connection->loop->input, (size_t)n);
        connection->progress += (size_t)n;
    }
    if (n <= 0 || connection->progress > DRAINED_MAX)
        connection_end(connection);
}

static void
on_event(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    struct connection *connection = context;
    if ((what & EV_WRITE) != 0)
        send_stuck_replies(connection);
    else if (connection->draining)
        read_to_the_end(connection);
    else if ((what & EV_CLOSED) != 0 && !connection_request_is_under_way(connection))
        fail(connection, "HWSG0900D", "closed by the client during a request");
    else if ((what & EV_CLOSED) != 0)
        watch(connection, 0);
    else if (is_busy(connection))
        look_ahead(connection);
    else
        receive(connection);
}

void
connection_accept(struct loop *loop, size_t port_index, int fd, const union address *peer)
{
    struct gateway *gateway = loop->gateway;
    if (!socket_count_take(&gateway->sockets)) {
        close(fd);
        return;
    }
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        log_message("HWSG0021E", "NO MEMORY FOR A CONNECTION: closed");
        socket_count_release(&gateway->sockets);
        close(fd);
        return;
    }
    connection->loop = loop;
    connection->fd = fd;
    connection->port_index = (uint32_t)port_index;
    connection->peer = *peer;
    connection->number = atomic_fetch_add(&gateway->connections, 1) + 1;
    connection->output = buffer_writer();
    connection->wanted = DRDA_NEEDS_INPUT;
    connection->next = loop->connections;
    if (connection->next != NULL)
        connection->next->previous = connection;
    loop->connections = connection;
    drda_server_init(&connection->server, gateway_drda_settings(gateway, gateway->configuration->hws.drda_ports[port_index].id));
    timeout_queue_start(&loop->login_timeouts, &connection->timeout);
    watch(connection, EV_READ);
}

struct connection *
connection_next(const struct connection *connection)
{
    return connection->next;
}

void
connection_timed_out(struct timeout_entry *entry)
{
    struct connection *connection = (struct connection *)entry;
    if (connection->draining)
        connection_end(connection);
    else if (!drda_server_is_authenticated(&connection->server))
        fail(connection, "HWSG0023I", "closed: no login within [limits] login_ms");
    else
        fail(connection, "HWSG0024I", "closed: no message within PORTTMOT");
}

void
connection_end_when_idle(struct connection *connection)
{
    bool idle = connection->wanted == DRDA_NEEDS_INPUT && connection->output.used == 0 && !is_busy(connection);
    connection->last_request = true;
    if (connection->session != NULL)
        session_recall(connection->session);
    if (idle || connection->draining)
        connection_end(connection);
}
