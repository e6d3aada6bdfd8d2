/* INTRDBRQS on the wire: a second connection ends the statement that runs on the first one, which goes on. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "drda/accrdb.h"
#include "drda/codepoint.h"
#include "drda/dss.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

#define ENDLESS "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"

enum { EXECUTOR_THREADS = 4, BUSY = EXECUTOR_THREADS, ROUNDS = 30 };

static struct gateway gateway;
static struct peer first;
static struct peer second;

struct token {
    uint8_t bytes[64];
    size_t size;
};

static void
log_on(struct peer *peer, const char *user)
{
    char ticket[9];
    gateway_ticket(&gateway, user, "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL_FATAL(peer_log_on(peer, gateway.port, user, ticket), 0);
}

/* Opens SAMPLE as a requester of that product; its token, which is empty where none came. */
static struct token
open_as(struct peer *peer, const char *user, const char *prdid)
{
    const struct drda_accrdb_values values = {
        .rdbnam = "SAMPLE",
        .prdid = prdid,
        .typdefnam = "QTDSQLASC",
        .typdefovr = { 1208, 1200, 1208 },
        .crrtkn = (const uint8_t *)"token",
        .crrtkn_size = 5,
    };
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct dss_writer chain = dss_writer(&writer);
    struct token token = { .size = 0 };
    log_on(peer, user);
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_accrdb_encode(&writer, &values, CCSID_UTF8);
    dss_end(&chain);
    peer_send_writer(peer, &writer);
    struct peer_reply reply = peer_receive(peer);
    struct drda_accrdbrm accrdbrm;
    struct drda_fault fault;
    CU_ASSERT_EQUAL_FATAL(reply.codepoint, CP_ACCRDBRM);
    CU_ASSERT_TRUE_FATAL(drda_accrdbrm_decode(reply.parameters, &accrdbrm, &fault));
    token.size = accrdbrm.rdbinttkn.left;
    CU_ASSERT_TRUE_FATAL(token.size <= sizeof token.bytes);
    if (token.size > 0)
        memcpy(token.bytes, accrdbrm.rdbinttkn.at, token.size);
    return token;
}

static struct token
open_sample(struct peer *peer, const char *user)
{
    struct token token = open_as(peer, user, "PGT00010");
    CU_ASSERT(token.size >= 16);
    return token;
}

static void
start(struct peer *peer, const char *sql)
{
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_immediate(&writer, 1, "SAMPLE", sql);
    peer_send_writer(peer, &writer);
}

/* The SQLCODE that ends what was started. */
static int32_t
end_of(struct peer *peer)
{
    struct peer_reply reply;
    do
        reply = peer_receive(peer);
    while (reply.codepoint == CP_ABNUOWRM);
    CU_ASSERT_EQUAL(reply.codepoint, CP_SQLCARD);
    return reply.codepoint == CP_SQLCARD && wire_u8(&reply.parameters) == 0 ? (int32_t)wire_u32(&reply.parameters) : 0;
}

/* The code point of the answer. */
static uint16_t
interrupt(struct peer *peer, const struct token *token)
{
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct dss_writer chain = dss_writer(&writer);
    dss_begin(&chain, DSS_REQUEST, 9);
    drda_intrdbrqs_encode(&writer, "SAMPLE", (struct drda_token) { token->bytes, token->size }, CCSID_UTF8);
    dss_end(&chain);
    peer_send_writer(peer, &writer);
    struct peer_reply reply = peer_receive(peer);
    CU_ASSERT_TRUE(reply.codepoint == 0 || reply.correlation_id == 9);
    return reply.codepoint;
}

