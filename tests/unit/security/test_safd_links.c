/* The real safd: its connections and inherited links, many requests at once, bounds. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "tests/support/program.h"
#include "tests/unit/security/safd_fixture.h"

/* Reads answers until there are `count`, or the connection ends; marks the IDs seen. Returns how many came. */
static size_t
receive_answers(int descriptor, size_t count, bool seen[], size_t accepted[1])
{
    static uint8_t bytes[2 * SAF_FRAME_MAX];
    size_t used = 0;
    size_t got = 0;
    *accepted = 0;
    while (got < count) {
        ssize_t n = recv(descriptor, bytes + used, sizeof bytes - used, 0);
        if (n <= 0)
            break;
        used += (size_t)n;
        struct saf_frame frame;
        size_t at = 0;
        size_t size;
        while (saf_frame_next(bytes + at, used - at, &frame, &size) == 1) {
            struct saf_verify_answer answer;
            CU_ASSERT_FATAL(frame.id < count);
            CU_ASSERT_FALSE(seen[frame.id]);
            seen[frame.id] = true;
            if (frame.type == (SAF_MESSAGE_VERIFY | SAF_MESSAGE_ANSWER)) {
                CU_ASSERT_TRUE(saf_verify_answer_decode(&frame.body, &answer));
                *accepted += answer.result.saf == SAF_OK;
            }
            got++;
            at += size;
        }
        memmove(bytes, bytes + at, used - at);
        used -= at;
    }
    return got;
}

static void
pipelined_requests_are_all_answered(void)
{
    enum { REQUESTS = 1000 };
    static uint8_t bytes[REQUESTS * 128];
    static bool seen[REQUESTS];
    struct security_server server;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    size_t accepted;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    int64_t now = time(NULL);
    /* Every second request repeats the ticket of the one before: exactly one of the two counts. */
    for (uint32_t i = 0; i < REQUESTS; i++) {
        char ticket[PASSTICKET_SIZE + 1];
        make_ticket(now - 500 + i / 2, ticket);
        struct saf_verify verify = make_verify(ticket);
        saf_verify_encode(&writer, i, &verify);
    }
    CU_ASSERT_FALSE_FATAL(writer.failed);
    int descriptor = connect_raw(&server);
    send_all(descriptor, bytes, writer.used);
    CU_ASSERT_EQUAL(receive_answers(descriptor, REQUESTS, seen, &accepted), REQUESTS);
    CU_ASSERT_EQUAL(accepted, REQUESTS / 2);
    close(descriptor);
    security_server_stop(&server);
}

static void
answers_come_after_the_last_request_was_sent(void)
{
    static uint8_t bytes[4096];
    struct security_server server;
    bool seen[3] = { false };
    size_t accepted;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    for (uint32_t i = 0; i < 3; i++)
        saf_command_encode(&writer, i, &(struct saf_command) { .text = "LISTUSER IBMUSER", .size = 16 });
    int descriptor = connect_raw(&server);
    /* A frame cut in two by the network, then the end of what this side sends. */
    send_all(descriptor, bytes, 7);
    nanosleep(&(struct timespec) { .tv_nsec = 20000000 }, NULL);
    send_all(descriptor, bytes + 7, writer.used - 7);
    shutdown(descriptor, SHUT_WR);
    CU_ASSERT_EQUAL(receive_answers(descriptor, 3, seen, &accepted), 3);
    uint8_t byte;
    CU_ASSERT_EQUAL(recv(descriptor, &byte, 1, 0), 0);
    close(descriptor);
    security_server_stop(&server);
}

static bool
is_closed_by_server(int descriptor)
{
    uint8_t bytes[256];
    ssize_t n;
    while ((n = recv(descriptor, bytes, sizeof bytes, 0)) > 0)
        ;
    return n == 0 || errno == ECONNRESET;
}

static void
a_broken_frame_ends_its_connection_alone(void)
{
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        { "\x00\x00\x00\x00", 4 },                               /* length without an ID */
        { "\xff\xff\xff\xff", 4 },                               /* too long */
        { "\x00\x00\x00\x05\x00\x00\x00\x01\x7f", 9 },           /* unknown type */
        { "\x00\x00\x00\x06\x00\x00\x00\x01\x07\x00", 10 },      /* STATUS, which has no fields, with one */
        { "\x00\x00\x00\x05\x00\x00\x00\x01\x01", 9 },           /* VERIFY without fields */
        { "\x00\x00\x00\x08\x00\x00\x00\x01\x02\x00\x05X", 12 }, /* command beyond the frame */
        { "\x00\x00\x00\x05\x00\x00\x00\x01\x81", 9 },           /* an answer, from the wrong side */
    };
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    struct saf_client *bystander = security_server_connect(&server);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int descriptor = connect_raw(&server);
        uint8_t copy[16];
        memcpy(copy, cases[i].bytes, cases[i].size);
        send_all(descriptor, copy, cases[i].size);
        CU_ASSERT_TRUE(is_closed_by_server(descriptor));
        close(descriptor);
    }
    struct saf_command_answer answer;
    struct problem problem;
    CU_ASSERT_TRUE(saf_client_command(bystander, "LISTUSER IBMUSER", 16, &answer, &problem));
    saf_client_close(bystander);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0011W"));
    security_server_stop(&server);
}

