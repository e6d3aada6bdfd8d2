#include "tests/unit/drda/conversation.h"

/* Replies, assembled by hand. In EBCDIC: EXTNAM passgated, SRVNAM HWS1, SRVRLSLV 0.1.0, SRVCLSNM Passgate. */
#define EXCSATRD_NAMES           \
    "000d115e9781a2a28781a38584" \
    "0008116dc8e6e2f1"           \
    "0009115af04bf14bf0"
#define EXCSATRD_CLASS "000c1147d781a2a28781a385"
#define DERBY_EXCSATRD                   \
    "004cd0420001"                       \
    "00461443" EXCSATRD_NAMES "00181404" \
    "1403000724070007240f0007144000071c0804b8" EXCSATRD_CLASS
#define ACCSECRD "000a14ac000611a20003"
#define DERBY_CONNECT_REPLY DERBY_EXCSATRD "0010d0020002" ACCSECRD
#define SECCHKRM_OK "000f1219000611490000000511a400"
#define ACCRDBRM_PARAMETERS      \
    "000611490000"               \
    "000c112e5047543030303130"   \
    "000d002f51544453514c415343" \
    "00160035"                   \
    "0006119c04b8"               \
    "0006119d04b0"               \
    "0006119e04b8"
#define DERBY_LOGIN_REPLY                     \
    "0015d0420001" SECCHKRM_OK "003fd0020002" \
    "00392201" ACCRDBRM_PARAMETERS

static void
derby_logs_on(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    expect_output(conversation, DERBY_CONNECT_REPLY);
    CU_ASSERT_FALSE(drda_server_is_authenticated(&conversation->server));
    feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB);
    expect_output(conversation, DERBY_LOGIN_REPLY);
    CU_ASSERT_TRUE(drda_server_is_authenticated(&conversation->server));
    CU_ASSERT_STRING_EQUAL(conversation->credentials.userid, "APP");
    CU_ASSERT_STRING_EQUAL(conversation->credentials.password, "APPPW");
    CU_ASSERT_EQUAL(conversation->credentials.secmec, 3);
    CU_ASSERT_STRING_EQUAL(drda_server_rdbnam(&conversation->server), "demodb");
    CU_ASSERT_FALSE(conversation->server.encoding.ebcdic);
    CU_ASSERT_FALSE(conversation->secret_was_left);
    CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
    feed_hex(conversation, RECORDED_RDBCMM);
    CU_ASSERT_EQUAL(conversation->executions, 1);
    CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
    conversation_free(conversation);
}

static void
replies_do_not_depend_on_how_tcp_splits(void)
{
    static const char all[] = RECORDED_DERBY_POOL_REUSE RECORDED_RDBCMM RECORDED_DERBY_POOL_REUSE;
    size_t size;
    uint8_t *bytes = recorded_bytes(all, &size);
    struct conversation *whole = conversation_new();
    feed(whole, bytes, size);
    for (size_t piece = 1; piece <= 7; piece++) {
        struct conversation *pieces = conversation_new();
        for (size_t offset = 0; offset < size; offset += piece)
            feed(pieces, bytes + offset, size - offset < piece ? size - offset : piece);
        CU_ASSERT_EQUAL(pieces->output_size, whole->output_size);
        CU_ASSERT_EQUAL(memcmp(pieces->output, whole->output, whole->output_size), 0);
        CU_ASSERT_EQUAL(pieces->executions, whole->executions);
        conversation_free(pieces);
    }
    CU_ASSERT_EQUAL(whole->verifications, 2);
    CU_ASSERT_EQUAL(whole->executions, 5);
    conversation_free(whole);
    free(bytes);
}

static void
a_client_without_unicode_is_answered_in_ebcdic(void)
{
    struct conversation *conversation = conversation_new();
    /* UNICODEMGR left out */
    feed_hex(conversation, "0022d0410001"
                           "001c1041"
                           "00181404"
                           "1403000724070007240f00071440000714740008"
                           "0026d0010002"
                           "0020106d000611a20003001621108485949684825e83998581a3857ea399a485");
    expect_output(conversation, "004cd0420001"
                                "00461443" EXCSATRD_NAMES "00181404"
                                "1403000724070007240f00071440000714740005" EXCSATRD_CLASS "0010d0020002" ACCSECRD);
    feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB_EBCDIC);
    expect_output(conversation, "0015d0420001" SECCHKRM_OK "003fd0020002"
                                "00392201"
                                "000611490000"
                                "000c112ed7c7e3f0f0f0f1f0"
                                "000d002fd8e3c4e2d8d3c1e2c3"
                                "00160035"
                                "0006119c04b8"
                                "0006119d04b0"
                                "0006119e04b8");
    CU_ASSERT_STRING_EQUAL(conversation->credentials.password, "APPPW");
    CU_ASSERT_TRUE(conversation->server.encoding.ebcdic);
    conversation_free(conversation);
}

