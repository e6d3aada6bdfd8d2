/* `passgate command` against a stand-in for a gateway's operator socket, and the manuals of both programs. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/suite.h"

static char directory[] = "/tmp/passgate-command-XXXXXX";
static char socket_path[64];
static struct program_result result;

#define RESPONSE(rc, rsn, text)                                                                                                   \
    "<?xml version=\"1.0\"?><!DOCTYPE imsout SYSTEM \"imsout.dtd\"><imsout><ctl><rc>" rc "</rc><rsn>" rsn "</rsn><rsntxt>" text   \
    "</rsntxt></ctl><cmdrsphdr><hdr slbl=\"MBR\" llbl=\"MbrName\" align=\"left\"/><hdr slbl=\"CC\" llbl=\"CC\" align=\"right\"/>" \
    "</cmdrsphdr><cmdrspdata><rsp>MBR(PASSGATE) CC(   0)</rsp></cmdrspdata></imsout>"

static const char done[] = RESPONSE("00000000", "00000000", "");

/* Answers one connection, in two parts, and ends with 0 when the command was `expected`. */
static pid_t
start_gateway(const char *expected, const char *answer)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
    unlink(socket_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0) {
        close(listener);
        return pid;
    }
    char command[512] = "";
    size_t used = 0;
    int peer = accept(listener, NULL, NULL);
    for (ssize_t n; strchr(command, '\n') == NULL && (n = read(peer, command + used, sizeof command - 1 - used)) > 0; used += (size_t)n)
        ;
    size_t half = strlen(answer) / 2;
    bool sent = write(peer, answer, half) == (ssize_t)half;
    usleep(20000);
    sent = sent && write(peer, answer + half, strlen(answer) - half) == (ssize_t)(strlen(answer) - half);
    _exit(!sent || strcmp(command, expected) != 0);
}

static void
ask(const char *expected, const char *answer, const char *first, const char *second, const char *third)
{
    int status;
    pid_t gateway = start_gateway(expected, answer);
    const char *const arguments[] = { "command", "--socket", socket_path, first, second, third, NULL };
    program_run(&result, program_path("PASSGATE"), arguments, NULL);
    CU_ASSERT_EQUAL(waitpid(gateway, &status, 0), gateway);
    CU_ASSERT_EQUAL(status, 0);
}

static void
the_answer_is_shown_as_a_table(void)
{
    ask("QUERY IMSCON TYPE(CONFIG) SHOW(ALL)\n", done, "QUERY IMSCON TYPE(CONFIG) SHOW(ALL)", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, "MbrName   CC\nPASSGATE   0\n");
    CU_ASSERT_STRING_EQUAL(result.errors, "");
}

static void
words_are_joined_by_blanks(void)
{
    ask("QUERY IMSCON TYPE(CONFIG)\n", done, "QUERY", "IMSCON", "TYPE(CONFIG)");
    CU_ASSERT_EQUAL(result.status, 0);
}

static void
xml_is_shown_as_it_came(void)
{
    char expected[sizeof done + 1];
    snprintf(expected, sizeof expected, "%s\n", done);
    ask("Q\n", done, "--xml", "Q", NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, expected);
}

static void
the_exit_status_tells_how_it_went(void)
{
    ask("Q\n", RESPONSE("02000004", "00001014", "done, with warnings"), "Q", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "rc=02000004 rsn=00001014 done, with warnings\n"));
    ask("Q\n", RESPONSE("02000008", "00002000", "no such keyword"), "Q", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 8);
    ask("Q\n", RESPONSE("02000008", "00002000", "no such keyword"), "--xml", "Q", NULL);
    CU_ASSERT_EQUAL(result.status, 8);
    ask("Q\n", "<imsout><ctl>", "Q", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 8);
    CU_ASSERT_EQUAL(strncmp(result.errors, "passgate: the answer is not well-formed XML", 43), 0);
}

static void
a_gateway_that_says_nothing_counts_as_unreachable(void)
{
    ask("Q\n", "", "Q", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 12);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "without an answer"));
    const char *const arguments[] = { "command", "--socket", "/nonexistent/operator", "Q", NULL };
    program_run(&result, program_path("PASSGATE"), arguments, NULL);
    CU_ASSERT_EQUAL(result.status, 12);
    CU_ASSERT_EQUAL(strncmp(result.errors, "passgate: socket /nonexistent/operator: the gateway cannot be reached", 68), 0);
}

static void
what_is_no_command_is_refused(void)
{
    static const char *const cases[][3] = { { "command", NULL }, { "command", "TWO\nLINES", NULL }, { "command", "--socket", NULL } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        program_run(&result, program_path("PASSGATE"), cases[i], NULL);
        CU_ASSERT_EQUAL(result.status, 2);
        CU_ASSERT_EQUAL(strncmp(result.errors, "passgate command: ", 18), 0);
    }
    program_run(&result, program_path("PASSGATE"), (const char *const[]) { "dance", NULL }, NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    CU_ASSERT_EQUAL(strncmp(result.errors, "passgate: dance: there is no such subcommand: choose one of audit ", 66), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, " command "));
}

/* Every option that the help names must be in the manual, as mdoc writes it. */
static void
check_manual(const char *program, const char *const arguments[], const char *manual)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", program_path("PASSGATE_MANUALS"), manual);
    char *page = program_read_file(path);
    CU_ASSERT_NOT_EQUAL(strlen(page), 0);
    program_run(&result, program_path(program), arguments, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(strncmp(result.output, "Usage: ", 7), 0);
    for (const char *at = strstr(result.output, "\n  --"); at != NULL; at = strstr(at + 1, "\n  --")) {
        char option[64];
        snprintf(option, sizeof option, ".It Fl -%.*s", (int)strcspn(at + 5, " \n"), at + 5);
        CU_ASSERT_PTR_NOT_NULL(strstr(page, option));
        if (strstr(page, option) == NULL)
            printf("# %s lacks %s\n", manual, option);
    }
    free(page);
}

static void
the_manuals_know_every_option(void)
{
    check_manual("SAFD", (const char *const[]) { "--help", NULL }, "safd.8");
    check_manual("PASSGATE", (const char *const[]) { "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "audit", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "ticket", "explain", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "command", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "racf", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "key", "generate", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "ticket", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "ticket", "generate", "--help", NULL }, "passgate.1");
    check_manual("PASSGATE", (const char *const[]) { "ticket", "evaluate", "--help", NULL }, "passgate.1");
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the answer is shown as a table", the_answer_is_shown_as_a_table },
        { "words are joined by blanks", words_are_joined_by_blanks },
        { "XML is shown as it came", xml_is_shown_as_it_came },
        { "the exit status tells how it went", the_exit_status_tells_how_it_went },
        { "a gateway that says nothing counts as unreachable", a_gateway_that_says_nothing_counts_as_unreachable },
        { "what is no command is refused", what_is_no_command_is_refused },
        { "the manuals know every option", the_manuals_know_every_option },
    };
    if (mkdtemp(directory) == NULL)
        return 1;
    snprintf(socket_path, sizeof socket_path, "%s/operator", directory);
    int status = SUITE_RUN("passgate command", cases);
    unlink(socket_path);
    rmdir(directory);
    return status;
}
