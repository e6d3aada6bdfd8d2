#include <stdio.h>
#include <stdlib.h>

#include "drda/server_steps.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

static const struct drda_server_settings settings = {
    .external_name = "passgated",
    .server_name = "HWS1",
    .class_name = "Passgate",
    .release_level = "0.1.0",
    .product_id = "PGT00010",
    .unauthenticated_bytes_max = 4096,
    .command_bytes_max = 100000,
};

/* The owner of a server machine: holds its bytes, answers its requests. */
struct conversation {
    struct drda_server server;
    uint8_t *received; /* untaken input, in a block of exactly its size */
    size_t received_size;
    size_t needed;
    uint8_t output[32768];
    size_t output_size;
    enum drda_event event; /* of the last step */
    struct drda_credentials credentials;
    enum drda_secchkcd verdict;
    enum drda_rdb_outcome outcome;
    unsigned verifications;
    unsigned openings;
    unsigned executions;
    bool secret_was_left; /* bytes of SECCHK were not wiped after they had been read */
};

static void
commit(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    (void)target;
    (void)diagnosis;
}

static struct sql_section *
no_section(struct sql_target *target, const struct sql_section_name *name, bool create)
{
    (void)target;
    (void)name;
    (void)create;
    return NULL;
}

static const struct sql_target_operations operations = { .section = no_section, .commit = commit, .rollback = commit };

static struct conversation *
conversation_new(void)
{
    struct conversation *conversation = calloc(1, sizeof *conversation);
    assert(conversation != NULL);
    drda_server_init(&conversation->server, &settings);
    conversation->received = exact_copy(NULL, 0);
    return conversation;
}

static void
conversation_free(struct conversation *conversation)
{
    free(conversation->received);
    free(conversation);
}

static void
answer_request(struct conversation *conversation, struct drda_input *input, struct wire_writer *output)
{
    struct drda_server *server = &conversation->server;
    struct sql_target target = { .operations = &operations };
    switch (conversation->event) {
    case DRDA_WANTS_VERIFY:
        conversation->verifications++;
        drda_server_credentials(server, input, &conversation->credentials);
        for (size_t i = 0; i < server->pending_size; i++)
            conversation->secret_was_left |= input->bytes[server->pending_offset + i] != 0;
        drda_server_verified(server, conversation->verdict, output);
        break;
    case DRDA_WANTS_RDB:
        conversation->openings++;
        drda_server_rdb_opened(server, conversation->outcome, output);
        break;
    case DRDA_WANTS_SQL:
        conversation->executions++;
        drda_server_run_sql(server, input, &target, output);
        break;
    case DRDA_NEEDS_INPUT:
    case DRDA_MUST_CLOSE:
        break;
    }
}

/* Steps until more input is needed or the conversation is over. */
static void
run(struct conversation *conversation)
{
    struct drda_input input = { conversation->received, conversation->received_size, 0, conversation->needed };
    struct wire_writer output = wire_writer(conversation->output, sizeof conversation->output);
    output.used = conversation->output_size;
    for (;;) {
        conversation->event = drda_server_step(&conversation->server, &input, &output);
        if (conversation->event == DRDA_NEEDS_INPUT || conversation->event == DRDA_MUST_CLOSE)
            break;
        answer_request(conversation, &input, &output);
    }
    CU_ASSERT_FALSE(output.failed);
    conversation->output_size = output.used;
    uint8_t *rest = exact_copy(input.bytes + input.taken, input.size - input.taken);
    free(conversation->received);
    conversation->received = rest;
    conversation->received_size = input.size - input.taken;
    conversation->needed = input.needed;
    if (conversation->event == DRDA_NEEDS_INPUT && conversation->received_size > 0)
        CU_ASSERT_TRUE(conversation->needed > conversation->received_size);
}

static void
feed(struct conversation *conversation, const uint8_t *bytes, size_t size)
{
    struct wire_writer joined = wire_writer(malloc(conversation->received_size + size + 1), conversation->received_size + size);
    wire_put_bytes(&joined, conversation->received, conversation->received_size);
    wire_put_bytes(&joined, bytes, size);
    free(conversation->received);
    conversation->received = exact_copy(joined.start, joined.used);
    conversation->received_size = joined.used;
    free(joined.start);
    run(conversation);
}

