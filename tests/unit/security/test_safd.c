/* The real safd: its start and end, who may ask what, group commit, bounds. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/secret.h"
#include "tests/support/program.h"
#include "tests/unit/security/safd_fixture.h"

enum { NOBODY = 65534 };

static void
a_first_start_makes_what_is_missing(void)
{
    struct security_server server;
    struct stat status;
    char path[SECURITY_SERVER_PATH];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    path_in(&server, "master.key", path);
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(stat(server.socket, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0666);
    char output[4096];
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTUSER IBMUSER", output, sizeof output), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "SPECIAL"));
    CU_ASSERT_EQUAL(program_end(server.pid, SIGTERM), 0);
    CU_ASSERT_NOT_EQUAL(stat(server.socket, &status), 0);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0004I"));
    security_server_remove(&server);
}

/* Spoils one thing in a fresh directory. */
struct spoilt {
    const char *shell; /* run in the directory */
    int status;
    const char *expected; /* in the error message */
};

static void
each_failure_to_start_has_its_exit_code(void)
{
    static const struct spoilt cases[] = {
        { "rm passgate.ini", 3, "passgate.ini" },
        { "echo '[saf]' >passgate.ini; echo 'gateway_user = no-such-user-here' >>passgate.ini", 3, "no-such-user-here" },
        { "echo '[saf]' >passgate.ini; echo 'socket_group = no-such-group' >>passgate.ini", 3, "no-such-group" },
        { "echo secret >master.key; chmod 600 master.key", 4, "master.key" },
        { "touch master.key; chmod 644 master.key", 4, "master.key" },
        { "mkdir racf.db", 5, "racf.db" },
        { "head -c 5000 /dev/urandom >racf.db", 5, "racf.db" },
        { "mkdir replay.db", 6, "replay.db" },
        { "mkdir audit.json", 7, "audit.json" },
        { "touch saf", 8, "saf" },
        { "echo '[saf]' >passgate.ini; echo 'socket = missing/saf' >>passgate.ini", 8, "missing/saf" },
    };
    static struct program_result result;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct security_server server;
        char command[512];
        security_server_make(&server, NULL, NULL);
        snprintf(command, sizeof command, "cd '%s'; %s", server.directory, cases[i].shell);
        CU_ASSERT_EQUAL(system(command), 0);
        const char *const arguments[] = { "--config", server.settings, NULL };
        program_run(&result, program_path("SAFD"), arguments, NULL);
        CU_ASSERT_EQUAL(result.status, cases[i].status);
        CU_ASSERT_EQUAL(strncmp(result.errors, "safd: ", 6), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, cases[i].expected));
        if (result.status != cases[i].status || strstr(result.errors, cases[i].expected) == NULL)
            printf("# %s: status %d: %s\n", cases[i].shell, result.status, result.errors);
        security_server_remove(&server);
    }
}

static void
wrong_command_lines_are_refused(void)
{
    static const char *const cases[][3] = {
        { "--token", "a/b" },    { "--token", "" },     { "--token", "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD" },
        { "--links", "3" },      { "--links", "2:1" },  { "--links", "3:0" },
        { "--links", "3:x" },    { "--links", "3:1x" }, { "--links", "99999999999999999999:1" },
        { "--links", "3:5000" }, { "--unknown", NULL }, { "operand", NULL },
        { "--config", NULL },
    };
    static struct program_result result;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        program_run(&result, program_path("SAFD"), cases[i], NULL);
        CU_ASSERT_EQUAL(result.status, 2);
        CU_ASSERT_EQUAL(strncmp(result.errors, "safd: ", 6), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "safd --help"));
    }
    program_run(&result, program_path("SAFD"), (const char *const[]) { "--help", NULL }, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "--links FIRST:COUNT"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "Exit codes"));
    program_run(&result, program_path("SAFD"), (const char *const[]) { "--version", NULL }, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(strncmp(result.output, "safd (Passgate) ", 16), 0);
}

