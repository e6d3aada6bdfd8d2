/* Apache Derby's network client (ij and a JDBC program) with a PassTicket as password, and nmap's DRDA scripts. Peers that nobody here
 * wrote. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/gateway.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

#define DERBY_CLASSES "/usr/share/java/derbyclient.jar:/usr/share/java/derbytools.jar"
#define JAVA "env -u ASAN_OPTIONS java -Xshare:auto -cp " DERBY_CLASSES ":. "

static struct gateway gateway;

static void
ij_runs_sql_with_a_ticket(void)
{
    char ticket[9];
    char script[128];
    char command[1024];
    static char output[65536];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    snprintf(script, sizeof script, "%s/ij.sql", gateway.directory);
    FILE *file = fopen(script, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file, "connect 'jdbc:derby://127.0.0.1:%u/SAMPLE;user=IMSUSR1;password=%s';\n", gateway.port, ticket);
    fprintf(file, "run '%s/tests/integration/ij-basic.sql';\n", getenv("PASSGATE_SOURCE"));
    fclose(file);
    snprintf(command, sizeof command, JAVA "org.apache.derby.tools.ij %s 2>&1", script);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
    static const char *const expected[] = {
        "2 rows inserted",
        "1 row inserted",
        "9000000000",
        "1.5",
        "hello",
        "NULL",
        "4000000000",
        "2.25",
        "prepared",
        "3 rows selected",
        "3 rows inserted",
        "0  ",
        "rollback",
        "3 ",
        "1 row inserted",
        "changed",
        "ERROR 42704",
        "ERROR 23505",
        /* show tables, describe, show indexes */
        "MAIN",
        "T1",
        "2 rows selected",
        "ID  ",
        "INTEGER",
        "NO",
        "BIG",
        "BIGINT",
        "VARCHAR",
        "|40",
        "4 rows selected",
        "T1  ",
        "|V ",
        "|true",
        "|3 ",
        "1 row selected",
        "catalog read",
    };
    shell_expect(output, expected, sizeof expected / sizeof *expected);
}

static void
a_jdbc_program_runs_with_a_ticket(void)
{
    char ticket[9];
    char command[1024];
    static char output[65536];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    snprintf(command, sizeof command,
             JAVA "-Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 %s/tests/integration/java/Smoke.java "
                  "'jdbc:derby://127.0.0.1:%u/SAMPLE' IMSUSR1 %s 2>&1",
             getenv("PASSGATE_SOURCE"), gateway.port, ticket);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
    static const char *const expected[] = {
        "inserted 1",
        "inserted 1",
        "inserted 1",
        "inserted 1",
        "deleted 1",
        "null|null|null|null",
        "1:Integer|9000000000:Long|1.5:Double|row 1 ä€:String",
        "3:Integer|27000000000:Long|3.5:Double|row 3 ä€:String",
        "row 3 ä€",
        "error 42704 203",
    };
    shell_expect(output, expected, sizeof expected / sizeof *expected);
}

static void
a_used_ticket_is_refused_by_name(void)
{
    char command[1024];
    static char output[65536];
    snprintf(command, sizeof command,
             "echo \"connect 'jdbc:derby://127.0.0.1:%u/SAMPLE;user=IMSUSR1;password=AAAAAAAA';\" | " JAVA "org.apache.derby.tools.ij 2>&1",
             gateway.port);
    shell_run(output, sizeof output, command);
    static const char *const expected[] = { "ERROR 08004" };
    shell_expect(output, expected, 1);
}

static void
nmap_knows_a_drda_server(void)
{
    char command[256];
    static char output[65536];
    snprintf(command, sizeof command, "nmap -Pn -n -p %u --script +drda-info 127.0.0.1 2>&1", gateway.port);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
    static const char *const expected[] = { "drda-info", "Passgate" };
    shell_expect(output, expected, 2);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "ij runs SQL with a PassTicket", ij_runs_sql_with_a_ticket },
        { "a JDBC program runs with a PassTicket", a_jdbc_program_runs_with_a_ticket },
        { "a wrong ticket is an authentication failure to JDBC", a_used_ticket_is_refused_by_name },
        { "nmap knows a DRDA server", nmap_knows_a_drda_server },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("derby", cases);
}
