/* SQL through the real gateway: who may read and who may change, results that are longer than memory should be, clients that do not
 * read, statements that would run for ever. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/dss.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/sql_load.h"
#include "tests/support/suite.h"

#define ENDLESS "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
#define SERIES "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
#define ROW "SELECT i AS ID, i + 9000000000 AS N, 'the value of one row of the table, which has some length' AS V FROM n"

enum {
    ROWS = 1000000,
    ROW_BYTES = 70, /* about; the result is some 70 MB */
    FLAT_KIB = 16 * 1024,
    EXECUTOR_THREADS = 8,
    RUNAWAYS = 2 * EXECUTOR_THREADS,
    CONTINUATIONS = 1000, /* each asks for a block of 32 KB */
};

static struct gateway gateway;

static void
run_racf(const char *script)
{
    static char output[16384];
    static const char *const arguments[] = { "racf", NULL };
    int status = gateway_passgate(&gateway, output, sizeof output, script, arguments);
    if (status != 0)
        printf("# %s\n", output);
    CU_ASSERT_EQUAL(status, 0);
}

static void
log_on(struct peer *peer, const char *user)
{
    char ticket[9];
    gateway_ticket(&gateway, user, "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL_FATAL(peer_log_on(peer, gateway.port, user, ticket), 0);
}

static void
open_sample(struct peer *peer, const char *user)
{
    log_on(peer, user);
    CU_ASSERT_TRUE_FATAL(peer_open_rdb(peer, "SAMPLE"));
}

static int32_t
run_as(const char *user, const char *sql)
{
    static struct peer peer;
    open_sample(&peer, user);
    int32_t sqlcode = peer_run(&peer, sql);
    CU_ASSERT_EQUAL(peer_run(&peer, "COMMIT"), 0);
    peer_close(&peer);
    return sqlcode;
}

static bool
may_open(const char *user)
{
    static struct peer peer;
    log_on(&peer, user);
    bool opened = peer_open_rdb(&peer, "sample");
    peer_close(&peer);
    return opened;
}

/* Without a profile, and while the class is not active, everybody who can log on may do everything. */
static void
a_profile_says_who_may_read_and_who_may_change(void)
{
    CU_ASSERT_EQUAL(run_as("TOM", "CREATE TABLE MINE (ID INTEGER)"), 0);
    run_racf("RDEFINE FACILITY PASSGATE.RDB.SAMPLE UACC(NONE)\n"
             "PERMIT PASSGATE.RDB.SAMPLE CLASS(FACILITY) ID(TOM) ACCESS(READ)\n"
             "PERMIT PASSGATE.RDB.SAMPLE CLASS(FACILITY) ID(IMSUSR1) ACCESS(UPDATE)\n");
    CU_ASSERT_EQUAL(run_as("A", "INSERT INTO MINE VALUES (1)"), 0);
    run_racf("SETROPTS CLASSACT(FACILITY)\n");
    CU_ASSERT_FALSE(may_open("A"));
    CU_ASSERT_TRUE(may_open("TOM"));
    CU_ASSERT_EQUAL(run_as("IMSUSR1", "INSERT INTO MINE VALUES (2)"), 0);
    CU_ASSERT_EQUAL(run_as("TOM", "INSERT INTO MINE VALUES (3)"), -551);
    CU_ASSERT_EQUAL(run_as("TOM", "UPDATE MINE SET ID = 4"), -551);
    CU_ASSERT_EQUAL(run_as("TOM", "DROP TABLE MINE"), -551);
    CU_ASSERT_EQUAL(run_as("TOM", "CREATE TABLE OTHER (ID INTEGER)"), -551);
    CU_ASSERT_EQUAL(run_as("TOM", "SELECT COUNT(*) FROM MINE"), 0);
    char *log = gateway_file(&gateway, "passgated.log");
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "HWSG0026W"));
    free(log);
    run_racf("RDELETE FACILITY PASSGATE.RDB.SAMPLE\n");
    CU_ASSERT_EQUAL(run_as("A", "DROP TABLE MINE"), 0);
}

/* A view, because to store so many rows is not what is tested. */
static void
there_is_a_million_rows(void)
{
    CU_ASSERT_EQUAL_FATAL(run_as("IMSUSR1", "CREATE VIEW LOAD AS " SERIES ROW), 0);
}

/* Measured at the second time: then every thread has its buffers. */
static void
a_million_rows_cost_no_memory(void)
{
    char passwords[1][9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, passwords[0]);
    struct load *load = load_new(gateway.port, "IMSUSR1", passwords, 1);
    CU_ASSERT_EQUAL(load_read(load, 0), ROWS);
    long before = process_resident_kib(gateway.passgated);
    CU_ASSERT_EQUAL(load_read(load, 0), ROWS);
    long after = process_resident_kib(gateway.passgated);
    printf("# %ld KiB before, %ld KiB after %d MB of rows\n", before, after, ROWS / 1000000 * ROW_BYTES);
    CU_ASSERT(after - before < FLAT_KIB);
    load_free(load);
}

