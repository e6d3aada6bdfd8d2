/* passgate command: an operator command to a gateway's operator socket, its XML answer as a table. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clients/passgate/location.h"
#include "clients/passgate/om_response.h"
#include "clients/passgate/om_table.h"
#include "clients/passgate/subcommands.h"
#include "common/clock.h"
#include "common/options.h"

enum { EXIT_ERROR = 8, EXIT_UNREACHABLE = 12, COMMAND_MAX = 32 * 1024, TIMEOUT_MS = 60000 };

enum command_option { OPTION_CONFIG, OPTION_SOCKET, OPTION_XML, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_CONFIG] = { "config", "FILE", "the gateway's passgate.ini, which names the socket\n(default " CONFIGURATION_DEFAULT_PATH ")" },
    [OPTION_SOCKET] = { "socket", "PATH", "the gateway's operator socket" },
    [OPTION_XML] = { "xml", NULL, "print the XML document as it came" },
};

static const struct command_line line = {
    .program = "passgate command",
    .operands = "COMMAND...",
    .summary = "Sends an operator command to a gateway and prints what it answers. The words of the command are joined by blanks;\n"
               "quote it to keep parentheses from the shell.",
    .afterword = "Examples:\n"
                 "  passgate command 'QUERY IMSCON TYPE(CONFIG) SHOW(ODBMAPPL,RACF)'\n"
                 "  passgate command --socket /run/passgate/operator 'UPDATE IMSCON TYPE(CONFIG) SET(ODBMAPPL(IMSCON2))'\n"
                 "\n"
                 "Exit codes:\n"
                 "   0  done\n"
                 "   2  wrong arguments or configuration\n"
                 "   4  done with warnings\n"
                 "   8  not done, or the answer cannot be understood\n"
                 "  12  the gateway cannot be reached, or gave no answer\n",
    .rows = rows,
    .row_count = OPTION_COUNT,
};

struct answer {
    char *text;
    size_t used;
    size_t size;
};

/* Joins the operands by blanks and ends them with a newline; 0 when that is too long or has a line end in it. */
static size_t
join_command(int argc, char *argv[], char command[COMMAND_MAX])
{
    size_t used = 0;
    for (int i = 0; i < argc; i++) {
        size_t length = strlen(argv[i]);
        if (length + 2 > COMMAND_MAX - used || strchr(argv[i], '\n') != NULL)
            return 0;
        memcpy(command + used, argv[i], length);
        used += length;
        command[used++] = i + 1 < argc ? ' ' : '\n';
    }
    return used;
}

static int
connect_to(const char *path, struct problem *problem)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        problem_set(problem, "socket %s: the path is longer than %zu bytes: use a shorter one", path, sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0)
        return descriptor;
    problem_set(problem, "socket %s: the gateway cannot be reached: %s: start it, or name its operator socket", path, strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static bool
send_all(int descriptor, const char *text, size_t size, struct problem *problem)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(descriptor, text + sent, size - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            problem_set_errno(problem, "the gateway does not take the command");
            return false;
        }
        sent += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool
grow_answer(struct answer *answer)
{
    if (answer->used < answer->size)
        return true;
    size_t size = answer->size == 0 ? 16384 : 2 * answer->size;
    char *larger = size <= 2 * OM_RESPONSE_MAX ? realloc(answer->text, size) : NULL;
    if (larger == NULL)
        return false;
    answer->text = larger;
    answer->size = size;
    return true;
}

static bool
receive_all(int descriptor, struct answer *answer, struct problem *problem)
{
    int64_t deadline_ms = clock_monotonic_ms(&clock_system) + TIMEOUT_MS;
    for (;;) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms(&clock_system);
        struct pollfd waiting = { .fd = descriptor, .events = POLLIN };
        int ready = left_ms > 0 ? poll(&waiting, 1, (int)left_ms) : 0;
        if (ready == 0) {
            problem_set(problem, "the gateway did not finish its answer in %d s: look at its log", TIMEOUT_MS / 1000);
            return false;
        }
        if (!grow_answer(answer) || answer->used > OM_RESPONSE_MAX) {
            problem_set(problem, "the answer is longer than %d bytes: ask for less", OM_RESPONSE_MAX);
            return false;
        }
        ssize_t n = ready > 0 ? recv(descriptor, answer->text + answer->used, answer->size - answer->used, MSG_DONTWAIT) : -1;
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            problem_set_errno(problem, "the gateway's answer broke off");
            return false;
        }
        answer->used += n > 0 ? (size_t)n : 0;
    }
    if (answer->used == 0)
        problem_set(problem, "the gateway closed the connection without an answer: are you allowed to operate it? See its log");
    return answer->used > 0;
}

static bool
ask(const char *path, const char *command, size_t size, struct answer *answer, struct problem *problem)
{
    int descriptor = connect_to(path, problem);
    if (descriptor < 0)
        return false;
    bool answered = send_all(descriptor, command, size, problem) && receive_all(descriptor, answer, problem);
    close(descriptor);
    return answered;
}

static int
print_answer(const struct answer *answer, bool xml)
{
    struct om_response response;
    struct problem problem;
    if (xml) {
        fwrite(answer->text, 1, answer->used, stdout);
        if (answer->text[answer->used - 1] != '\n')
            putchar('\n');
    }
    if (!om_response_parse(answer->text, answer->used, &response, &problem)) {
        fprintf(stderr, "passgate: %s\n", problem.text);
        return EXIT_ERROR;
    }
    if (!xml)
        om_table_print(&response, stdout);
    int status = om_exit_status(&response);
    om_response_clear(&response);
    return status;
}

int
passgate_command(int argc, char *argv[])
{
    const char *values[OPTION_COUNT];
    int operand;
    enum options_outcome outcome = options_parse(&line, argc, argv, values, &operand);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? 0 : OPTIONS_EXIT_USAGE;
    if (operand == argc)
        return options_refuse(&line, "the command is missing");
    static char command[COMMAND_MAX];
    size_t size = join_command(argc - operand, argv + operand, command);
    if (size == 0)
        return options_refuse(&line, "the command must be one line of at most %d bytes", COMMAND_MAX - 1);
    char path[CONFIGURATION_PATH_MAX];
    if (!location_find(LOCATION_GATEWAY, values[OPTION_SOCKET], values[OPTION_CONFIG], path))
        return OPTIONS_EXIT_USAGE;
    struct answer answer = { 0 };
    struct problem problem;
    int status = EXIT_UNREACHABLE;
    if (ask(path, command, size, &answer, &problem))
        status = print_answer(&answer, values[OPTION_XML] != NULL);
    else
        fprintf(stderr, "passgate: %s\n", problem.text);
    free(answer.text);
    return status;
}
