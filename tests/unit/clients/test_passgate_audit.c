/* `passgate audit` as a program: what real logins and commands leave, files with anything in them, and a file that is rotated while
 * it is followed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

#define RECORD(number) "{\"time\":\"2026-01-01T00:00:0" #number "Z\",\"record\":\"command\",\"user\":\"U" #number "\",\"return_code\":0}\n"

#define SHORT_RECORD "{\"time\":\"2026-01-01\",\"record\":\"cut\"}\n"

static struct security_server server;
static struct program_result result;

static const char *
path_of(const char *name)
{
    static char path[SECURITY_SERVER_PATH];
    snprintf(path, sizeof path, "%s/%s", server.directory, name);
    return path;
}

static void
add_to_file(const char *name, const char *text, size_t size)
{
    int file = open(path_of(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CU_ASSERT_EQUAL(write(file, text, size), (ssize_t)size);
    close(file);
}

static void
add(const char *name, const char *text)
{
    add_to_file(name, text, strlen(text));
}

/* Runs `passgate audit` with up to four more words. */
static void
audit(const char *input, const char *first, const char *second, const char *third, const char *fourth)
{
    const char *const arguments[] = { "audit", first, second, third, fourth, NULL };
    program_run(&result, program_path("PASSGATE"), arguments, input);
}

static void
what_safd_wrote_is_shown(void)
{
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTUSER IBMUSER", NULL, 0), 0);
    CU_ASSERT(security_server_command(&server, "LISTUSER NOSUCH", NULL, 0) >= 4);
    CU_ASSERT_EQUAL(security_server_command(&server, "RLIST BOGUS X", NULL, 0), 8);
    audit(NULL, "--config", server.settings, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.errors, "");
    CU_ASSERT_EQUAL(strncmp(result.output, "TIME (UTC) ", 11), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "RC=0 LISTUSER IBMUSER\n"));
    audit(NULL, "--config", server.settings, "--outcome", "failure");
    CU_ASSERT_PTR_NULL(strstr(result.output, "LISTUSER IBMUSER"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "RC=8 RLIST BOGUS X\n"));
    audit(NULL, "--since=1h", "--user=ibm*", path_of("audit.json"), NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "BOGUS"));
    audit(NULL, "--user=TOM", path_of("audit.json"), NULL, NULL);
    CU_ASSERT_STRING_EQUAL(result.output, "");
    CU_ASSERT_EQUAL(result.status, 0);
}

static void
json_is_given_as_it_was(void)
{
    audit(RECORD(1) RECORD(2), "--json", "--user", "U2", "-");
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, RECORD(2));
}

static void
foreign_lines_are_named_and_passed_over(void)
{
    static const char lines[] = RECORD(1) "\n" RECORD(2) "not JSON\0\x1b[2J\n" RECORD(3) "{\"half\":\n" RECORD(4) "{\"time\":\"2026-01";
    add_to_file("foreign", lines, sizeof lines - 1);
    audit(NULL, "--json", path_of("foreign"), NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 4);
    CU_ASSERT_STRING_EQUAL(result.output, RECORD(1) RECORD(2) RECORD(3) RECORD(4));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "foreign: line 2: no audit record"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "foreign: line 4: no audit record"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "foreign: line 6: no audit record"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "foreign: line 8: it is cut off"));
    CU_ASSERT_PTR_NULL(strchr(result.errors, '\x1b'));
}

static void
a_last_line_needs_no_line_end(void)
{
    char input[256] = RECORD(1);
    input[strlen(input) - 1] = '\0';
    audit(input, "--json", "-", NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, RECORD(1));
    audit("", "-", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_STRING_EQUAL(result.output, "");
}

static void
endless_lines_and_many_of_them_are_bounded(void)
{
    enum { LONG_SIZE = 3 << 20, MANY = 1000 };
    char *line = malloc(LONG_SIZE);
    memset(line, 'x', LONG_SIZE);
    add("long", RECORD(1));
    add_to_file("long", line, LONG_SIZE);
    add("long", "\n" RECORD(2));
    add_to_file("long", line, LONG_SIZE);
    audit(NULL, "--json", path_of("long"), NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 4);
    CU_ASSERT_STRING_EQUAL(result.output, RECORD(1) RECORD(2));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "long: line 2: it is longer than any audit record"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "long: line 4: it is longer than any audit record"));
    for (int i = 0; i < MANY; i++)
        memcpy(line + 2 * i, "x\n", 2);
    add_to_file("many", line, 2 * MANY);
    audit(NULL, path_of("many"), NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "1000 lines were no audit records"));
    CU_ASSERT(strlen(result.errors) < 4096);
    free(line);
}

