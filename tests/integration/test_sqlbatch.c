/* sqlbatch as its users run it, against the real gateway and Apache Derby's Network Server: named connections, all types in all
 * formats, host variables, Ctrl-C. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/attributes.h"
#include "tests/support/derby.h"
#include "tests/support/gateway.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

static struct gateway gateway;
static struct derby derby;
static char output[1 << 18];

static void write_text(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);

/* Writes a file of mode 0600 in the gateway's directory. */
static void
write_text(const char *name, const char *format, ...)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", gateway.directory, name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fchmod(fileno(file), S_IRUSR | S_IWUSR);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    fclose(file);
}

/* A new ticket for the next run: what logs on as a password does. */
static void
write_ticket(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    write_text("ticket", "%s\n", ticket);
}

/* Runs `sqlbatch <arguments> job.sql <operands>` in the gateway's directory; standard output in `output`, standard error behind it. */
static int
run_batch(const char *arguments, const char *script, const char *operands)
{
    char command[1024];
    write_ticket();
    write_text("job.sql", "%s", script);
    snprintf(command, sizeof command,
             "cd %s && %s/sqlbatch --connections connections.ini %s job.sql %s 2>errors </dev/null; status=$?; "
             "cat errors; exit $status",
             gateway.directory, getenv("PASSGATE_BUILD"), arguments, operands);
    return shell_run(output, sizeof output, command);
}

static void
expect_output(const char *expected)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(output, expected));
    if (strstr(output, expected) == NULL)
        shell_show(output);
}

static void
write_connections(void)
{
    write_text("connections.ini",
               "[SAMPLE]\nhost = 127.0.0.1\nport = %u\nrdb = SAMPLE\nuser = IMSUSR1\nauthentication = password\npassword_file = ticket\n"
               "[BYTICKET]\nhost = localhost\nport = %u\nrdb = SAMPLE\nuser = TOM\nauthentication = passticket\napplication = IMSCON1\n"
               "key_file = key\npassword_file = ticket\n"
               "[READONLY]\nhost = 127.0.0.1\nport = %u\nrdb = SAMPLE\nuser = IMSUSR1\nauthentication = password\npassword_file = ticket\n"
               "read_only = yes\n"
               "[DERBY]\nhost = 127.0.0.1\nport = %u\nrdb = batch;create=true\nuser = APP\nauthentication = password\n"
               "password_file = derby.pw\n",
               gateway.port, gateway.port, gateway.port, derby.port);
    write_text("derby.pw", "APP\n");
    write_text("key", "%s\n", gateway.key);
}

static void
a_named_connection_logs_on_with_its_own_method(void)
{
    write_connections();
    CU_ASSERT_EQUAL(run_batch("", "CONNECT byticket;\nVALUES 1;\nDISCONNECT;\nCONNECT SAMPLE;\nVALUES 2;\n", ""), 0);
    expect_output("connected to SAMPLE at localhost port ");
    expect_output(" as TOM\n");
    expect_output(" as IMSUSR1\n");
    CU_ASSERT_EQUAL(run_batch("--connection SAMPEL", "VALUES 1;", ""), 101);
    expect_output("sqlbatch: --connection: connections.ini: there is no connection [SAMPEL]; did you mean SAMPLE?\n");
}

static const char types_script[] =
    "CREATE TABLE batch_types (k INTEGER NOT NULL PRIMARY KEY, si SMALLINT, bi BIGINT, r REAL, d DOUBLE, de DECIMAL(31,15), c CHAR(4),\n"
    "    v VARCHAR(40), b CHAR(2) FOR BIT DATA, vb VARCHAR(10) FOR BIT DATA, da DATE, ti TIME, ts TIMESTAMP, bo BOOLEAN, cl CLOB, bl "
    "BLOB);\n"
    "INSERT INTO batch_types VALUES (1, -32768, 9223372036854775807, 1.5, 0.1, 1234567890123456.123456789012345, 'ab', 'it''s ä€',\n"
    "    X'00FF', X'', '2024-02-29', '23:59:58', '2024-02-29 23:59:58.123456', TRUE, 'a long text', CAST(X'0102' AS BLOB));\n"
    "INSERT INTO batch_types (k) VALUES (2);\n"
    "COMMIT;\n";

