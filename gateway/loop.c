#include "gateway/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/log.h"
#include "gateway/buffer.h"
#include "gateway/connection.h"
#include "gateway/listener.h"

enum { MILLISECONDS_PER_HUNDREDTH = 10, DRAIN_MS = 1000 };

static struct loop_message *
take_messages(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct loop_message *first = loop->first;
    loop->first = NULL;
    loop->end = &loop->first;
    pthread_mutex_unlock(&loop->lock);
    return first;
}

static void
run_messages(struct loop *loop)
{
    struct loop_message *next;
    for (struct loop_message *message = take_messages(loop); message != NULL; message = next) {
        next = message->next;
        message->run(message);
    }
}

static void
on_wake(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct loop *loop = context;
    eventfd_t count;
    if (eventfd_read(fd, &count) != 0 && errno != EAGAIN)
        log_message("HWSG0022E", "LOOP %u: eventfd: error %d", loop->number, errno);
    run_messages(loop);
}

void
loop_post(struct loop *loop, struct loop_message *message)
{
    pthread_mutex_lock(&loop->lock);
    bool was_empty = loop->first == NULL;
    message->next = NULL;
    *loop->end = message;
    loop->end = &message->next;
    pthread_mutex_unlock(&loop->lock);
    if (was_empty)
        eventfd_write(loop->wake_fd, 1);
}

static bool
open_mailbox(struct loop *loop)
{
    pthread_mutex_init(&loop->lock, NULL);
    loop->end = &loop->first;
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->wake_fd < 0)
        return false;
    event_assign(&loop->wake, loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    return event_add(&loop->wake, NULL) == 0;
}

static void
interrupt_all(struct timeout_entry *entry)
{
    struct loop *loop = (struct loop *)((char *)entry - offsetof(struct loop, shutdown));
    struct connection *next;
    unsigned count = 0;
    for (struct connection *connection = loop->connections; connection != NULL; connection = next) {
        next = connection_next(connection);
        connection_end(connection);
        count++;
    }
    log_message("HWSG0051W", "%u CONNECTIONS WERE STILL AT WORK WHEN SHUTDOWN_MS WAS OVER: their work is rolled back", count);
}

static void
init_timeouts(struct loop *loop)
{
    const struct configuration *configuration = loop->gateway->configuration;
    const struct clock *clock = loop->gateway->clock;
    timeout_queue_init(&loop->login_timeouts, loop->base, clock, configuration->settings.login_ms, connection_timed_out);
    timeout_queue_init(&loop->drain_timeout, loop->base, clock, DRAIN_MS, connection_timed_out);
    for (size_t i = 0; i < configuration->hws.drda_port_count; i++) {
        uint64_t ms = (uint64_t)configuration->hws.drda_ports[i].porttmot_hundredths * MILLISECONDS_PER_HUNDREDTH;
        uint32_t timeout_ms = ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
        timeout_queue_init(&loop->port_timeouts[i], loop->base, clock, timeout_ms, connection_timed_out);
    }
}

static bool
fill(struct loop *loop, struct problem *problem)
{
    const struct configuration *configuration = loop->gateway->configuration;
    const struct passgate_settings *settings = &configuration->settings;
    struct event_config *options = event_config_new();
    if (options != NULL) {
        event_config_set_flag(options, EVENT_BASE_FLAG_NOLOCK); /* other threads come through the mailbox only */
        loop->base = event_base_new_with_config(options);
        event_config_free(options);
    }
    loop->input = malloc(LOOP_BUFFER_SIZE);
    loop->output = buffer_writer();
    loop->port_timeouts = calloc(configuration->hws.drda_port_count + 1, sizeof loop->port_timeouts[0]);
    loop->listeners = calloc(configuration->hws.drda_port_count + 1, sizeof loop->listeners[0]);
    if (loop->base == NULL || loop->input == NULL || loop->port_timeouts == NULL || loop->listeners == NULL || !open_mailbox(loop)) {
        problem_set_errno(problem, "cannot make event loop %u", loop->number);
        return false;
    }
    init_timeouts(loop);
    const char *path = settings->saf_child ? NULL : settings->saf_socket;
    loop->saf = saf_link_new(loop->base, loop->gateway->clock, path, settings->saf_timeout_ms, &loop->gateway->saf_report);
    if (loop->saf == NULL) {
        problem_set(problem, "no memory for event loop %u", loop->number);
        return false;
    }
    return true;
}