static void
wrong_arguments_are_refused(void)
{
    static const char *const cases[][3] = {
        { "--outcome=good", NULL, "--outcome good: expected success, failure or replay" },
        { "--since=soon", NULL, "--since soon: expected a number with s, m, h or d" },
        { "--follow", "-", "--follow: standard input" },
        { "one", "two", "two: one file is expected" },
        { "--config", "/nonexistent/passgate.ini", "/nonexistent/passgate.ini" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        audit(NULL, cases[i][0], cases[i][1], NULL, NULL);
        CU_ASSERT_EQUAL(result.status, 2);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, cases[i][2]));
    }
    audit(NULL, "/nonexistent/audit.log", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "passgate: /nonexistent/audit.log: cannot be read: No such file"));
    audit(NULL, "/", NULL, NULL, NULL);
    CU_ASSERT_EQUAL(result.status, 8);
}

struct follower {
    pid_t pid;
    int output;
    size_t used;
    char seen[8192];
};

static void
follow(struct follower *follower, const char *name)
{
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
    fflush(stdout);
    follower->pid = fork();
    if (follower->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(program_path("PASSGATE"), "passgate", "audit", "--follow", "--since=2026-01-01", "--json", path_of(name), (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    follower->output = ends[0];
    follower->used = 0;
}

/* Waits until the follower has printed `text` as the next thing. */
static bool
says(struct follower *follower, const char *text)
{
    size_t from = follower->used;
    while (follower->used - from < strlen(text)) {
        ssize_t n = read(follower->output, follower->seen + follower->used, strlen(text) - (follower->used - from));
        if (n <= 0)
            return false;
        follower->used += (size_t)n;
    }
    return memcmp(follower->seen + from, text, strlen(text)) == 0;
}

static void
a_file_is_followed_through_rotation(void)
{
    static struct follower follower;
    char old_name[SECURITY_SERVER_PATH];
    add("followed", RECORD(1));
    follow(&follower, "followed");
    CU_ASSERT_TRUE(says(&follower, RECORD(1)));
    add("followed", "{\"time\":\"2026-01-01T00:00:02Z\",\"record\":\"com");
    add("followed", "mand\",\"user\":\"U2\",\"return_code\":0}\n");
    CU_ASSERT_TRUE(says(&follower, RECORD(2)));
    snprintf(old_name, sizeof old_name, "%s", path_of("followed.1"));
    CU_ASSERT_EQUAL(rename(path_of("followed"), old_name), 0);
    close(open(path_of("followed"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); /* logrotate's create, before safd opens it */
    add("followed.1", RECORD(3));
    CU_ASSERT_TRUE(says(&follower, RECORD(3)));
    add("followed.1", RECORD(4));
    add("followed", RECORD(5));
    CU_ASSERT_TRUE(says(&follower, RECORD(4) RECORD(5)));
    CU_ASSERT_EQUAL(truncate(path_of("followed"), 0), 0);
    add("followed", SHORT_RECORD); /* shorter than what was read: that is how the cut can be seen */
    CU_ASSERT_TRUE(says(&follower, SHORT_RECORD));
    add("followed", RECORD(6));
    CU_ASSERT_TRUE(says(&follower, RECORD(6)));
    CU_ASSERT_EQUAL(program_end(follower.pid, SIGTERM), 1000 + SIGTERM);
    close(follower.output);
}

static void
output_that_cannot_be_written_is_told(void)
{
    char command[512];
    add("full", RECORD(1));
    snprintf(command, sizeof command, "'%s' audit '%s' >/dev/full 2>'%s/errors'", program_path("PASSGATE"), path_of("full"),
             server.directory);
    int status = system(command);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 8);
    char *errors = program_read_file(path_of("errors"));
    CU_ASSERT_STRING_EQUAL(errors, "passgate: standard output: cannot be written\n");
    free(errors);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "what safd wrote is shown", what_safd_wrote_is_shown },
        { "JSON is given as it was", json_is_given_as_it_was },
        { "foreign lines are named and passed over", foreign_lines_are_named_and_passed_over },
        { "a last line needs no line end", a_last_line_needs_no_line_end },
        { "endless lines, and many of them, are bounded", endless_lines_and_many_of_them_are_bounded },
        { "wrong arguments are refused", wrong_arguments_are_refused },
        { "a file is followed through rotation", a_file_is_followed_through_rotation },
        { "output that cannot be written is told", output_that_cannot_be_written_is_told },
    };
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    int status = SUITE_RUN("passgate audit", cases);
    security_server_stop(&server);
    return status;
}