static void
feed_hex(struct conversation *conversation, const char *hex)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    feed(conversation, bytes, size);
    free(bytes);
}

/* Compares what has been sent since the last call, and forgets it. */
static void
expect_output(struct conversation *conversation, const char *hex)
{
    size_t size;
    uint8_t *expected = recorded_bytes(hex, &size);
    bool same = size == conversation->output_size && memcmp(expected, conversation->output, size) == 0;
    CU_ASSERT_TRUE(same);
    if (!same) {
        char text[2 * sizeof conversation->output + 1];
        hex_encode(conversation->output, conversation->output_size, text);
        printf("# sent %s\n# not  %s\n", text, hex);
    }
    conversation->output_size = 0;
    free(expected);
}

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

static struct conversation *
logged_on(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    conversation->output_size = 0;
    return conversation;
}

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
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_EXCHANGED);
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_PYDRDA_SECCHK_ACCRDB, &size);
    bytes[15] = 3; /* SECMEC of ACCSEC and SECCHK, as the refusal told it */
    bytes[38 + 15] = 3;
    feed(conversation, bytes, size);
    free(bytes);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    CU_ASSERT_TRUE(conversation->server.encoding.ebcdic);
    CU_ASSERT_TRUE(conversation->server.encoding.client_little_endian);
    CU_ASSERT_STRING_EQUAL(conversation->credentials.userid, "APP");
    conversation->output_size = 0;
    feed_hex(conversation, RECORDED_PYDRDA_EXCSAT_EXCSQLSET);
    CU_ASSERT_FALSE(conversation->server.encoding.ebcdic);
    CU_ASSERT_EQUAL(conversation->executions, 2);
    CU_ASSERT_EQUAL(conversation->output[3], 0x42); /* EXCSATRD, chained to what follows */
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

