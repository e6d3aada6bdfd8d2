/* The real safd: its start and end, and what it makes durable before it answers. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "tests/support/program.h"
#include "tests/unit/security/safd_fixture.h"

static void
a_first_start_makes_what_is_missing(void)
{
    struct security_server server;
    struct stat status;
    char path[SECURITY_SERVER_PATH];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    path_in(&server, "master.key", path);
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(stat(server.socket, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0666);
    char output[4096];
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTUSER IBMUSER", output, sizeof output), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "SPECIAL"));
    CU_ASSERT_EQUAL(program_end(server.pid, SIGTERM), 0);
    CU_ASSERT_NOT_EQUAL(stat(server.socket, &status), 0);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0004I"));
    security_server_remove(&server);
}

/* Spoils one thing in a fresh directory. */
struct spoilt {
    const char *shell; /* run in the directory */
    int status;
    const char *expected; /* in the error message */
};

static void
each_failure_to_start_has_its_exit_code(void)
{
    static const struct spoilt cases[] = {
        { "rm passgate.ini", 3, "passgate.ini" },
        { "echo '[saf]' >passgate.ini; echo 'gateway_user = no-such-user-here' >>passgate.ini", 3, "no-such-user-here" },
        { "echo '[saf]' >passgate.ini; echo 'socket_group = no-such-group' >>passgate.ini", 3, "no-such-group" },
        { "echo secret >master.key; chmod 600 master.key", 4, "master.key" },
        { "touch master.key; chmod 644 master.key", 4, "master.key" },
        { "mkdir racf.db", 5, "racf.db" },
        { "head -c 5000 /dev/urandom >racf.db", 5, "racf.db" },
        { "mkdir replay.db", 6, "replay.db" },
        { "mkdir audit.json", 7, "audit.json" },
        { "touch saf", 8, "saf" },
        { "echo '[saf]' >passgate.ini; echo 'socket = missing/saf' >>passgate.ini", 8, "missing/saf" },
    };
    static struct program_result result;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct security_server server;
        char command[512];
        security_server_make(&server, NULL, NULL);
        snprintf(command, sizeof command, "cd '%s'; %s", server.directory, cases[i].shell);
        CU_ASSERT_EQUAL(system(command), 0);
        const char *const arguments[] = { "--config", server.settings, NULL };
        program_run(&result, program_path("SAFD"), arguments, NULL);
        CU_ASSERT_EQUAL(result.status, cases[i].status);
        CU_ASSERT_EQUAL(strncmp(result.errors, "safd: ", 6), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, cases[i].expected));
        if (result.status != cases[i].status || strstr(result.errors, cases[i].expected) == NULL)
            printf("# %s: status %d: %s\n", cases[i].shell, result.status, result.errors);
        security_server_remove(&server);
    }
}

static void
wrong_command_lines_are_refused(void)
{
    static const char *const cases[][3] = {
        { "--token", "a/b" },    { "--token", "" },     { "--token", "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD" },
        { "--links", "3" },      { "--links", "2:1" },  { "--links", "3:0" },
        { "--links", "3:x" },    { "--links", "3:1x" }, { "--links", "99999999999999999999:1" },
        { "--links", "3:5000" }, { "--unknown", NULL }, { "operand", NULL },
        { "--config", NULL },
    };
    static struct program_result result;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        program_run(&result, program_path("SAFD"), cases[i], NULL);
        CU_ASSERT_EQUAL(result.status, 2);
        CU_ASSERT_EQUAL(strncmp(result.errors, "safd: ", 6), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "safd --help"));
    }
    program_run(&result, program_path("SAFD"), (const char *const[]) { "--help", NULL }, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "--links FIRST:COUNT"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "Exit codes"));
    program_run(&result, program_path("SAFD"), (const char *const[]) { "--version", NULL }, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(strncmp(result.output, "safd (Passgate) ", 16), 0);
}

static void
a_ticket_logs_on_once_even_across_kill_9(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    make_ticket(time(NULL), ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    CU_ASSERT_STRING_EQUAL(answer.userid, "IMSUSR1");
    CU_ASSERT_STRING_EQUAL(answer.group, "SYS1");
    answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.racf, RACF_VERIFY_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    security_server_kill(&server);
    security_server_start(&server);
    answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    make_ticket(time(NULL) - 100, ticket);
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.saf, SAF_OK);
    CU_ASSERT_TRUE(file_holds(&server, "log", "ICH408I USER(IMSUSR1 )"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "the PassTicket was used before; first use "));
    CU_ASSERT_TRUE(file_holds(&server, "log", "from 192.0.2.7"));
    security_server_stop(&server);
}

static void
the_operator_reads_how_far_off_a_ticket_was(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    make_ticket(time(NULL) - 3600, ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_OUT_OF_WINDOW);
    CU_ASSERT(answer.result.ticket_offset_s <= -3600 && answer.result.ticket_offset_s > -3660);
    CU_ASSERT_TRUE(file_holds(&server, "log", "; its time is -36"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "one side's clock is set to a local time"));
    security_server_stop(&server);
}

