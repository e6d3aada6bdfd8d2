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

#include "drda/codepoint.h"
#include "drda/dss.h"
#include "drda/requester.h"

enum { CONNECTIONS_MAX = 64, REPLY_BYTES_MAX = 1 << 20, STATEMENTS_A_UNIT = 1000, CHAIN_BYTES_MAX = 64 * 1024, OBJECT_HEADER_SIZE = 4 };

/* A chain of OPNQRY commands, and the replies to it as far as they have come. */
struct chain {
    uint8_t commands[CHAIN_BYTES_MAX];
    size_t size;
    size_t command_size;
    size_t key; /* offset of its 4 bytes in each command */
    uint8_t replies[REPLY_BYTES_MAX];
    size_t received;
    size_t looked_at;
    size_t answered; /* commands, with rows and the end of them in one block */
};

struct client {
    int fd;
    struct requester *requester;
    uint64_t statements;
    bool committing;
    struct chain *chain;
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
        free(load->clients[i].chain);
    }
    free(load);
}

static uint32_t
random_key(struct load *load, uint32_t rows)
{
    load->random = load->random * 6364136223846793005U + 1442695040888963407U;
    return 1 + (uint32_t)((load->random >> 33) % rows);
}

static void
start_select(struct load *load, struct client *client, uint32_t rows)
{
    client->committing = client->statements % STATEMENTS_A_UNIT == STATEMENTS_A_UNIT - 1 && !client->committing;
    if (client->committing) {
        requester_commit(client->requester);
    } else {
        const struct sql_value key = { .kind = SQL_VALUE_INTEGER, .integer = random_key(load, rows) };
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

/* ---- chains ---------------------------------------------------------------------------------------------------------- */

static const uint32_t key_to_find = 0x00050607;

static void
put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < sizeof value; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Copies one command with its object: each has its correlation ID, and all but the last are followed by another. */
static void
chain_command(struct chain *chain, const uint8_t *command, size_t index)
{
    uint8_t *copy = chain->commands + index * chain->command_size;
    memcpy(copy, command, chain->command_size);
    for (size_t at = 0; at < chain->command_size; at += (size_t)copy[at] << 8 | copy[at + 1]) {
        bool last = at + ((size_t)copy[at] << 8 | copy[at + 1]) == chain->command_size;
        if (last && index + 1 < LOAD_CHAIN)
            copy[at + 3] |= DSS_CHAINED;
        copy[at + 5] = (uint8_t)(index + 1);
    }
}

/* Runs one SELECT as any other, and keeps what went out for it. */
static void
make_chain(struct client *client)
{
    const struct sql_value key = { .kind = SQL_VALUE_INTEGER, .integer = key_to_find };
    uint8_t wanted[sizeof key_to_find];
    struct chain *chain = client->chain = calloc(1, sizeof *chain);
    requester_open(client->requester, &key, 1);
    const uint8_t *command = requester_output(client->requester, &chain->command_size);
    if (chain->command_size * LOAD_CHAIN > sizeof chain->commands)
        exit(1);
    for (size_t i = 0; i < LOAD_CHAIN; i++)
        chain_command(chain, command, i);
    chain->size = chain->command_size * LOAD_CHAIN;
    put_u32(wanted, key_to_find);
    const uint8_t *found = memmem(chain->commands, chain->command_size, wanted, sizeof wanted);
    if (found == NULL)
        give_up(client, "the key is not in the command");
    chain->key = (size_t)(found - chain->commands);
    send_output(client);
    while (!advance(client)) {
    }
}

static void
start_chain(struct load *load, struct client *client, uint32_t rows)
{
    struct chain *chain = client->chain;
    for (size_t i = 0; i < LOAD_CHAIN; i++)
        put_u32(chain->commands + i * chain->command_size + chain->key, random_key(load, rows));
    chain->received = chain->looked_at = chain->answered = 0;
    if (send(client->fd, chain->commands, chain->size, MSG_NOSIGNAL) != (ssize_t)chain->size)
        give_up(client, "cannot send");
}

/* Takes what there is; true when the chain is answered. */
static bool
advance_chain(struct client *client)
{
    struct chain *chain = client->chain;
    ssize_t got = recv(client->fd, chain->replies + chain->received, sizeof chain->replies - chain->received, 0);
    if (got <= 0)
        give_up(client, "the server closed the connection");
    chain->received += (size_t)got;
    while (chain->received - chain->looked_at >= DSS_HEADER_SIZE + OBJECT_HEADER_SIZE) {
        const uint8_t *reply = chain->replies + chain->looked_at;
        size_t size = (size_t)reply[0] << 8 | reply[1];
        unsigned codepoint = (unsigned)reply[DSS_HEADER_SIZE + 2] << 8 | reply[DSS_HEADER_SIZE + 3];
        if (chain->received - chain->looked_at < size)
            break;
        chain->looked_at += size;
        chain->answered += codepoint == CP_QRYDTA;
        if ((reply[3] & DSS_CHAINED) != 0)
            continue;
        if (chain->answered != LOAD_CHAIN)
            give_up(client, "a chain was not answered whole");
        client->statements += LOAD_CHAIN;
        return true;
    }
    return false;
}

uint64_t
load_select_chains(struct load *load, uint32_t rows, int64_t end_ns)
{
    struct pollfd ready[CONNECTIONS_MAX];
    uint64_t before = 0;
    uint64_t after = 0;
    size_t busy = load->count;
    for (size_t i = 0; i < load->count; i++) {
        struct client *client = &load->clients[i];
        before += client->statements;
        prepare(client, "SELECT V FROM LOAD WHERE ID = ?");
        if (client->chain == NULL)
            make_chain(client);
        start_chain(load, client, rows);
        ready[i] = (struct pollfd) { .fd = client->fd, .events = POLLIN };
    }
    while (busy > 0) {
        poll(ready, load->count, -1);
        for (size_t i = 0; i < load->count; i++) {
            if ((ready[i].revents & POLLIN) == 0 || !advance_chain(&load->clients[i]))
                continue;
            bool over = load_now_ns() >= end_ns;
            busy -= over;
            ready[i].fd = over ? -1 : ready[i].fd;
            if (!over)
                start_chain(load, &load->clients[i], rows);
        }
    }
    for (size_t i = 0; i < load->count; i++) {
        requester_commit(load->clients[i].requester);
        await(&load->clients[i], REQUESTER_COMPLETED);
        after += load->clients[i].statements;
    }
    return after - before;
}
