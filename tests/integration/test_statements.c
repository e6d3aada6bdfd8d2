/* Commands on the wire as requesters of other vendors send them: read-only connections, special registers, chains with an error in
 * their midst, rows in rowsets and one by one. Rows are compared with what Apache Derby's Network Server sends. */
#include <stdio.h>
#include <string.h>

#include "drda/accrdb.h"
#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "drda/dss.h"
#include "drda/excsat.h"
#include "drda/secchk.h"
#include "drda/sql/package.h"
#include "drda/sql/sqlstt.h"
#include "tests/support/derby.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

enum {
    ROW_SIZE = 7,
    REPLIES_MAX = 16,
    BGNATMCHN = 0x1803, /* begins a chain that is done as a whole or not at all */
};

static struct gateway gateway;
static struct derby derby;
static struct peer peer;
static uint8_t memory[4096];
static struct wire_writer request;
static struct dss_writer chain;

static const char *rdbnam = "SAMPLE"; /* as the server knows it */
static const struct sql_section_name section = { .package = "SYSLN000", .number = 3 };

static void
begin_request(void)
{
    request = wire_writer(memory, sizeof memory);
    chain = dss_writer(&request);
}

/* Opens a command that names the section; ddm_close and dss_end are due. */
static size_t
open_command(uint16_t correlation_id, uint16_t codepoint)
{
    dss_begin(&chain, DSS_REQUEST, correlation_id);
    size_t mark = ddm_open(&request, codepoint);
    package_section_put(&request, CCSID_UTF8, rdbnam, &section);
    return mark;
}

static void
close_command(size_t mark)
{
    ddm_close(&request, mark);
    dss_end(&chain);
}

static void
put_text(uint16_t correlation_id, const char *sql)
{
    dss_begin(&chain, DSS_OBJECT, correlation_id);
    sqlstt_put(&request, CP_SQLSTT, sql, strlen(sql));
    dss_end(&chain);
}

static void
put_immediate(uint16_t correlation_id, const char *sql)
{
    close_command(open_command(correlation_id, CP_EXCSQLIMM));
    put_text(correlation_id, sql);
}

static void
send_request(void)
{
    peer_send_writer(&peer, &request);
}

static int32_t
sqlcode_of(struct peer_reply *reply)
{
    CU_ASSERT_EQUAL(reply->codepoint, CP_SQLCARD);
    return wire_u8(&reply->parameters) == 0 ? (int32_t)wire_u32(&reply->parameters) : 0;
}

/* Logs on to the gateway with a ticket, and opens SAMPLE as a requester that is not Derby's client. */
static void
open_sample(bool no_updates)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL_FATAL(peer_log_on(&peer, gateway.port, "IMSUSR1", ticket), 0);
    const struct drda_accrdb_values values = {
        .rdbnam = "SAMPLE",
        .prdid = "PGT00010",
        .typdefnam = "QTDSQLASC",
        .typdefovr = { 1208, 1200, 1208 },
        .crrtkn = (const uint8_t *)"token",
        .crrtkn_size = 5,
        .no_updates = no_updates,
    };
    begin_request();
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_accrdb_encode(&request, &values, CCSID_UTF8);
    dss_end(&chain);
    send_request();
    CU_ASSERT_EQUAL_FATAL(peer_receive(&peer).codepoint, CP_ACCRDBRM);
}

/* The SQLCODE of EXCSQLIMM; RDBUPDRM may come before it. */
static int32_t
run(const char *sql)
{
    begin_request();
    put_immediate(1, sql);
    send_request();
    struct peer_reply reply = peer_receive(&peer);
    if (reply.codepoint == CP_RDBUPDRM)
        reply = peer_receive(&peer);
    return sqlcode_of(&reply);
}

/* PRPSQLSTT and EXCSQLSTT; the SQLCODE of the latter. */
static int32_t
run_prepared(const char *sql)
{
    begin_request();
    close_command(open_command(1, CP_PRPSQLSTT));
    put_text(1, sql);
    close_command(open_command(2, CP_EXCSQLSTT));
    send_request();
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_EQUAL(sqlcode_of(&reply), 0);
    reply = peer_receive(&peer);
    return sqlcode_of(&reply);
}

