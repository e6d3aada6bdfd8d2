/* passgated, the gateway: reads its configuration, starts safd, listens, and serves DRDA clients until it is told to stop. */
#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/options.h"
#include "gateway/check.h"
#include "gateway/datastore/sqlite/session.h"
#include "gateway/gateway.h"
#include "gateway/listener.h"
#include "gateway/loop.h"
#include "gateway/operator/operator_socket.h"
#include "gateway/saf_child.h"
#include "gateway/warnings.h"

enum { EXIT_FAILED = 1, EXIT_CONFIGURATION = 3 };

static const char default_settings[] = "/etc/passgate/passgate.ini";

enum { OPTION_CONFIG, OPTION_CHECK, OPTION_DEBUG, OPTION_COUNT };

static const struct option_row option_rows[OPTION_COUNT] = {
    [OPTION_CONFIG] = { "config", "FILE", "passgate.ini to read; default /etc/passgate/passgate.ini" },
    [OPTION_CHECK] = { "check", NULL, "read and check everything, print all problems, and end" },
    [OPTION_DEBUG] = { "debug", NULL, "log what every connection does; never a password or ticket" },
};

static const struct command_line line = {
    .program = "passgated",
    .operands = "",
    .summary = "The Passgate gateway: serves DRDA clients that log on with RACF PassTickets.\n"
               "It stays in the foreground, logs to standard error, and ends on SIGTERM or SIGINT when the work under way is done.",
    .afterword = "Examples:\n"
                 "  passgated --config /etc/passgate/passgate.ini --check\n"
                 "  passgated --config /etc/passgate/passgate.ini\n"
                 "\n"
                 "Exit codes:\n"
                 "  0  stopped as told; with --check: no error (there may be warnings)\n"
                 "  1  cannot start or go on\n"
                 "  2  wrong command line\n"
                 "  3  wrong configuration\n",
    .rows = option_rows,
    .row_count = OPTION_COUNT,
};

struct daemon {
    struct gateway gateway;
    struct event_base *base; /* of the main thread: signals, safd's process, the operator */
    struct saf_link *operator_saf;
    struct saf_child *child;
    struct operator_socket *operator_socket;
    struct event terminate;
    struct event interrupt;
    struct event hangup;
    bool now; /* stop without waiting for work under way */
};

static void
stop(void *context, bool now)
{
    struct daemon *daemon = context;
    daemon->now = now;
    event_base_loopbreak(daemon->base);
}

static void
on_terminate(evutil_socket_t signal_number, short what, void *context)
{
    (void)what;
    log_message("HWSG0050I", "%s: STOPPING", signal_number == SIGTERM ? "SIGTERM" : "SIGINT");
    stop(context, false);
}

static void
on_hangup(evutil_socket_t signal_number, short what, void *context)
{
    (void)signal_number;
    (void)what;
    (void)context;
    log_message("HWSG0053I", "SIGHUP: nothing is read again; start the gateway anew to change its configuration");
}

static bool
open_base(struct daemon *daemon, struct problem *problem)
{
    const struct passgate_settings *settings = &daemon->gateway.configuration->settings;
    daemon->base = event_base_new();
    if (daemon->base != NULL)
        daemon->operator_saf = saf_link_new(daemon->base, daemon->gateway.clock, settings->saf_child ? NULL : settings->saf_socket,
                                            settings->saf_timeout_ms, &daemon->gateway.saf_report);
    if (daemon->operator_saf == NULL) {
        problem_set_errno(problem, "cannot make the main event loop");
        return false;
    }
    evsignal_assign(&daemon->terminate, daemon->base, SIGTERM, on_terminate, daemon);
    evsignal_assign(&daemon->interrupt, daemon->base, SIGINT, on_terminate, daemon);
    evsignal_assign(&daemon->hangup, daemon->base, SIGHUP, on_hangup, daemon);
    return event_add(&daemon->terminate, NULL) == 0 && event_add(&daemon->interrupt, NULL) == 0 && event_add(&daemon->hangup, NULL) == 0;
}