static const char select_types[] = "SELECT * FROM batch_types ORDER BY k;\n";

static void
types_are_printed_right_in_every_format(void)
{
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE", types_script, ""), 0);
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE --format vertical", select_types, ""), 0);
    static const char *const lines[] = { "-32768\n",
                                         "9223372036854775807\n",
                                         "1.5\n",
                                         "0.1\n",
                                         "1234567890123456.123456789012345\n",
                                         "ab",
                                         "it's ä€\n",
                                         "X'00FF'\n",
                                         "X''\n",
                                         "2024-02-29\n",
                                         "23:59:58\n",
                                         "2024-02-29",
                                         "58.123456",
                                         "TRUE\n",
                                         "2\n",
                                         "NULL\n",
                                         "2 rows" };
    shell_expect(output, lines, sizeof lines / sizeof *lines);
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE --format csv", select_types, ""), 0);
    expect_output("K,SI,BI,R,D,DE,C,V,B,VB,DA,TI,TS,BO,CL,BL\r\n1,-32768,9223372036854775807,1.5,0.1,1234567890123456.123456789012345,");
    expect_output("\r\n2,,,,,,,,,,,,,,,\r\n");
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE --format json", select_types, ""), 0);
    expect_output(
        "{\"K\": 1, \"SI\": -32768, \"BI\": 9223372036854775807, \"R\": 1.5, \"D\": 0.1, \"DE\": 1234567890123456.123456789012345,");
    expect_output("\"BO\": true, \"CL\": \"a long text\", \"BL\": \"X'0102'\"}");
    expect_output("{\"K\": 2, \"SI\": null,");
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE", "SELECT k, v, bo FROM batch_types ORDER BY k;", ""), 0);
    expect_output(" K | V       | BO\n");
    expect_output(" 1 | it's ä€ | TRUE\n 2 | NULL    | NULL\n2 rows\n");
}

/* The same script and, but for what is in docs/compatibility.md, the same output from another vendor's server. */
static void
derby_gets_and_gives_the_same(void)
{
    static char expected[sizeof output];
    CU_ASSERT_EQUAL(run_batch("--connection DERBY", types_script, ""), 0);
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE --format json",
                              "SELECT * FROM batch_types ORDER BY k;\nSELECT v FROM batch_types WHERE k = :K;", "K=1"),
                    0);
    char *told = strchr(output, '['); /* what was said before is said on standard error */
    snprintf(expected, sizeof expected, "%.*s", (int)(strrchr(output, ']') - told) + 1, told);
    CU_ASSERT_EQUAL(run_batch("--connection DERBY --format json",
                              "SELECT * FROM batch_types ORDER BY k;\nSELECT v FROM batch_types WHERE k = :K;", "K=1"),
                    0);
    expect_output(expected);
    CU_ASSERT_EQUAL(
        run_batch("--connection DERBY", "INSERT INTO batch_types (k, v) VALUES (:K, 'x');\nSELECT nosuch FROM batch_types;", "K=3"), 12);
    expect_output("1 row affected\nrolled back\n");
    expect_output("job.sql:2: statement failed: SQLCODE=-20001, SQLSTATE=42X04");
    CU_ASSERT_EQUAL(run_batch("--connection DERBY --format csv", "SELECT COUNT(*) AS n FROM batch_types;", ""), 0);
    expect_output("N\r\n2\r\n");
}

static void
host_variables_are_values(void)
{
    static const char script[] = "CREATE TABLE batch_host (id INTEGER, name VARCHAR(60));\n"
                                 "INSERT INTO batch_host VALUES (:ID, :NAME), (2, :NOTHING);\n"
                                 "SELECT name FROM batch_host WHERE id = :ID AND name <> ':NAME';\n"
                                 "SELECT COUNT(*) AS n FROM batch_host WHERE name IS NULL;\n";
    write_text("values", "ID=7\nNOTHING\n");
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE --format csv --variables values", script, "\"NAME=x'); DROP TABLE batch_host; --\""), 0);
    expect_output("NAME\r\nx'); DROP TABLE batch_host; --\r\n");
    expect_output("N\r\n1\r\n");
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE", "SELECT :ID;", "ID=1 ID2"), 101);
    expect_output("sqlbatch: ID2: not NAME=VALUE");
}

