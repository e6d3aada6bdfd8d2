/* INTRDBRQS: its message, and what the server machine makes of it. */
#include "drda/intrdbrqs.h"
#include "tests/unit/drda/conversation.h"

#define TOKEN_SIZE 3
static const uint8_t token[TOKEN_SIZE] = { 0x74, 0x6b, 0x6e };

/* INTRDBRQS of RDB demodb with correlation ID 7. */
static void
feed_request(struct conversation *conversation, const char *rdbnam)
{
    uint8_t bytes[512];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    struct dss_writer chain = dss_writer(&writer);
    dss_begin(&chain, DSS_REQUEST, 7);
    drda_intrdbrqs_encode(&writer, rdbnam, (struct drda_token) { token, TOKEN_SIZE }, CCSID_UTF8);
    dss_end(&chain);
    feed(conversation, bytes, writer.used);
}

static void
the_message_comes_back(void)
{
    uint8_t bytes[512];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    struct drda_intrdbrqs intrdbrqs;
    struct drda_fault fault;
    drda_intrdbrqs_encode(&writer, "SAMPLE", (struct drda_token) { token, TOKEN_SIZE }, CCSID_UTF8);
    CU_ASSERT_TRUE(drda_intrdbrqs_decode(wire_reader(bytes + 4, writer.used - 4), &intrdbrqs, &fault));
    CU_ASSERT_EQUAL(intrdbrqs.rdbinttkn.left, TOKEN_SIZE);
    CU_ASSERT_EQUAL(memcmp(intrdbrqs.rdbinttkn.at, token, TOKEN_SIZE), 0);
    char rdbnam[32];
    CU_ASSERT_TRUE(ccsid_rdbnam(&intrdbrqs.rdbnam, CCSID_UTF8, rdbnam, sizeof rdbnam));
    CU_ASSERT_STRING_EQUAL(rdbnam, "SAMPLE");
    for (size_t n = 0; n < writer.used - 4; n++) {
        uint8_t *copy = exact_copy(bytes + 4, n);
        bool good = drda_intrdbrqs_decode(wire_reader(copy, n), &intrdbrqs, &fault);
        CU_ASSERT_FALSE(good);
        CU_ASSERT_EQUAL(fault.reply, CP_SYNTAXRM);
        free(copy);
    }
}

static void
a_token_is_needed_and_a_name_is_not(void)
{
    struct drda_intrdbrqs intrdbrqs;
    struct drda_fault fault;
    CU_ASSERT_FALSE(drda_intrdbrqs_decode(wire_reader(NULL, 0), &intrdbrqs, &fault));
    CU_ASSERT_EQUAL(fault.code, SYNERRCD_REQUIRED_OBJECT_MISSING);
    CU_ASSERT_EQUAL(fault.codpnt, CP_RDBINTTKN);
    static const uint8_t bare[] = { 0x00, 0x05, 0x21, 0x03, 0x2a };
    CU_ASSERT_TRUE(drda_intrdbrqs_decode(wire_reader(bare, sizeof bare), &intrdbrqs, &fault));
    CU_ASSERT_PTR_NULL(intrdbrqs.rdbnam.at);
    static const uint8_t empty[] = { 0x00, 0x04, 0x21, 0x03 };
    CU_ASSERT_FALSE(drda_intrdbrqs_decode(wire_reader(empty, sizeof empty), &intrdbrqs, &fault));
    CU_ASSERT_EQUAL(fault.code, SYNERRCD_OBJECT_TOO_SMALL);
}

#define CMDCMPRM   \
    "0010d0020007" \
    "000a124b"     \
    "000611490000"
#define INTTKNRM   \
    "0026d0020007" \
    "00202210"     \
    "000611490008" \
    "0016211064656d6f6462202020202020202020202020"

static void
the_owner_is_asked_and_the_conversation_goes_on(void)
{
    struct conversation *conversation = logged_on();
    feed_request(conversation, "demodb");
    CU_ASSERT_EQUAL(conversation->interruptions, 1);
    CU_ASSERT_EQUAL(conversation->interrupt_token, TOKEN_SIZE);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    expect_output(conversation, CMDCMPRM);
    conversation->token_unknown = true;
    feed_request(conversation, "demodb");
    expect_output(conversation, INTTKNRM);
    CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
    feed_hex(conversation, RECORDED_RDBCMM);
    CU_ASSERT_EQUAL(conversation->executions, 1);
    conversation_free(conversation);
}

static void
it_may_come_before_accrdb_and_the_rdb_be_opened_after_it(void)
{
    size_t size;
    uint8_t *chain = recorded_bytes(RECORDED_DERBY_SECCHK_ACCRDB, &size);
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    size_t secchk = (size_t)chain[0] << 8 | chain[1];
    chain[3] = DSS_REQUEST; /* by itself */
    feed(conversation, chain, secchk);
    conversation->output_size = 0;
    feed_request(conversation, "demodb");
    expect_output(conversation, CMDCMPRM);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_VERIFIED);
    feed(conversation, chain + secchk, size - secchk);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    conversation_free(conversation);
    free(chain);
}

static void
another_rdb_is_a_mismatch(void)
{
    struct conversation *conversation = logged_on();
    feed_request(conversation, "other");
    CU_ASSERT_EQUAL(conversation->interruptions, 0);
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    conversation_free(conversation);
}

/* What the owner gave goes out with ACCRDBRM, and the owner is told who would break on it. */
static void
the_token_goes_to_requesters_that_read_it(void)
{
    static const char *const prdids[] = { "DNC10140", "SQL11055" };
    for (size_t i = 0; i < 2; i++) {
        struct conversation *conversation = conversation_new();
        size_t size;
        uint8_t *chain = recorded_bytes(RECORDED_DERBY_SECCHK_ACCRDB, &size);
        uint8_t *prdid = memmem(chain, size, prdids[0], 8);
        CU_ASSERT_PTR_NOT_NULL_FATAL(prdid);
        memcpy(prdid, prdids[i], 8);
        conversation->rdbinttkn = (struct drda_token) { token, i == 0 ? 0 : TOKEN_SIZE };
        feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
        conversation->output_size = 0;
        feed(conversation, chain, size);
        CU_ASSERT_EQUAL(drda_server_takes_interrupt_token(&conversation->server), i == 1);
        static const uint8_t object[] = { 0x00, 0x07, 0x21, 0x03, 0x74, 0x6b, 0x6e };
        bool sent = memmem(conversation->output, conversation->output_size, object, sizeof object) != NULL;
        CU_ASSERT_EQUAL(sent, i == 1);
        conversation_free(conversation);
        free(chain);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the message comes back", the_message_comes_back },
        { "a token is needed and a name is not", a_token_is_needed_and_a_name_is_not },
        { "the owner is asked, and the conversation goes on", the_owner_is_asked_and_the_conversation_goes_on },
        { "it may come before ACCRDB, and the RDB be opened after it", it_may_come_before_accrdb_and_the_rdb_be_opened_after_it },
        { "another RDB is a mismatch", another_rdb_is_a_mismatch },
        { "the token goes to requesters that read it", the_token_goes_to_requesters_that_read_it },
    };
    return SUITE_RUN("intrdbrqs", cases);
}
