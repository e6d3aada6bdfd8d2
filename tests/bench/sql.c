/* Statements and rows per second, beside Apache Derby's Network Server in the same run, turn by turn.
 * The same loads run on both through Derby's client (tests/bench/java/Load.java) and through Passgate's own requester, which costs
 * the client less; the server's CPU time per unit is that of all its threads. Where a client waits for each answer, messages to and fro are
 * most of what is measured, on both servers: how many of them the machine can send with nothing behind them is measured too. In the loads
 * with chains the requester sends several commands at a time, and what remains is the work of the servers.
 * Client and servers share one CPU (tests/bench/machine.h says why), and all have the settings that they come with.
 * Usage: sql [NAME ...], the names of the loads wanted. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/machine.h"
#include "tests/support/derby.h"
#include "tests/support/gateway.h"
#include "tests/support/java.h"
#include "tests/support/sql_load.h"

enum { ROWS = 1000000, PASSWORDS = 32, CROWD = 8, CHAINS = 2, TURNS = 3, NAME_SIZE = 32 };

static const int64_t warm_ns = 6000000000;
static const int64_t turn_ns = 2000000000;

/* What one load came to on one server. */
struct figures {
    double units;
    double seconds;
    double cpu_seconds;
};

struct server {
    const char *attributes; /* of the URL */
    uint16_t port;
    pid_t pid;
    struct figures figures; /* of the load under way */
    double cpu;             /* when its turn began */
};

enum { PASSGATE, DERBY, SERVERS };

static struct gateway gateway;
static struct server servers[SERVERS];

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
end(struct server *server, double units, double seconds)
{
    server->figures.units += units;
    server->figures.seconds += seconds;
    server->figures.cpu_seconds += process_cpu_seconds(server->pid) - server->cpu;
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

/* Runs the program; it tells when a measurement begins and ends. */
static void
run_java(struct server *server, const char *name)
{
    char command[1024];
    char line[128];
    write_passwords();
    snprintf(command, sizeof command,
             "env -u ASAN_OPTIONS java -cp %s/classes:" DERBY_CLIENT_CLASSES
             " Load 'jdbc:derby://127.0.0.1:%u/SAMPLE%s' IMSUSR1 %s < %s/passwords",
             gateway.directory, server->port, server->attributes, name, gateway.directory);
    FILE *lines = popen(command, "r");
    if (lines == NULL)
        exit(1);
    while (fgets(line, sizeof line, lines) != NULL) {
        double units;
        double nanoseconds;
        if (strncmp(line, "begin", strlen("begin")) == 0)
            begin(server);
        else if (sscanf(line, "end %lf %lf", &units, &nanoseconds) == 2)
            end(server, units, nanoseconds / 1e9);
    }
    if (pclose(lines) != 0)
        exit(1);
}

static void
run_java_on_both(const char *name)
{
    for (size_t i = 0; i < SERVERS; i++)
        run_java(&servers[i], name);
}

/* ---- through our own requester --------------------------------------------------------------------------------------- */

typedef uint64_t run_load(struct load *load, int64_t end_ns);

static uint64_t
select_rows(struct load *load, int64_t end_ns)
{
    return load_select(load, ROWS, end_ns);
}

static uint64_t
select_in_chains(struct load *load, int64_t end_ns)
{
    return load_select_chains(load, ROWS, end_ns);
}

static void
run_turns(run_load *run, size_t connections)
{
    struct load *loads[SERVERS];
    for (size_t i = 0; i < SERVERS; i++) {
        char passwords[PASSWORDS][9];
        make_passwords(passwords);
        loads[i] = load_new(servers[i].port, "IMSUSR1", passwords, connections);
        run(loads[i], load_now_ns() + warm_ns);
    }
    for (size_t turn = 0; turn < TURNS * SERVERS; turn++) {
        struct server *server = &servers[turn % SERVERS];
        begin(server);
        int64_t start = load_now_ns();
        uint64_t units = run(loads[turn % SERVERS], start + turn_ns);
        end(server, (double)units, (double)(load_now_ns() - start) / 1e9);
    }
    for (size_t i = 0; i < SERVERS; i++)
        load_free(loads[i]);
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
    for (; load_now_ns() < start + turn_ns; count++)
        if (send(ends[0], bytes, REQUEST_SIZE, MSG_NOSIGNAL) != REQUEST_SIZE ||
            recv(ends[0], bytes, ANSWER_SIZE, MSG_WAITALL) != ANSWER_SIZE)
            exit(1);
    double seconds = (double)(load_now_ns() - start) / 1e9;
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return count / seconds;
}

/* ---- the comparison -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    run_load *run; /* NULL: through Derby's client */
    size_t connections;
    double aim; /* times Derby's rate; 0: none */
} loads[] = {
    { "java-select", NULL, 1, 0 },
    { "java-select-autocommit", NULL, 1, 0 },
    { "java-select-8", NULL, CROWD, 0 },
    { "java-rows", NULL, 1, 0 },
    { "java-batch-insert", NULL, 1, 0 },
    { "requester-select", select_rows, 1, 0 },
    { "requester-select-8", select_rows, CROWD, 0 },
    { "requester-select-chains", select_in_chains, CHAINS, 3 },
    { "requester-rows", load_read, 1, 2 },
};

