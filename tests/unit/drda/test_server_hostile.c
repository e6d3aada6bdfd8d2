/* What does not come from a client at all, or from one that means harm: it is answered as the protocol says, and nothing else happens. */
#include "tests/unit/drda/conversation.h"

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
        /* behind the end of the conversation; in a chain that breaks */
        { "", "000ad001000100043456"
              "0020d0010007"
              "001a106e000611a20003"
              "000711a0415050"
              "000911a14150505057" },
        { RECORDED_DERBY_EXCSAT_ACCSEC, "0020d0510007"
                                        "001a106e000611a20003"
                                        "000711a0415050"
                                        "000911a14150505057"
                                        "000ad00300080004000f" },
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

int
main(void)
{
    static const struct test_case cases[] = {
        { "garbage gets the frame that scanners know", garbage_gets_the_frame_that_scanners_know },
        { "damage gets a SYNTAXRM with its correlation ID", damage_gets_a_syntaxrm_with_its_correlation_id },
        { "strangers may not send much", strangers_may_not_send_much },
        { "no password stays in the input", no_password_stays_in_the_input },
        { "output that does not fit ends the conversation", output_that_does_not_fit_ends_the_conversation },
        { "every truncation waits for more", every_truncation_waits_for_more },
        { "every bit flip is survived", every_bit_flip_is_survived },
        { "random bytes are survived", random_bytes_are_survived },
    };
    return SUITE_RUN("server, hostile input", cases);
}