/* pydrda: asks for SECMEC 9 first, announces UTF-8 and writes EBCDIC, little-endian data, then agrees on UTF-8 by CCSIDMGR. */
static void
pydrda_logs_on(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_PYDRDA_EXCSAT_ACCSEC);
    expect_output(conversation, "0050d0420001"
                                "004a1443" EXCSATRD_NAMES "001c1404"
                                "140300072407000714740005240f0007144000071c0804b8" EXCSATRD_CLASS "0015d0020002"
                                "000f14ac000611a20003000511a401");
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_REFUSED);
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_PYDRDA_SECCHK_ACCRDB, &size);
    bytes[15] = 3; /* SECMEC of ACCSEC and SECCHK, as the refusal told it */
    bytes[38 + 15] = 3;
    feed(conversation, bytes, size);
    free(bytes);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    CU_ASSERT_TRUE(conversation->server.encoding.ebcdic);
    CU_ASSERT_TRUE(conversation->server.encoding.client.little_endian);
    CU_ASSERT_TRUE(conversation->server.encoding.server_little_endian);
    CU_ASSERT_PTR_NOT_NULL(memmem(conversation->output, conversation->output_size, "\xD8\xE3\xC4\xE2\xD8\xD3\xE7\xF8\xF6", 9));
    CU_ASSERT_STRING_EQUAL(conversation->credentials.userid, "APP");
    conversation->output_size = 0;
    feed_hex(conversation, RECORDED_PYDRDA_EXCSAT_EXCSQLSET);
    CU_ASSERT_FALSE(conversation->server.encoding.ebcdic);
    CU_ASSERT_EQUAL(conversation->executions, 2);
    CU_ASSERT_EQUAL(conversation->output[3], 0x42); /* EXCSATRD, chained to what follows */
    conversation_free(conversation);
}

/* Clients that call themselves DNC read big-endian values, whatever they announce. */
static void
derbys_family_is_answered_big_endian(void)
{
    struct conversation *conversation = conversation_new();
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_SECCHK_ACCRDB, &size);
    uint8_t *typdefnam = memmem(bytes, size, "QTDSQLASC", 9);
    CU_ASSERT_PTR_NOT_NULL_FATAL(typdefnam);
    memcpy(typdefnam, "QTDSQLX86", 9);
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    conversation->output_size = 0;
    feed(conversation, bytes, size);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    CU_ASSERT_TRUE(conversation->server.encoding.client.little_endian);
    CU_ASSERT_FALSE(conversation->server.encoding.server_little_endian);
    CU_ASSERT_PTR_NOT_NULL(memmem(conversation->output, conversation->output_size, "QTDSQLASC", 9));
    free(bytes);
    conversation_free(conversation);
}

static void
a_pooled_connection_logs_on_again(void)
{
    struct conversation *conversation = conversation_new();
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_POOL_REUSE, &size);
    feed(conversation, bytes, size);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    feed(conversation, bytes, size);
    CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
    CU_ASSERT_EQUAL(conversation->verifications, 2);
    CU_ASSERT_EQUAL(conversation->openings, 2);
    conversation->verdict = DRDA_SECCHKCD_PASSWORD_INVALID;
    conversation->output_size = 0;
    feed(conversation, bytes, size);
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_EQUAL(conversation->openings, 2);
    free(bytes);
    conversation_free(conversation);
}

static void
another_rdb_on_an_accessed_connection_is_refused(void)
{
    struct conversation *conversation = logged_on();
    feed_hex(conversation, RECORDED_DERBY_POOL_REUSE); /* names authdb, not demodb */
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_STRING_EQUAL(drda_server_rdbnam(&conversation->server), "demodb");
    expect_output(conversation, "004cd0420001"
                                "00461443"
                                "000d115e706173736761746564"
                                "0008116d48575331"
                                "0009115a302e312e30"
                                "00181404"
                                "1403000724070007240f0007144000071c0804b8"
                                "000c11475061737367617465"
                                "0015d0020002"
                                "000f12450006114900080005113f12");
    conversation_free(conversation);
}

static void
one_failed_secchk_ends_the_conversation(void)
{
    struct conversation *conversation = conversation_new();
    conversation->verdict = DRDA_SECCHKCD_PASSWORD_INVALID;
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    conversation->output_size = 0;
    feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB);
    expect_output(conversation, "0015d0020001"
                                "000f1219000611490008000511a40f");
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_EQUAL(conversation->openings, 0);
    CU_ASSERT_FALSE(drda_server_is_authenticated(&conversation->server));
    feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB);
    CU_ASSERT_EQUAL(conversation->verifications, 1);
    expect_output(conversation, "");
    conversation_free(conversation);
}

