#include "clients/passgate/ticket_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/passgate/location.h"
#include "clients/ticket_library/passgate-ticket.h"
#include "common/clock.h"
#include "common/secret.h"

enum { SECRET_MEMORY_BYTES = 64 * 1024 };

const struct option_row ticket_option_rows[TICKET_OPTIONS_EVALUATE] = {
    [TICKET_OPTION_USER] = { "user", "USERID", "RACF user ID: 1 to 8 of A-Z 0-9 # @ $" },
    [TICKET_OPTION_APPL] = { "appl", "APPLNAME", "application name: for a gateway ODACCESS APPL=, else HWS ID=" },
    [TICKET_OPTION_KEY_FILE] = { "key-file", "FILE",
                                 "the key, as hexadecimal digits: 16 for legacy, 64 to 512 for upper and\nmixed; - reads standard input; "
                                 "without it the security server is asked" },
    [TICKET_OPTION_KIND] = { "kind", "KIND", "of the key: legacy (default), upper or mixed" },
    [TICKET_OPTION_TIME] = { "time", "SECONDS", "UTC seconds since 1970 instead of the clock's; with --key-file only" },
    [TICKET_OPTION_CONFIG] = { "config", "FILE",
                               "the passgate.ini that names the server's socket\n(default " CONFIGURATION_DEFAULT_PATH
                               ", else the socket is\n" PASSGATE_TICKET_SOCKET ")" },
    [TICKET_OPTION_SOCKET] = { "socket", "PATH", "the server's socket" },
    [TICKET_OPTION_TOKEN] = { "token", "TOKEN", "of several servers, the one that was started with --token TOKEN" },
    [TICKET_OPTION_TICKET] = { "ticket", "TICKET", "the PassTicket; - reads standard input, so that it is not seen in ps" },
    [TICKET_OPTION_TIMEOUT] = { "timeout", "SECONDS", "window of an upper or mixed ticket, 1 to 600 (default 600)" },
};

static bool
parse_seconds(const char *text, uint64_t most, uint64_t *seconds)
{
    size_t length = strlen(text);
    if (length == 0 || length > 19 || strspn(text, "0123456789") != length)
        return false;
    *seconds = strtoull(text, NULL, 10);
    return *seconds <= most;
}

static bool
is_name(const char *text)
{
    size_t length = strlen(text);
    return length >= 1 && length <= PASSTICKET_NAME_MAX && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@$") == length;
}

static bool
check_names(const struct command_line *line, const char *const values[], struct ticket_request *request)
{
    static const enum ticket_option names[] = { TICKET_OPTION_USER, TICKET_OPTION_APPL };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = values[names[i]];
        if (value == NULL)
            options_refuse(line, "--%s: it is required", ticket_option_rows[names[i]].name);
        else if (!is_name(value))
            options_refuse(line, "--%s %s: a name is 1 to 8 of A-Z 0-9 # @ $, upper case", ticket_option_rows[names[i]].name, value);
        if (value == NULL || !is_name(value))
            return false;
    }
    request->userid = values[TICKET_OPTION_USER];
    request->application = values[TICKET_OPTION_APPL];
    return true;
}

static bool
check_kind(const struct command_line *line, const char *value, enum ticket_kind *kind)
{
    static const char *const names[] = { [TICKET_LEGACY] = "legacy", [TICKET_UPPER] = "upper", [TICKET_MIXED] = "mixed" };
    *kind = TICKET_LEGACY;
    if (value == NULL)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(value, names[i]) == 0) {
            *kind = (enum ticket_kind)i;
            return true;
        }
    options_refuse(line, "--kind %s: choose legacy, upper or mixed", value);
    return false;
}

static bool
check_times(const struct command_line *line, const char *const values[], struct ticket_request *request)
{
    /* What fits into a ticket: 32, 41 and 48 bits. */
    static const uint64_t latest[] = {
        [TICKET_LEGACY] = UINT32_MAX, [TICKET_UPPER] = (UINT64_C(1) << 41) - 1, [TICKET_MIXED] = (UINT64_C(1) << 48) - 1
    };
    uint64_t most = latest[request->key.kind];
    request->time_s = (uint64_t)clock_utc_seconds(&clock_system) & most;
    if (values[TICKET_OPTION_TIME] != NULL && !parse_seconds(values[TICKET_OPTION_TIME], most, &request->time_s)) {
        options_refuse(line, "--time %s: expected UTC seconds, 0 to %" PRIu64, values[TICKET_OPTION_TIME], most);
        return false;
    }
    const char *timeout = line->row_count > TICKET_OPTION_TIMEOUT ? values[TICKET_OPTION_TIMEOUT] : NULL;
    uint64_t timeout_s = TICKET_WINDOW_S;
    if (timeout != NULL && (!parse_seconds(timeout, TICKET_WINDOW_S, &timeout_s) || timeout_s == 0 || request->key.kind == TICKET_LEGACY)) {
        options_refuse(line, "--timeout %s: expected 1 to %d, for kinds upper and mixed; legacy tickets have always %d", timeout,
                       TICKET_WINDOW_S, TICKET_WINDOW_S);
        return false;
    }
    request->timeout_s = (uint32_t)timeout_s;
    request->time_given = values[TICKET_OPTION_TIME] != NULL;
    return true;
}