/* Files longer than a parameter of any other kind may be go into CLOB and BLOB of both servers, and come back as they were. */
static void
files_go_into_large_objects(void)
{
    static const char *const connections[] = { "SAMPLE", "DERBY" };
    static const char script[] = "CREATE TABLE batch_large (id INTEGER, c CLOB(1M), b BLOB(1M));\n"
                                 "INSERT INTO batch_large VALUES (1, :TEXT, :BYTES);\n"
                                 "INSERT INTO batch_large VALUES (2, :EMPTY, :NOTHING);\n"
                                 "SELECT id, LENGTH(c) AS characters, LENGTH(b) AS bytes FROM batch_large ORDER BY id;\n"
                                 "SELECT c FROM batch_large WHERE id = 1;\n";
    enum { LINES = 10000, LINE_SIZE = 12 };
    char *text = malloc(LINES * LINE_SIZE + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (int i = 0; i < LINES; i++)
        snprintf(text + LINE_SIZE * i, LINE_SIZE + 1, "%05d \xC3\xA4\xE2\x82\xAC;", i);
    write_text("large", "%s", text);
    write_text("empty", "%s", "");
    for (size_t i = 0; i < 2; i++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "--connection %s --format csv", connections[i]);
        CU_ASSERT_EQUAL(run_batch(arguments, script, "TEXT:clob=large BYTES:blob=large EMPTY:clob=empty NOTHING:blob=empty"), 0);
        expect_output("ID,CHARACTERS,BYTES\r\n1,90000,120000\r\n2,0,0\r\n");
        CU_ASSERT_PTR_NOT_NULL(strstr(output, text));
    }
    free(text);
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE", "VALUES :TEXT;", "TEXT:clob=nowhere"), 101);
    expect_output("sqlbatch: TEXT:clob=nowhere: TEXT: nowhere: No such file or directory");
}

static void
a_read_only_connection_changes_nothing(void)
{
    char url[128];
    CU_ASSERT_EQUAL(run_batch("--connection READONLY --format csv", "SELECT COUNT(*) AS n FROM batch_host;\nDROP TABLE batch_host;", ""),
                    12);
    expect_output("N\r\n2\r\n");
    expect_output("job.sql:2: statement failed: SQLCODE=-817, SQLSTATE=25000");
    snprintf(url, sizeof url, "--password-file ticket --url 'drda://127.0.0.1:%u/SAMPLE:user=IMSUSR1;readOnly=true'", gateway.port);
    CU_ASSERT_EQUAL(run_batch(url, "DELETE FROM batch_host;", ""), 12);
    expect_output("job.sql:1: statement failed: SQLCODE=-817");
}

static void
progress_is_for_terminals_alone(void)
{
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE",
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT COUNT(*) FROM n;",
                              ""),
                    0);
    CU_ASSERT_PTR_NULL(strchr(output, '\033'));
    CU_ASSERT_PTR_NULL(strchr(output, '\r'));
}

/* Starts a batch that does not end by itself, and waits until its first statement has been told. */
static pid_t
start_endless(const char *connection, const char *select)
{
    char command[1024];
    write_ticket();
    write_text("endless.sql",
               "INSERT INTO batch_host VALUES (99, 'lost');\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) %s;\n",
               select);
    snprintf(command, sizeof command, "cd %s && exec %s/sqlbatch --connections connections.ini --connection %s endless.sql >told 2>&1",
             gateway.directory, getenv("PASSGATE_BUILD"), connection);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    for (bool told = false; !told;) {
        char *text = gateway_file(&gateway, "told");
        told = strstr(text, "1 row affected\n") != NULL;
        free(text);
        CU_ASSERT_FATAL(waitpid(pid, NULL, WNOHANG) == 0);
        nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL);
    }
    nanosleep(&(struct timespec) { .tv_nsec = 200000000 }, NULL); /* the next one is on its way */
    return pid;
}

/* What the batch has told until its end. */
static char *
await_end(pid_t pid)
{
    int status;
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 12);
    return gateway_file(&gateway, "told");
}