static bool
make_loops(struct gateway *gateway, struct problem *problem)
{
    unsigned count = check_loop_count(gateway->configuration);
    gateway->loops = calloc(count, sizeof gateway->loops[0]);
    if (gateway->loops == NULL) {
        problem_set(problem, "no memory for %u event loops", count);
        return false;
    }
    for (; gateway->loop_count < count; gateway->loop_count++) {
        gateway->loops[gateway->loop_count] = loop_new(gateway, (unsigned)gateway->loop_count, problem);
        if (gateway->loops[gateway->loop_count] == NULL)
            return false;
    }
    return true;
}

static bool
listen_on_ports(struct gateway *gateway, struct problem *problem)
{
    const struct hwscfg *hws = &gateway->configuration->hws;
    for (size_t i = 0; i < hws->drda_port_count; i++)
        if (!listener_port_is_free(gateway->configuration, &hws->drda_ports[i], problem))
            return false;
    for (size_t i = 0; i < gateway->loop_count; i++)
        if (!loop_listen(gateway->loops[i], problem))
            return false;
    for (size_t i = 0; i < hws->drda_port_count; i++) {
        /* A port counts once against MAXSOC, however many loops listen on it. */
        if (!socket_count_take(&gateway->sockets)) {
            problem_set(problem, "MAXSOC=%u is not enough for %zu ports", hws->maxsoc, hws->drda_port_count);
            return false;
        }
        log_message("HWSS0790I", "LISTENING ON PORT=%u STARTED; M=SOC2", hws->drda_ports[i].id);
    }
    return true;
}

/* The gateway is ready when its security server is, so that whoever waits for the message can log on or set RACF up. One that does not
 * answer has been told of, and is waited for no longer. */
static void
on_security_server_ready(void *context, struct saf_frame *answer)
{
    (void)answer;
    const struct daemon *daemon = context;
    const struct hwscfg *hws = &daemon->gateway.configuration->hws;
    log_message("HWSC0010I", "IMS CONNECT INITIALIZATION COMPLETE; HWS ID=%s, APPL=%s", hws->id, hwscfg_application(hws));
    log_message("HWSC0000I", "*IMS CONNECT READY* %s", hws->id);
}

static void
await_security_server(struct daemon *daemon)
{
    const struct saf_authorize question = { .uid = geteuid(), .access = 2, .class_name = "FACILITY", .resource = "PASSGATE.READY" };
    if (saf_link_authorize(daemon->operator_saf, &question, on_security_server_ready, daemon) == 0)
        on_security_server_ready(daemon, NULL);
}

static bool
start(struct daemon *daemon, struct problem *problem)
{
    struct gateway *gateway = &daemon->gateway;
    const struct configuration *configuration = gateway->configuration;
    if (!open_base(daemon, problem) || !make_loops(gateway, problem))
        return false;
    if (configuration->settings.saf_child) {
        daemon->child = saf_child_start(daemon->base, gateway, daemon->operator_saf, problem);
        if (daemon->child == NULL)
            return false;
    }
    if (!listen_on_ports(gateway, problem))
        return false;
    daemon->operator_socket = operator_socket_open(daemon->base, gateway, daemon->operator_saf, stop, daemon, problem);
    if (daemon->operator_socket == NULL)
        return false;
    for (size_t i = 0; i < gateway->loop_count; i++)
        if (!loop_start(gateway->loops[i], problem))
            return false;
    warnings_of_hwscfg(&configuration->hws, warnings_log, NULL);
    await_security_server(daemon);
    return true;
}

