/* What a login costs, beside what two bare round trips cost in the same run.
 * Prints logins per second, server CPU per login (gateway and safd together) and anonymous memory per idle authenticated
 * connection; the bare server is a libevent program that answers the same number of bytes without looking at them. Both have one event
 * loop. */
#include <arpa/inet.h>
#include <event2/event.h>
#include <event2/util.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/hex.h"
#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "security/passticket/legacy.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"

enum {
    USERS = 40,
    TICKETS_PER_USER = 1000, /* seconds around now, well inside the window */
    LOGINS = USERS * TICKETS_PER_USER / 2,
    CLIENTS = 64, /* logins under way at once */
    IDLE_CONNECTIONS = 2000,
    REPLY_ONE = 149,
    REPLY_TWO = 21,
};

struct login {
    char user[9];
    char ticket[9];
};

struct client {
    int fd;
    int stage;       /* 1: waits for ACCSECRD, 2: waits for SECCHKRM */
    size_t received; /* bytes of the reply under way */
    const struct login *login;
};

struct figures {
    double logins_per_second;
    double cpu_us_per_login;
};

static struct login *logins;

/* ---- the bare server ------------------------------------------------------------------------------------------------ */

struct bare_connection {
    struct event *event;
    int round;
};

static void
bare_answer(evutil_socket_t fd, short what, void *argument)
{
    static char buffer[65536];
    struct bare_connection *connection = argument;
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    size_t reply = connection->round++ == 0 ? REPLY_ONE : REPLY_TWO;
    (void)what;
    if (n > 0 && send(fd, buffer, reply, MSG_NOSIGNAL) == (ssize_t)reply)
        return;
    event_free(connection->event);
    free(connection);
    close(fd);
}

static void
bare_accept(evutil_socket_t listener, short what, void *argument)
{
    (void)what;
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct bare_connection *connection = calloc(1, sizeof *connection);
    connection->event = event_new(argument, fd, EV_READ | EV_PERSIST, bare_answer, connection);
    event_add(connection->event, NULL);
}

static pid_t
start_bare_server(uint16_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        exit(1);
    *port = ntohs(address.sin_port);
    pid_t pid = fork();
    if (pid != 0) {
        close(listener);
        return pid;
    }
    struct event_base *base = event_base_new();
    event_add(event_new(base, listener, EV_READ | EV_PERSIST, bare_accept, base), NULL);
    event_base_dispatch(base);
    _exit(0);
}

/* ---- the load -------------------------------------------------------------------------------------------------------- */

static void
start_client(struct client *client, int epoll, uint16_t port, const struct login *login)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    *client = (struct client) { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .stage = 1, .login = login };
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        exit(1);
    }
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    peer_send(&(struct peer) { .fd = client->fd }, memory, writer.used);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
    epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event);
}

/* The reply chain comes in one piece: EXCSATRD, then ACCSECRD in a DSS that is not chained. */
static bool
holds_whole_chain(const uint8_t *bytes, size_t size)
{
    size_t first = (size_t)bytes[0] << 8 | bytes[1];
    return size > first + 3 && (bytes[first + 3] & 0x40) == 0;
}

/* True when the client is through; the gateway's replies are checked, the bare server's only counted. */
static bool
advance_client(struct client *client, bool bare)
{
    uint8_t buffer[1024];
    ssize_t n = recv(client->fd, buffer, sizeof buffer, 0);
    if (n <= 0) {
        fprintf(stderr, "login: a connection ended in stage %d\n", client->stage);
        exit(1);
    }
    client->received += (size_t)n;
    if (client->stage == 1) {
        bool whole = bare ? client->received >= REPLY_ONE : holds_whole_chain(buffer, (size_t)n);
        if (!whole)
            return false;
        uint8_t memory[512];
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        peer_put_secchk(&writer, client->login->user, client->login->ticket, false);
        peer_send(&(struct peer) { .fd = client->fd }, memory, writer.used);
        client->stage = 2;
        client->received = 0;
        return false;
    }
    if (client->received < REPLY_TWO)
        return false;
    if (!bare && buffer[n - 1] != 0) {
        fprintf(stderr, "login: %s was refused with SECCHKCD %02X\n", client->login->user, buffer[n - 1]);
        exit(1);
    }
    return true;
}