static long
resident_kib(pid_t pid)
{
    char path[64];
    long size = 0;
    long resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *file = fopen(path, "r");
    CU_ASSERT_FATAL(file != NULL && fscanf(file, "%ld %ld", &size, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Waits until a process neither grows nor shrinks. */
static void
wait_until_still(pid_t pid)
{
    enum { SAMPLES = 5 };
    long before = -1;
    for (int same = 0; same < SAMPLES;) {
        long now = resident_kib(pid);
        same = now == before ? same + 1 : 0;
        before = now;
        nanosleep(&(struct timespec) { .tv_nsec = 100000000 }, NULL);
    }
}

static void
a_slow_reader_is_paused_and_loses_nothing(void)
{
    enum { REQUESTS = 30000 };
    static bool seen[REQUESTS];
    struct security_server server;
    uint8_t *bytes = malloc((size_t)REQUESTS * 40);
    struct wire_writer writer = wire_writer(bytes, (size_t)REQUESTS * 40);
    size_t accepted;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    for (uint32_t i = 0; i < REQUESTS; i++)
        saf_command_encode(&writer, i, &(struct saf_command) { .text = "LISTGRP SYS1", .size = 12 });
    int descriptor = connect_raw(&server);
    fflush(stdout);
    pid_t sender = fork();
    if (sender == 0) {
        for (size_t sent = 0; sent < writer.used;) {
            ssize_t n = send(descriptor, bytes + sent, writer.used - sent, MSG_NOSIGNAL);
            if (n <= 0)
                _exit(1);
            sent += (size_t)n;
        }
        _exit(0);
    }
    /* A server that is not paused would take all requests before it is still. */
    wait_until_still(server.pid);
    CU_ASSERT_EQUAL(waitpid(sender, NULL, WNOHANG), 0);
    int status;
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    CU_ASSERT_EQUAL(receive_answers(descriptor, REQUESTS, seen, &accepted), REQUESTS);
    CU_ASSERT(waitpid(sender, &status, 0) == sender && status == 0);
    close(descriptor);
    free(bytes);
    security_server_stop(&server);
}

static void
inherited_links_serve_and_end_the_server(void)
{
    struct security_server server;
    int pair[2];
    security_server_make(&server, NULL, NULL);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const char *const arguments[] = { "--config", server.settings, "--links", "3:1", NULL };
    server.pid = program_start(program_path("SAFD"), arguments, server.log, pair[1]);
    close(pair[1]);
    CU_ASSERT_TRUE_FATAL(program_wait_for(server.pid, server.log, "SAFD0001I"));
    security_server_set_up(&server, key);
    uint8_t bytes[512];
    char ticket[PASSTICKET_SIZE + 1];
    bool seen[1] = { false };
    size_t accepted;
    make_ticket(time(NULL), ticket);
    struct saf_verify verify = make_verify(ticket);
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    saf_verify_encode(&writer, 0, &verify);
    /* What a terminal's Ctrl-C sends to the whole group must not take safd from under its gateway. */
    kill(server.pid, SIGINT);
    CU_ASSERT_TRUE(program_wait_for(server.pid, server.log, "SAFD0008I"));
    send_all(pair[0], bytes, writer.used);
    CU_ASSERT_EQUAL(receive_answers(pair[0], 1, seen, &accepted), 1);
    CU_ASSERT_EQUAL(accepted, 1);
    close(pair[0]);
    CU_ASSERT_EQUAL(program_end(server.pid, 0), 0);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0005I"));
    security_server_remove(&server);
}

static void
what_is_no_link_is_refused(void)
{
    struct security_server server;
    static const char *const links[] = { "40:1", "3:2", "3:1" };
    security_server_make(&server, NULL, NULL);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        const char *const arguments[] = { "--config", server.settings, "--links", links[i], NULL };
        /* A file, not a socket. */
        int file = open(server.settings, O_RDONLY | O_CLOEXEC);
        pid_t pid = program_start(program_path("SAFD"), arguments, server.log, file);
        CU_ASSERT_EQUAL(program_end(pid, 0), 8);
        close(file);
    }
    CU_ASSERT_TRUE(file_holds(&server, "log", "file descriptor 40 is not a connected Unix stream socket"));
    security_server_remove(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "pipelined requests are all answered", pipelined_requests_are_all_answered },
        { "answers come after the last request was sent", answers_come_after_the_last_request_was_sent },
        { "a broken frame ends its connection alone", a_broken_frame_ends_its_connection_alone },
        { "a slow reader is paused and loses nothing", a_slow_reader_is_paused_and_loses_nothing },
        { "inherited links serve, and end the server", inherited_links_serve_and_end_the_server },
        { "what is no link is refused", what_is_no_link_is_refused },
    };
    if (!secret_memory_init(1 << 16))
        return 1;
    return SUITE_RUN("safd links", cases);
}