static void
a_connection_without_updates_refuses_them(void)
{
    open_sample(false);
    CU_ASSERT_EQUAL(run("CREATE TABLE NUMBERS (ID INTEGER)"), 0);
    CU_ASSERT_EQUAL(run("INSERT INTO NUMBERS VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)"), 0);
    CU_ASSERT_EQUAL(run("COMMIT"), 0);
    peer_close(&peer);
    open_sample(true);
    CU_ASSERT_EQUAL(run("INSERT INTO NUMBERS VALUES (11)"), -817);
    CU_ASSERT_EQUAL(run_prepared("DELETE FROM NUMBERS"), -817);
    CU_ASSERT_EQUAL(run("SELECT COUNT(*) FROM NUMBERS"), 0);
    CU_ASSERT_EQUAL(run("DROP TABLE NUMBERS"), -817);
    CU_ASSERT_EQUAL(run("COMMIT"), 0);
    CU_ASSERT_EQUAL(run("CREATE TABLE OTHERS (ID INTEGER)"), -817);
    peer_close(&peer);
    open_sample(false);
    CU_ASSERT_EQUAL(run_prepared("UPDATE NUMBERS SET ID = ID"), 0);
    peer_close(&peer);
}

/* EXCSQLSET with its SQLSTTs, up to a NULL; the SQLCODE of the answer. */
static int32_t
set_registers(const char *const statements[])
{
    begin_request();
    close_command(open_command(1, CP_EXCSQLSET));
    for (size_t i = 0; statements[i] != NULL; i++)
        put_text(1, statements[i]);
    send_request();
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_FALSE(reply.chained);
    return sqlcode_of(&reply);
}

static void
one_excsqlset_sets_many_registers(void)
{
    static const char *const good[] = { "SET CLIENT WRKSTNNAME 'host'", "SET CURRENT SCHEMA IMSUSR1", "SET CURRENT LOCK TIMEOUT 1", NULL };
    static const char *const unknown_first[] = { "SET NOSUCH 1", "SET CURRENT SCHEMA MAIN", NULL };
    static const char *const wrong_first[] = { "SET CURRENT SCHEMA NOSUCH", "SET CURRENT SCHEMA IMSUSR1", NULL };
    open_sample(false);
    CU_ASSERT_EQUAL(set_registers(good), 0);
    CU_ASSERT_EQUAL(run("INSERT INTO NUMBERS SELECT 77 WHERE CURRENT SCHEMA = 'IMSUSR1' AND CURRENT LOCK TIMEOUT = 1"), 0);
    CU_ASSERT_EQUAL(set_registers(unknown_first), 10000);
    CU_ASSERT_EQUAL(run("DELETE FROM NUMBERS WHERE ID = 77 AND CURRENT SCHEMA = 'MAIN'"), 0);
    CU_ASSERT_EQUAL(set_registers(wrong_first), -204);
    CU_ASSERT_EQUAL(run("DELETE FROM NUMBERS WHERE CURRENT SCHEMA = 'IMSUSR1'"), 100); /* what follows the error was not done */
    peer_close(&peer);
}

static void
each_reply_of_a_chain_has_the_correlator_of_its_command(void)
{
    static const struct {
        uint16_t correlation_id;
        const char *sql;
        int32_t sqlcode;
    } commands[] = {
        { 5, "INSERT INTO NUMBERS VALUES (100)", 0 },
        { 9, "INSERT INTO NOSUCH VALUES (1)", -204 },
        { 10, "DELETE FROM NUMBERS WHERE ID = -1", 100 },
        { 1000, "DELETE FROM NUMBERS WHERE ID = 100", 0 },
    };
    enum { COUNT = sizeof commands / sizeof commands[0] };
    open_sample(false);
    begin_request();
    for (size_t i = 0; i < COUNT; i++)
        put_immediate(commands[i].correlation_id, commands[i].sql);
    send_request();
    for (size_t i = 0; i < COUNT; i++) {
        struct peer_reply reply = peer_receive(&peer);
        CU_ASSERT_EQUAL(reply.correlation_id, commands[i].correlation_id);
        CU_ASSERT_EQUAL(reply.chained, i + 1 < COUNT);
        CU_ASSERT_EQUAL(sqlcode_of(&reply), commands[i].sqlcode);
    }
    peer_close(&peer);
}

