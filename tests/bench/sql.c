/* Statements and rows per second, beside Apache Derby's Network Server in the same run.
 * The same load runs on both through Derby's client (tests/bench/java/Load.java) and through Passgate's own requester, which costs
 * the client less; the server's CPU time per unit is that of all its threads. What no server can pass with a client that waits for each
 * answer is measured too: messages of that size sent to and fro over loopback, with nothing behind them.
 * Usage: sql [requester], which leaves Derby's client out. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/derby.h"
#include "tests/support/gateway.h"
#include "tests/support/java.h"
#include "tests/support/sql_load.h"

enum { ROWS = 1000000, MEASUREMENTS_MAX = 16, PASSWORDS = 32, CROWD = 8, NAME_SIZE = 32 };

static const int64_t warm_ns = 3000000000;
static const int64_t measured_ns = 6000000000;

struct measurement {
    char name[NAME_SIZE];
    double per_second;
    double cpu_us;
};

struct server {
    const char *name;
    const char *attributes; /* of the URL */
    uint16_t port;
    pid_t pid;
    struct measurement measurements[MEASUREMENTS_MAX];
    size_t count;
    double cpu; /* when the measurement under way began */
};

static struct gateway gateway;
static bool only_requester;

static void
make_passwords(char passwords[PASSWORDS][9])
{
    for (size_t i = 0; i < PASSWORDS; i++)
        gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, passwords[i]);
}

static void
begin(struct server *server)
{
    server->cpu = process_cpu_seconds(server->pid);
}

static void
end(struct server *server, const char *name, double units, double seconds)
{
    if (server->count == MEASUREMENTS_MAX)
        exit(1);
    struct measurement *measurement = &server->measurements[server->count++];
    snprintf(measurement->name, sizeof measurement->name, "%s", name);
    measurement->per_second = units / seconds;
    measurement->cpu_us = (process_cpu_seconds(server->pid) - server->cpu) * 1e6 / units;
}

/* ---- through Derby's client ------------------------------------------------------------------------------------------ */

static void
compile_load(void)
{
    if (java_compile(gateway.directory, "tests/bench/java/Load.java", NULL) != 0)
        exit(1);
}

static void
write_passwords(void)
{
    char passwords[PASSWORDS][9];
    char path[128];
    make_passwords(passwords);
    snprintf(path, sizeof path, "%s/passwords", gateway.directory);
    FILE *file = fopen(path, "w");
    for (size_t i = 0; file != NULL && i < PASSWORDS; i++)
        fprintf(file, "%s\n", passwords[i]);
    if (file == NULL || fclose(file) != 0)
        exit(1);
}

static void
run_java(struct server *server)
{
    char command[1024];
    char line[128];
    write_passwords();
    snprintf(command, sizeof command,
             "env -u ASAN_OPTIONS java -cp %s/classes:" DERBY_CLIENT_CLASSES
             " Load 'jdbc:derby://127.0.0.1:%u/SAMPLE%s' IMSUSR1 %s < %s/passwords",
             gateway.directory, server->port, server->attributes, only_requester ? "fill" : "", gateway.directory);
    FILE *lines = popen(command, "r");
    if (lines == NULL)
        exit(1);
    while (fgets(line, sizeof line, lines) != NULL) {
        char name[NAME_SIZE];
        double units;
        double nanoseconds;
        if (strncmp(line, "begin ", strlen("begin ")) == 0)
            begin(server);
        else if (sscanf(line, "end %31s %lf %lf", name, &units, &nanoseconds) == 3)
            end(server, name, units, nanoseconds / 1e9);
    }
    if (pclose(lines) != 0)
        exit(1);
}

/* ---- through our own requester --------------------------------------------------------------------------------------- */

static void
run_select(struct server *server, const char *name, size_t connections)
{
    char passwords[PASSWORDS][9];
    make_passwords(passwords);
    struct load *load = load_new(server->port, "IMSUSR1", passwords, connections);
    load_select(load, ROWS, load_now_ns() + warm_ns);
    begin(server);
    int64_t start = load_now_ns();
    uint64_t units = load_select(load, ROWS, start + measured_ns);
    end(server, name, (double)units, (double)(load_now_ns() - start) / 1e9);
    load_free(load);
}

