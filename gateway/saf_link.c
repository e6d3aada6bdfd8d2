#include "gateway/saf_link.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log.h"
#include "common/secret.h"
#include "gateway/buffer.h"
#include "gateway/saf_requests.h"

enum { INPUT_SIZE = 64 * 1024, OUTPUT_MAX = 4 * 1024 * 1024 };

struct saf_link {
    struct event_base *base;
    const char *path; /* NULL: handed in */
    int fd;           /* -1: no line */
    struct saf_link_report *report;
    struct event readable;
    struct event writable; /* armed when the socket is full */
    struct event flush;    /* made active by the first request of a turn of the loop */
    struct saf_requests requests;
    struct timeout_queue timeouts;
    struct wire_writer output;
    size_t sent; /* bytes of output that are gone */
    size_t input_used;
    uint8_t input[INPUT_SIZE];
};

static void
answer_request(struct saf_request *request, struct saf_frame *answer)
{
    void (*answered)(void *context, struct saf_frame *answer) = request->answered;
    void *context = request->context;
    timeout_queue_stop(&request->timeout);
    saf_requests_give_back(&request->link->requests, request);
    answered(context, answer);
}

static void
on_timeout(struct timeout_entry *entry)
{
    struct saf_request *request = (struct saf_request *)entry;
    struct saf_link *link = request->link;
    if (!atomic_exchange(&link->report->late, true))
        log_message("HWSG0034W", "SAFD DID NOT ANSWER WITHIN %u MS: logins are refused until it does; see safd's log",
                    link->timeouts.timeout_ms);
    answer_request(request, NULL);
}

/* Gives up the line; what was asked on it still waits. `why` is NULL when that is meant to be. */
static void
drop_line(struct saf_link *link, const char *why)
{
    if (link->fd < 0)
        return;
    event_del(&link->readable);
    event_del(&link->writable);
    event_del(&link->flush);
    close(link->fd);
    link->fd = -1;
    link->sent = 0;
    link->input_used = 0;
    buffer_clear(&link->output);
    if (why != NULL && !atomic_exchange(&link->report->down, true))
        log_message("HWSG0032E", "SAFD IS NOT REACHABLE: %s: logins are refused until it is back", why);
}

static void
lose_line(struct saf_link *link, const char *why)
{
    drop_line(link, why);
    /* Whoever is told may ask anew, over a new line: only those who wait now are told. */
    struct timeout_entry lost;
    timeout_queue_move(&link->timeouts, &lost);
    while (lost.next != &lost)
        answer_request((struct saf_request *)lost.next, NULL);
}

static void
flush_output(struct saf_link *link)
{
    while (link->sent < link->output.used) {
        ssize_t n = send(link->fd, link->output.start + link->sent, link->output.used - link->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            event_add(&link->writable, NULL);
            return;
        }
        if (n < 0) {
            lose_line(link, strerror(errno));
            return;
        }
        secret_wipe(link->output.start + link->sent, (size_t)n);
        link->sent += (size_t)n;
    }
    link->sent = 0;
    link->output.used = 0;
    if (link->output.size > INPUT_SIZE)
        buffer_clear(&link->output);
}

static void
on_flush(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct saf_link *link = context;
    if (link->fd >= 0)
        flush_output(link);
}

/* Hands out the answers in the input. False when a frame is broken. */
static bool
take_answers(struct saf_link *link)
{
    size_t at = 0;
    struct saf_frame frame;
    size_t size;
    int taken;
    while ((taken = saf_frame_next(link->input + at, link->input_used - at, &frame, &size)) > 0) {
        at += size;
        struct saf_request *request = saf_requests_find(&link->requests, frame.id);
        if (request != NULL)
            answer_request(request, &frame);
        if (link->fd < 0)
            return true; /* the line broke while somebody was answered */
    }
    link->input_used -= at;
    memmove(link->input, link->input + at, link->input_used);
    return taken == 0 && link->input_used < INPUT_SIZE;
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct saf_link *link = context;
    ssize_t n = recv(fd, link->input + link->input_used, INPUT_SIZE - link->input_used, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        lose_line(link, n == 0 ? "it closed the connection" : strerror(errno));
        return;
    }
    bool was_down = atomic_load(&link->report->down) && atomic_exchange(&link->report->down, false);
    bool was_late = atomic_load(&link->report->late) && atomic_exchange(&link->report->late, false);
    if (was_down || was_late)
        log_message("HWSG0033I", "SAFD ANSWERS AGAIN");
    link->input_used += (size_t)n;
    if (!take_answers(link))
        lose_line(link, "it sent what is no answer");
}

