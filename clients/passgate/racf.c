/* passgate racf: RACF commands to the security server, from arguments, from standard input, or typed at a prompt. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "clients/passgate/command_reader.h"
#include "clients/passgate/location.h"
#include "clients/passgate/prompt.h"
#include "clients/passgate/secret_prompt.h"
#include "clients/passgate/subcommands.h"
#include "common/options.h"
#include "common/secret.h"
#include "security/racf/racf.h"
#include "security/saf/client.h"

enum { EXIT_SEVERE = 12, EXIT_UNREACHABLE = 16, TIMEOUT_MS = 60000 };

enum racf_option { OPTION_CONFIG, OPTION_SOCKET, OPTION_TOKEN, OPTION_ECHO, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_CONFIG] = { "config", "FILE", "the passgate.ini that names safd's socket\n(default " CONFIGURATION_DEFAULT_PATH ")" },
    [OPTION_SOCKET] = { "socket", "PATH", "safd's socket" },
    [OPTION_TOKEN] = { "token", "TOKEN", "of several safd, the one that was started with --token TOKEN" },
    [OPTION_ECHO] = { "echo", NULL, "print each command, its secrets hidden, before its output" },
};

static const struct command_line line = {
    .program = "passgate racf",
    .operands = "[COMMAND...]",
    .summary = "Runs RACF commands: the one given as arguments, whose words are joined by blanks; without arguments those on standard\n"
               "input, one a line, continued by - or + at the end of a line, with /* comments */; at a prompt when standard input is a\n"
               "terminal, which END or Ctrl-D leaves. Every command of a file is run, whatever became of those before it.\n"
               "A secret written as *, as in PASSWORD(*) or KEYMASKED(*), is asked for without echo; or, for a command among the\n"
               "arguments, read as a line from standard input when that is no terminal.",
    .afterword = "Examples:\n"
                 "  passgate racf RLIST PTKTDATA IMSCON1 ALL\n"
                 "  passgate racf 'ALTUSER IMSUSR1 PASSWORD(*)'\n"
                 "  passgate racf --echo <racf-setup.txt\n"
                 "\n"
                 "Exit codes: the highest return code of the commands\n"
                 "   0  done\n"
                 "   2  wrong arguments or configuration\n"
                 "   4  warning, or nothing to do\n"
                 "   8  error\n"
                 "  12  refused, or a severe error\n"
                 "  16  the security server cannot be reached, or gave no answer\n",
    .rows = rows,
    .row_count = OPTION_COUNT,
};

struct session {
    char path[CONFIGURATION_PATH_MAX];
    struct saf_client *client; /* NULL: not connected */
    bool echo;
    int status; /* highest so far */
};

static void
raise_status(struct session *session, int status)
{
    session->status = status > session->status ? status : session->status;
}

static bool
connect_session(struct session *session)
{
    struct problem problem;
    if (session->client == NULL)
        session->client = saf_client_connect(session->path, TIMEOUT_MS, &problem);
    if (session->client != NULL)
        return true;
    fprintf(stderr, "passgate: %s\n", problem.text);
    raise_status(session, EXIT_UNREACHABLE);
    return false;
}

static void
echo_command(const char *text, size_t size)
{
    static char redacted[2 * SAF_COMMAND_MAX];
    size_t length = racf_command_redact(text, size, redacted, sizeof redacted);
    printf("%s%s\n", redacted, length >= sizeof redacted ? "..." : "");
    secret_wipe(redacted, sizeof redacted);
}

/* Runs one command and prints its output. False when there was no answer. */
static bool
run_command(struct session *session, const char *text, size_t size)
{
    struct saf_command_answer answer;
    struct problem problem;
    if (session->echo)
        echo_command(text, size);
    if (!connect_session(session))
        return false;
    if (!saf_client_command(session->client, text, size, &answer, &problem)) {
        fprintf(stderr, "passgate: %s\n", problem.text);
        saf_client_close(session->client);
        session->client = NULL;
        raise_status(session, EXIT_UNREACHABLE);
        return false;
    }
    fwrite(answer.output, 1, answer.size, stdout);
    fflush(stdout);
    raise_status(session, answer.return_code);
    return true;
}

static bool
is_end(const struct command_reader *reader)
{
    static const char *const words[] = { "END", "QUIT", "EXIT" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(reader->text, words[i]) == 0)
            return true;
    return false;
}

