/* `passgate ticket` as a program: the published and derived vectors, the verdicts, and what is refused. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

static char directory[] = "/tmp/passgate-ticket-XXXXXX";
static struct program_result result;

static const char legacy_key[] = "E001193519561977";
static const char enhanced_key[] = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
                                   "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F";

/* The path of a key file with that text. */
static const char *
key_file(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/key", directory);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_FATAL(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    return path;
}

/* Runs `passgate ticket` with words separated by blanks; KEY stands for the key file. */
static void
ticket(const char *words, const char *input)
{
    static char text[1024];
    static char path[64];
    const char *arguments[PROGRAM_ARGUMENTS_MAX] = { "ticket" };
    size_t count = 1;
    snprintf(text, sizeof text, "%s", words);
    snprintf(path, sizeof path, "%s/key", directory);
    for (char *word = strtok(text, " "); word != NULL && count + 1 < PROGRAM_ARGUMENTS_MAX; word = strtok(NULL, " "))
        arguments[count++] = strcmp(word, "KEY") == 0 ? path : word;
    program_run(&result, program_path("PASSGATE"), arguments, input);
}

static const struct vector {
    const char *kind;
    const char *user;
    const char *appl;
    const char *time;
    const char *ticket;
} vectors[] = {
    { "legacy", "MIKEM", "TSOSYS1", "1111111", "AEPRRZ3S" },     { "legacy", "TOM", "TSOR001", "1700000000", "NYOLSDVQ" },
    { "upper", "IBMUSER", "TSOR001", "1700000000", "1TAR4UNX" }, { "mixed", "IBMUSER", "TSOR001", "1700000000", "pqzissRU" },
    { "upper", "IMSUSR1", "IMSCON1", "1767225601", "NIW20UGK" }, { "mixed", "IMSUSR1", "IMSCON1", "1767225600", "OUN5Cq6M" },
};

static void
generates_the_known_tickets_alone_on_a_line(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const struct vector *vector = &vectors[i];
        char words[256];
        char expected[16];
        key_file(strcmp(vector->kind, "legacy") == 0 ? legacy_key : enhanced_key);
        snprintf(words, sizeof words, "generate --user %s --appl %s --key-file KEY --kind %s --time %s", vector->user, vector->appl,
                 vector->kind, vector->time);
        snprintf(expected, sizeof expected, "%s\n", vector->ticket);
        ticket(words, NULL);
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_STRING_EQUAL(result.output, expected);
        CU_ASSERT_STRING_EQUAL(result.errors, "");
    }
}

static void
evaluates_the_known_tickets(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const struct vector *vector = &vectors[i];
        char words[256];
        key_file(strcmp(vector->kind, "legacy") == 0 ? legacy_key : enhanced_key);
        snprintf(words, sizeof words, "evaluate --user %s --appl %s --key-file KEY --kind %s --time %s --ticket %s", vector->user,
                 vector->appl, vector->kind, vector->time, vector->ticket);
        ticket(words, NULL);
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(strncmp(result.output, "VALID: ticket time ", 19), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.output, vector->time));
        CU_ASSERT_PTR_NOT_NULL(strstr(result.output, ", offset +0 s\n"));
    }
}

static void
the_window_is_600_seconds_inclusive(void)
{
    static const struct {
        const char *now;
        int status;
        const char *output;
    } cases[] = {
        { "1700000600", 0, "VALID: ticket time 2023-11-14T22:13:20Z (1700000000), offset -600 s\n" },
        { "1699999400", 0, "VALID: ticket time 2023-11-14T22:13:20Z (1700000000), offset +600 s\n" },
        { "1700000601", 1,
          "NOT VALID: outside the window of +-600 s (a clock is wrong, or key, user ID or application are others): "
          "ticket time 2023-11-14T22:13:20Z (1700000000), offset -601 s\n" },
        { "1699999399", 1,
          "NOT VALID: outside the window of +-600 s (a clock is wrong, or key, user ID or application are others): "
          "ticket time 2023-11-14T22:13:20Z (1700000000), offset +601 s\n" },
    };
    key_file(legacy_key);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char words[256];
        snprintf(words, sizeof words, "evaluate --user TOM --appl TSOR001 --key-file KEY --ticket NYOLSDVQ --time %s", cases[i].now);
        ticket(words, NULL);
        CU_ASSERT_EQUAL(result.status, cases[i].status);
        CU_ASSERT_STRING_EQUAL(result.output, cases[i].output);
    }
    key_file(enhanced_key);
    ticket("evaluate --user IBMUSER --appl TSOR001 --key-file KEY --kind mixed --ticket pqzissRU --time 1700000061 --timeout 60", NULL);
    CU_ASSERT_EQUAL(result.status, 1);
    ticket("evaluate --user IBMUSER --appl TSOR001 --key-file KEY --kind mixed --ticket pqzissRU --time 1700000060 --timeout 60", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
}