/* PKGNAMCSN of the section that peer_put_immediate names too; OPNQRY and CNTQRY want it the same. */
static void
put_pkgnamcsn(struct wire_writer *writer)
{
    uint8_t name[64];
    memset(name, ' ', sizeof name);
    memcpy(name, "SAMPLE", 6);
    memcpy(name + 18, "NULLID", 6);
    memcpy(name + 36, "SYSLN000", 8);
    memcpy(name + 54, "SYSLVL01\0\1", 10);
    ddm_put_bytes(writer, CP_PKGNAMCSN, name, sizeof name);
}

static void
put_query(struct wire_writer *writer, const char *sql)
{
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, 1);
    size_t mark = ddm_open(writer, CP_PRPSQLSTT);
    put_pkgnamcsn(writer);
    ddm_close(writer, mark);
    dss_end(&chain);
    dss_begin(&chain, DSS_OBJECT, 1);
    mark = ddm_open(writer, CP_SQLSTT);
    wire_put_u8(writer, 0);
    wire_put_u32(writer, (uint32_t)strlen(sql));
    wire_put_bytes(writer, sql, strlen(sql));
    wire_put_u8(writer, 0xff);
    ddm_close(writer, mark);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 2);
    mark = ddm_open(writer, CP_OPNQRY);
    put_pkgnamcsn(writer);
    ddm_put_u32(writer, CP_QRYBLKSZ, 32767);
    ddm_close(writer, mark);
    dss_end(&chain);
}

static void
put_continuation(struct wire_writer *writer)
{
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, 1);
    size_t mark = ddm_open(writer, CP_CNTQRY);
    put_pkgnamcsn(writer);
    ddm_put_u32(writer, CP_QRYBLKSZ, 32767);
    ddm_close(writer, mark);
    dss_end(&chain);
}

/* It asks for 32 MB and reads nothing. */
static void
a_client_that_does_not_read_costs_little_and_holds_up_nobody(void)
{
    static struct peer slow;
    static uint8_t memory[4096];
    open_sample(&slow, "IMSUSR1");
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    put_query(&writer, "SELECT * FROM LOAD");
    peer_send_writer(&slow, &writer);
    struct peer_reply reply;
    do
        reply = peer_receive(&slow);
    while (reply.chained);
    CU_ASSERT_EQUAL(reply.codepoint, CP_QRYDTA);
    long before = process_resident_kib(gateway.passgated);
    for (int i = 0; i < CONTINUATIONS; i++) {
        writer = wire_writer(memory, sizeof memory);
        put_continuation(&writer);
        peer_send_writer(&slow, &writer);
    }
    for (int i = 0; i < EXECUTOR_THREADS; i++)
        CU_ASSERT_EQUAL(run_as("TOM", "VALUES 1"), 0);
    long after = process_resident_kib(gateway.passgated);
    printf("# %ld KiB before, %ld KiB with a client that does not read\n", before, after);
    CU_ASSERT(after - before < FLAT_KIB);
    /* What it has asked for is there when it reads after all. */
    for (int i = 0; i < CONTINUATIONS; i++)
        CU_ASSERT_EQUAL(peer_receive(&slow).codepoint, CP_QRYDTA);
    peer_close(&slow);
}

/* The statements of clients that have gone would keep every thread of the executor for ever. */
static void
a_client_that_goes_takes_its_statement_along(void)
{
    static struct peer peers[RUNAWAYS];
    static uint8_t memory[4096];
    for (size_t i = 0; i < RUNAWAYS; i++) {
        open_sample(&peers[i], "IMSUSR1");
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        peer_put_immediate(&writer, 1, "SAMPLE", ENDLESS);
        peer_send_writer(&peers[i], &writer);
    }
    for (size_t i = 0; i < RUNAWAYS; i++)
        peer_close(&peers[i]);
    CU_ASSERT_EQUAL(run_as("TOM", "VALUES 1"), 0);
}

static void
a_statement_ends_with_its_time(void)
{
    static struct peer peer;
    open_sample(&peer, "IMSUSR1");
    CU_ASSERT_EQUAL(peer_run(&peer, "SET STATEMENT_TIMEOUT 1"), 0);
    CU_ASSERT_EQUAL(peer_run(&peer, ENDLESS), -952);
    CU_ASSERT_EQUAL(peer_run(&peer, "VALUES 1"), 0);
    peer_close(&peer);
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
        { "a profile says who may read and who may change", a_profile_says_who_may_read_and_who_may_change },
        { "there is a million rows", there_is_a_million_rows },
        { "a million rows cost no memory", a_million_rows_cost_no_memory },
        { "a client that does not read costs little and holds up nobody", a_client_that_does_not_read_costs_little_and_holds_up_nobody },
        { "a client that goes takes its statement along", a_client_that_goes_takes_its_statement_along },
        { "a statement ends with its time", a_statement_ends_with_its_time },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { .unrecorded = "long results and clients that do not read, one to one" });
    return SUITE_RUN("sql", cases);
}