static bool
check_sources(const struct command_line *line, const char *const values[], struct ticket_request *request)
{
    const char *key_file = values[TICKET_OPTION_KEY_FILE] != NULL ? values[TICKET_OPTION_KEY_FILE] : "";
    if (line->row_count <= TICKET_OPTION_TICKET)
        return true;
    request->ticket = values[TICKET_OPTION_TICKET];
    if (request->ticket == NULL)
        options_refuse(line, "--ticket: it is required");
    else if (strcmp(request->ticket, "-") == 0 && strcmp(key_file, "-") == 0)
        options_refuse(line, "--ticket - and --key-file -: only one of them can come from standard input");
    else
        return true;
    return false;
}

/* What a server decides, and where it is, are asked of different callers. */
static bool
check_alternatives(const struct command_line *line, const char *const values[], struct ticket_request *request)
{
    static const enum ticket_option with_key[] = { TICKET_OPTION_KIND, TICKET_OPTION_TIME, TICKET_OPTION_TIMEOUT };
    static const enum ticket_option with_server[] = { TICKET_OPTION_CONFIG, TICKET_OPTION_SOCKET, TICKET_OPTION_TOKEN };
    const enum ticket_option *excluded = request->by_server ? with_key : with_server;
    for (size_t i = 0; i < sizeof with_key / sizeof with_key[0]; i++) {
        if (values[excluded[i]] == NULL)
            continue;
        options_refuse(line, "--%s: %s", ticket_option_rows[excluded[i]].name,
                       request->by_server ? "only with --key-file: the security server goes by its own profile and clock"
                                          : "not with --key-file, which needs no security server");
        return false;
    }
    return true;
}

/* Who may not read the server's settings finds it at the usual place. */
static bool
find_server(const char *const values[], struct ticket_request *request)
{
    bool named = values[TICKET_OPTION_SOCKET] != NULL || values[TICKET_OPTION_CONFIG] != NULL;
    request->token = values[TICKET_OPTION_TOKEN];
    if (!named && access(CONFIGURATION_DEFAULT_PATH, R_OK) != 0)
        return true;
    return location_find_safd(values[TICKET_OPTION_SOCKET], values[TICKET_OPTION_CONFIG], request->token, request->socket);
}

static bool
read_key(const char *path, struct ticket_request *request)
{
    struct problem problem;
    if (!secret_memory_init(SECRET_MEMORY_BYTES)) {
        fprintf(stderr, "passgate: no memory for secrets: raise the limit on locked memory (ulimit -l)\n");
        return false;
    }
    if (key_file_is_exposed(path))
        fprintf(stderr, "passgate: key file %s: others may read it: chmod 600 it\n", path);
    if (key_file_read(path, request->key.kind, &request->key, &problem))
        return true;
    fprintf(stderr, "passgate: %s\n", problem.text);
    return false;
}

enum options_outcome
ticket_request_parse(const struct command_line *line, int argc, char *argv[], struct ticket_request *request)
{
    const char *values[TICKET_OPTIONS_EVALUATE] = { NULL };
    int operand;
    *request = (struct ticket_request) { 0 };
    enum options_outcome outcome = options_parse(line, argc, argv, values, &operand);
    if (outcome != OPTIONS_PARSED)
        return outcome;
    if (operand < argc) {
        options_refuse(line, "%s: no operand is expected", argv[operand]);
        return OPTIONS_WRONG;
    }
    if (!check_names(line, values, request) || !check_kind(line, values[TICKET_OPTION_KIND], &request->key.kind) ||
        !check_times(line, values, request) || !check_sources(line, values, request))
        return OPTIONS_WRONG;
    request->by_server = values[TICKET_OPTION_KEY_FILE] == NULL;
    if (!check_alternatives(line, values, request))
        return OPTIONS_WRONG;
    if (request->by_server)
        return find_server(values, request) ? OPTIONS_PARSED : OPTIONS_WRONG;
    return read_key(values[TICKET_OPTION_KEY_FILE], request) ? OPTIONS_PARSED : OPTIONS_WRONG;
}
