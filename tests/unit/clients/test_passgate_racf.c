/* `passgate racf` against a real safd: from arguments, from standard input, at a prompt. */
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

static const char key[] = "E001193519561977";
static struct security_server server;
static struct program_result result;

/* Runs `passgate racf --config FILE` with up to four more words. */
static void
racf(const char *input, const char *first, const char *second, const char *third, const char *fourth)
{
    const char *const arguments[] = { "racf", "--config", server.settings, first, second, third, fourth, NULL };
    program_run(&result, program_path("PASSGATE"), arguments, input);
}

static void
arguments_are_one_command(void)
{
    racf(NULL, "LISTUSER", "IBMUSER", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "USER=IBMUSER"));
    CU_ASSERT_STRING_EQUAL(result.errors, "");
    const char *const by_socket[] = { "racf", "--socket", server.socket, "listgrp sys1", NULL };
    program_run(&result, program_path("PASSGATE"), by_socket, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
}

static void
a_script_runs_to_its_end_and_tells_the_highest_code(void)
{
    racf("/* A script\n   in two lines */\nLISTUSER NOSUCH\n\nBOGUS\nADDUSER SCRIPT1 -\n NAME('BY SCRIPT') DFLTGRP(SYS1)\nLISTUSER "
         "SCRIPT1\n",
         NULL, NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 12);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "BOGUS NOT FOUND"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "NAME=BY SCRIPT"));
    racf("LISTUSER SCRIPT1\n", NULL, NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    racf("", NULL, NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, "");
}

static void
echo_shows_commands_and_hides_secrets(void)
{
    racf("/* keys */\nRDEFINE PTKTDATA ECHOED SSIGNON(KEYMASKED(E001193519561977))\nALTUSER IMSUSR1 -\n  PASSWORD(ECHOPW1)\nLISTGRP SYS1\n",
         "--echo", NULL, NULL, NULL);
    CU_ASSERT(result.status <= 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "/* keys */\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "RDEFINE PTKTDATA ECHOED SSIGNON(KEYMASKED(<hidden>))\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "ALTUSER IMSUSR1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "LISTGRP SYS1\n"));
    CU_ASSERT_PTR_NULL(strstr(result.output, key));
    CU_ASSERT_PTR_NULL(strstr(result.output, "ECHOPW1"));
}

static void
an_input_that_ends_too_early_is_told(void)
{
    racf("LISTGRP SYS1\nADDUSER CUTOFF -\n", NULL, NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 12);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "passgate: standard input: line 2: the input ends inside the command"));
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTUSER CUTOFF", NULL, 0) >= 4, 1);
}

static void
a_secret_comes_from_standard_input(void)
{
    racf("TYPED1\n", "ALTUSER IMSUSR1 PASSWORD(*) NOEXPIRED", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    racf("", "ALTUSER IMSUSR1 PASSWORD(*)", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 12);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "no secret was given"));
    char *audit = NULL;
    char path[SECURITY_SERVER_PATH];
    snprintf(path, sizeof path, "%s/audit.json", server.directory);
    audit = program_read_file(path);
    CU_ASSERT_PTR_NULL(strstr(audit, "TYPED1"));
    free(audit);
}

static void
an_unreachable_server_is_named(void)
{
    static const char *const cases[][4] = {
        { "racf", "--socket", "/nonexistent/saf", NULL },
        { "racf", "--socket", "/dev/null", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        program_run(&result, program_path("PASSGATE"), cases[i], "LISTGRP SYS1\n");
        CU_ASSERT_EQUAL(result.status, 16);
        CU_ASSERT_EQUAL(strncmp(result.errors, "passgate: socket /", 18), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "start safd"));
    }
}

static void
wrong_arguments_are_refused(void)
{
    racf(NULL, "--socket", "/x", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "--socket and --config"));
    racf(NULL, "--bogus", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    const char *const missing[] = { "racf", "--config", "/nonexistent/passgate.ini", NULL };
    program_run(&result, program_path("PASSGATE"), missing, NULL);
    CU_ASSERT_EQUAL(result.status, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "passgate: /nonexistent/passgate.ini"));
}