static void
the_time_of_a_legacy_ticket_wraps(void)
{
    key_file(legacy_key);
    ticket("generate --user TOM --appl TSOR001 --key-file KEY --time 4294967295", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    char words[256];
    snprintf(words, sizeof words, "evaluate --user TOM --appl TSOR001 --key-file KEY --time 5 --ticket %.8s", result.output);
    ticket(words, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "(4294967295), offset -6 s"));
}

static void
what_is_no_ticket_is_not_valid(void)
{
    static const char *const cases[] = { "NYOLSDV", "NYOLSDVQQ", "AAAAAAAB", "nyolsdvq", "LZTKEEDQ", "########" };
    key_file(legacy_key);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char words[256];
        snprintf(words, sizeof words, "evaluate --user TOM --appl TSOR001 --key-file KEY --time 1700000000 --ticket %s", cases[i]);
        ticket(words, NULL);
        CU_ASSERT_EQUAL(result.status, 1);
        CU_ASSERT_EQUAL(strncmp(result.output, "NOT VALID: ", 11), 0);
        CU_ASSERT_PTR_EQUAL(strchr(result.output, '\n'), result.output + strlen(result.output) - 1);
    }
}

static void
the_clock_is_used_without_time(void)
{
    key_file(legacy_key);
    ticket("generate --user IMSUSR1 --appl IMSCON1 --key-file KEY", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    char words[256];
    snprintf(words, sizeof words, "evaluate --user IMSUSR1 --appl IMSCON1 --key-file KEY --ticket %.8s", result.output);
    ticket(words, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
}

static void
key_and_ticket_come_from_standard_input(void)
{
    ticket("generate --user MIKEM --appl TSOSYS1 --key-file - --time 1111111", "E001193519561977\n");
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, "AEPRRZ3S\n");
    key_file(legacy_key);
    ticket("evaluate --user MIKEM --appl TSOSYS1 --key-file KEY --time 1111111 --ticket -", "AEPRRZ3S\n");
    CU_ASSERT_EQUAL(result.status, 0);
    ticket("evaluate --user MIKEM --appl TSOSYS1 --key-file - --time 1111111 --ticket -", "AEPRRZ3S\n");
    CU_ASSERT_EQUAL(result.status, 2);
}

static void
only_whole_clean_keys_are_taken(void)
{
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        { "E001193519561977", 0 },
        { "e001193519561977\n", 0 },
        { "E001193519561977\r\n", 0 },
        { "", 2 },
        { "\n", 2 },
        { "E00119351956197", 2 },
        { "E0011935195619777", 2 },
        { " E001193519561977", 2 },
        { "E001193519561977 \n", 2 },
        { "E001193519561977\n\n", 2 },
        { "E00119351956197G", 2 },
        { "E0011935 19561977", 2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        key_file(cases[i].text);
        ticket("generate --user MIKEM --appl TSOSYS1 --key-file KEY --time 1111111", NULL);
        CU_ASSERT_EQUAL(result.status, cases[i].status);
        CU_ASSERT_STRING_EQUAL(result.output, cases[i].status == 0 ? "AEPRRZ3S\n" : "");
        CU_ASSERT_PTR_NULL(strstr(result.errors, "E0011935"));
    }
    char *long_key = calloc(1, 100000);
    memset(long_key, 'A', 99999);
    key_file(long_key);
    ticket("generate --user MIKEM --appl TSOSYS1 --key-file KEY --kind upper", NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    long_key[512] = '\0';
    key_file(long_key);
    ticket("generate --user MIKEM --appl TSOSYS1 --key-file KEY --kind upper", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    long_key[63] = '\0';
    key_file(long_key);
    ticket("generate --user MIKEM --appl TSOSYS1 --key-file KEY --kind upper", NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    free(long_key);
}

static void
a_key_that_others_may_read_is_warned_about(void)
{
    CU_ASSERT_EQUAL(chmod(key_file(legacy_key), 0644), 0);
    ticket("generate --user MIKEM --appl TSOSYS1 --key-file KEY --time 1111111", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, "AEPRRZ3S\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "chmod 600"));
}

static void
wrong_arguments_are_refused_with_a_remedy(void)
{
    static const char *const cases[] = {
        "generate",
        "generate --user MIKEM --appl TSOSYS1 --time 5",
        "generate --user MIKEM --appl TSOSYS1 --kind upper",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --socket /nonexistent",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --token T",
        "evaluate --user MIKEM --appl TSOSYS1 --ticket AEPRRZ3S --kind mixed --timeout 60",
        "evaluate --user MIKEM --appl TSOSYS1",
        "generate --user MIKEM --key-file KEY",
        "generate --appl TSOSYS1 --key-file KEY",
        "generate --user mikem --appl TSOSYS1 --key-file KEY",
        "generate --user MIKEM --appl tsosys1 --key-file KEY",
        "generate --user NINECHARS --appl TSOSYS1 --key-file KEY",
        "generate --user MI-KEM --appl TSOSYS1 --key-file KEY",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --time -1",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --time 4294967296",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --time 12x",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --kind des",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY --ticket AEPRRZ3S",
        "generate --user MIKEM --appl TSOSYS1 --key-file KEY more",
        "evaluate --user MIKEM --appl TSOSYS1 --key-file KEY",
        "evaluate --user MIKEM --appl TSOSYS1 --key-file KEY --ticket AEPRRZ3S --timeout 60",
        "evaluate --user MIKEM --appl TSOSYS1 --key-file KEY --ticket AEPRRZ3S --kind mixed --timeout 0",
        "evaluate --user MIKEM --appl TSOSYS1 --key-file KEY --ticket AEPRRZ3S --kind mixed --timeout 601",
        "guess",
        "",
    };
    key_file(legacy_key);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ticket(cases[i], NULL);
        CU_ASSERT_EQUAL(result.status, 2);
        CU_ASSERT_STRING_EQUAL(result.output, "");
        CU_ASSERT_EQUAL(strncmp(result.errors, "passgate ticket", 15), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "--help"));
    }
    ticket("generate --user MIKEM --appl TSOSYS1 --key-file /nonexistent/key", NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "passgate: key file /nonexistent/key: cannot be opened: "));
}

/* Runs `passgate ticket` with the socket of a server. */
static int
ask(const char *socket, const char *words, const char *input)
{
    char text[512];
    snprintf(text, sizeof text, "%s --socket %s", words, socket);
    ticket(text, input);
    return result.status;
}

static void
permit(const struct security_server *server, const char *level)
{
    char command[128];
    CU_ASSERT(security_server_command(server, "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(NONE)", NULL, 0) <= 4);
    snprintf(command, sizeof command, "PERMIT IRRPTAUTH.IMSCON1.* CLASS(PTKTDATA) ID(IBMUSER) ACCESS(%s)", level);
    CU_ASSERT(security_server_command(server, command, NULL, 0) <= 4);
    CU_ASSERT(security_server_command(server, "SETROPTS RACLIST(PTKTDATA) REFRESH", NULL, 0) <= 4);
}

static void
the_server_makes_and_judges_tickets(void)
{
    struct security_server server;
    char words[128];
    char first[16];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, legacy_key);
    static const char wanted[] = "generate --user IMSUSR1 --appl IMSCON1";
    CU_ASSERT_EQUAL(ask(server.socket, wanted, NULL), 8);
    CU_ASSERT_STRING_EQUAL(result.output, "");
    CU_ASSERT_STRING_EQUAL(result.errors, "passgate: Passticket generation failed, RCVTPTGN RC=0008: the caller needs UPDATE access to "
                                          "IRRPTAUTH.IMSCON1.IMSUSR1 in class PTKTDATA (SAF 8, RACF 8, reason 16)\n");
    CU_ASSERT_EQUAL(ask(server.socket, "evaluate --user IMSUSR1 --appl IMSCON1 --ticket AEPRRZ3S", NULL), 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "passgate: the PassTicket was not judged: the caller needs READ access to "));
    permit(&server, "UPDATE");
    CU_ASSERT_EQUAL(ask(server.socket, wanted, NULL), 0);
    CU_ASSERT_EQUAL(strlen(result.output), 9);
    snprintf(first, sizeof first, "%.8s", result.output);
    CU_ASSERT_EQUAL(ask(server.socket, wanted, NULL), 0);
    CU_ASSERT_NOT_EQUAL(strncmp(first, result.output, 8), 0);
    snprintf(words, sizeof words, "evaluate --user IMSUSR1 --appl IMSCON1 --ticket %s", first);
    CU_ASSERT_EQUAL(ask(server.socket, words, NULL), 0);
    CU_ASSERT_STRING_EQUAL(result.output, "VALID: and used from now on\n");
    CU_ASSERT_EQUAL(ask(server.socket, "evaluate --user IMSUSR1 --appl IMSCON1 --ticket -", first), 1);
    CU_ASSERT_STRING_EQUAL(result.output, "NOT VALID: the PassTicket was used before (SAF 8, RACF 16, reason 32)\n");
    CU_ASSERT_EQUAL(ask(server.socket, "generate --user GHOST --appl IMSCON1", NULL), 0);
    security_server_stop(&server);
    CU_ASSERT_EQUAL(ask(server.socket, wanted, NULL), 16);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "RCVTPTGN RC=0004: socket "));
}

