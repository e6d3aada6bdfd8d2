/* safd, the security server: owns the RACF database, the keys, the single-use claims and the audit file of a host, and answers
 * those who ask. This file reads the command line and passgate.ini, opens the parts in order and closes them again. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/log.h"
#include "common/options.h"
#include "common/secret.h"
#include "config/configuration.h"
#include "security/saf/safd_check.h"
#include "security/saf/safd_claims.h"
#include "security/saf/safd_exit.h"
#include "security/saf/safd_server.h"

enum { SECRET_MEMORY_BYTES = 4 * 1024 * 1024, TOKEN_MAX = 32, FIRST_FREE_DESCRIPTOR = 3, LINKS_MAX = 4096 };

/* 32768 users and applications at a time; up to 9 MB of file. */
enum { SECONDS_BUCKETS = 1024 };

enum safd_option { OPTION_CONFIG, OPTION_CHECK, OPTION_LINKS, OPTION_TOKEN, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_CONFIG] = { "config", "FILE", "read FILE, a passgate.ini (default " CONFIGURATION_DEFAULT_PATH ")" },
    [OPTION_CHECK] = { "check", NULL,
                       "print what deserves attention in the RACF database and on this host, and\n"
                       "end; a safd that runs is asked" },
    [OPTION_LINKS] = { "links", "FIRST:COUNT",
                       "serve COUNT connected sockets handed down by the gateway that starts\n"
                       "this safd, as file descriptors FIRST and up; end when all are closed" },
    [OPTION_TOKEN] = { "token", "T",
                       "add .T to the name of the socket, so that several safd can run side by\n"
                       "side; 1 to 32 letters, digits, - or _" },
};

static const struct command_line line = {
    .program = "safd",
    .operands = "",
    .summary = "The security server of Passgate: verifies users and their PassTickets for gateways and runs RACF commands.\n"
               "It stays in the foreground, logs to standard error and ends on SIGTERM or SIGINT; SIGHUP opens the audit file again.",
    .afterword = "Examples:\n"
                 "  safd --config /etc/passgate/passgate.ini\n"
                 "  safd --config /etc/passgate/passgate.ini --check\n"
                 "  safd --config test.ini --token TEST      listens on the configured socket name with .TEST\n"
                 "\n"
                 "Exit codes:\n"
                 "  0  ended by a signal, or by the gateway that started it\n"
                 "  1  the event loop failed, or cannot be set up\n"
                 "  2  wrong command line\n"
                 "  3  wrong configuration\n"
                 "  4  no secret memory, or the master key cannot be used\n"
                 "  5  the RACF database cannot be used\n"
                 "  6  the replay store, or what leads to its Redis, cannot be used\n"
                 "  7  the audit file cannot be used\n"
                 "  8  the socket, or a link, cannot be used\n",
    .rows = rows,
    .row_count = OPTION_COUNT,
};

struct parts {
    struct keystore *keystore;
    struct racf *racf;
    struct safd_claims claims;
    struct audit *audit;
    struct passticket_seconds *seconds;
    struct event_base *base;
    struct workers *workers;
    struct throttle *throttle;
    struct safd_commands *commands;
    struct safd_logins *logins;
    struct safd_tickets *tickets;
    struct safd_explains *explains;
    struct safd_service *service;
    struct safd_server *server;
};

static bool
parse_links(const char *text, struct safd_server_settings *settings)
{
    char *end;
    long first = strtol(text, &end, 10);
    if (end == text || *end != ':' || first < FIRST_FREE_DESCRIPTOR || first > INT32_MAX - LINKS_MAX)
        return false;
    const char *rest = end + 1;
    long count = strtol(rest, &end, 10);
    if (end == rest || *end != '\0' || count < 1 || count > LINKS_MAX)
        return false;
    settings->first_link = (int)first;
    settings->link_count = (int)count;
    return true;
}

static bool
is_token(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t length = strlen(text);
    return length >= 1 && length <= TOKEN_MAX && strspn(text, allowed) == length;
}

