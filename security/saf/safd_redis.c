#include "security/saf/safd_redis.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/util.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/log.h"
#include "security/replay_redis.h"
#include "security/saf/safd_redis_host.h"
#include "security/saf/safd_redis_tls.h"

enum {
    CONNECT_MS = 5000, /* for looking the name up, connecting, TLS and login together */
    PAUSE_FIRST_MS = 100,
    PAUSE_MOST_MS = 5000,
    HEARTBEAT_MS = 5000,
};

/* A claim or look-up on its way. */
struct question {
    TAILQ_ENTRY(question) entry;
    int64_t deadline_ms; /* of the monotonic clock */
    safd_redis_decided *decided;
    void *claimant;
    struct safd_redis *redis;
};

TAILQ_HEAD(questions, question);

struct safd_redis {
    struct safd_redis_settings settings;
    const struct clock *clock;
    char place[REPLAY_URL_HOST_MAX + 16]; /* host:port */
    struct event_base *base;
    struct safd_redis_host *host;
    SSL_CTX *tls;
    struct bufferevent *connection;
    struct replay_redis *conversation;
    struct event *retry; /* after a pause */
    struct event *limit; /* of connecting, then of the oldest question */
    struct event *flush; /* the end of a turn in which something was asked */
    struct event *heartbeat;
    bool heartbeat_unanswered;
    bool up;
    bool told_down;
    unsigned attempts; /* since it was up */
    unsigned pause_ms;
    struct questions asked; /* oldest first */
};

static struct timeval
timeval_of(int64_t milliseconds)
{
    return (struct timeval) { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };
}

static void
schedule(struct event *event, int64_t milliseconds)
{
    struct timeval delay = timeval_of(milliseconds > 0 ? milliseconds : 0);
    event_add(event, &delay);
}

static void
finish_question(struct question *question, enum replay_outcome outcome, const struct replay_use *first_use)
{
    TAILQ_REMOVE(&question->redis->asked, question, entry);
    question->decided(question->claimant, outcome, first_use);
    free(question);
}

static void
close_connection(struct safd_redis *redis)
{
    redis->up = false;
    redis->heartbeat_unanswered = false;
    event_del(redis->limit);
    event_del(redis->heartbeat);
    safd_redis_host_give_up(redis->host);
    if (redis->connection != NULL)
        bufferevent_free(redis->connection);
    redis->connection = NULL;
}

/* Gives up this connection, answers what was asked over it and tries again after a pause. */
static void
give_up(struct safd_redis *redis, const char *why)
{
    static const struct replay_use unknown;
    struct questions lost = TAILQ_HEAD_INITIALIZER(lost);
    close_connection(redis);
    if (!redis->told_down)
        log_message("SAFD0051E", "REDIS %s CANNOT BE USED: %s; %s UNTIL IT CAN", redis->place, why, redis->settings.without);
    redis->told_down = true;
    schedule(redis->retry, redis->pause_ms);
    redis->pause_ms = 2 * redis->pause_ms < PAUSE_MOST_MS ? 2 * redis->pause_ms : PAUSE_MOST_MS;
    while (!TAILQ_EMPTY(&redis->asked))
        finish_question(TAILQ_FIRST(&redis->asked), REPLAY_UNAVAILABLE, &unknown);
}

static void
send_output(struct safd_redis *redis)
{
    size_t size;
    const void *bytes = replay_redis_output(redis->conversation, &size);
    if (size > 0)
        bufferevent_write(redis->connection, bytes, size);
    replay_redis_sent(redis->conversation);
}

static void
schedule_limit(struct safd_redis *redis)
{
    const struct question *oldest = TAILQ_FIRST(&redis->asked);
    if (oldest == NULL)
        event_del(redis->limit);
    else
        schedule(redis->limit, oldest->deadline_ms - clock_monotonic_ms(redis->clock));
}

static void
note_up(struct safd_redis *redis)
{
    if (redis->up)
        return;
    redis->up = true;
    redis->told_down = false;
    redis->attempts = 0;
    redis->pause_ms = PAUSE_FIRST_MS;
    event_del(redis->limit);
    schedule(redis->heartbeat, HEARTBEAT_MS);
    log_message("SAFD0050I", "REDIS %s KEEPS THE CLAIMS OF THE SITE FROM NOW ON", redis->place);
    redis->settings.up(redis->settings.context);
}