static void
servers_are_told_apart_by_their_tokens(void)
{
    static const char *const tokens[] = { "A", "B" };
    static const char *const owners[] = { "ALPHA", "BETA" };
    struct security_server servers[2];
    char socket[SECURITY_SERVER_PATH];
    snprintf(socket, sizeof socket, "%s/passgate-saf", directory);
    for (int i = 0; i < 2; i++) {
        security_server_make(&servers[i], NULL, NULL);
        FILE *file = fopen(servers[i].settings, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        fprintf(file, "[saf]\nsocket = %s\n", socket);
        fclose(file);
        const char *const arguments[] = { "--config", servers[i].settings, "--token", tokens[i], NULL };
        servers[i].pid = program_start(program_path("SAFD"), arguments, servers[i].log, -1);
        CU_ASSERT_TRUE_FATAL(program_wait_for(servers[i].pid, servers[i].log, "SAFD0001I"));
        snprintf(servers[i].socket, sizeof servers[i].socket, "%s/passgate-saf.%s", directory, tokens[i]);
        security_server_set_up(&servers[i], legacy_key);
        char command[64];
        snprintf(command, sizeof command, "ADDUSER %s", owners[i]);
        CU_ASSERT_EQUAL(security_server_command(&servers[i], command, NULL, 0), 0);
    }
    permit(&servers[1], "UPDATE");
    for (int i = 0; i < 2; i++) {
        const char *const racf[] = { "racf", "--config", servers[i].settings, "--token", tokens[i], "SEARCH CLASS(USER)", NULL };
        program_run(&result, program_path("PASSGATE"), racf, NULL);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.output, owners[i]));
        CU_ASSERT_PTR_NULL(strstr(result.output, owners[1 - i]));
    }
    CU_ASSERT_EQUAL(ask(socket, "generate --user IMSUSR1 --appl IMSCON1 --token B", NULL), 0);
    CU_ASSERT_EQUAL(ask(socket, "generate --user IMSUSR1 --appl IMSCON1 --token A", NULL), 8);
    CU_ASSERT_EQUAL(ask(socket, "generate --user IMSUSR1 --appl IMSCON1 --token C", NULL), 16);
    CU_ASSERT_EQUAL(ask(socket, "generate --user IMSUSR1 --appl IMSCON1", NULL), 16);
    for (int i = 0; i < 2; i++)
        security_server_stop(&servers[i]);
}