static void
two_servers_run_side_by_side_only_apart(void)
{
    struct security_server server;
    struct security_server other;
    static struct program_result result;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    const char *const same[] = { "--config", server.settings, NULL };
    program_run(&result, program_path("SAFD"), same, NULL);
    CU_ASSERT_EQUAL(result.status, 5);
    /* Another database on the same socket. */
    char line[SECURITY_SERVER_PATH + 16];
    char path[SECURITY_SERVER_PATH + 16];
    security_server_make(&other, NULL, NULL);
    snprintf(line, sizeof line, "[saf]\nsocket = %s\n", server.socket);
    FILE *file = fopen(other.settings, "w");
    fputs(line, file);
    fclose(file);
    const char *const contender[] = { "--config", other.settings, NULL };
    program_run(&result, program_path("SAFD"), contender, NULL);
    CU_ASSERT_EQUAL(result.status, 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "another process listens"));
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    const char *const token[] = { "--config", other.settings, "--token", "B-2", NULL };
    other.pid = program_start(program_path("SAFD"), token, other.log, -1);
    CU_ASSERT_TRUE(program_wait_for(other.pid, other.log, "SAFD0001I"));
    snprintf(path, sizeof path, "%s.B-2", server.socket);
    struct stat status;
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    security_server_stop(&other);
    security_server_stop(&server);
}

static void
a_dead_socket_is_replaced(void)
{
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_kill(&server);
    struct stat status;
    CU_ASSERT_EQUAL(stat(server.socket, &status), 0);
    security_server_start(&server);
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    security_server_stop(&server);
}

static void
sighup_opens_the_audit_file_again(void)
{
    struct security_server server;
    char old_path[SECURITY_SERVER_PATH];
    char new_path[SECURITY_SERVER_PATH];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    path_in(&server, "audit.json", old_path);
    path_in(&server, "audit.json.1", new_path);
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", NULL, 0), 0);
    CU_ASSERT_EQUAL(rename(old_path, new_path), 0);
    kill(server.pid, SIGHUP);
    CU_ASSERT_TRUE(program_wait_for(server.pid, server.log, "SAFD0006I"));
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTUSER IBMUSER", NULL, 0), 0);
    CU_ASSERT_TRUE(file_holds(&server, "audit.json.1", "LISTGRP"));
    CU_ASSERT_FALSE(file_holds(&server, "audit.json.1", "LISTUSER"));
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "LISTUSER"));
    security_server_stop(&server);
}

static void
no_audit_record_no_login(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    char output[2048];
    char path[SECURITY_SERVER_PATH];
    /* Every write to /dev/full fails as on a full disk. */
    security_server_make(&server, NULL, NULL);
    path_in(&server, "audit.json", path);
    CU_ASSERT_EQUAL(symlink("/dev/full", path), 0);
    security_server_start(&server);
    CU_ASSERT_EQUAL(security_server_command(&server, "LISTGRP SYS1", output, sizeof output), 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "SAFD0032E"));
    security_server_set_up(&server, key);
    make_ticket(time(NULL), ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_AUDIT);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0022E"));
    security_server_stop(&server);
}

static void
no_durable_claim_no_login(void)
{
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    const struct rlimit small = { 8192, RLIM_INFINITY };
    const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
    /* Files cannot grow, as on a full disk; the audit records go where there is room. */
    security_server_make(&server, NULL, "audit = /dev/null");
    security_server_start(&server);
    security_server_set_up(&server, key);
    CU_ASSERT_EQUAL(prlimit(server.pid, RLIMIT_FSIZE, &small, NULL), 0);
    make_ticket(time(NULL), ticket);
    struct saf_verify_answer answer = verify_once(&server, ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_REPLAY_STORE);
    CU_ASSERT_TRUE(answer.result.retryable);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0020E"));
    CU_ASSERT_EQUAL(prlimit(server.pid, RLIMIT_FSIZE, &unlimited, NULL), 0);
    /* What was not accepted was not used up. */
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.saf, SAF_OK);
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0021I"));
    security_server_stop(&server);
}

static void
secrets_stay_out_of_logs_and_records(void)
{
    struct security_server server;
    char used[PASSTICKET_SIZE + 1];
    char refused[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    make_ticket(time(NULL), used);
    make_ticket(time(NULL) - 7200, refused);
    verify_once(&server, used);
    verify_once(&server, refused);
    verify_once(&server, "WR0NGPW!");
    security_server_command(&server, "ALTUSER IMSUSR1 PASSWORD(N3WPASSW", NULL, 0);
    security_server_command(&server, "ALTUSR IMSUSR1 PASSWORD(N3WPASSW)", NULL, 0);
    const char *const secrets[] = { used, refused, "WR0NGPW!", "N3WPASSW", "S3CRETPW", key };
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        CU_ASSERT_FALSE(file_holds(&server, "log", secrets[i]));
        CU_ASSERT_FALSE(file_holds(&server, "audit.json", secrets[i]));
    }
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "<hidden>"));
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a first start makes what is missing", a_first_start_makes_what_is_missing },
        { "each failure to start has its exit code", each_failure_to_start_has_its_exit_code },
        { "wrong command lines are refused", wrong_command_lines_are_refused },
        { "a ticket logs on once, even across kill -9", a_ticket_logs_on_once_even_across_kill_9 },
        { "the operator reads how far off a ticket was", the_operator_reads_how_far_off_a_ticket_was },
        { "two servers run side by side only apart", two_servers_run_side_by_side_only_apart },
        { "a dead socket is replaced", a_dead_socket_is_replaced },
        { "SIGHUP opens the audit file again", sighup_opens_the_audit_file_again },
        { "no audit record, no login", no_audit_record_no_login },
        { "no durable claim, no login", no_durable_claim_no_login },
        { "secrets stay out of logs and records", secrets_stay_out_of_logs_and_records },
    };
    if (!secret_memory_init(1 << 16))
        return 1;
    return SUITE_RUN("safd", cases);
}
