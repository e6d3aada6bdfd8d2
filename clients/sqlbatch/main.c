/* sqlbatch: runs an SQL script against a DRDA server and prints the results. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/sqlbatch/batch.h"
#include "clients/ticket_library/passgate-ticket.h"
#include "common/options.h"
#include "common/secret.h"
#include "config/connections.h"

enum { SECRET_MEMORY = 1 << 17 };

enum option {
    OPTION_URL,
    OPTION_CONNECTION,
    OPTION_CONNECTIONS,
    OPTION_KEY_FILE,
    OPTION_SAF_SOCKET,
    OPTION_TOKEN,
    OPTION_USER,
    OPTION_PASSWORD_FILE,
    OPTION_VARIABLES,
    OPTION_ECHO,
    OPTION_FORMAT,
    OPTION_COUNT
};

static const struct option_row option_rows[OPTION_COUNT] = {
    [OPTION_URL] = { "url", "URL", "connect before the script begins" },
    [OPTION_CONNECTION] = { "connection", "NAME", "the same, to a named connection" },
    [OPTION_CONNECTIONS] = { "connections", "FILE",
                             "where named connections are described; default: connections.ini in\n"
                             "~/.config/passgate or "
                             "/etc/passgate" },
    [OPTION_KEY_FILE] = { "key-file", "FILE", "make PassTickets with the key in FILE: 16 hexadecimal digits;\n- is standard input" },
    [OPTION_SAF_SOCKET] = { "saf-socket", "PATH",
                            "without a key get PassTickets from the safd that listens at PATH;\ndefault: " PASSGATE_TICKET_SOCKET },
    [OPTION_TOKEN] = { "token", "TOKEN", "of several safd, the one that was started with --token TOKEN" },
    [OPTION_USER] = { "user", "USERID", "log on as USERID when the URL has no user=;\ndefault: the login name in upper case" },
    [OPTION_PASSWORD_FILE] = { "password-file", "FILE",
                               "log on with the password (or PassTicket) in FILE,\nwhich must be closed to others" },
    [OPTION_VARIABLES] = { "variables", "FILE", "give host variables values: lines as behind the script, or NAME for NULL" },
    [OPTION_ECHO] = { "echo", NULL, "print each statement before it runs" },
    [OPTION_FORMAT] = { "format", "FORMAT",
                        "table (default), vertical, csv or json; with csv and json only results\ngo to standard output" },
};

static const struct command_line command_line = {
    .program = "sqlbatch",
    .operands = "[SCRIPT] [NAME=VALUE | NAME:clob=FILE | NAME:blob=FILE]...",
    .summary =
        "Runs SQL statements from SCRIPT, or from standard input, against a DRDA server and prints the results.\n"
        "Statements end in ';'. Besides SQL there are CONNECT url or name; COMMIT; ROLLBACK; DISCONNECT; and comments -- and /* */.\n"
        "The end of the script and DISCONNECT commit. A failure rolls back to the last commit and ends the batch.",
    .afterword = "URLs:\n"
                 "  jdbc:ims://host[:port]/DATABASE[:property=value;...]    port 8888\n"
                 "  drda://host[:port]/RDB[:property=value;...]             port 446\n"
                 "  properties: applName (log on with a PassTicket for it), user, password, datastoreName, loginTimeout,\n"
                 "  securityMechanism (3: user ID and password in clear; 9: encrypted), readOnly (true: the server refuses changes)\n"
                 "\n"
                 "Examples:\n"
                 "  sqlbatch --key-file imsapp1.key --url 'jdbc:ims://ims1/SAMPLE:applName=IMSAPP1;user=BATCH1' job.sql\n"
                 "  echo 'CONNECT drda://localhost:1527/demodb; SELECT * FROM t;' | sqlbatch --user APP --password-file app.pw\n"
                 "  sqlbatch --connection PROD --format csv job.sql > rows.csv\n"
                 "  sqlbatch --connection PROD job.sql YEAR=2026 REGION='North West'    with WHERE year = :YEAR in job.sql\n"
                 "  sqlbatch --connection PROD add.sql ID=7 PHOTO:blob=7.jpg             with VALUES (:ID, :PHOTO) in add.sql\n"
                 "\n"
                 "Exit status:\n"
                 "  0 done, 11 connect failed, 12 a statement failed and work was rolled back, 13 commit failed,\n"
                 "  14 rollback failed, 15 the rollback after a failure failed, 16 invalid statement, 100 cannot start,\n"
                 "  101 wrong option, URL, file or credentials, 102 internal error\n",
    .rows = option_rows,
    .row_count = OPTION_COUNT,
};

struct arguments {
    const char *options[OPTION_COUNT];
    const char *script; /* NULL: standard input */
    struct host_variables variables;
};

static bool
read_secrets(const struct arguments *arguments, struct credential_source *source)
{
    struct problem problem = { 0 };
    const char *key_file = arguments->options[OPTION_KEY_FILE];
    const char *password_file = arguments->options[OPTION_PASSWORD_FILE];
    bool key_is_input = key_file != NULL && strcmp(key_file, "-") == 0;
    bool password_is_input = password_file != NULL && strcmp(password_file, "-") == 0;
    if (key_is_input + password_is_input + (arguments->script == NULL) > 1)
        problem_set(&problem, "standard input cannot be secret and script at once: name a file for one of them");
    else if ((key_file == NULL || credential_read_key(source, key_file, &problem)) &&
             (password_file == NULL || credential_read_password(source, password_file, &problem)))
        return true;
    fprintf(stderr, "sqlbatch: %s\n", problem.text);
    return false;
}