static void
a_ticket_logs_on_once_even_across_kill_9(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    make_ticket(time(NULL), ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    CU_ASSERT_STRING_EQUAL(answer.userid, "IMSUSR1");
    CU_ASSERT_STRING_EQUAL(answer.group, "SYS1");
    answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.racf, RACF_VERIFY_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    security_server_kill(&server);
    security_server_start(&server);
    answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    make_ticket(time(NULL) - 100, ticket);
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.saf, SAF_OK);
    CU_ASSERT_TRUE(file_holds(&server, "log", "ICH408I USER(IMSUSR1 )"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "the PassTicket was used before; first use "));
    CU_ASSERT_TRUE(file_holds(&server, "log", "from 192.0.2.7"));
    security_server_stop(&server);
}

static void
the_operator_reads_how_far_off_a_ticket_was(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    make_ticket(time(NULL) - 3600, ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_OUT_OF_WINDOW);
    CU_ASSERT(answer.result.ticket_offset_s <= -3600 && answer.result.ticket_offset_s > -3660);
    CU_ASSERT_TRUE(file_holds(&server, "log", "; its time is -36"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "one side's clock is set to a local time"));
    security_server_stop(&server);
}

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

static void
two_servers_run_side_by_side_only_apart(void)
{
    struct security_server server;
    struct security_server other;
    static struct program_result result;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    const char *const same[] = { "--config", server.settings, NULL };
    program_run(&result, program_path("SAFD"), same, NULL);
    CU_ASSERT_EQUAL(result.status, 5);
    /* Another database on the same socket. */
    char line[SECURITY_SERVER_PATH + 16];
    char path[SECURITY_SERVER_PATH + 16];
    security_server_make(&other, NULL, NULL);
    snprintf(line, sizeof line, "[saf]\nsocket = %s\n", server.socket);
    FILE *file = fopen(other.settings, "w");
    fputs(line, file);
    fclose(file);
    const char *const contender[] = { "--config", other.settings, NULL };
    program_run(&result, program_path("SAFD"), contender, NULL);
    CU_ASSERT_EQUAL(result.status, 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "another process listens"));
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    const char *const token[] = { "--config", other.settings, "--token", "B-2", NULL };
    other.pid = program_start(program_path("SAFD"), token, other.log, -1);
    CU_ASSERT_TRUE(program_wait_for(other.pid, other.log, "SAFD0001I"));
    snprintf(path, sizeof path, "%s.B-2", server.socket);
    struct stat status;
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    security_server_stop(&other);
    security_server_stop(&server);
}

static void
a_dead_socket_is_replaced(void)
{
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_kill(&server);
    struct stat status;
    CU_ASSERT_EQUAL(stat(server.socket, &status), 0);
    security_server_start(&server);
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    security_server_stop(&server);
}

static void
sighup_opens_the_audit_file_again(void)
{
    struct security_server server;
    char old_path[SECURITY_SERVER_PATH];
    char new_path[SECURITY_SERVER_PATH];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    path_in(&server, "audit.json", old_path);
    path_in(&server, "audit.json.1", new_path);
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    CU_ASSERT_EQUAL(rename(old_path, new_path), 0);
    kill(server.pid, SIGHUP);
    CU_ASSERT_TRUE(program_wait_for(server.pid, server.log, "SAFD0006I"));
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTUSER IBMUSER", NULL, 0), 0);
    CU_ASSERT_TRUE(file_holds(&server, "audit.json.1", "LISTGRP"));
    CU_ASSERT_FALSE(file_holds(&server, "audit.json.1", "LISTUSER"));
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "LISTUSER"));
    security_server_stop(&server);
}