static bool
read_configuration(const char *path, struct passgate_settings *settings)
{
    struct problem_list problems = { 0 };
    bool read = configuration_read_settings(path, settings, &problems);
    for (size_t i = 0; i < problems.count; i++)
        if (problems.problems[i].severity != CONFIGURATION_NOTE)
            fprintf(stderr, "safd: %s\n", problems.problems[i].text);
    problem_list_clear(&problems);
    return read;
}

static bool
find_gateway_user(const struct passgate_settings *settings, uid_t *uid)
{
    *uid = geteuid();
    if (settings->saf_gateway_user[0] == '\0')
        return true;
    const struct passwd *user = getpwnam(settings->saf_gateway_user);
    if (user != NULL)
        *uid = user->pw_uid;
    return user != NULL;
}

static bool
find_socket_group(const struct passgate_settings *settings, gid_t *gid)
{
    *gid = (gid_t)-1;
    if (settings->saf_socket_group[0] == '\0')
        return true;
    const struct group *group = getgrnam(settings->saf_socket_group);
    if (group != NULL)
        *gid = group->gr_gid;
    return group != NULL;
}

/* Fills `server` from the command line and passgate.ini; 0, or the exit code of what is wrong and has been told. */
static int
settle(const char *const values[], struct passgate_settings *settings, struct safd_server_settings *server)
{
    const char *config = values[OPTION_CONFIG] != NULL ? values[OPTION_CONFIG] : CONFIGURATION_DEFAULT_PATH;
    if (values[OPTION_LINKS] != NULL && !parse_links(values[OPTION_LINKS], server))
        return options_refuse(&line, "--links %s: expected FIRST:COUNT, FIRST at least %d, COUNT 1 to %d", values[OPTION_LINKS],
                              FIRST_FREE_DESCRIPTOR, LINKS_MAX);
    if (values[OPTION_TOKEN] != NULL && !is_token(values[OPTION_TOKEN]))
        return options_refuse(&line, "--token %s: expected 1 to %d letters, digits, - or _", values[OPTION_TOKEN], TOKEN_MAX);
    if (!read_configuration(config, settings))
        return SAFD_EXIT_CONFIGURATION;
    const char *token = values[OPTION_TOKEN];
    int length = snprintf(server->socket, sizeof server->socket, "%s%s%s", settings->saf_socket, token != NULL ? "." : "",
                          token != NULL ? token : "");
    if (length <= 0 || (size_t)length >= sizeof server->socket) {
        fprintf(stderr, "safd: %s: [saf] socket, with .token, must have 1 to %zu bytes: set another one\n", config,
                sizeof server->socket - 1);
        return SAFD_EXIT_CONFIGURATION;
    }
    if (!find_socket_group(settings, &server->socket_group)) {
        fprintf(stderr, "safd: %s: [saf] socket_group = %s: there is no such group: create it or correct the name\n", config,
                settings->saf_socket_group);
        return SAFD_EXIT_CONFIGURATION;
    }
    if (!find_gateway_user(settings, &server->gateway_uid)) {
        fprintf(stderr, "safd: %s: [saf] gateway_user = %s: there is no such user: create it or correct the name\n", config,
                settings->saf_gateway_user);
        return SAFD_EXIT_CONFIGURATION;
    }
    return 0;
}

/* Beside the database, of which there is one for each safd. */
static bool
open_seconds(struct parts *parts, const char *database, struct problem *problem)
{
    char path[PASSTICKET_SECONDS_PATH_MAX];
    int length = snprintf(path, sizeof path, "%s.tickets", database);
    if (length > 0 && (size_t)length < sizeof path)
        parts->seconds = passticket_seconds_open(path, SECONDS_BUCKETS, problem);
    else
        problem_set(problem, "%s: the path is too long: set a shorter [racf] database", database);
    return parts->seconds != NULL;
}

