#include "gateway/check.h"

#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>

#include "common/log.h"
#include "config/problems.h"
#include "gateway/address.h"
#include "gateway/datastore/sqlite/session.h"
#include "gateway/saf_child.h"

enum {
    OWN_DESCRIPTORS = 64,      /* standard streams, operator's clients, what libraries open */
    LOOP_DESCRIPTORS = 6,      /* epoll, eventfd, the line to safd */
    DATASTORE_DESCRIPTORS = 3, /* SQLite: database, log, shared memory */
    LOOPS_MAX = 1023,          /* safd takes that many lines and the operator's */
};

unsigned
check_loop_count(const struct configuration *configuration)
{
    cpu_set_t cores;
    unsigned count = configuration->settings.threads;
    if (count == 0 && sched_getaffinity(0, sizeof cores, &cores) == 0)
        count = (unsigned)CPU_COUNT(&cores);
    return count == 0 ? 1 : count > LOOPS_MAX ? LOOPS_MAX : count;
}

/* Without, and with every connection at work on a datastore. */
static rlim_t
descriptors_needed(const struct configuration *configuration, bool with_datastores)
{
    const struct hwscfg *hws = &configuration->hws;
    rlim_t loops = check_loop_count(configuration);
    rlim_t needed = hws->maxsoc + loops * (LOOP_DESCRIPTORS + hws->drda_port_count) + OWN_DESCRIPTORS;
    return with_datastores ? needed + (rlim_t)hws->maxsoc * DATASTORE_DESCRIPTORS : needed;
}

static bool
descriptors_fit(const struct configuration *configuration, struct rlimit *limit, struct problem *problem)
{
    if (getrlimit(RLIMIT_NOFILE, limit) != 0) {
        problem_set_errno(problem, "RLIMIT_NOFILE");
        return false;
    }
    rlim_t needed = descriptors_needed(configuration, false);
    if (limit->rlim_max >= needed)
        return true;
    problem_set(problem,
                "MAXSOC=%u needs %llu open files and the limit is %llu; raise it (LimitNOFILE= of the systemd unit, ulimit -Hn), or lower "
                "MAXSOC",
                configuration->hws.maxsoc, (unsigned long long)needed, (unsigned long long)limit->rlim_max);
    return false;
}

bool
check_raise_descriptors(const struct configuration *configuration, struct problem *problem)
{
    struct rlimit limit;
    if (!descriptors_fit(configuration, &limit, problem))
        return false;
    rlim_t wanted = descriptors_needed(configuration, true);
    if (limit.rlim_max < wanted)
        log_message("HWSG0013W",
                    "MAXSOC=%u CONNECTIONS AT WORK ON DATASTORES CAN NEED %llu OPEN FILES, THE LIMIT IS %llu: some may get an SQL error; "
                    "raise the limit",
                    configuration->hws.maxsoc, (unsigned long long)wanted, (unsigned long long)limit.rlim_max);
    rlim_t raised = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (limit.rlim_cur >= raised)
        return true;
    limit.rlim_cur = raised;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return true;
    problem_set_errno(problem, "RLIMIT_NOFILE cannot be raised to %llu", (unsigned long long)raised);
    return false;
}

static void
check_datastores(struct problem_sink *sink, const struct passgate_settings *settings)
{
    struct problem problem;
    if (settings->datastore_count == 0)
        problem_warning(sink, 0, "there is no [datastore NAME]: clients will find no RDB");
    for (size_t i = 0; i < settings->datastore_count; i++)
        if (!sqlite_datastore_check(&settings->datastores[i], &problem))
            problem_error(sink, 0, "[datastore %s]: %s", settings->datastores[i].name, problem.text);
}

static void
check_sockets(struct problem_sink *sink, const struct configuration *configuration)
{
    const struct passgate_settings *settings = &configuration->settings;
    union address address;
    const size_t path_max = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (configuration->hws.drda_port_count == 0)
        problem_error(sink, 0, "member %s: ODACCESS has no DRDAPORT=(ID=port): there is nothing to listen on", settings->member);
    if (settings->address[0] != '\0' && !address_parse(&address, settings->address, 0))
        problem_error(sink, 0, "[passgate] address = %s: not an IPv4 or IPv6 address; give one such as 127.0.0.1 or ::", settings->address);
    if (settings->operator_socket[0] == '\0' || strlen(settings->operator_socket) > path_max)
        problem_error(sink, 0, "[passgate] operator_socket = %s: a socket's path must have 1 to %zu bytes", settings->operator_socket,
                      path_max);
    if (!settings->saf_child && (settings->saf_socket[0] == '\0' || strlen(settings->saf_socket) > path_max))
        problem_error(sink, 0, "[saf] socket = %s: a socket's path must have 1 to %zu bytes", settings->saf_socket, path_max);
}

/* A port that is trusted takes every user ID: it must be one that exists, and strangers should not reach it. */
static void
check_trusted_ports(struct problem_sink *sink, const struct configuration *configuration)
{
    const struct hwscfg *hws = &configuration->hws;
    for (const uint16_t *trusted = configuration->settings.trusted_ports; *trusted != 0; trusted++) {
        size_t i = 0;
        while (i < hws->drda_port_count && hws->drda_ports[i].id != *trusted)
            i++;
        if (i == hws->drda_port_count)
            problem_error(sink, 0, "[passgate] trusted_ports = %u: member %s has no DRDAPORT with that ID", *trusted,
                          configuration->settings.member);
        else
            problem_warning(sink, 0,
                            "[passgate] trusted_ports = %u: whoever reaches this port logs on as any user without a password; let only "
                            "partners reach it",
                            *trusted);
    }
}

void
check_meaning(const char *settings_path, const struct configuration *configuration, struct problem_list *problems)
{
    struct problem_sink sink = problem_sink(problems, settings_path);
    char program[SAF_CHILD_PROGRAM_SIZE];
    struct problem problem;
    struct rlimit limit;
    check_sockets(&sink, configuration);
    check_trusted_ports(&sink, configuration);
    check_datastores(&sink, &configuration->settings);
    if (configuration->settings.saf_child && !saf_child_find_program(program, &problem))
        problem_error(&sink, 0, "%s", problem.text);
    if (!descriptors_fit(configuration, &limit, &problem))
        problem_error(&sink, 0, "%s", problem.text);
}