/* Runs `ask` as another operating-system user in a child; true when it returned true. Only root can: others skip the test. */
static bool
as_nobody(const struct security_server *server, bool (*ask)(const struct security_server *server))
{
    int status;
    CU_ASSERT_EQUAL(chmod(server->directory, 0711), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(setgid(NOBODY) != 0 || setuid(NOBODY) != 0 || !ask(server));
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
nobody_runs_no_command(const struct security_server *server)
{
    char output[1024];
    return security_server_command(server, "ADDUSER EVIL SPECIAL", output, sizeof output) == 12 &&
           strncmp(output, "SAFD0030E NOT AUTHORIZED: UID 65534", 35) == 0;
}

static bool
nobody_gets_no_verdict(const struct security_server *server)
{
    struct saf_authorize authorize = { .uid = 0, .access = 4, .class_name = "OPERCMDS", .resource = "IMS.CSLPLEX1.UPD.IMSCON" };
    struct saf_authorize_answer authorized = { 0 };
    struct problem problem;
    struct saf_client *client = security_server_connect(server);
    struct saf_verify_answer answer = ask_verify(client, "S3CRETPW");
    bool answered = saf_client_authorize(client, &authorize, &authorized, &problem);
    saf_client_close(client);
    return answered && answer.result.saf == SAF_NO_DECISION && answer.result.racf == RACF_VERIFY_NOT_ACTIVE &&
           authorized.saf == SAF_REFUSED;
}

static bool
nobody_is_the_gateway(const struct security_server *server)
{
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(time(NULL), ticket);
    return verify_once(server, ticket).result.saf == SAF_OK && nobody_runs_no_command(server);
}

static bool
nobody_gets_only_so_many_links(const struct security_server *server)
{
    enum { TRIES = 40 };
    int descriptors[TRIES];
    int open_ones = 0;
    for (int i = 0; i < TRIES; i++)
        descriptors[i] = connect_raw(server);
    for (int i = 0; i < TRIES; i++) {
        struct pollfd waiting = { .fd = descriptors[i], .events = POLLIN };
        open_ones += poll(&waiting, 1, 100) == 0;
    }
    return open_ones == 32;
}

static void
other_users_get_nothing(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_runs_no_command));
    CU_ASSERT_TRUE(as_nobody(&server, nobody_gets_no_verdict));
    CU_ASSERT_TRUE(as_nobody(&server, nobody_gets_only_so_many_links));
    CU_ASSERT_NOT_EQUAL(security_server_command(&server, "LISTUSER EVIL", NULL, 0), 0);
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "\"uid\":65534"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0010W"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0012W"));
    security_server_stop(&server);
}

static void
the_gateway_user_may_verify_and_no_more(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    struct security_server server;
    security_server_make(&server, "gateway_user = nobody", NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_the_gateway));
    security_server_stop(&server);
}

static void
the_owner_acts_as_ibmuser(void)
{
    struct security_server server;
    struct saf_authorize authorize = { .uid = geteuid(), .access = 4, .class_name = "OPERCMDS", .resource = "IMS.CSLPLEX1.UPD.IMSCON" };
    struct saf_authorize_answer answer;
    struct problem problem;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    struct saf_client *client = security_server_connect(&server);
    CU_ASSERT_TRUE(saf_client_authorize(client, &authorize, &answer, &problem));
    CU_ASSERT_EQUAL(answer.saf, SAF_OK);
    CU_ASSERT_STRING_EQUAL(answer.userid, "IBMUSER");
    authorize.uid = NOBODY;
    CU_ASSERT_TRUE(saf_client_authorize(client, &authorize, &answer, &problem));
    CU_ASSERT_EQUAL(answer.saf, SAF_REFUSED);
    CU_ASSERT_STRING_EQUAL(answer.userid, "");
    saf_client_close(client);
    security_server_stop(&server);
}

static bool
nobody_cannot_connect(const struct security_server *server)
{
    struct problem problem;
    struct saf_client *client = saf_client_connect(server->socket, 1000, &problem);
    saf_client_close(client);
    return client == NULL && strstr(problem.text, "ask its administrator for access") != NULL;
}

static bool
nobody_can_connect(const struct security_server *server)
{
    struct problem problem;
    struct saf_client *client = saf_client_connect(server->socket, 1000, &problem);
    saf_client_close(client);
    return client != NULL;
}

static void
only_a_group_may_connect_when_one_is_set(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    static const struct {
        const char *lines;
        gid_t group;
        mode_t mode;
        bool (*ask)(const struct security_server *server);
    } cases[] = {
        { "socket_group = root", 0, 0660, nobody_cannot_connect },
        { "socket_group = nogroup", NOBODY, 0660, nobody_can_connect },
        { NULL, 0, 0666, nobody_can_connect },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct security_server server;
        struct stat status;
        security_server_make(&server, cases[i].lines, NULL);
        security_server_start(&server);
        CU_ASSERT(stat(server.socket, &status) == 0 && status.st_gid == cases[i].group && (status.st_mode & 0777) == cases[i].mode);
        CU_ASSERT_TRUE(as_nobody(&server, cases[i].ask));
        security_server_stop(&server);
    }
}