struct saf_link *
saf_link_new(struct event_base *base, const struct clock *clock, const char *path, uint32_t timeout_ms, struct saf_link_report *report)
{
    struct saf_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return NULL;
    link->base = base;
    link->path = path;
    link->report = report;
    link->fd = -1;
    link->output = buffer_writer();
    timeout_queue_init(&link->timeouts, base, clock, timeout_ms > 0 ? timeout_ms : 1, on_timeout);
    return link;
}

void
saf_link_free(struct saf_link *link)
{
    if (link == NULL)
        return;
    drop_line(link, NULL);
    timeout_queue_clear(&link->timeouts);
    saf_requests_clear(&link->requests);
    buffer_clear(&link->output);
    free(link);
}

void
saf_link_attach(struct saf_link *link, int fd)
{
    lose_line(link, NULL);
    link->fd = fd;
    event_assign(&link->readable, link->base, fd, EV_READ | EV_PERSIST, on_readable, link);
    event_assign(&link->writable, link->base, fd, EV_WRITE, on_flush, link);
    event_assign(&link->flush, link->base, -1, 0, on_flush, link);
    event_add(&link->readable, NULL);
}

static bool
connect_line(struct saf_link *link)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (link->path == NULL || strlen(link->path) >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, link->path, strlen(link->path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        if (!atomic_exchange(&link->report->down, true))
            log_message("HWSG0032E", "SAFD IS NOT REACHABLE: %s: %s: logins are refused until it is back", link->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    saf_link_attach(link, fd);
    return true;
}

/* Prepares a request; NULL when it cannot be sent now. */
static struct saf_request *
begin_request(struct saf_link *link, saf_link_answered answered, void *context)
{
    if (link->fd < 0 && !connect_line(link))
        return NULL;
    if (link->output.used > OUTPUT_MAX)
        return NULL;
    struct saf_request *request = saf_requests_take(&link->requests);
    if (request == NULL)
        return NULL;
    request->answered = answered;
    request->context = context;
    request->link = link;
    return request;
}

/* `start` is how much output there was before the request was encoded. */
static uint32_t
send_request(struct saf_link *link, struct saf_request *request, size_t start)
{
    if (link->output.failed) {
        link->output.failed = false;
        link->output.used = start;
        saf_requests_give_back(&link->requests, request);
        return 0;
    }
    timeout_queue_start(&link->timeouts, &request->timeout);
    event_active(&link->flush, EV_WRITE, 0);
    return request->id;
}

uint32_t
saf_link_verify(struct saf_link *link, const struct saf_verify *verify, saf_link_answered answered, void *context)
{
    struct saf_request *request = begin_request(link, answered, context);
    if (request == NULL)
        return 0;
    size_t start = link->output.used;
    saf_verify_encode(&link->output, request->id, verify);
    return send_request(link, request, start);
}

uint32_t
saf_link_authorize(struct saf_link *link, const struct saf_authorize *authorize, saf_link_answered answered, void *context)
{
    struct saf_request *request = begin_request(link, answered, context);
    if (request == NULL)
        return 0;
    size_t start = link->output.used;
    saf_authorize_encode(&link->output, request->id, authorize);
    return send_request(link, request, start);
}

uint32_t
saf_link_access(struct saf_link *link, const struct saf_access *access, saf_link_answered answered, void *context)
{
    struct saf_request *request = begin_request(link, answered, context);
    if (request == NULL)
        return 0;
    size_t start = link->output.used;
    saf_access_encode(&link->output, request->id, access);
    return send_request(link, request, start);
}

void
saf_link_cancel(struct saf_link *link, uint32_t number)
{
    struct saf_request *request = saf_requests_find(&link->requests, number);
    if (request == NULL)
        return;
    timeout_queue_stop(&request->timeout);
    saf_requests_give_back(&link->requests, request);
}