/* Sends what has been put and expects a refusal of that parameter or command, and the end. */
static void
expect_refusal(uint16_t codepoint, uint16_t codpnt)
{
    struct drda_reply refusal;
    send_request();
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_EQUAL(reply.codepoint, codepoint);
    CU_ASSERT_EQUAL(reply.correlation_id, 4);
    CU_ASSERT_TRUE(drda_reply_decode(reply.codepoint, reply.parameters, &refusal));
    CU_ASSERT_EQUAL(refusal.codpnt, codpnt);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, 0);
    peer_close(&peer);
}

static void
what_is_not_served_is_named(void)
{
    open_sample(false);
    begin_request();
    dss_begin(&chain, DSS_REQUEST, 4);
    close_command(ddm_open(&request, BGNATMCHN));
    expect_refusal(CP_CMDNSPRM, BGNATMCHN);
    open_sample(false);
    begin_request();
    size_t mark = open_command(4, CP_EXCSQLSTT);
    ddm_put_u32(&request, CP_NBRROW, 2);
    close_command(mark);
    expect_refusal(CP_VALNSPRM, CP_NBRROW);
    open_sample(false);
    begin_request();
    mark = open_command(4, CP_OPNQRY);
    ddm_put_u32(&request, CP_QRYBLKSZ, 32767);
    ddm_put_u16(&request, CP_QRYBLKCTL, CP_SQLAM);
    close_command(mark);
    expect_refusal(CP_VALNSPRM, CP_QRYBLKCTL);
}

/* How a query is answered: by each reply, the rows of its QRYDTA, -1 where there is none. */
struct answer {
    uint16_t qryprctyp;
    int rows[REPLIES_MAX];
    size_t replies;
};

/* Rows of one INTEGER, up to the SQLCA that ends them; *end is set then. */
static int
count_rows(struct wire_reader data, bool *end)
{
    int rows = 0;
    while (data.left >= ROW_SIZE && data.at[0] == 0xff && data.at[1] == 0) {
        (void)wire_take(&data, ROW_SIZE);
        rows++;
    }
    *end = data.left > 0;
    return rows;
}

static uint16_t
qryprctyp_of(struct wire_reader parameters)
{
    struct ddm_object object;
    enum ddm_fault damage;
    while (ddm_next(&parameters, &object, &damage))
        if (object.codepoint == CP_QRYPRCTYP)
            return wire_u16(&object.body);
    return 0;
}

/* Reads the replies to one chain. True at the end of the rows, or when something is wrong. */
static bool
take_replies(struct answer *answer)
{
    bool end = false;
    struct peer_reply reply;
    answer->rows[answer->replies] = -1;
    do {
        reply = peer_receive(&peer);
        if (reply.codepoint == CP_OPNQRYRM)
            answer->qryprctyp = qryprctyp_of(reply.parameters);
        if (reply.codepoint == CP_QRYDTA)
            answer->rows[answer->replies] = count_rows(reply.parameters, &end);
    } while (reply.chained);
    answer->replies++;
    return end || reply.codepoint == 0;
}

struct question {
    uint16_t qryblkctl;  /* of OPNQRY; 0: left out */
    uint32_t qryrowset;  /* of OPNQRY; 0: left out */
    uint32_t continuing; /* QRYROWSET of CNTQRY; 0: left out */
};

static void
put_open(const struct question *question)
{
    begin_request();
    close_command(open_command(1, CP_PRPSQLSTT));
    put_text(1, "SELECT ID FROM NUMBERS");
    size_t mark = open_command(2, CP_OPNQRY);
    ddm_put_u32(&request, CP_QRYBLKSZ, 32767);
    if (question->qryblkctl != 0)
        ddm_put_u16(&request, CP_QRYBLKCTL, question->qryblkctl);
    if (question->qryrowset != 0)
        ddm_put_u32(&request, CP_QRYROWSET, question->qryrowset);
    close_command(mark);
}

static void
put_continue(const struct question *question)
{
    static const uint8_t instance[8];
    begin_request();
    size_t mark = open_command(1, CP_CNTQRY);
    ddm_put_u32(&request, CP_QRYBLKSZ, 32767);
    ddm_put_bytes(&request, CP_QRYINSID, instance, sizeof instance);
    if (question->continuing != 0)
        ddm_put_u32(&request, CP_QRYROWSET, question->continuing);
    close_command(mark);
}

