#include <stdlib.h>

#include "drda/accsec.h"
#include "drda/parameter.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

static const struct drda_token no_token;
static uint16_t first_secmec; /* of what was decoded last */

static bool
decode(const char *hex, struct drda_accsec *accsec, struct drda_fault *fault)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    bool decoded = drda_accsec_decode(wire_reader(bytes, size), accsec, fault);
    first_secmec = ddm_value_u16(accsec->secmec);
    free(bytes);
    return decoded;
}

static void
expect_fault(const char *hex, uint8_t code, uint16_t codpnt)
{
    struct drda_accsec accsec;
    struct drda_fault fault;
    CU_ASSERT_FALSE(decode(hex, &accsec, &fault));
    CU_ASSERT_EQUAL(fault.reply, CP_SYNTAXRM);
    CU_ASSERT_EQUAL(fault.code, code);
    CU_ASSERT_EQUAL(fault.codpnt, codpnt);
}

static void
messages_of_real_clients_are_understood(void)
{
    struct drda_accsec accsec;
    struct drda_fault fault;
    CU_ASSERT_TRUE(decode("000611a20003"
                          "001621108485949684825e83998581a3857ea399a485",
                          &accsec, &fault));
    CU_ASSERT_EQUAL(first_secmec, SECMEC_USRIDPWD);
    CU_ASSERT_EQUAL(accsec.rdbnam.left, 18);
    CU_ASSERT_TRUE(decode("000611a20009"
                          "000c11dc0102030405060708",
                          &accsec, &fault));
    CU_ASSERT_EQUAL(first_secmec, SECMEC_EUSRIDPWD);
    CU_ASSERT_EQUAL(accsec.sectkn.left, 8);
    CU_ASSERT_PTR_NULL(accsec.rdbnam.at);
}

static void
faults_name_the_parameter(void)
{
    expect_fault("", SYNERRCD_REQUIRED_OBJECT_MISSING, CP_SECMEC);
    expect_fault("000511a203", SYNERRCD_OBJECT_TOO_SMALL, CP_SECMEC);
    expect_fault("000711a2000300", SYNERRCD_LENGTH_NOT_ALLOWED, CP_SECMEC);
    expect_fault("000611a20003000611a20003", SYNERRCD_DUPLICATE_OBJECT, CP_SECMEC);
    expect_fault("000611a20003"
                 "00ff2110",
                 SYNERRCD_LENGTH_MISMATCH, CP_RDBNAM);
    expect_fault("000611a20003"
                 "00032110",
                 DDM_FAULT_LENGTH_UNDER_4, CP_RDBNAM);
}

static void
parameters_of_other_levels_are_skipped(void)
{
    struct drda_accsec accsec;
    struct drda_fault fault;
    CU_ASSERT_TRUE(decode("0005190901"
                          "000611a20003",
                          &accsec, &fault));
    CU_ASSERT_EQUAL(first_secmec, 3);
}

static void
what_is_written_is_read_back(void)
{
    uint8_t bytes[64];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_accsec_encode(&writer, SECMEC_USRIDPWD, "SAMPLE", no_token, CCSID_EBCDIC_500);
    CU_ASSERT_EQUAL(writer.used, 0x20);
    struct drda_accsec accsec;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_accsec_decode(wire_reader(bytes + 4, writer.used - 4), &accsec, &fault));
    char rdbnam[20];
    CU_ASSERT_TRUE(ccsid_rdbnam(&accsec.rdbnam, CCSID_UTF8, rdbnam, sizeof rdbnam));
    CU_ASSERT_STRING_EQUAL(rdbnam, "SAMPLE");
}

static void
a_refusal_has_one_mechanism_and_a_code(void)
{
    uint8_t bytes[64];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_accsecrd_encode(&writer, SECMEC_USRIDPWD, no_token, 1);
    CU_ASSERT_EQUAL(writer.used, 15);
    CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x0F\x14\xAC\x00\x06\x11\xA2\x00\x03\x00\x05\x11\xA4\x01", 15), 0);
    struct drda_accsecrd accsecrd;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_accsecrd_decode(wire_reader(bytes + 4, 11), &accsecrd, &fault));
    CU_ASSERT_TRUE(accsecrd.secmec_count == 1 && accsecrd.secmec[0] == 3 && accsecrd.has_secchkcd && accsecrd.secchkcd == 1);
}

static void
a_list_of_mechanisms_is_read(void)
{
    /* Apache Derby repeats SECMEC */
    size_t size;
    uint8_t *bytes = recorded_bytes("000611a20003"
                                    "000611a20004"
                                    "000611a20008"
                                    "000511a401",
                                    &size);
    struct drda_accsecrd accsecrd;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_accsecrd_decode(wire_reader(bytes, size), &accsecrd, &fault));
    CU_ASSERT_TRUE(accsecrd.secmec_count == 3 && accsecrd.secmec[2] == 8);
    for (size_t n = 0; n < size; n++) {
        uint8_t *copy = exact_copy(bytes, n);
        CU_ASSERT_EQUAL(drda_accsecrd_decode(wire_reader(copy, n), &accsecrd, &fault), n > 0 && n % 6 == 0);
        free(copy);
    }
    for (size_t bit = 0; bit < size * 8; bit++) {
        uint8_t *copy = exact_copy(bytes, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_EQUAL(drda_accsecrd_decode(wire_reader(copy, size), &accsecrd, &fault), fault.reply == 0);
        free(copy);
    }
    free(bytes);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "messages of real clients are understood", messages_of_real_clients_are_understood },
        { "faults name the parameter", faults_name_the_parameter },
        { "parameters of other levels are skipped", parameters_of_other_levels_are_skipped },
        { "what is written is read back", what_is_written_is_read_back },
        { "a refusal has one mechanism and a code", a_refusal_has_one_mechanism_and_a_code },
        { "a list of mechanisms is read", a_list_of_mechanisms_is_read },
    };
    return SUITE_RUN("accsec", cases);
}