static double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct figures
measure(uint16_t port, const struct login *first, size_t count, bool bare, const pid_t *servers, size_t server_count)
{
    static struct client clients[CLIENTS];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    double cpu = 0;
    for (size_t i = 0; i < server_count; i++)
        cpu -= process_cpu_seconds(servers[i]);
    double start = seconds_now();
    size_t started = 0;
    size_t done = 0;
    for (; started < CLIENTS && started < count; started++)
        start_client(&clients[started], epoll, port, &first[started]);
    while (done < count) {
        struct epoll_event events[CLIENTS];
        int ready = epoll_wait(epoll, events, CLIENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (!advance_client(client, bare))
                continue;
            close(client->fd);
            done++;
            if (started < count)
                start_client(client, epoll, port, &first[started++]);
        }
    }
    double elapsed = seconds_now() - start;
    for (size_t i = 0; i < server_count; i++)
        cpu += process_cpu_seconds(servers[i]);
    close(epoll);
    return (struct figures) { (double)count / elapsed, cpu * 1e6 / (double)count };
}

/* ---- the gateway ----------------------------------------------------------------------------------------------------- */

static void
define_users(const struct gateway *gateway)
{
    static char script[USERS * 160];
    size_t used = 0;
    for (int i = 0; i < USERS; i++)
        used += (size_t)snprintf(
            script + used, sizeof script - used,
            "ADDUSER LOAD%03d DFLTGRP(SYS1) PASSWORD(S3CRETPW)\nPERMIT IMSCON1 CLASS(APPL) ID(LOAD%03d) ACCESS(READ)\n", i, i);
    static char output[65536];
    static const char *const arguments[] = { "racf", NULL };
    if (gateway_passgate(gateway, output, sizeof output, script, arguments) != 0) {
        fprintf(stderr, "login: %s\n", output);
        exit(1);
    }
}

static void
make_tickets(const struct gateway *gateway)
{
    uint8_t bytes[8];
    if (!hex_decode(gateway->key, 16, bytes))
        exit(1);
    struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
    logins = calloc(USERS * TICKETS_PER_USER, sizeof *logins);
    int64_t first = (int64_t)time(NULL) - TICKETS_PER_USER / 2 + 60;
    for (size_t i = 0; i < USERS * TICKETS_PER_USER; i++) {
        snprintf(logins[i].user, sizeof logins[i].user, "LOAD%03u", (unsigned)(i % USERS));
        if (!passticket_legacy_generate(key, logins[i].user, "IMSCON1", (uint32_t)(first + (int64_t)(i / USERS)), logins[i].ticket))
            exit(1);
    }
    passticket_legacy_key_free(key);
}

/* Bytes of memory with no file behind it. */
static long
anonymous_bytes(pid_t pid)
{
    char path[64];
    char line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "RssAnon:", 8) == 0)
            kib = strtol(line + 8, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib * 1024;
}

static long
idle_connection_bytes(const struct gateway *gateway, const struct login *first)
{
    static struct peer peers[IDLE_CONNECTIONS];
    long before = anonymous_bytes(gateway->passgated);
    for (size_t i = 0; i < IDLE_CONNECTIONS; i++)
        if (peer_log_on(&peers[i], gateway->port, first[i].user, first[i].ticket) != 0) {
            fprintf(stderr, "login: idle connection %zu was refused\n", i);
            exit(1);
        }
    long after = anonymous_bytes(gateway->passgated);
    for (size_t i = 0; i < IDLE_CONNECTIONS; i++)
        peer_close(&peers[i]);
    return (after - before) / IDLE_CONNECTIONS;
}

int
main(void)
{
    struct gateway gateway;
    struct rlimit files = { 16384, 16384 };
    setrlimit(RLIMIT_NOFILE, &files);
    uint16_t bare_port;
    pid_t bare = start_bare_server(&bare_port);
    gateway_start(&gateway, &(struct gateway_options) { .external_safd = true, .threads = 1 });
    define_users(&gateway);
    make_tickets(&gateway);
    const pid_t servers[] = { gateway.passgated, gateway.safd };
    long idle = idle_connection_bytes(&gateway, logins + LOGINS);
    measure(bare_port, logins, LOGINS, true, &bare, 1); /* warms caches and the scheduler */
    struct figures bare_figures = measure(bare_port, logins, LOGINS, true, &bare, 1);
    struct figures figures = measure(gateway.port, logins, LOGINS, false, servers, 2);
    kill(bare, SIGKILL);
    waitpid(bare, NULL, 0);
    gateway_stop(&gateway);
    printf("logins               %8.0f /s      bare round trips %8.0f /s      ratio %.2f\n", figures.logins_per_second,
           bare_figures.logins_per_second, figures.logins_per_second / bare_figures.logins_per_second);
    printf("server CPU per login %8.1f us      bare             %8.1f us      ratio %.2f (aim: at most 1.50)\n", figures.cpu_us_per_login,
           bare_figures.cpu_us_per_login, figures.cpu_us_per_login / bare_figures.cpu_us_per_login);
    printf("idle authenticated connection: %ld bytes of anonymous memory (aim: about 1024)\n", idle);
    free(logins);
    return 0;
}