struct dialogue {
    int terminal;
    size_t used;
    size_t looked; /* everything before is behind a text that was waited for */
    char seen[65536];
};

/* Reads from the terminal until `wanted` comes behind what was waited for before; false at its end. */
static bool
expect(struct dialogue *dialogue, const char *wanted)
{
    const char *found;
    while ((found = strstr(dialogue->seen + dialogue->looked, wanted)) == NULL) {
        ssize_t n = read(dialogue->terminal, dialogue->seen + dialogue->used, sizeof dialogue->seen - 1 - dialogue->used);
        if (n <= 0)
            return false;
        dialogue->used += (size_t)n;
        dialogue->seen[dialogue->used] = '\0';
    }
    dialogue->looked = (size_t)(found - dialogue->seen) + strlen(wanted);
    return true;
}

static void
type(const struct dialogue *dialogue, const char *text)
{
    CU_ASSERT_EQUAL(write(dialogue->terminal, text, strlen(text)), (ssize_t)strlen(text));
}

static void
a_terminal_gets_a_prompt(void)
{
    static struct dialogue dialogue;
    int status;
    fflush(stdout);
    pid_t pid = forkpty(&dialogue.terminal, NULL, NULL, NULL);
    CU_ASSERT_FATAL(pid >= 0);
    if (pid == 0) {
        setenv("TERM", "dumb", 1);
        execl(program_path("PASSGATE"), "passgate", "racf", "--config", server.settings, (char *)NULL);
        _exit(127);
    }
    CU_ASSERT_TRUE(expect(&dialogue, "RACF> "));
    type(&dialogue, "LISTUSER -\n");
    CU_ASSERT_TRUE(expect(&dialogue, "    > "));
    type(&dialogue, "IBMUSER\n");
    CU_ASSERT_TRUE(expect(&dialogue, "USER=IBMUSER"));
    CU_ASSERT_TRUE(expect(&dialogue, "RACF> "));
    type(&dialogue, "ALTUSER IMSUSR1 PASSWORD(*)\n");
    CU_ASSERT_TRUE(expect(&dialogue, "PASSWORD: "));
    type(&dialogue, "UNSEEN1\n");
    CU_ASSERT_TRUE(expect(&dialogue, "RACF> "));
    type(&dialogue, "BOGUS\n");
    CU_ASSERT_TRUE(expect(&dialogue, "BOGUS NOT FOUND"));
    CU_ASSERT_TRUE(expect(&dialogue, "RACF> "));
    /* The Tab key completes; the arrow brings back the command before, spelt out. */
    type(&dialogue, "listg\tsys1\n");
    CU_ASSERT_TRUE(expect(&dialogue, "INFORMATION FOR GROUP SYS1"));
    CU_ASSERT_TRUE(expect(&dialogue, "RACF> "));
    type(&dialogue, "\020");
    CU_ASSERT_TRUE(expect(&dialogue, "LISTGRP SYS1"));
    type(&dialogue, "\n");
    CU_ASSERT_TRUE(expect(&dialogue, "INFORMATION FOR GROUP SYS1"));
    CU_ASSERT_TRUE(expect(&dialogue, "RACF> "));
    type(&dialogue, "end\n");
    CU_ASSERT_FALSE(expect(&dialogue, "RACF> "));
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 12);
    CU_ASSERT_PTR_NULL(strstr(dialogue.seen, "UNSEEN1"));
    close(dialogue.terminal);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "arguments are one command", arguments_are_one_command },
        { "a script runs to its end and tells the highest code", a_script_runs_to_its_end_and_tells_the_highest_code },
        { "--echo shows commands and hides secrets", echo_shows_commands_and_hides_secrets },
        { "an input that ends too early is told", an_input_that_ends_too_early_is_told },
        { "a secret comes from standard input", a_secret_comes_from_standard_input },
        { "an unreachable server is named", an_unreachable_server_is_named },
        { "wrong arguments are refused", wrong_arguments_are_refused },
        { "a terminal gets a prompt", a_terminal_gets_a_prompt },
    };
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    int status = SUITE_RUN("passgate racf", cases);
    security_server_stop(&server);
    return status;
}