static struct answer
ask(const struct question *question)
{
    struct answer answer = { 0 };
    put_open(question);
    send_request();
    bool end = take_replies(&answer);
    while (!end && answer.replies < REPLIES_MAX) {
        put_continue(question);
        send_request();
        end = take_replies(&answer);
    }
    return answer;
}

static void
show(const char *server, const struct question *question, const struct answer *answer)
{
    printf("# %s, QRYBLKCTL %04x, QRYROWSET %u, then %u: QRYPRCTYP %04x, rows", server, question->qryblkctl, question->qryrowset,
           question->continuing, answer->qryprctyp);
    for (size_t i = 0; i < answer->replies; i++)
        printf(" %d", answer->rows[i]);
    printf("\n");
}

static const struct question questions[] = {
    { 0, 0, 0 },
    { 0, 4, 4 },
    { 0, 4, 0 },
    { 0, 0, 4 },
    { CP_FRCFIXROW, 0, 0 },
    { CP_FRCFIXROW, 0, 4 },
    { CP_FRCFIXROW, 4, 4 },
    { CP_FRCFIXROW, 3, 5 },
};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static struct answer of_derby[QUESTIONS];

/* It wants the name of the database with every command. */
static void
open_derby(void)
{
    static const struct drda_identity identity = { "passgate-test", "test", "PASSGATE/C", "1.0" };
    static const struct drda_managers managers = {
        5, { { CP_AGENT, 7 }, { CP_SQLAM, 7 }, { CP_RDB, 7 }, { CP_SECMGR, 7 }, { CP_UNICODEMGR, 1208 } }
    };
    rdbnam = "SAMPLE;create=true";
    peer_connect(&peer, derby.port);
    begin_request();
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_excsat_encode(&request, CP_EXCSAT, &identity, &managers, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 2);
    drda_accsec_encode(&request, SECMEC_USRIDPWD, rdbnam, (struct drda_token) { 0 }, CCSID_EBCDIC_500);
    dss_end(&chain);
    send_request();
    while (peer_receive(&peer).chained)
        continue;
    begin_request();
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_secchk_encode(&request, rdbnam, "APP", "APP", CCSID_UTF8);
    dss_end(&chain);
    send_request();
    CU_ASSERT_EQUAL_FATAL(peer_receive(&peer).codepoint, CP_SECCHKRM);
    CU_ASSERT_TRUE_FATAL(peer_open_rdb(&peer, rdbnam));
}

static void
derby_answers_queries(void)
{
    derby_start(&derby, gateway.directory);
    open_derby();
    CU_ASSERT_EQUAL(run("CREATE TABLE NUMBERS (ID INTEGER)"), 0);
    CU_ASSERT_EQUAL(run("INSERT INTO NUMBERS VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)"), 0);
    for (size_t i = 0; i < QUESTIONS; i++) {
        of_derby[i] = ask(&questions[i]);
        CU_ASSERT_NOT_EQUAL(of_derby[i].qryprctyp, 0);
    }
    peer_close(&peer);
    derby_stop(&derby);
    rdbnam = "SAMPLE";
}

static void
rows_come_as_they_are_asked_for(void)
{
    open_sample(false);
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct answer answer = ask(&questions[i]);
        bool same = answer.replies == of_derby[i].replies && memcmp(answer.rows, of_derby[i].rows, sizeof answer.rows) == 0;
        CU_ASSERT_TRUE(same);
        if (!same) {
            show("Passgate", &questions[i], &answer);
            show("Derby", &questions[i], &of_derby[i]);
        }
        CU_ASSERT_EQUAL(answer.qryprctyp, questions[i].qryblkctl == CP_FRCFIXROW ? CP_FIXROWPRC : CP_LMTBLKPRC);
    }
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
        { "a connection without updates refuses them", a_connection_without_updates_refuses_them },
        { "one EXCSQLSET sets many registers", one_excsqlset_sets_many_registers },
        { "each reply of a chain has the correlator of its command", each_reply_of_a_chain_has_the_correlator_of_its_command },
        { "what is not served is named", what_is_not_served_is_named },
        { "Derby answers queries", derby_answers_queries },
        { "rows come as they are asked for", rows_come_as_they_are_asked_for },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("statements", cases);
}