/* Wiped also when SECCHK is refused, comes at the wrong time or is damaged inside. */
static void
no_password_stays_in_the_input(void)
{
    static const struct {
        const char *before;
        const char *secchk;
    } wrong[] = {
        { "", "0020d0010007"
              "001a106e000611a20003"
              "000711a0415050"
              "000911a14150505057" },
        { RECORDED_DERBY_EXCSAT_ACCSEC, "0020d0010007"
                                        "001a106e000611a20009"
                                        "000711a0415050"
                                        "000911a14150505057" },
        { RECORDED_DERBY_EXCSAT_ACCSEC, "0020d0010007"
                                        "001a106e000611a20003"
                                        "000711a0410050"
                                        "000911a14150505057" },
        { RECORDED_DERBY_EXCSAT_ACCSEC, "0020d0010007"
                                        "001f106e000611a20003"
                                        "000711a0410050"
                                        "000911a14150505057" },
        { RECORDED_DERBY_EXCSAT_ACCSEC, "0020d0010007"
                                        "001a106e000611a20003"
                                        "000011a0410050"
                                        "000911a14150505057" },
        { RECORDED_DERBY_EXCSAT_ACCSEC, "8017d0010007"
                                        "001a106e000611a20003"
                                        "000711a0410050"
                                        "000b0009"
                                        "11a14150505057" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct conversation *conversation = conversation_new();
        feed_hex(conversation, wrong[i].before);
        size_t size;
        uint8_t *bytes = recorded_bytes(wrong[i].secchk, &size);
        struct drda_input input = { .bytes = bytes, .size = size };
        struct wire_writer output = wire_writer(conversation->output, sizeof conversation->output);
        CU_ASSERT_EQUAL(drda_server_step(&conversation->server, &input, &output), DRDA_MUST_CLOSE);
        CU_ASSERT_PTR_NULL(memmem(bytes, size, "PPPW", 4));
        free(bytes);
        conversation_free(conversation);
    }
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
garbage_gets_the_frame_that_scanners_know(void)
{
    static const char *const garbage[] = { RECORDED_HTTP_REQUEST, RECORDED_TLS_CLIENT_HELLO, "0123456789abcdef" };
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        struct conversation *conversation = conversation_new();
        feed_hex(conversation, garbage[i]);
        expect_output(conversation, "001bd0020001"
                                    "0015124c0006114900080006000c00000005114a03");
        CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
        conversation_free(conversation);
    }
}

static void
damage_gets_a_syntaxrm_with_its_correlation_id(void)
{
    static const struct {
        const char *hex;
        const char *reply;
    } damaged[] = {
        { "0005d0010009", "001bd0020009"
                          "0015124c0006114900080006000c00000005114a01" },
        { "000ad0050009", "001bd0020009"
                          "0015124c0006114900080006000c00000005114a04" },
        { "000ad0110009", "001bd0020009"
                          "0015124c0006114900080006000c00000005114a18" },
        { "000ad001000900021041", "001bd0020009"
                                  "0015124c0006114900080006000c10410005114a07" },
        { "000ad001000900ff1041", "001bd0020009"
                                  "0015124c0006114900080006000c10410005114a08" },
        { "0006d0010009", "001bd0020009"
                          "0015124c0006114900080006000c00000005114a0e" },
        { "000ad002000900041041", "0015d0020009"
                                  "000f12450006114900080005113f01" },
        { "000ad003000900042414", "0015d0020009"
                                  "000f12450006114900080005113f03" },
        { "000ad051000900041041"
          "000bd0030009"
          "0005241400",
          "0016d0020009"
          "001012530006114900080006000c2414" },
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct conversation *conversation = conversation_new();
        feed_hex(conversation, damaged[i].hex);
        expect_output(conversation, damaged[i].reply);
        CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
        conversation_free(conversation);
    }
}

static void
strangers_may_not_send_much(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, "1001d0010003");
    expect_output(conversation, "0010d0020003"
                                "000a1233000611490008");
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    conversation_free(conversation);

    conversation = logged_on();
    feed_hex(conversation, "ffffd0510003");
    CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
    uint8_t filler[32761] = { 0 };
    for (int i = 0; i < 3 && conversation->event == DRDA_NEEDS_INPUT; i++) {
        feed(conversation, filler, sizeof filler);
        feed_hex(conversation, "ffff00000000");
    }
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
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
                                "24070006"
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
output_that_does_not_fit_ends_the_conversation(void)
{
    for (size_t room = 0; room < 88; room++) {
        struct conversation *conversation = conversation_new();
        size_t size;
        uint8_t *bytes = recorded_bytes(RECORDED_DERBY_EXCSAT_ACCSEC, &size);
        struct drda_input input = { .bytes = bytes, .size = size };
        uint8_t *reply = malloc(room > 0 ? room : 1);
        struct wire_writer output = wire_writer(reply, room);
        CU_ASSERT_EQUAL(drda_server_step(&conversation->server, &input, &output), DRDA_MUST_CLOSE);
        free(reply);
        free(bytes);
        conversation_free(conversation);
    }
}

/* One of each kind of command, valid where it is allowed. */
static const char *const commands[DRDA_COMMAND_COUNT] = {
    [DRDA_COMMAND_EXCSAT] = "0012d0010001"
                            "000c1041"
                            "00081404"
                            "14cc04b8",
    [DRDA_COMMAND_ACCSEC] = "0010d0010001"
                            "000a106d000611a20003",
    [DRDA_COMMAND_SECCHK] = "0020d0010001"
                            "001a106e000611a20003"
                            "000711a0415050"
                            "000911a14150505057",
    [DRDA_COMMAND_ACCRDB] = "0060d0010001"
                            "005a2001"
                            "00162110"
                            "64656d6f64622020202020202020202020200006210f2407"
                            "000c112e444e433130313430"
                            "000d002f51544453514c415343"
                            "000b2135d5c6f0f0f0f0f0"
                            "00160035"
                            "0006119c04b80006119d04b00006119e04b8",
    [DRDA_COMMAND_SQL] = RECORDED_RDBCMM,
    [DRDA_COMMAND_OTHER] = "000ad001000100043456",
};

/* What must come out, written down independently of the table: code point of the reply, and PRCCNVCD where it has one. */
static const struct {
    uint16_t reply;
    uint8_t prccnvcd;
} expected[DRDA_STATE_COUNT][DRDA_COMMAND_COUNT] = {
    [DRDA_STATE_START] = { { 0x1443 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 } },
    [DRDA_STATE_EXCHANGED] = { { 0x1245, 0x11 }, { 0x14AC }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1250 } },
    [DRDA_STATE_SECURITY] = { { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1219 }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1250 } },
    [DRDA_STATE_VERIFIED] = { { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x2201 }, { 0x2204 }, { 0x1250 } },
    [DRDA_STATE_ACCESSED] = { { 0x1443 }, { 0x14AC }, { 0x1245, 0x11 }, { 0x2207 }, { 0x220C }, { 0x1250 } },
};