static int
open_stores(struct parts *parts, const struct passgate_settings *settings, struct problem *problem)
{
    parts->keystore = keystore_open(settings->master_key, true, problem);
    if (parts->keystore == NULL)
        return SAFD_EXIT_KEYS;
    parts->racf = racf_open(settings->racf_database, true, parts->keystore, &clock_system, problem);
    if (parts->racf == NULL)
        return SAFD_EXIT_DATABASE;
    if (!racf_limit_future(parts->racf, (uint16_t)settings->timeout_future_s)) {
        problem_set(problem, "%s: the PTKTDATA profiles cannot be put in storage", settings->racf_database);
        return SAFD_EXIT_DATABASE;
    }
    if (!safd_claims_open(&parts->claims, settings, &clock_system, problem))
        return SAFD_EXIT_REPLAY;
    const struct audit_settings audit = {
        .file = settings->audit_to == AUDIT_TO_JOURNAL ? NULL : settings->audit_file,
        .journal = settings->audit_to == AUDIT_TO_FILE ? NULL : settings->audit_journal,
        .go_on = settings->audit_go_on,
    };
    parts->audit = audit_open(&audit, problem);
    if (parts->audit == NULL)
        return SAFD_EXIT_AUDIT;
    return open_seconds(parts, settings->racf_database, problem) ? 0 : SAFD_EXIT_DATABASE;
}

static struct throttle *
open_throttle(const struct passgate_settings *settings, struct problem *problem)
{
    uint64_t salt;
    bool random = getrandom(&salt, sizeof salt, 0) == sizeof salt;
    struct throttle *throttle = random ? throttle_new(&settings->throttle, salt) : NULL;
    if (throttle == NULL)
        problem_set(problem, "the throttle cannot be set up: %s", random ? "out of memory" : strerror(errno));
    return throttle;
}

static bool
make_tables_of_requests(struct parts *parts)
{
    struct safd_service *service = parts->service;
    const struct safd_ticket_parts ticket_parts = {
        .racroute = &service->racroute,
        .claimer = safd_claims_claimer(&parts->claims),
        .audit = parts->audit,
        .seconds = parts->seconds,
        .owner = service->owner,
    };
    const struct safd_explain_parts explain_parts = {
        .racroute = &service->racroute,
        .claimer = safd_claims_claimer(&parts->claims),
        .audit = parts->audit,
        .owner = service->owner,
    };
    const struct safd_command_parts command_parts = {
        .racroute = &service->racroute,
        .audit = parts->audit,
        .workers = parts->workers,
        .owner = service->owner,
    };
    struct safd_login_parts login_parts = {
        .base = parts->base,
        .racroute = &service->racroute,
        .throttle = parts->throttle,
        .audit = parts->audit,
        .workers = parts->workers,
    };
    service->tickets = parts->tickets = safd_tickets_new(&ticket_parts);
    service->explains = parts->explains = safd_explains_new(&explain_parts);
    service->commands = parts->commands = safd_commands_new(&command_parts);
    if (parts->tickets == NULL || parts->explains == NULL || parts->commands == NULL)
        return false;
    login_parts.claimer = safd_tickets_claimer(parts->tickets);
    service->logins = parts->logins = safd_logins_new(&login_parts);
    return parts->logins != NULL;
}

static int
open_service(struct parts *parts, const struct passgate_settings *settings, struct problem *problem)
{
    parts->base = event_base_new();
    parts->service = calloc(1, sizeof *parts->service);
    if (parts->base == NULL || parts->service == NULL) {
        problem_set(problem, "the event loop cannot be set up: out of memory or file descriptors");
        return SAFD_EXIT_LOOP;
    }
    const uint32_t threads = settings->password_threads;
    parts->workers = workers_new(parts->base, threads, (size_t)threads * SAFD_PASSWORDS_A_THREAD, problem);
    parts->throttle = parts->workers != NULL ? open_throttle(settings, problem) : NULL;
    if (parts->throttle == NULL)
        return SAFD_EXIT_LOOP;
    if (!safd_claims_connect(&parts->claims, parts->base, settings, &clock_system, problem))
        return SAFD_EXIT_REPLAY;
    struct safd_service *service = parts->service;
    service->racroute = (struct racroute) { .racf = parts->racf, .replay = parts->claims.store, .clock = &clock_system };
    service->audit = parts->audit;
    service->owner = geteuid();
    if (make_tables_of_requests(parts))
        return 0;
    problem_set(problem, "out of memory");
    return SAFD_EXIT_LOOP;
}