static enum batch_status
run_file(const struct arguments *arguments, const struct printer_format *format, struct credential_source *source, int file)
{
    struct script *script = malloc(sizeof *script);
    if (script == NULL) {
        fputs("sqlbatch: cannot start: no memory\n", stderr);
        return BATCH_START_FAILED;
    }
    script_init(script, file);
    const struct batch batch = {
        .script_name = arguments->script != NULL ? arguments->script : "(standard input)",
        .script = script,
        .credentials = source,
        .variables = &arguments->variables,
        .connections = arguments->options[OPTION_CONNECTIONS],
        .format = format,
        .out = stdout,
        .errors = stderr,
        .terminal = isatty(STDERR_FILENO) ? stderr : NULL,
        .rows_are_seen = isatty(STDOUT_FILENO) != 0,
        .echo = arguments->options[OPTION_ECHO] != NULL,
    };
    const char *name = arguments->options[OPTION_CONNECTION];
    enum batch_status status = batch_run(&batch, name != NULL ? name : arguments->options[OPTION_URL]);
    script_clear(script);
    free(script);
    return status;
}

static enum batch_status
run(const struct arguments *arguments)
{
    struct credential_source source = {
        .user = arguments->options[OPTION_USER],
        .saf_socket = arguments->options[OPTION_SAF_SOCKET],
        .token = arguments->options[OPTION_TOKEN],
        .clock = &clock_system,
    };
    int file = arguments->script != NULL ? open(arguments->script, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (file < 0) {
        fprintf(stderr, "sqlbatch: %s: %s: name a script that can be read\n", arguments->script, strerror(errno));
        return BATCH_CONFIGURATION_ERROR;
    }
    const char *name = arguments->options[OPTION_FORMAT];
    const struct printer_format *format = printer_format_find(name != NULL ? name : printer_table.name);
    enum batch_status status = BATCH_CONFIGURATION_ERROR;
    if (format == NULL)
        fprintf(stderr, "sqlbatch: --format: %s is no format: choose table, vertical, csv or json\n", name);
    else if (read_secrets(arguments, &source))
        status = run_file(arguments, format, &source, file);
    credential_source_clear(&source);
    if (arguments->script != NULL)
        close(file);
    return status;
}

/* One place to connect to, and what is given as a name must be one. */
static bool
targets_agree(const struct arguments *arguments)
{
    const char *name = arguments->options[OPTION_CONNECTION];
    const char *url = arguments->options[OPTION_URL];
    if (name != NULL && url != NULL)
        (void)options_refuse(&command_line, "--connection and --url: give one of them");
    else if (name != NULL && !connections_is_name(name))
        (void)options_refuse(&command_line, "--connection %s: expected 1 to %d letters, digits, _ or -, the first a letter", name,
                             CONNECTION_NAME_MAX);
    else if (url != NULL && connections_is_name(url))
        (void)options_refuse(&command_line, "--url %s: not a URL: did you mean --connection %s?", url, url);
    else
        return true;
    return false;
}

/* The script, "-" or none for standard input, then values of host variables. Those given here replace those of the file. */
static bool
take_operands(struct arguments *arguments, char *operands[], size_t count)
{
    struct problem problem = { 0 };
    const char *file = arguments->options[OPTION_VARIABLES];
    if (file != NULL && !host_variables_read(&arguments->variables, file, &problem)) {
        fprintf(stderr, "sqlbatch: --variables: %s\n", problem.text);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_script = i == 0 && !host_variables_is_assignment(operands[i]);
        if (is_script) {
            arguments->script = strcmp(operands[i], "-") != 0 ? operands[i] : NULL;
        } else if (!host_variables_set(&arguments->variables, operands[i], &problem)) {
            (void)options_refuse(&command_line, "%s: %s; only one script can be run", operands[i], problem.text);
            return false;
        }
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct arguments arguments = { 0 };
    int operand = 0;
    enum options_outcome outcome = options_parse(&command_line, argc, argv, arguments.options, &operand);
    if (outcome == OPTIONS_ANSWERED)
        return fflush(stdout) == 0 ? BATCH_OK : BATCH_INTERNAL_ERROR;
    if (outcome == OPTIONS_WRONG)
        return BATCH_CONFIGURATION_ERROR;
    if (!targets_agree(&arguments))
        return BATCH_CONFIGURATION_ERROR;
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    if (!secret_memory_init(SECRET_MEMORY)) {
        fprintf(stderr, "sqlbatch: cannot start: no memory for secrets: %s\n", strerror(errno));
        return BATCH_START_FAILED;
    }
    enum batch_status status = BATCH_CONFIGURATION_ERROR;
    if (take_operands(&arguments, argv + operand, (size_t)(argc - operand)))
        status = run(&arguments);
    host_variables_clear(&arguments.variables);
    return (int)status;
}