/* A conversation that has come to `state` by the straight way; NULL for states in which no command is taken. */
static struct conversation *
conversation_in(enum drda_state state)
{
    static const struct {
        enum drda_state after;
        enum drda_command command;
    } way[] = {
        { DRDA_STATE_EXCHANGED, DRDA_COMMAND_EXCSAT },
        { DRDA_STATE_SECURITY, DRDA_COMMAND_ACCSEC },
        { DRDA_STATE_VERIFIED, DRDA_COMMAND_SECCHK },
        { DRDA_STATE_ACCESSED, DRDA_COMMAND_ACCRDB },
    };
    struct conversation *conversation = conversation_new();
    for (size_t i = 0; i < sizeof way / sizeof way[0] && conversation->server.state != state; i++) {
        feed_hex(conversation, commands[way[i].command]);
        CU_ASSERT_EQUAL_FATAL(conversation->server.state, way[i].after);
    }
    conversation->output_size = 0;
    if (conversation->server.state == state)
        return conversation;
    conversation_free(conversation);
    return NULL;
}

static void
every_cell_of_the_table_answers_as_written(void)
{
    unsigned cells = 0;
    for (unsigned state = 0; state < DRDA_STATE_COUNT; state++)
        for (unsigned command = 0; command < DRDA_COMMAND_COUNT; command++) {
            struct conversation *conversation = conversation_in((enum drda_state)state);
            if (conversation == NULL)
                continue;
            cells++;
            feed_hex(conversation, commands[command]);
            size_t size = 0;
            enum dss_fault fault;
            struct dss_command reply;
            CU_ASSERT_EQUAL(dss_scan(conversation->output, conversation->output_size, &size, &fault), DSS_SCAN_COMPLETE);
            CU_ASSERT_TRUE_FATAL(dss_read(conversation->output, size, &reply));
            CU_ASSERT_EQUAL(reply.codepoint, expected[state][command].reply);
            CU_ASSERT_EQUAL(reply.correlation_id, 1);
            CU_ASSERT_FALSE(reply.chained);
            struct drda_reply message;
            if (expected[state][command].prccnvcd != 0)
                CU_ASSERT_TRUE(drda_reply_decode(reply.codepoint, reply.parameters, &message) &&
                               message.prccnvcd == expected[state][command].prccnvcd);
            bool ends = reply.codepoint == CP_PRCCNVRM || reply.codepoint == CP_CMDNSPRM;
            CU_ASSERT_EQUAL(conversation->event, ends ? DRDA_MUST_CLOSE : DRDA_NEEDS_INPUT);
            conversation_free(conversation);
        }
    CU_ASSERT_EQUAL(cells, 5 * DRDA_COMMAND_COUNT);
}

/* What is sent must be whole DSSs, whatever was received. */
static void
check_output(struct conversation *conversation)
{
    uint8_t *rest = conversation->output;
    size_t left = conversation->output_size, size;
    while (left > 0) {
        enum dss_fault fault;
        struct dss_command reply;
        CU_ASSERT_EQUAL_FATAL(dss_scan(rest, left, &size, &fault), DSS_SCAN_COMPLETE);
        CU_ASSERT_TRUE(dss_read(rest, size, &reply));
        rest += size;
        left -= size;
    }
}