static char *
interrupt_endless(const char *connection, const char *select)
{
    pid_t pid = start_endless(connection, select);
    kill(pid, SIGINT);
    return await_end(pid);
}

static void
expect_told(const char *told, const char *expected)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(told, expected));
    if (strstr(told, expected) == NULL)
        shell_show(told);
}

/* The server has stopped it and let go of its lock, and what was not committed is gone. */
static void
expect_nothing_left(void)
{
    CU_ASSERT_EQUAL(run_batch("--connection SAMPLE --format csv",
                              "INSERT INTO batch_host VALUES (98, 'kept');\nSELECT COUNT(*) AS n FROM batch_host WHERE id = 99;", ""),
                    0);
    expect_output("N\r\n0\r\n");
}

static void
ctrl_c_cancels_the_statement_and_the_batch(void)
{
    char *told = interrupt_endless("SAMPLE", "SELECT COUNT(*) FROM n");
    expect_told(told, "endless.sql:2: cannot interrupt the statement: the password may be a PassTicket, which is good for one logon\n");
    expect_told(told, "endless.sql:2: statement failed: cancelled by Ctrl-C or SIGTERM: the connection was closed");
    free(told);
    expect_nothing_left();
}

/* By a second connection with a ticket of its own. */
static void
ctrl_c_keeps_the_connection_where_the_server_lets_it(void)
{
    char *told = interrupt_endless("BYTICKET", "SELECT COUNT(*) FROM n");
    expect_told(told, "endless.sql:2: statement failed: cancelled by Ctrl-C or SIGTERM: SQLCODE=-952, SQLSTATE=57014");
    expect_told(told, "rolled back\n");
    free(told);
    expect_nothing_left();
}

/* It ends between two blocks, or in the midst of one. */
static void
ctrl_c_ends_rows_without_end(void)
{
    char *told = interrupt_endless("BYTICKET", "SELECT i FROM n");
    expect_told(told, "endless.sql:2: statement failed: cancelled by Ctrl-C or SIGTERM");
    expect_told(told, "rolled back\n");
    free(told);
    expect_nothing_left();
}

/* A server that does not answer: the user need not wait for it. */
static void
a_second_ctrl_c_does_not_wait(void)
{
    pid_t pid = start_endless("BYTICKET", "SELECT COUNT(*) FROM n");
    kill(gateway.passgated, SIGSTOP);
    siginfo_t ended = { .si_pid = 0 };
    while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0) {
        kill(pid, SIGINT); /* two that come at once are one */
        nanosleep(&(struct timespec) { .tv_nsec = 300000000 }, NULL);
    }
    char *told = await_end(pid);
    kill(gateway.passgated, SIGCONT);
    expect_told(told, "endless.sql:2: statement failed: cancelled by Ctrl-C or SIGTERM: the connection was closed");
    CU_ASSERT_PTR_NULL(strstr(told, "cannot interrupt"));
    free(told);
    expect_nothing_left();
}

static void
the_servers_stop_on_request(void)
{
    derby_stop(&derby);
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a named connection logs on with its own method", a_named_connection_logs_on_with_its_own_method },
        { "types are printed right in every format", types_are_printed_right_in_every_format },
        { "Derby's Network Server gets and gives the same", derby_gets_and_gives_the_same },
        { "host variables are values", host_variables_are_values },
        { "files go into large objects", files_go_into_large_objects },
        { "a read-only connection changes nothing", a_read_only_connection_changes_nothing },
        { "progress is for terminals alone", progress_is_for_terminals_alone },
        { "Ctrl-C cancels the statement and the batch", ctrl_c_cancels_the_statement_and_the_batch },
        { "Ctrl-C keeps the connection where the server lets it", ctrl_c_keeps_the_connection_where_the_server_lets_it },
        { "Ctrl-C ends rows without end", ctrl_c_ends_rows_without_end },
        { "a second Ctrl-C does not wait", a_second_ctrl_c_does_not_wait },
        { "the servers stop on request", the_servers_stop_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    derby_start(&derby, gateway.directory);
    return SUITE_RUN("sqlbatch", cases);
}