static void
on_readable(struct bufferevent *connection, void *context)
{
    struct safd_redis *redis = context;
    struct evbuffer *input = bufferevent_get_input(connection);
    struct problem problem;
    size_t size;
    redis->heartbeat_unanswered = false;
    while ((size = evbuffer_get_contiguous_space(input)) > 0) {
        if (!replay_redis_receive(redis->conversation, evbuffer_pullup(input, (ev_ssize_t)size), size, &problem)) {
            give_up(redis, problem.text);
            return;
        }
        evbuffer_drain(input, size);
    }
    send_output(redis);
    if (replay_redis_is_ready(redis->conversation))
        note_up(redis);
    if (redis->up)
        schedule_limit(redis);
}

static void
on_event(struct bufferevent *connection, short events, void *context)
{
    struct safd_redis *redis = context;
    struct problem problem;
    if ((events & BEV_EVENT_CONNECTED) != 0) {
        int on = 1;
        setsockopt(bufferevent_getfd(connection), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        replay_redis_connect(redis->conversation);
        send_output(redis);
        return;
    }
    SSL *session = redis->tls != NULL ? bufferevent_openssl_get_ssl(connection) : NULL;
    unsigned long code = session != NULL ? bufferevent_get_openssl_error(connection) : 0;
    if (code != 0 || (session != NULL && SSL_get_verify_result(session) != X509_V_OK))
        safd_redis_tls_explain(session, code, &problem);
    else if ((events & BEV_EVENT_EOF) != 0)
        problem_set(&problem, "it closed the connection");
    else
        problem_set(&problem, "%s", evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
    give_up(redis, problem.text);
}

static bool
make_connection(struct safd_redis *redis)
{
    if (redis->tls == NULL) {
        redis->connection = bufferevent_socket_new(redis->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
        return redis->connection != NULL;
    }
    SSL *session = safd_redis_tls_session(redis->tls, redis->settings.url->host);
    if (session == NULL)
        return false;
    redis->connection = bufferevent_openssl_socket_new(redis->base, -1, session, BUFFEREVENT_SSL_CONNECTING,
                                                       BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    if (redis->connection == NULL)
        SSL_free(session);
    else
        bufferevent_openssl_set_allow_dirty_shutdown(redis->connection, 1);
    return redis->connection != NULL;
}

static void
connect_to(struct safd_redis *redis, const struct addrinfo *address)
{
    if (!make_connection(redis)) {
        give_up(redis, "no memory for a connection");
        return;
    }
    bufferevent_setcb(redis->connection, on_readable, NULL, on_event, redis);
    if (bufferevent_enable(redis->connection, EV_READ | EV_WRITE) != 0 ||
        bufferevent_socket_connect(redis->connection, address->ai_addr, (int)address->ai_addrlen) != 0)
        give_up(redis, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void
on_address(void *context, const struct addrinfo *address, const char *why)
{
    struct safd_redis *redis = context;
    if (address == NULL) {
        give_up(redis, why);
        return;
    }
    redis->attempts++;
    connect_to(redis, address);
}

static void
connect_again(struct safd_redis *redis)
{
    schedule(redis->limit, CONNECT_MS);
    safd_redis_host_look_up(redis->host, redis->attempts);
}

static void
on_retry(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    connect_again(context);
}

static void
on_limit(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct safd_redis *redis = context;
    char why[64];
    snprintf(why, sizeof why, redis->up ? "no answer within %u ms" : "no connection within %u ms",
             redis->up ? redis->settings.timeout_ms : CONNECT_MS);
    give_up(redis, why);
}

static void
on_heartbeat(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct safd_redis *redis = context;
    if (redis->heartbeat_unanswered) {
        give_up(redis, "it has fallen silent");
        return;
    }
    redis->heartbeat_unanswered = true;
    replay_redis_end_batch(redis->conversation);
    send_output(redis);
    schedule(redis->heartbeat, HEARTBEAT_MS);
}

static void
on_flush(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct safd_redis *redis = context;
    if (!redis->up || !replay_redis_in_batch(redis->conversation))
        return;
    replay_redis_end_batch(redis->conversation);
    send_output(redis);
}

static void
on_decided(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use)
{
    finish_question(claimant, outcome, first_use);
}

static bool
make_conversation(struct safd_redis *redis)
{
    const struct safd_redis_settings *settings = &redis->settings;
    const struct replay_redis_settings conversation = {
        .place = redis->place,
        .user = settings->url->user,
        .password = settings->url->password,
        .database = settings->url->database,
        .clock = redis->clock,
        .decided = on_decided,
        .memory_begins = settings->memory_begins,
        .context = settings->context,
    };
    redis->conversation = replay_redis_new(&conversation);
    redis->retry = evtimer_new(redis->base, on_retry, redis);
    redis->limit = evtimer_new(redis->base, on_limit, redis);
    redis->heartbeat = evtimer_new(redis->base, on_heartbeat, redis);
    redis->flush = event_new(redis->base, -1, 0, on_flush, redis);
    return redis->conversation != NULL && redis->retry != NULL && redis->limit != NULL && redis->heartbeat != NULL && redis->flush != NULL;
}

struct safd_redis *
safd_redis_new(struct event_base *base, const struct safd_redis_settings *settings, const struct clock *clock, struct problem *problem)
{
    struct safd_redis *redis = calloc(1, sizeof *redis);
    if (redis == NULL) {
        problem_set(problem, "no memory for the connection to Redis");
        return NULL;
    }
    *redis = (struct safd_redis) { .settings = *settings, .clock = clock, .base = base, .pause_ms = PAUSE_FIRST_MS };
    TAILQ_INIT(&redis->asked);
    const char *host = settings->url->host;
    snprintf(redis->place, sizeof redis->place, strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, settings->url->port);
    redis->host = safd_redis_host_new(base, host, settings->url->port, on_address, redis, problem);
    bool made = redis->host != NULL && make_conversation(redis);
    if (!made)
        problem_set(problem, "no memory or thread for the connection to Redis");
    else if (settings->url->tls)
        made = (redis->tls = safd_redis_tls_new(settings->ca, settings->certificate, settings->key, problem)) != NULL;
    if (made) {
        connect_again(redis);
        return redis;
    }
    safd_redis_free(redis);
    return NULL;
}

static void
free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

void
safd_redis_free(struct safd_redis *redis)
{
    if (redis == NULL)
        return;
    struct question *question;
    while ((question = TAILQ_FIRST(&redis->asked)) != NULL) {
        TAILQ_REMOVE(&redis->asked, question, entry);
        free(question);
    }
    if (redis->flush != NULL)
        close_connection(redis);
    safd_redis_host_free(redis->host);
    free_event(redis->retry);
    free_event(redis->limit);
    free_event(redis->heartbeat);
    free_event(redis->flush);
    replay_redis_free(redis->conversation);
    SSL_CTX_free(redis->tls);
    free(redis);
}

static struct question *
new_question(struct safd_redis *redis, safd_redis_decided *decided, void *claimant)
{
    struct question *question = redis->up ? malloc(sizeof *question) : NULL;
    if (question == NULL)
        return NULL;
    *question = (struct question) {
        .deadline_ms = clock_monotonic_ms(redis->clock) + redis->settings.timeout_ms,
        .decided = decided,
        .claimant = claimant,
        .redis = redis,
    };
    if (TAILQ_EMPTY(&redis->asked))
        schedule(redis->limit, redis->settings.timeout_ms);
    TAILQ_INSERT_TAIL(&redis->asked, question, entry);
    event_active(redis->flush, EV_TIMEOUT, 0);
    return question;
}

bool
safd_redis_claim(struct safd_redis *redis, const struct replay_claim *claim, const struct replay_use *use, safd_redis_decided *decided,
                 void *claimant)
{
    struct question *question = new_question(redis, decided, claimant);
    if (question != NULL)
        replay_redis_claim(redis->conversation, claim, use, question);
    return question != NULL;
}

bool
safd_redis_look_up(struct safd_redis *redis, const struct replay_claim *claim, safd_redis_decided *decided, void *claimant)
{
    struct question *question = new_question(redis, decided, claimant);
    if (question != NULL)
        replay_redis_look_up(redis->conversation, claim, question);
    return question != NULL;
}