static int
open_server(struct parts *parts, const struct passgate_settings *settings, const struct safd_server_settings *server,
            struct problem *problem)
{
    int status = open_service(parts, settings, problem);
    if (status != 0)
        return status;
    parts->server = safd_server_new(parts->base, parts->service, server, problem);
    return parts->server == NULL ? SAFD_EXIT_SOCKET : 0;
}

static void
close_parts(struct parts *parts)
{
    if (parts->server != NULL)
        safd_server_free(parts->server);
    safd_claims_disconnect(&parts->claims);
    workers_free(parts->workers);
    safd_commands_free(parts->commands);
    safd_logins_free(parts->logins);
    safd_tickets_free(parts->tickets);
    throttle_free(parts->throttle);
    safd_explains_free(parts->explains);
    free(parts->service);
    if (parts->base != NULL)
        event_base_free(parts->base);
    passticket_seconds_close(parts->seconds);
    if (parts->audit != NULL)
        audit_close(parts->audit);
    safd_claims_close(&parts->claims);
    if (parts->racf != NULL)
        racf_close(parts->racf);
    if (parts->keystore != NULL)
        keystore_free(parts->keystore);
}

static int
serve(struct passgate_settings *settings, const struct safd_server_settings *server)
{
    struct parts parts = { 0 };
    struct problem problem = { 0 };
    int status = open_stores(&parts, settings, &problem);
    if (status == 0)
        status = open_server(&parts, settings, server, &problem);
    configuration_forget_secrets(settings); /* the password of Redis stands in secret memory now */
    if (status != 0) {
        fprintf(stderr, "safd: %s\n", problem.text);
    } else {
        log_message("SAFD0001I", "SECURITY SERVER %s STARTED; DATABASE=%s SOCKET=%s LINKS=%d", PASSGATE_VERSION, settings->racf_database,
                    server->socket, server->link_count);
        safd_check_log(parts.racf);
        status = safd_server_run(parts.server) ? SAFD_EXIT_ENDED : SAFD_EXIT_LOOP;
        log_message(status == 0 ? "SAFD0004I" : "SAFD0009E", "SECURITY SERVER ENDED%s", status == 0 ? "" : ": its event loop failed");
    }
    close_parts(&parts);
    return status;
}

int
main(int argc, char *argv[])
{
    const char *values[OPTION_COUNT];
    int operand;
    switch (options_parse(&line, argc, argv, values, &operand)) {
    case OPTIONS_ANSWERED:
        return SAFD_EXIT_ENDED;
    case OPTIONS_WRONG:
        return SAFD_EXIT_USAGE;
    case OPTIONS_PARSED:
        break;
    }
    if (operand < argc)
        return options_refuse(&line, "%s: no operand is expected", argv[operand]);
    static struct passgate_settings settings;
    struct safd_server_settings server = { 0 };
    int status = settle(values, &settings, &server);
    if (status != 0)
        return status;
    if (!secret_memory_init(SECRET_MEMORY_BYTES)) {
        perror("safd: secret memory cannot be had: raise LimitMEMLOCK (ulimit -l)");
        return SAFD_EXIT_KEYS;
    }
    signal(SIGPIPE, SIG_IGN);
    if (values[OPTION_CHECK] != NULL)
        return safd_check_run(&settings, server.socket);
    signal(SIGXFSZ, SIG_IGN); /* a file at its size limit is a write that fails, and refuses, not an end */
    return serve(&settings, &server);
}