static void
pause_ms(long ms)
{
    nanosleep(&(struct timespec) { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Until the gateway has read the command an interrupt has nothing to meet: it is sent again until the statement has ended. */
static int32_t
interrupt_until_it_ends(struct peer *with, struct peer *running, const struct token *token)
{
    do {
        CU_ASSERT_EQUAL_FATAL(interrupt(with, token), CP_CMDCMPRM);
        pause_ms(20);
    } while (!peer_has_input(running));
    return end_of(running);
}

static void
another_connection_ends_the_statement_and_the_first_goes_on(void)
{
    struct token token = open_sample(&first, "IMSUSR1");
    CU_ASSERT_EQUAL(peer_run(&first, "CREATE TABLE KEPT (ID INTEGER)"), 0);
    CU_ASSERT_EQUAL(peer_run(&first, "INSERT INTO KEPT VALUES (1)"), 0);
    start(&first, ENDLESS);
    log_on(&second, "IMSUSR1"); /* ACCRDB is not needed */
    CU_ASSERT_EQUAL(interrupt_until_it_ends(&second, &first, &token), -952);
    /* The unit of work is whole, and an interrupt that comes too late does nothing. */
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_CMDCMPRM);
    CU_ASSERT_EQUAL(peer_run(&first, "DELETE FROM KEPT WHERE ID = 1"), 0);
    CU_ASSERT_EQUAL(peer_run(&first, "INSERT INTO KEPT VALUES (2)"), 0);
    CU_ASSERT_EQUAL(peer_run(&first, "COMMIT"), 0);
    /* Both connections are good for more. */
    CU_ASSERT_TRUE(peer_open_rdb(&second, "SAMPLE"));
    start(&first, ENDLESS);
    CU_ASSERT_EQUAL(interrupt_until_it_ends(&second, &first, &token), -952);
    CU_ASSERT_EQUAL(peer_run(&second, "DELETE FROM KEPT"), 0);
    CU_ASSERT_EQUAL(peer_run(&second, "COMMIT"), 0);
    peer_close(&first);
    peer_close(&second);
}

static void
a_wait_for_a_lock_ends_too(void)
{
    open_sample(&second, "TOM");
    CU_ASSERT_EQUAL(peer_run(&second, "INSERT INTO KEPT VALUES (3)"), 0);
    struct token token = open_sample(&first, "IMSUSR1");
    start(&first, "INSERT INTO KEPT VALUES (4)");
    static struct peer third;
    log_on(&third, "IMSUSR1");
    int32_t sqlcode = interrupt_until_it_ends(&third, &first, &token);
    CU_ASSERT_EQUAL(sqlcode, -952);
    peer_close(&third);
    peer_close(&first);
    peer_close(&second);
}

/* All threads are taken: the command has come, and waits for one. */
static void
a_statement_that_waits_for_a_thread_is_interrupted(void)
{
    static struct peer busy[BUSY];
    struct token tokens[BUSY];
    for (size_t i = 0; i < BUSY; i++) {
        tokens[i] = open_sample(&busy[i], "IMSUSR1");
        start(&busy[i], ENDLESS);
    }
    struct token token = open_sample(&first, "IMSUSR1");
    start(&first, ENDLESS);
    log_on(&second, "IMSUSR1");
    pause_ms(200);
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_CMDCMPRM);
    for (size_t i = 0; i < BUSY; i++)
        CU_ASSERT_EQUAL(interrupt_until_it_ends(&second, &busy[i], &tokens[i]), -952);
    CU_ASSERT_EQUAL(interrupt_until_it_ends(&second, &first, &token), -952);
    for (size_t i = 0; i < BUSY; i++)
        peer_close(&busy[i]);
    peer_close(&first);
    peer_close(&second);
}

static void
nobody_else_may_use_the_token(void)
{
    struct token token = open_sample(&first, "IMSUSR1");
    log_on(&second, "TOM");
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_INTTKNRM);
    CU_ASSERT_TRUE(peer_open_rdb(&second, "SAMPLE")); /* it does not end the conversation */
    peer_close(&second);
    log_on(&second, "IMSUSR1");
    struct token wrong = token;
    wrong.bytes[token.size - 1] ^= 1;
    CU_ASSERT_EQUAL(interrupt(&second, &wrong), CP_INTTKNRM);
    wrong = token;
    wrong.size--;
    CU_ASSERT_EQUAL(interrupt(&second, &wrong), CP_INTTKNRM);
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_CMDCMPRM);
    peer_close(&second);
    /* Nobody at all. */
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_connect(&second, gateway.port);
    peer_put_excsat_accsec(&writer, 3);
    peer_send_writer(&second, &writer);
    while (peer_receive(&second).chained)
        continue;
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_PRCCNVRM);
    peer_close(&second);
    peer_close(&first);
}

/* With the connection, and with a logon that makes another session of it. */
static void
a_token_ends_with_its_session(void)
{
    struct token token = open_sample(&first, "IMSUSR1");
    log_on(&second, "IMSUSR1");
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_CMDCMPRM);
    peer_close(&first);
    while (interrupt(&second, &token) == CP_CMDCMPRM)
        pause_ms(10); /* until the gateway has seen it go */
    token = open_sample(&first, "IMSUSR1");
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on_again(&first, "IMSUSR1", ticket), 0);
    CU_ASSERT_TRUE(peer_open_rdb(&first, "SAMPLE"));
    CU_ASSERT_EQUAL(interrupt(&second, &token), CP_INTTKNRM);
    peer_close(&first);
    peer_close(&second);
}

static void
derbys_clients_get_none(void)
{
    CU_ASSERT_EQUAL(open_as(&first, "IMSUSR1", "DNC10140").size, 0);
    CU_ASSERT_EQUAL(peer_run(&first, "VALUES 1"), 0);
    peer_close(&first);
}

/* Statements begin, end and are interrupted, connections close in between: whatever comes first, nothing is lost or hangs. */
static void
interrupts_and_ends_cross(void)
{
    log_on(&second, "IMSUSR1");
    for (int i = 0; i < ROUNDS; i++) {
        struct token token = open_sample(&first, "IMSUSR1");
        start(&first, i % 3 == 0 ? "VALUES 1" : ENDLESS);
        (void)interrupt(&second, &token);
        if (i % 3 == 0)
            (void)end_of(&first); /* either way */
        else if (i % 3 == 1)
            CU_ASSERT_EQUAL(interrupt_until_it_ends(&second, &first, &token), -952);
        peer_close(&first); /* the others with their statements running */
        (void)interrupt(&second, &token);
    }
    CU_ASSERT_TRUE(peer_open_rdb(&second, "SAMPLE"));
    CU_ASSERT_EQUAL(peer_run(&second, "VALUES 1"), 0);
    peer_close(&second);
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
        { "another connection ends the statement, and the first goes on", another_connection_ends_the_statement_and_the_first_goes_on },
        { "a wait for a lock ends too", a_wait_for_a_lock_ends_too },
        { "a statement that waits for a thread is interrupted", a_statement_that_waits_for_a_thread_is_interrupted },
        { "nobody else may use the token", nobody_else_may_use_the_token },
        { "a token ends with its session", a_token_ends_with_its_session },
        { "Derby's clients get none", derbys_clients_get_none },
        { "interrupts and ends cross", interrupts_and_ends_cross },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { .passgate = "executor_threads = 4" });
    return SUITE_RUN("interrupt", cases);
}