static bool
nobody_is_an_ordinary_user(const struct security_server *server)
{
    char output[2048];
    return security_server_command(server, "LISTUSER", output, sizeof output) == 0 && strncmp(output, "USER=IMSUSR1 ", 13) == 0 &&
           security_server_command(server, "PASSWORD PASSWORD(S3CRETPW OTHERPW)", NULL, 0) == 0 &&
           security_server_command(server, "LISTUSER IBMUSER", NULL, 0) == 8 &&
           security_server_command(server, "ALTUSER IMSUSR1 SPECIAL", NULL, 0) == 12;
}

static bool
nobody_is_an_administrator(const struct security_server *server)
{
    return security_server_command(server, "ADDUSER BYADMIN PASSWORD(X)", NULL, 0) == 0;
}

static bool
nobody_is_revoked(const struct security_server *server)
{
    char output[1024];
    return security_server_command(server, "LISTUSER", output, sizeof output) == 12 &&
           strncmp(output, "SAFD0035E NOT AUTHORIZED: UID 65534 is IMSUSR1, which is revoked", 62) == 0;
}

static void
callers_are_the_users_that_have_their_uids(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 OMVS(UID(65534)) PASSWORD(S3CRETPW) NOEXPIRED", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_an_ordinary_user));
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 SPECIAL", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_an_administrator));
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "\"user\":\"IMSUSR1\",\"uid\":65534,\"command\":\"ADDUSER BYADMIN"));
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 REVOKE", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_revoked));
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 RESUME NOOMVS", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_runs_no_command));
    security_server_stop(&server);
}

static uint8_t
authorized(struct saf_client *client, const struct saf_authorize *authorize, const char *userid)
{
    struct saf_authorize_answer answer;
    struct problem problem;
    CU_ASSERT_TRUE(saf_client_authorize(client, authorize, &answer, &problem));
    CU_ASSERT_STRING_EQUAL(answer.userid, userid);
    return answer.saf;
}