static void
tell_read_failure(struct session *session, const struct command_reader *reader, enum command_read read)
{
    unsigned long here = reader->line_number + (read == COMMAND_TOO_LONG);
    if (read == COMMAND_UNFINISHED)
        fprintf(stderr, "passgate: standard input: line %lu: the input ends inside the command that begins here: it was not run\n",
                reader->first_line);
    else if (read == COMMAND_TOO_LONG)
        fprintf(stderr, "passgate: standard input: line %lu: a command has at most %d bytes: this and all that follows was not run\n", here,
                SAF_COMMAND_MAX);
    else
        fprintf(stderr, "passgate: standard input: cannot be read: %s\n", strerror(errno));
    raise_status(session, EXIT_SEVERE);
}

/* Runs all commands of a reader. At a prompt a lost server is tried again for the next command; a file is given up. */
static void
run_commands(struct session *session, struct command_reader *reader, struct prompt *prompt)
{
    struct problem problem;
    enum command_read read;
    bool going = true;
    while (going && (read = command_reader_next(reader)) != COMMAND_END) {
        if (read != COMMAND_READ) {
            tell_read_failure(session, reader, read);
            return;
        }
        if (reader->blank) {
            if (session->echo)
                puts(reader->text);
            continue;
        }
        if (prompt != NULL && is_end(reader))
            return;
        if (prompt != NULL)
            prompt_remember(prompt, reader->text, reader->size);
        if (secret_prompt_fill(reader->text, &reader->size, sizeof reader->text - 1, false, &problem)) {
            going = run_command(session, reader->text, reader->size) || prompt != NULL;
        } else {
            fprintf(stderr, "passgate: %s\n", problem.text);
            raise_status(session, EXIT_SEVERE);
        }
        command_reader_wipe(reader);
    }
}

static void
run_prompt(struct session *session, struct command_reader *reader)
{
    struct prompt *prompt = prompt_new();
    if (prompt == NULL) {
        fprintf(stderr, "passgate: the terminal cannot be used: set TERM, or send the commands by standard input\n");
        raise_status(session, EXIT_SEVERE);
        return;
    }
    reader->source = prompt_line;
    reader->context = prompt;
    run_commands(session, reader, prompt);
    prompt_free(prompt);
}

static void
run_input(struct session *session)
{
    static struct command_reader reader;
    static struct command_file file = { .descriptor = STDIN_FILENO };
    if (!connect_session(session))
        return;
    if (isatty(STDIN_FILENO)) {
        run_prompt(session, &reader);
    } else {
        reader.source = command_file_line;
        reader.context = &file;
        run_commands(session, &reader, NULL);
    }
    command_reader_wipe(&reader);
    command_file_wipe(&file);
}

static void
run_arguments(struct session *session, int count, char *words[])
{
    static char text[SAF_COMMAND_MAX + 1];
    struct problem problem = { "" };
    size_t size = 0;
    bool fits = true;
    for (int i = 0; i < count && fits; i++) {
        int length = snprintf(text + size, sizeof text - size, "%s%s", i > 0 ? " " : "", words[i]);
        fits = length >= 0 && (size_t)length < sizeof text - size;
        size += fits ? (size_t)length : 0;
    }
    if (!fits)
        problem_set(&problem, "a command has at most %d bytes: this one was not run", SAF_COMMAND_MAX);
    if (fits && secret_prompt_fill(text, &size, sizeof text - 1, true, &problem)) {
        run_command(session, text, size);
    } else {
        fprintf(stderr, "passgate: %s\n", problem.text);
        raise_status(session, EXIT_SEVERE);
    }
    secret_wipe(text, sizeof text);
}

int
passgate_racf(int argc, char *argv[])
{
    static struct session session;
    const char *values[OPTION_COUNT];
    int operand;
    enum options_outcome outcome = options_parse(&line, argc, argv, values, &operand);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? 0 : OPTIONS_EXIT_USAGE;
    if (!location_find_safd(values[OPTION_SOCKET], values[OPTION_CONFIG], values[OPTION_TOKEN], session.path))
        return OPTIONS_EXIT_USAGE;
    session.echo = values[OPTION_ECHO] != NULL;
    if (operand < argc)
        run_arguments(&session, argc - operand, argv + operand);
    else
        run_input(&session);
    saf_client_close(session.client);
    return session.status;
}