static void
expect_secchk_reply(const char *secchk, const char *reply)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    conversation->output_size = 0;
    feed_hex(conversation, secchk);
    expect_output(conversation, reply);
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_EQUAL(conversation->verifications, 0);
    conversation_free(conversation);
}

static void
what_cannot_be_verified_is_refused_at_once(void)
{
    expect_secchk_reply("0019d0010007"
                        "0013106e000611a20003"
                        "000911a14150505057",
                        "0015d0020007"
                        "000f1219000611490008000511a412");
    expect_secchk_reply("001dd0010007"
                        "0017106e000611a20003"
                        "000411a0"
                        "000911a14150505057",
                        "0015d0020007"
                        "000f1219000611490008000511a412");
    expect_secchk_reply("001fd0010007"
                        "0019106e000611a20003"
                        "000611a02020"
                        "000911a14150505057",
                        "0015d0020007"
                        "000f1219000611490008000511a412");
    expect_secchk_reply("0017d0010007"
                        "0011106e000611a20003"
                        "000711a0415050",
                        "0015d0020007"
                        "000f1219000611490008000511a410");
    expect_secchk_reply("0020d0010007"
                        "001a106e000611a20003"
                        "000711a0410050"
                        "000911a14150505057",
                        "0015d0020007"
                        "000f1219000611490008000511a413");
    expect_secchk_reply("0020d0010007"
                        "001a106e000611a20003"
                        "000711a0415050"
                        "000911a1415000c357",
                        "0015d0020007"
                        "000f1219000611490008000511a40f");
    /* SECMEC left out; another one than agreed; another RDB than in ACCSEC */
    expect_secchk_reply("001ad0010007"
                        "0014106e000711a0415050"
                        "000911a14150505057",
                        "001bd0020007"
                        "0015124c0006114900080006000c11a20005114a0e");
    expect_secchk_reply("0020d0010007"
                        "001a106e000611a20009"
                        "000711a0415050"
                        "000911a14150505057",
                        "001bd0020007"
                        "0015124c0006114900080006000c11a20005114a14");
    expect_secchk_reply("0028d0010007"
                        "0022106e000611a20003"
                        "000821104f544852"
                        "000711a0415050"
                        "000911a14150505057",
                        "0015d0020007"
                        "000f12450006114900080005113f12");
}

static void
a_segmented_secchk_is_joined_and_wiped(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    feed_hex(conversation, "8014d0010007"
                           "001a106e000611a20003"
                           "000711a0"
                           "80094150500009"
                           "11a1"
                           "0007"
                           "4150505057");
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_VERIFIED);
    CU_ASSERT_STRING_EQUAL(conversation->credentials.userid, "APP");
    CU_ASSERT_STRING_EQUAL(conversation->credentials.password, "APPPW");
    CU_ASSERT_FALSE(conversation->secret_was_left);
    conversation_free(conversation);
}

static void
each_outcome_of_opening_has_its_reply(void)
{
    static const struct {
        enum drda_rdb_outcome outcome;
        uint16_t reply;
    } outcomes[] = {
        { DRDA_RDB_NOT_FOUND, CP_RDBNFNRM },
        { DRDA_RDB_NOT_AUTHORIZED, CP_RDBATHRM },
        { DRDA_RDB_FAILED, CP_RDBAFLRM },
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        struct conversation *conversation = conversation_new();
        conversation->outcome = outcomes[i].outcome;
        feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
        conversation->output_size = 0;
        feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB);
        CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
        size_t size;
        enum dss_fault fault;
        struct dss_command reply;
        uint8_t *second = conversation->output + 0x15;
        CU_ASSERT_EQUAL(dss_scan(second, conversation->output_size - 0x15, &size, &fault), DSS_SCAN_COMPLETE);
        CU_ASSERT_TRUE(dss_read(second, size, &reply));
        CU_ASSERT_EQUAL(reply.codepoint, outcomes[i].reply);
        struct drda_reply message;
        CU_ASSERT_TRUE(drda_reply_decode(reply.codepoint, reply.parameters, &message));
        CU_ASSERT_EQUAL(message.svrcod, SVRCOD_ERROR);
        CU_ASSERT_EQUAL(reply.object_count, outcomes[i].outcome == DRDA_RDB_FAILED ? 3 : 0);
        CU_ASSERT_TRUE(message.rdbnam.left == 18 && memcmp(message.rdbnam.at, "demodb            ", 18) == 0);
        conversation_free(conversation);
    }
}