static void
profiles_decide_what_operators_may_do(void)
{
    struct security_server server;
    struct saf_authorize update = { .uid = NOBODY, .access = 4, .class_name = "OPERCMDS", .resource = "IMS.PLEX1.UPD.IMSCON" };
    struct saf_authorize query = { .uid = NOBODY, .access = 2, .class_name = "OPERCMDS", .resource = "IMS.PLEX1.QRY.IMSCON" };
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    struct saf_client *client = security_server_connect(&server);
    CU_ASSERT_EQUAL(security_server_command(&server, "ADDUSER OPER1 OMVS(UID(65534)) PASSWORD(X) SPECIAL", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_REFUSED); /* the class protects nothing, so nobody is let through */
    CU_ASSERT_EQUAL(security_server_command(&server, "SETROPTS CLASSACT(OPERCMDS)", NULL, 0), 0);
    CU_ASSERT_EQUAL(security_server_command(&server, "RDEFINE OPERCMDS IMS.PLEX1.*.IMSCON UACC(NONE)", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_REFUSED); /* SPECIAL gives no access */
    CU_ASSERT_EQUAL(security_server_command(&server, "PERMIT IMS.PLEX1.*.IMSCON CLASS(OPERCMDS) ID(OPER1) ACCESS(READ)", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_OK);
    CU_ASSERT_EQUAL(authorized(client, &update, "OPER1"), SAF_REFUSED);
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER OPER1 REVOKE", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_REFUSED);
    saf_client_close(client);
    security_server_stop(&server);
}

static void
no_audit_record_no_login(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    char output[2048];
    char path[SECURITY_SERVER_PATH];
    /* Every write to /dev/full fails as on a full disk. */
    security_server_make(&server, NULL, NULL);
    path_in(&server, "audit.json", path);
    CU_ASSERT_EQUAL(symlink("/dev/full", path), 0);
    security_server_start(&server);
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", output, sizeof output), 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "SAFD0032E"));
    security_server_set_up(&server, key);
    make_ticket(time(NULL), ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_AUDIT);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0022E"));
    security_server_stop(&server);
}

static void
no_durable_claim_no_login(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    const struct rlimit small = { 8192, RLIM_INFINITY };
    const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
    /* Files cannot grow, as on a full disk; the audit records go where there is room. */
    security_server_make(&server, NULL, "audit = /dev/null");
    security_server_start(&server);
    security_server_set_up(&server, key);
    CU_ASSERT_EQUAL(prlimit(server.pid, RLIMIT_FSIZE, &small, NULL), 0);
    make_ticket(time(NULL), ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_REPLAY_STORE);
    CU_ASSERT_TRUE(answer.result.retryable);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0020E"));
    CU_ASSERT_EQUAL(prlimit(server.pid, RLIMIT_FSIZE, &unlimited, NULL), 0);
    /* What was not accepted was not used up. */
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.saf, SAF_OK);
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0021I"));
    security_server_stop(&server);
}

static void
secrets_stay_out_of_logs_and_records(void)
{
    struct security_server server;
    char used[PASSTICKET_SIZE + 1];
    char refused[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    make_ticket(time(NULL), used);
    make_ticket(time(NULL) - 7200, refused);
    verify_once(&server, used);
    verify_once(&server, refused);
    verify_once(&server, "WR0NGPW!");
    security_server_command(&server, "ALTUSER IMSUSR1 PASSWORD(N3WPASSW", NULL, 0);
    security_server_command(&server, "ALTUSR IMSUSR1 PASSWORD(N3WPASSW)", NULL, 0);
    const char *const secrets[] = { used, refused, "WR0NGPW!", "N3WPASSW", "S3CRETPW", key };
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        CU_ASSERT_FALSE(file_holds(&server, "log", secrets[i]));
        CU_ASSERT_FALSE(file_holds(&server, "audit.json", secrets[i]));
    }
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "<hidden>"));
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a first start makes what is missing", a_first_start_makes_what_is_missing },
        { "each failure to start has its exit code", each_failure_to_start_has_its_exit_code },
        { "wrong command lines are refused", wrong_command_lines_are_refused },
        { "a ticket logs on once, even across kill -9", a_ticket_logs_on_once_even_across_kill_9 },
        { "the operator reads how far off a ticket was", the_operator_reads_how_far_off_a_ticket_was },
        { "pipelined requests are all answered", pipelined_requests_are_all_answered },
        { "answers come after the last request was sent", answers_come_after_the_last_request_was_sent },
        { "a broken frame ends its connection alone", a_broken_frame_ends_its_connection_alone },
        { "a slow reader is paused and loses nothing", a_slow_reader_is_paused_and_loses_nothing },
        { "inherited links serve, and end the server", inherited_links_serve_and_end_the_server },
        { "what is no link is refused", what_is_no_link_is_refused },
        { "two servers run side by side only apart", two_servers_run_side_by_side_only_apart },
        { "a dead socket is replaced", a_dead_socket_is_replaced },
        { "SIGHUP opens the audit file again", sighup_opens_the_audit_file_again },
        { "other users get nothing", other_users_get_nothing },
        { "the gateway user may verify and no more", the_gateway_user_may_verify_and_no_more },
        { "the owner acts as IBMUSER", the_owner_acts_as_ibmuser },
        { "only a group may connect when one is set", only_a_group_may_connect_when_one_is_set },
        { "callers are the users that have their uids", callers_are_the_users_that_have_their_uids },
        { "profiles decide what operators may do", profiles_decide_what_operators_may_do },
        { "no audit record, no login", no_audit_record_no_login },
        { "no durable claim, no login", no_durable_claim_no_login },
        { "secrets stay out of logs and records", secrets_stay_out_of_logs_and_records },
    };
    if (!secret_memory_init(1 << 16))
        return 1;
    return SUITE_RUN("safd", cases);
}
