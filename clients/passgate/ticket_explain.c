/* passgate ticket explain: asks the security server why a PassTicket is refused. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/passgate/key_file.h"
#include "clients/passgate/location.h"
#include "clients/passgate/subcommands.h"
#include "common/options.h"
#include "common/secret.h"
#include "security/saf/client.h"

enum { EXIT_ACCEPTED = 0, EXIT_REFUSED = 1, EXIT_WRONG = OPTIONS_EXIT_USAGE, EXIT_NOT_ANSWERED = 12, EXIT_UNREACHABLE = 16 };
enum { TIMEOUT_MS = 10000, WOULD_BE_REFUSED = 4 };

enum explain_option { OPTION_USER, OPTION_APPL, OPTION_GROUP, OPTION_TICKET, OPTION_CONFIG, OPTION_SOCKET, OPTION_TOKEN, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_USER] = { "user", "USERID", "RACF user ID" },
    [OPTION_APPL] = { "appl", "APPLNAME", "application name: for a gateway ODACCESS APPL=, else HWS ID=" },
    [OPTION_GROUP] = { "group", "GROUP", "connect group (default: the user's default group)" },
    [OPTION_TICKET] = { "ticket", "TICKET",
                        "the PassTicket; - reads standard input, so that it is not seen in ps;\nwithout it the definitions "
                        "alone are looked at" },
    [OPTION_CONFIG] = { "config", "FILE", "the passgate.ini that names safd's socket\n(default " CONFIGURATION_DEFAULT_PATH ")" },
    [OPTION_SOCKET] = { "socket", "PATH", "safd's socket" },
    [OPTION_TOKEN] = { "token", "TOKEN", "of several safd, the one that was started with --token TOKEN" },
};

static const struct command_line line = {
    .program = "passgate ticket explain",
    .operands = "",
    .summary = "Asks the security server what a login with this PassTicket would come to now, and why. The ticket stays unused and\n"
               "nothing is counted. For the database's owner and SPECIAL users; the question is audited.",
    .afterword = "Examples:\n"
                 "  passgate ticket explain --user IMSUSR1 --appl IMSCON1\n"
                 "  echo AEPRRZ3S | passgate ticket explain --user IMSUSR1 --appl IMSCON1 --ticket -\n"
                 "\n"
                 "Exit codes: 0 a login would be accepted; 1 refused; 2 wrong arguments; 12 not authorized, or not answered;\n"
                 "16 the security server cannot be reached.\n",
    .rows = rows,
    .row_count = OPTION_COUNT,
};

/* False after telling what is wrong with a value. */
static bool
take(enum explain_option option, const char *value, char *field, size_t size)
{
    if (value == NULL)
        return true;
    if (strlen(value) >= size) {
        options_refuse(&line, "--%s: at most %zu characters", rows[option].name, size - 1);
        return false;
    }
    memcpy(field, value, strlen(value) + 1);
    return true;
}

static bool
take_ticket(const char *value, struct saf_explain *explain)
{
    struct problem problem;
    if (value == NULL || strcmp(value, "-") != 0)
        return take(OPTION_TICKET, value, explain->credential, sizeof explain->credential);
    if (secret_line_read(STDIN_FILENO, "ticket on standard input", explain->credential, sizeof explain->credential, &problem) >= 0)
        return true;
    fprintf(stderr, "passgate: %s\n", problem.text);
    return false;
}

static bool
fill(const char *const values[], struct saf_explain *explain)
{
    static const enum explain_option required[] = { OPTION_USER, OPTION_APPL };
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        if (values[required[i]] == NULL) {
            options_refuse(&line, "--%s: it is required", rows[required[i]].name);
            return false;
        }
    return take(OPTION_USER, values[OPTION_USER], explain->userid, sizeof explain->userid) &&
           take(OPTION_APPL, values[OPTION_APPL], explain->application, sizeof explain->application) &&
           take(OPTION_GROUP, values[OPTION_GROUP], explain->group, sizeof explain->group) && take_ticket(values[OPTION_TICKET], explain);
}

static int
ask(const char *path, const struct saf_explain *explain)
{
    struct saf_command_answer answer;
    struct problem problem;
    int status = EXIT_UNREACHABLE;
    struct saf_client *client = saf_client_connect(path, TIMEOUT_MS, &problem);
    if (client != NULL && saf_client_explain(client, explain, &answer, &problem)) {
        fwrite(answer.output, 1, answer.size, answer.return_code > WOULD_BE_REFUSED ? stderr : stdout);
        status = answer.return_code == 0 ? EXIT_ACCEPTED : answer.return_code == WOULD_BE_REFUSED ? EXIT_REFUSED : EXIT_NOT_ANSWERED;
    } else {
        fprintf(stderr, "passgate: %s\n", problem.text);
    }
    saf_client_close(client);
    return status;
}

int
passgate_ticket_explain(int argc, char *argv[])
{
    const char *values[OPTION_COUNT];
    char path[CONFIGURATION_PATH_MAX];
    struct saf_explain explain = { .userid = "" };
    int operand;
    enum options_outcome outcome = options_parse(&line, argc, argv, values, &operand);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? EXIT_ACCEPTED : EXIT_WRONG;
    if (operand < argc)
        return options_refuse(&line, "%s: no operand is expected", argv[operand]);
    int status = EXIT_WRONG;
    if (fill(values, &explain) && location_find_safd(values[OPTION_SOCKET], values[OPTION_CONFIG], values[OPTION_TOKEN], path))
        status = ask(path, &explain);
    secret_wipe(explain.credential, sizeof explain.credential);
    return status;
}