/* Ends whatever was started, in the order in which the parts need each other. */
static void
finish(struct daemon *daemon)
{
    struct gateway *gateway = &daemon->gateway;
    uint32_t shutdown_ms = daemon->now ? 0 : gateway->configuration->settings.shutdown_ms;
    operator_socket_close(daemon->operator_socket);
    for (size_t i = 0; i < gateway->loop_count; i++)
        loop_stop(gateway->loops[i], shutdown_ms);
    for (size_t i = 0; i < gateway->loop_count; i++)
        loop_join(gateway->loops[i]);
    gateway_clear(gateway);
    for (size_t i = 0; i < gateway->loop_count; i++)
        loop_free(gateway->loops[i]);
    free(gateway->loops);
    saf_child_stop(daemon->child);
    saf_link_free(daemon->operator_saf);
    if (daemon->base != NULL) {
        event_del(&daemon->terminate);
        event_del(&daemon->interrupt);
        event_del(&daemon->hangup);
        event_base_free(daemon->base);
    }
}

/* Blocks larger than that go back to the system when they are freed, and so does the free end of a thread's heap. Left to itself malloc
 * would raise both with the first large block, and each thread would keep several MiB. */
static void
bound_free_memory(void)
{
    enum { BOUND = 1024 * 1024 };
    (void)mallopt(M_MMAP_THRESHOLD, BOUND);
    (void)mallopt(M_TRIM_THRESHOLD, BOUND);
}

static int
serve(const char *settings_path, const struct configuration *configuration)
{
    struct daemon daemon = { .now = false };
    struct problem problem = { .text = "" };
    /* Signals are for the main thread's event loop; threads inherit the mask, libevent gets them when it is taken off. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    signal(SIGPIPE, SIG_IGN);
    bound_free_memory();
    sqlite_datastores_limit_memory(configuration->settings.sql_memory_bytes);
    bool started = check_raise_descriptors(configuration, &problem) &&
                   gateway_init(&daemon.gateway, configuration, settings_path, &problem) && start(&daemon, &problem);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started && event_base_dispatch(daemon.base) < 0) {
        problem_set_errno(&problem, "the main event loop failed");
        started = false;
    }
    if (!started)
        fprintf(stderr, "passgated: %s\n", problem.text);
    daemon.now = daemon.now || !started;
    if (daemon.gateway.configuration != NULL)
        finish(&daemon);
    if (started)
        log_message("HWSG0052I", "STOPPED");
    return started ? EXIT_SUCCESS : EXIT_FAILED;
}

static int
run(const char *settings_path, bool only_check)
{
    static struct configuration configuration; /* large; lives as long as the process */
    struct problem_list problems = { 0 };
    bool good = configuration_read(settings_path, &configuration, &problems);
    if (good)
        check_meaning(settings_path, &configuration, &problems);
    good = good && problems.errors == 0;
    if (good && only_check)
        warnings_check(settings_path, &configuration, &problems);
    problem_list_print(&problems, only_check, stderr);
    size_t errors = problems.errors;
    size_t others = problems.count; /* when there are no errors */
    problem_list_clear(&problems);
    configuration_forget_secrets(&configuration.settings);
    if (!good) {
        fprintf(stderr, "passgated: %s: %zu error%s; correct them, then try passgated --check\n", settings_path, errors,
                errors == 1 ? "" : "s");
        return EXIT_CONFIGURATION;
    }
    if (only_check) {
        printf("%s: OK, %zu warnings or notes\n", settings_path, others);
        return EXIT_SUCCESS;
    }
    return serve(settings_path, &configuration);
}

int
main(int argc, char *argv[])
{
    const char *values[OPTION_COUNT];
    int first_operand;
    switch (options_parse(&line, argc, argv, values, &first_operand)) {
    case OPTIONS_ANSWERED:
        return EXIT_SUCCESS;
    case OPTIONS_WRONG:
        return OPTIONS_EXIT_USAGE;
    case OPTIONS_PARSED:
        break;
    }
    if (first_operand < argc)
        return options_refuse(&line, "%s: no operand is expected", argv[first_operand]);
    if (values[OPTION_DEBUG] != NULL)
        log_set_level(LOG_LEVEL_DEBUG);
    return run(values[OPTION_CONFIG] != NULL ? values[OPTION_CONFIG] : default_settings, values[OPTION_CHECK] != NULL);
}