/* Programs of one system user that run at once share the file of seconds. */
static void
each_ticket_takes_a_second_of_its_own(void)
{
    enum { TICKETS = 5 };
    char tickets[TICKETS][9];
    key_file(legacy_key);
    for (int i = 0; i < TICKETS; i++) {
        ticket("generate --user IMSUSR1 --appl SECONDS --key-file KEY", NULL);
        CU_ASSERT_EQUAL(result.status, 0);
        snprintf(tickets[i], sizeof tickets[i], "%.8s", result.output);
        for (int j = 0; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(tickets[i], tickets[j]);
    }
    char *state = strdup(getenv("XDG_STATE_HOME"));
    setenv("XDG_STATE_HOME", "/dev/null/nowhere", 1);
    ticket("generate --user IMSUSR1 --appl SECONDS --key-file KEY", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "passgate: warning: /dev/null/nowhere/passgate/ticket-seconds: "));
    setenv("XDG_STATE_HOME", state, 1);
    free(state);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "generates the known tickets, alone on a line", generates_the_known_tickets_alone_on_a_line },
        { "evaluates the known tickets", evaluates_the_known_tickets },
        { "the window is 600 seconds, inclusive", the_window_is_600_seconds_inclusive },
        { "the time of a legacy ticket wraps", the_time_of_a_legacy_ticket_wraps },
        { "what is no ticket is not valid", what_is_no_ticket_is_not_valid },
        { "the clock is used without --time", the_clock_is_used_without_time },
        { "key and ticket come from standard input", key_and_ticket_come_from_standard_input },
        { "only whole, clean keys are taken", only_whole_clean_keys_are_taken },
        { "a key that others may read is warned about", a_key_that_others_may_read_is_warned_about },
        { "wrong arguments are refused with a remedy", wrong_arguments_are_refused_with_a_remedy },
        { "the server makes and judges tickets", the_server_makes_and_judges_tickets },
        { "servers are told apart by their tokens", servers_are_told_apart_by_their_tokens },
        { "each ticket takes a second of its own", each_ticket_takes_a_second_of_its_own },
    };
    if (mkdtemp(directory) == NULL || setenv("XDG_STATE_HOME", directory, 1) != 0)
        return 1;
    int status = SUITE_RUN("passgate ticket", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command) != 0 ? 1 : status;
}