static void
run_read(struct server *server)
{
    char passwords[PASSWORDS][9];
    make_passwords(passwords);
    struct load *load = load_new(server->port, "IMSUSR1", passwords, 1);
    load_read(load, load_now_ns() + warm_ns);
    begin(server);
    int64_t start = load_now_ns();
    uint64_t units = load_read(load, start + measured_ns);
    end(server, "requester-rows", (double)units, (double)(load_now_ns() - start) / 1e9);
    load_free(load);
}

static void
run_requester(struct server *server)
{
    run_select(server, "requester-select", 1);
    run_select(server, "requester-select-8", CROWD);
    run_read(server);
}

/* ---- the limit ------------------------------------------------------------------------------------------------------- */

enum { REQUEST_SIZE = 256, ANSWER_SIZE = 512 };

/* As the child: answers each request until the other end closes. */
_Noreturn static void
answer(int fd)
{
    uint8_t bytes[ANSWER_SIZE] = { 0 };
    while (recv(fd, bytes, REQUEST_SIZE, MSG_WAITALL) == REQUEST_SIZE)
        if (send(fd, bytes, ANSWER_SIZE, MSG_NOSIGNAL) != ANSWER_SIZE)
            break;
    _exit(0);
}

/* Two ends of a TCP connection over loopback. */
static void
connect_loopback(int ends[2])
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    const int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0 || connect(ends[0], (struct sockaddr *)&address, size) != 0)
        exit(1);
    ends[1] = accept(listener, NULL, NULL);
    close(listener);
    for (int i = 0; i < 2; i++)
        if (ends[i] < 0 || setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
            exit(1);
}

static double
bare_round_trips_a_second(void)
{
    uint8_t bytes[ANSWER_SIZE] = { 0 };
    int ends[2];
    connect_loopback(ends);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        answer(ends[1]);
    }
    close(ends[1]);
    int64_t start = load_now_ns();
    double count = 0;
    for (; load_now_ns() < start + measured_ns; count++)
        if (send(ends[0], bytes, REQUEST_SIZE, MSG_NOSIGNAL) != REQUEST_SIZE ||
            recv(ends[0], bytes, ANSWER_SIZE, MSG_WAITALL) != ANSWER_SIZE)
            exit(1);
    double seconds = (double)(load_now_ns() - start) / 1e9;
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return count / seconds;
}

/* ---- the comparison -------------------------------------------------------------------------------------------------- */

static void
print_comparison(const struct server *passgate, const struct server *derby, double limit)
{
    printf("%-24s %14s %14s %7s %14s %14s %7s\n", "", "Passgate /s", "Derby /s", "ratio", "CPU us each", "Derby's", "ratio");
    for (size_t i = 0; i < passgate->count && i < derby->count; i++) {
        const struct measurement *ours = &passgate->measurements[i];
        const struct measurement *theirs = &derby->measurements[i];
        printf("%-24s %14.0f %14.0f %7.2f %14.2f %14.2f %7.2f\n", ours->name, ours->per_second, theirs->per_second,
               ours->per_second / theirs->per_second, ours->cpu_us, theirs->cpu_us, theirs->cpu_us / ours->cpu_us);
    }
    for (size_t i = 0; i < passgate->count && i < derby->count; i++)
        if (strcmp(passgate->measurements[i].name, "requester-select") == 0)
            printf("bare round trips over loopback: %.0f /s, %.2f times Derby's selects; Passgate's are %.2f of that limit\n", limit,
                   limit / derby->measurements[i].per_second, passgate->measurements[i].per_second / limit);
    printf("aims: selects at least 3 times Derby's rate, rows at least 2 times\n");
}

int
main(int count, char **arguments)
{
    only_requester = count > 1 && strcmp(arguments[1], "requester") == 0;
    struct derby network_server;
    gateway_start(&gateway, &(struct gateway_options) { .threads = 1 });
    derby_start(&network_server, gateway.directory);
    compile_load();
    struct server passgate = { .name = "Passgate", .attributes = "", .port = gateway.port, .pid = gateway.passgated };
    struct server derby = { .name = "Derby", .attributes = ";create=true", .port = network_server.port, .pid = network_server.pid };
    run_java(&passgate);
    run_requester(&passgate);
    run_java(&derby);
    run_requester(&derby);
    derby_stop(&network_server);
    gateway_stop(&gateway);
    print_comparison(&passgate, &derby, bare_round_trips_a_second());
    return 0;
}
