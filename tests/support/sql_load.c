#include "tests/support/sql_load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "drda/requester.h"

enum { CONNECTIONS_MAX = 64, REPLY_BYTES_MAX = 1 << 20, STATEMENTS_A_UNIT = 1000 };

struct client {
    int fd;
    struct requester *requester;
    uint64_t statements;
    bool committing;
};

struct load {
    size_t count;
    uint64_t random;
    struct client clients[CONNECTIONS_MAX];
};

static const struct requester_settings settings = {
    .identity = { .external_name = "bench", .server_name = "bench", .class_name = "QPASSGATE/BENCH", .release_level = PASSGATE_VERSION },
    .product_id = "PGB01000",
    .reply_bytes_max = REPLY_BYTES_MAX,
};

int64_t
load_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
give_up(const struct client *client, const char *what)
{
    const struct sql_diagnosis *diagnosis = requester_diagnosis(client->requester);
    fprintf(stderr, "sql: %s: SQLCODE %d %s\n", what, diagnosis->sqlcode, diagnosis->tokens);
    exit(1);
}

static void
send_output(struct client *client)
{
    size_t size;
    const uint8_t *bytes = requester_output(client->requester, &size);
    if (size > 0 && send(client->fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
        give_up(client, "cannot send");
    requester_sent(client->requester, size);
}

static void
receive(struct client *client)
{
    size_t size;
    uint8_t *room = requester_room(client->requester, &size);
    ssize_t got = recv(client->fd, room, size, 0);
    if (got <= 0)
        give_up(client, "the server closed the connection");
    requester_received(client->requester, (size_t)got);
}

/* Goes on until the event comes. */
static void
await(struct client *client, enum requester_event wanted)
{
    enum requester_event event;
    while ((event = requester_step(client->requester)) != wanted) {
        if (event != REQUESTER_NEEDS_INPUT)
            give_up(client, "an unexpected answer");
        send_output(client);
        receive(client);
    }
}

static void
prepare(struct client *client, const char *text)
{
    requester_prepare(client->requester, text, strlen(text));
    await(client, REQUESTER_COMPLETED);
    if (requester_diagnosis(client->requester)->sqlcode < 0)
        give_up(client, text);
}

static void
log_on(struct client *client, uint16_t port, const char *user, const char *password)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct requester_login login = { .rdbnam = "SAMPLE", .userid = user, .password = password, .correlation = 1 };
    int on = 1;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    client->requester = requester_new(&settings);
    if (client->requester == NULL || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("sql: connect");
        exit(1);
    }
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    requester_log_on(client->requester, &login);
    await(client, REQUESTER_COMPLETED);
}

struct load *
load_new(uint16_t port, const char *user, char (*passwords)[9], size_t count)
{
    struct load *load = calloc(1, sizeof *load);
    if (load == NULL || count > CONNECTIONS_MAX)
        exit(1);
    load->count = count;
    load->random = 1;
    for (size_t i = 0; i < count; i++)
        log_on(&load->clients[i], port, user, passwords[i]);
    return load;
}

void
load_free(struct load *load)
{
    for (size_t i = 0; i < load->count; i++) {
        requester_free(load->clients[i].requester);
        close(load->clients[i].fd);
    }
    free(load);
}

static void
start_select(struct load *load, struct client *client, uint32_t rows)
{
    client->committing = client->statements % STATEMENTS_A_UNIT == STATEMENTS_A_UNIT - 1 && !client->committing;
    if (client->committing) {
        requester_commit(client->requester);
    } else {
        load->random = load->random * 6364136223846793005U + 1442695040888963407U;
        const struct sql_value key = { .kind = SQL_VALUE_INTEGER, .integer = 1 + (int64_t)((load->random >> 33) % rows) };
        requester_open(client->requester, &key, 1);
    }
    send_output(client);
}

/* Takes what there is; true when the statement is through, which must have given one row. */
static bool
advance(struct client *client)
{
    receive(client);
    for (;;) {
        switch (requester_step(client->requester)) {
        case REQUESTER_NEEDS_INPUT:
            return false;
        case REQUESTER_COLUMNS:
            break;
        case REQUESTER_ROW:
            client->statements++;
            break;
        case REQUESTER_COMPLETED:
            if (requester_diagnosis(client->requester)->sqlcode < 0)
                give_up(client, "a SELECT failed");
            return true;
        case REQUESTER_BLOCK_ENDED:
        case REQUESTER_REFUSED:
        case REQUESTER_FAILED:
            give_up(client, "an unexpected answer");
        }
    }
}

uint64_t
load_select(struct load *load, uint32_t rows, int64_t end_ns)
{
    struct pollfd ready[CONNECTIONS_MAX];
    uint64_t before = 0;
    uint64_t after = 0;
    size_t busy = load->count;
    for (size_t i = 0; i < load->count; i++) {
        before += load->clients[i].statements;
        prepare(&load->clients[i], "SELECT V FROM LOAD WHERE ID = ?");
        start_select(load, &load->clients[i], rows);
        ready[i] = (struct pollfd) { .fd = load->clients[i].fd, .events = POLLIN };
    }
    while (busy > 0) {
        poll(ready, load->count, -1);
        for (size_t i = 0; i < load->count; i++) {
            if ((ready[i].revents & POLLIN) == 0 || !advance(&load->clients[i]))
                continue;
            bool over = load_now_ns() >= end_ns;
            busy -= over;
            ready[i].fd = over ? -1 : ready[i].fd;
            if (!over)
                start_select(load, &load->clients[i], rows);
        }
    }
    for (size_t i = 0; i < load->count; i++)
        after += load->clients[i].statements;
    return after - before;
}

static uint64_t
read_all(struct client *client)
{
    uint64_t rows = 0;
    requester_open(client->requester, NULL, 0);
    for (;;) {
        switch (requester_step(client->requester)) {
        case REQUESTER_NEEDS_INPUT:
            send_output(client);
            receive(client);
            break;
        case REQUESTER_COLUMNS:
            break;
        case REQUESTER_ROW:
            rows++;
            break;
        case REQUESTER_BLOCK_ENDED:
            requester_continue(client->requester);
            break;
        case REQUESTER_COMPLETED:
            if (requester_diagnosis(client->requester)->sqlcode < 0)
                give_up(client, "the query failed");
            return rows;
        case REQUESTER_REFUSED:
        case REQUESTER_FAILED:
            give_up(client, "an unexpected answer");
        }
    }
}

uint64_t
load_read(struct load *load, int64_t end_ns)
{
    struct client *client = &load->clients[0];
    uint64_t rows = 0;
    prepare(client, "SELECT ID, N, V FROM LOAD");
    do
        rows += read_all(client);
    while (load_now_ns() < end_ns);
    requester_commit(client->requester);
    await(client, REQUESTER_COMPLETED);
    return rows;
}