struct loop *
loop_new(struct gateway *gateway, unsigned number, struct problem *problem)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) {
        problem_set(problem, "no memory for event loop %u", number);
        return NULL;
    }
    loop->gateway = gateway;
    loop->number = number;
    loop->wake_fd = -1;
    if (!fill(loop, problem)) {
        loop_free(loop);
        return NULL;
    }
    return loop;
}

bool
loop_listen(struct loop *loop, struct problem *problem)
{
    const struct hwscfg *hws = &loop->gateway->configuration->hws;
    for (size_t i = 0; i < hws->drda_port_count; i++) {
        if (!listener_open(&loop->listeners[i], loop, i, problem))
            return false;
        loop->listener_count++;
    }
    return true;
}

static void
close_listeners(struct loop *loop)
{
    for (size_t i = 0; i < loop->listener_count; i++)
        listener_close(&loop->listeners[i]);
}

void
loop_free(struct loop *loop)
{
    if (loop->wake_fd >= 0)
        run_messages(loop); /* those that came too late, or to a loop that never ran, own memory and descriptors */
    close_listeners(loop);
    saf_link_free(loop->saf);
    if (loop->wake_fd >= 0) {
        event_del(&loop->wake);
        close(loop->wake_fd);
    }
    if (loop->base != NULL)
        event_base_free(loop->base);
    buffer_clear(&loop->output);
    buffer_free(loop->input, LOOP_BUFFER_SIZE);
    free(loop->listeners);
    free(loop->port_timeouts);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

static void *
run(void *context)
{
    struct loop *loop = context;
    for (size_t i = 0; i < loop->listener_count; i++)
        listener_start(&loop->listeners[i]);
    event_base_dispatch(loop->base);
    return NULL;
}

bool
loop_start(struct loop *loop, struct problem *problem)
{
    errno = pthread_create(&loop->thread, NULL, run, loop);
    if (errno != 0) {
        problem_set_errno(problem, "cannot start event loop %u", loop->number);
        return false;
    }
    loop->started = true;
    return true;
}

struct stop_message {
    struct loop_message message; /* first */
    struct loop *loop;
    uint32_t shutdown_ms;
};

static void
stop(struct loop_message *message)
{
    struct stop_message *order = (struct stop_message *)message;
    struct loop *loop = order->loop;
    uint32_t shutdown_ms = order->shutdown_ms > 0 ? order->shutdown_ms : 1;
    free(order);
    if (loop->stopping)
        return;
    loop->stopping = true;
    close_listeners(loop);
    timeout_queue_init(&loop->shutdown_timeout, loop->base, loop->gateway->clock, shutdown_ms, interrupt_all);
    timeout_queue_start(&loop->shutdown_timeout, &loop->shutdown);
    struct connection *next;
    for (struct connection *connection = loop->connections; connection != NULL; connection = next) {
        next = connection_next(connection);
        connection_end_when_idle(connection);
    }
    loop_connection_ended(loop);
}

void
loop_stop(struct loop *loop, uint32_t shutdown_ms)
{
    struct stop_message *order = malloc(sizeof *order);
    if (order == NULL)
        abort(); /* nothing that is left could stop the gateway in order */
    *order = (struct stop_message) { .message.run = stop, .loop = loop, .shutdown_ms = shutdown_ms };
    loop_post(loop, &order->message);
}

void
loop_join(struct loop *loop)
{
    if (loop->started)
        pthread_join(loop->thread, NULL);
    loop->started = false;
}

struct attach_message {
    struct loop_message message; /* first */
    struct loop *loop;
    int fd;
};

static void
attach(struct loop_message *message)
{
    struct attach_message *order = (struct attach_message *)message;
    saf_link_attach(order->loop->saf, order->fd);
    free(order);
}

void
loop_attach_saf(struct loop *loop, int fd)
{
    struct attach_message *order = malloc(sizeof *order);
    if (order == NULL) {
        close(fd); /* safd sees the end of this line; logins on this loop are refused until the next one */
        return;
    }
    *order = (struct attach_message) { .message.run = attach, .loop = loop, .fd = fd };
    loop_post(loop, &order->message);
}

void
loop_connection_ended(struct loop *loop)
{
    if (loop->stopping && loop->connections == NULL)
        event_base_loopbreak(loop->base);
}
