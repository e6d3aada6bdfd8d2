#include <stdlib.h>

#include "drda/secchk.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

static const char good[] = "000611a20003"
                           "00162110"
                           "64656d6f64623b6372656174653d74727565"
                           "000711a0415050"
                           "000911a14150505057";

static void
parameters_come_in_any_order(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes("000911a14150505057"
                                    "000711a0415050"
                                    "000611a20003",
                                    &size);
    struct drda_secchk secchk;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_secchk_decode(wire_reader(bytes, size), &secchk, &fault));
    CU_ASSERT_EQUAL(secchk.secmec, 3);
    CU_ASSERT_TRUE(secchk.userid.left == 3 && memcmp(secchk.userid.at, "APP", 3) == 0);
    CU_ASSERT_TRUE(secchk.password.left == 5 && memcmp(secchk.password.at, "APPPW", 5) == 0);
    CU_ASSERT_PTR_NULL(secchk.rdbnam.at);
    free(bytes);
}

static void
empty_and_absent_are_the_same(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes("000611a20003"
                                    "000411a1",
                                    &size);
    struct drda_secchk secchk;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_secchk_decode(wire_reader(bytes, size), &secchk, &fault));
    CU_ASSERT_PTR_NULL(secchk.userid.at);
    CU_ASSERT_PTR_NULL(secchk.password.at);
    free(bytes);
}

static void
faults_name_the_parameter(void)
{
    static const struct {
        const char *hex;
        uint8_t code;
        uint16_t codpnt;
    } faulty[] = {
        { "000711a0415050", SYNERRCD_REQUIRED_OBJECT_MISSING, CP_SECMEC },
        { "000811a200030003", SYNERRCD_OBJECT_TOO_BIG, CP_SECMEC },
        { "000611a20003"
          "000511a041"
          "000511a042",
          SYNERRCD_DUPLICATE_OBJECT, CP_USRID },
        { "000611a20003"
          "000f11a041",
          SYNERRCD_LENGTH_MISMATCH, CP_USRID },
    };
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(faulty[i].hex, &size);
        struct drda_secchk secchk;
        struct drda_fault fault;
        CU_ASSERT_FALSE(drda_secchk_decode(wire_reader(bytes, size), &secchk, &fault));
        CU_ASSERT_EQUAL(fault.reply, CP_SYNTAXRM);
        CU_ASSERT_EQUAL(fault.code, faulty[i].code);
        CU_ASSERT_EQUAL(fault.codpnt, faulty[i].codpnt);
        free(bytes);
    }
}

static void
overlong_text_is_refused(void)
{
    for (size_t length = DRDA_SECCHK_TEXT_MAX; length <= DRDA_SECCHK_TEXT_MAX + 1; length++) {
        char userid[DRDA_SECCHK_TEXT_MAX + 2] = "";
        memset(userid, 'U', length);
        uint8_t bytes[1024];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        drda_secchk_encode(&writer, NULL, userid, "PW", CCSID_UTF8);
        struct drda_secchk secchk;
        struct drda_fault fault;
        CU_ASSERT_EQUAL(drda_secchk_decode(wire_reader(bytes + 4, writer.used - 4), &secchk, &fault), length == DRDA_SECCHK_TEXT_MAX);
    }
}

static void
every_truncation_and_bit_flip_stays_inside(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(good, &size);
    struct drda_secchk secchk;
    struct drda_fault fault;
    for (size_t n = 0; n <= size; n++) {
        uint8_t *copy = exact_copy(bytes, n);
        bool whole = n == 6 || n == 28 || n == 35 || n == size;
        CU_ASSERT_EQUAL(drda_secchk_decode(wire_reader(copy, n), &secchk, &fault), whole);
        free(copy);
    }
    for (size_t bit = 0; bit < size * 8; bit++) {
        uint8_t *copy = exact_copy(bytes, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_EQUAL(drda_secchk_decode(wire_reader(copy, size), &secchk, &fault), fault.reply == 0);
        free(copy);
    }
    free(bytes);
}

static void
what_is_written_is_what_real_clients_write(void)
{
    size_t size;
    uint8_t *expected = recorded_bytes(good, &size);
    uint8_t bytes[128];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_secchk_encode(&writer, "demodb;create=true", "APP", "APPPW", CCSID_UTF8);
    CU_ASSERT_EQUAL(writer.used, size + 4);
    CU_ASSERT_EQUAL(memcmp(bytes + 4, expected, size), 0);
    free(expected);
}

static void
the_verdict_is_svrcod_and_secchkcd_alone(void)
{
    uint8_t bytes[32];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_secchkrm_encode(&writer, 0x0F);
    CU_ASSERT_EQUAL(writer.used, 15);
    CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x0F\x12\x19\x00\x06\x11\x49\x00\x08\x00\x05\x11\xA4\x0F", 15), 0);
    struct drda_reply reply;
    CU_ASSERT_TRUE(drda_reply_decode(CP_SECCHKRM, wire_reader(bytes + 4, 11), &reply));
    CU_ASSERT_TRUE(reply.has_secchkcd && reply.secchkcd == 0x0F && reply.svrcod == SVRCOD_ERROR);
    writer.used = 0;
    drda_secchkrm_encode(&writer, 0);
    CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x0F\x12\x19\x00\x06\x11\x49\x00\x00\x00\x05\x11\xA4\x00", 15), 0);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "parameters come in any order", parameters_come_in_any_order },
        { "empty and absent are the same", empty_and_absent_are_the_same },
        { "faults name the parameter", faults_name_the_parameter },
        { "overlong text is refused", overlong_text_is_refused },
        { "every truncation and bit flip stays inside", every_truncation_and_bit_flip_stays_inside },
        { "what is written is what real clients write", what_is_written_is_what_real_clients_write },
        { "the verdict is SVRCOD and SECCHKCD alone", the_verdict_is_svrcod_and_secchkcd_alone },
    };
    return SUITE_RUN("secchk", cases);
}