static bool
is_wanted(const char *name, int count, char **names)
{
    bool wanted = count == 0;
    for (int i = 0; i < count; i++)
        wanted = wanted || strcmp(names[i], name) == 0;
    return wanted;
}

static void
print_figures(const char *name, double aim)
{
    const struct figures *ours = &servers[PASSGATE].figures;
    const struct figures *theirs = &servers[DERBY].figures;
    double our_rate = ours->units / ours->seconds;
    double their_rate = theirs->units / theirs->seconds;
    double our_cpu_us = ours->cpu_seconds * 1e6 / ours->units;
    double their_cpu_us = theirs->cpu_seconds * 1e6 / theirs->units;
    printf("%-24s %14.0f %14.0f %7.2f %14.2f %14.2f %7.2f", name, our_rate, their_rate, our_rate / their_rate, our_cpu_us, their_cpu_us,
           their_cpu_us / our_cpu_us);
    if (aim > 0)
        printf("   aim %.0f: %s", aim, our_rate / their_rate >= aim ? "reached" : "NOT reached");
    printf("\n");
    fflush(stdout);
}

static void
compare(int count, char **names)
{
    printf("%-24s %14s %14s %7s %14s %14s %7s\n", "", "Passgate /s", "Derby /s", "ratio", "CPU us each", "Derby's", "ratio");
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        if (!is_wanted(loads[i].name, count, names))
            continue;
        for (size_t server = 0; server < SERVERS; server++)
            servers[server].figures = (struct figures) { 0 };
        if (loads[i].run == NULL)
            run_java_on_both(loads[i].name);
        else
            run_turns(loads[i].run, loads[i].connections);
        print_figures(loads[i].name, loads[i].aim);
    }
    printf("%-24s %14.0f, of one client that waits for each answer, with nothing behind them\n", "bare messages to and fro",
           bare_round_trips_a_second());
}

int
main(int count, char **arguments)
{
    struct derby network_server;
    if (!machine_own_network())
        printf("no network of its own: the machine's settings of TCP count\n");
    machine_one_cpu();
    gateway_start(&gateway, &(struct gateway_options) { .threads = 1 });
    derby_start(&network_server, gateway.directory);
    compile_load();
    servers[PASSGATE] = (struct server) { .attributes = "", .port = gateway.port, .pid = gateway.passgated };
    servers[DERBY] = (struct server) { .attributes = ";create=true", .port = network_server.port, .pid = network_server.pid };
    run_java_on_both("fill");
    compare(count - 1, arguments + 1);
    derby_stop(&network_server);
    gateway_stop(&gateway);
    return 0;
}