/* Changes one parameter of the recorded ACCRDB. */
static void
expect_accrdb_reply(size_t offset, uint8_t value, const char *reply, enum drda_state state)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    conversation->output_size = 0;
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_SECCHK_ACCRDB, &size);
    bytes[offset] = value;
    feed(conversation, bytes, size);
    expect_output(conversation, reply);
    CU_ASSERT_EQUAL(conversation->server.state, state);
    free(bytes);
    conversation_free(conversation);
}

static void
representations_that_cannot_be_served_are_refused(void)
{
    enum {
        TYPDEFNAM_LAST = 54 + 10 + 0x16 + 6 + 0x0C + 0x3C + 12,
        CCSIDSBC_LAST = TYPDEFNAM_LAST + 0x17 + 10,
        CCSIDDBC_LAST = CCSIDSBC_LAST + 6
    };
    expect_accrdb_reply(TYPDEFNAM_LAST, 'D',
                        "0015d0420001" SECCHKRM_OK "0016d0020002"
                        "001012520006114900080006000c002f",
                        DRDA_STATE_CLOSED);
    expect_accrdb_reply(CCSIDSBC_LAST, 0xB0,
                        "0015d0420001" SECCHKRM_OK "0016d0020002"
                        "001012520006114900080006000c119c",
                        DRDA_STATE_CLOSED);
    expect_accrdb_reply(CCSIDDBC_LAST, 0xB8,
                        "0015d0420001" SECCHKRM_OK "003fd0020002"
                        "00392201"
                        "000611490004"
                        "000c112e5047543030303130"
                        "000d002f51544453514c415343"
                        "00160035"
                        "0006119c04b8"
                        "0006119d04b0"
                        "0006119e04b8",
                        DRDA_STATE_ACCESSED);
}

static void
conflicting_managers_are_refused(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, "0016d0010001"
                           "00101041"
                           "000c1404"
                           "1403000714030008");
    expect_output(conversation, "0018d0020001"
                                "00121210"
                                "000611490008"
                                "00081404"
                                "14030008");
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    conversation_free(conversation);
}

static void
every_manager_listed_is_answered(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, "002ed0010001"
                           "00281041"
                           "00241404"
                           "1403000a"
                           "24070006"
                           "1c010007"
                           "14cc04b8"
                           "1c0804b0"
                           "14c00007"
                           "99990001"
                           "14440003");
    expect_output(conversation, "0058d0020001"
                                "00521443" EXCSATRD_NAMES "00241404"
                                "14030007"
                                "24070000"
                                "1c010000"
                                "14cc04b8"
                                "1c080000"
                                "14c00000"
                                "99990000"
                                "14440000" EXCSATRD_CLASS);
    conversation_free(conversation);
}

static void
an_owner_that_cannot_go_on_says_so(void)
{
    struct conversation *conversation = logged_on();
    uint8_t bytes[64];
    struct wire_writer output = wire_writer(bytes, sizeof bytes);
    drda_server_abandon(&conversation->server, &output);
    CU_ASSERT_EQUAL(output.used, 38);
    CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x26\xD0\x02\x00\x01\x00\x20\x12\x32\x00\x06\x11\x49\x00\x40", 16), 0);
    feed_hex(conversation, RECORDED_RDBCMM);
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_EQUAL(conversation->executions, 0);
    conversation_free(conversation);
}

static void
an_idle_connection_is_small(void)
{
    CU_ASSERT_TRUE(sizeof(struct drda_server) <= 450);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "Derby logs on", derby_logs_on },
        { "replies do not depend on how TCP splits", replies_do_not_depend_on_how_tcp_splits },
        { "a client without Unicode is answered in EBCDIC", a_client_without_unicode_is_answered_in_ebcdic },
        { "pydrda logs on", pydrda_logs_on },
        { "Derby's family is answered big-endian", derbys_family_is_answered_big_endian },
        { "a pooled connection logs on again", a_pooled_connection_logs_on_again },
        { "another RDB on an accessed connection is refused", another_rdb_on_an_accessed_connection_is_refused },
        { "one failed SECCHK ends the conversation", one_failed_secchk_ends_the_conversation },
        { "what cannot be verified is refused at once", what_cannot_be_verified_is_refused_at_once },
        { "a segmented SECCHK is joined and wiped", a_segmented_secchk_is_joined_and_wiped },
        { "each outcome of opening has its reply", each_outcome_of_opening_has_its_reply },
        { "representations that cannot be served are refused", representations_that_cannot_be_served_are_refused },
        { "conflicting managers are refused", conflicting_managers_are_refused },
        { "every manager listed is answered", every_manager_listed_is_answered },
        { "an owner that cannot go on says so", an_owner_that_cannot_go_on_says_so },
        { "an idle connection is small", an_idle_connection_is_small },
    };
    return SUITE_RUN("server", cases);
}