static void
every_truncation_waits_for_more(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_EXCSAT_ACCSEC RECORDED_DERBY_SECCHK_ACCRDB, &size);
    for (size_t n = 0; n < size; n++) {
        struct conversation *conversation = conversation_new();
        feed(conversation, bytes, n);
        CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
        check_output(conversation);
        conversation_free(conversation);
    }
    free(bytes);
}

static void
flip_every_bit(const char *before, const char *recorded)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(recorded, &size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        struct conversation *conversation = conversation_new();
        feed_hex(conversation, before);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        feed(conversation, bytes, size);
        check_output(conversation);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        conversation_free(conversation);
    }
    free(bytes);
}

static void
every_bit_flip_is_survived(void)
{
    flip_every_bit("", RECORDED_DERBY_EXCSAT_ACCSEC);
    flip_every_bit("", RECORDED_PYDRDA_EXCSAT_ACCSEC);
    flip_every_bit("", RECORDED_NMAP_EXCSAT);
    flip_every_bit(RECORDED_DERBY_EXCSAT_ACCSEC, RECORDED_DERBY_SECCHK_ACCRDB);
    flip_every_bit(RECORDED_DERBY_EXCSAT_ACCSEC, RECORDED_DERBY_SECCHK_ACCRDB_EBCDIC);
    flip_every_bit(RECORDED_DERBY_EXCSAT_ACCSEC RECORDED_DERBY_SECCHK_ACCRDB, RECORDED_PYDRDA_EXCSAT_EXCSQLSET);
}

static uint32_t
next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void
random_bytes_are_survived(void)
{
    uint32_t random = 0x20260101;
    for (int round = 0; round < 3000; round++) {
        struct conversation *conversation = conversation_new();
        uint8_t bytes[300];
        size_t size = next_random(&random) % sizeof bytes;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)next_random(&random);
        struct wire_writer header = wire_writer(bytes, sizeof bytes);
        if (round % 2 == 0) { /* past the first gate */
            wire_put_u16(&header, (uint16_t)(next_random(&random) % (size + 8)));
            wire_put_u16(&header, 0xD001);
        }
        if (round % 4 == 0)
            feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC RECORDED_DERBY_SECCHK_ACCRDB);
        feed(conversation, bytes, size);
        check_output(conversation);
        conversation_free(conversation);
    }
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
        { "a pooled connection logs on again", a_pooled_connection_logs_on_again },
        { "another RDB on an accessed connection is refused", another_rdb_on_an_accessed_connection_is_refused },
        { "one failed SECCHK ends the conversation", one_failed_secchk_ends_the_conversation },
        { "what cannot be verified is refused at once", what_cannot_be_verified_is_refused_at_once },
        { "no password stays in the input", no_password_stays_in_the_input },
        { "a segmented SECCHK is joined and wiped", a_segmented_secchk_is_joined_and_wiped },
        { "garbage gets the frame that scanners know", garbage_gets_the_frame_that_scanners_know },
        { "damage gets a SYNTAXRM with its correlation ID", damage_gets_a_syntaxrm_with_its_correlation_id },
        { "strangers may not send much", strangers_may_not_send_much },
        { "each outcome of opening has its reply", each_outcome_of_opening_has_its_reply },
        { "representations that cannot be served are refused", representations_that_cannot_be_served_are_refused },
        { "conflicting managers are refused", conflicting_managers_are_refused },
        { "every manager listed is answered", every_manager_listed_is_answered },
        { "an owner that cannot go on says so", an_owner_that_cannot_go_on_says_so },
        { "output that does not fit ends the conversation", output_that_does_not_fit_ends_the_conversation },
        { "every cell of the table answers as written", every_cell_of_the_table_answers_as_written },
        { "every truncation waits for more", every_truncation_waits_for_more },
        { "every bit flip is survived", every_bit_flip_is_survived },
        { "random bytes are survived", random_bytes_are_survived },
        { "an idle connection is small", an_idle_connection_is_small },
    };
    return SUITE_RUN("server", cases);
}
