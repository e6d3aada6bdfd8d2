#include <stdlib.h>

#include "drda/excsat.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

enum { DSS_AND_DDM_HEADER = 10 };

static void
the_message_of_a_real_client_is_understood(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_EXCSAT_ACCSEC, &size);
    struct drda_excsat excsat;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_excsat_decode(wire_reader(bytes + DSS_AND_DDM_HEADER, 0x61 - 4), &excsat, &fault));
    char text[64];
    CU_ASSERT_TRUE(ccsid_string(CCSID_EBCDIC_500, &excsat.external_name, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "derbydncmain");
    CU_ASSERT_TRUE(ccsid_string(CCSID_EBCDIC_500, &excsat.release_level, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "DNC10140/10.14.2.0 - (?\?\?)");
    CU_ASSERT_TRUE(ccsid_string(CCSID_EBCDIC_500, &excsat.class_name, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "QDERBY/JVM");
    CU_ASSERT_EQUAL(excsat.managers.count, 5);
    uint16_t level;
    CU_ASSERT_TRUE(drda_managers_find(&excsat.managers, CP_UNICODEMGR, &level) && level == 1208);
    CU_ASSERT_FALSE(drda_managers_find(&excsat.managers, CP_XAMGR, &level));
    free(bytes);
}

static void
empty_names_are_fine(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_NMAP_EXCSAT, &size);
    struct drda_excsat excsat;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_excsat_decode(wire_reader(bytes + DSS_AND_DDM_HEADER, size - DSS_AND_DDM_HEADER), &excsat, &fault));
    CU_ASSERT_PTR_NOT_NULL(excsat.external_name.at);
    CU_ASSERT_EQUAL(excsat.external_name.left, 0);
    CU_ASSERT_EQUAL(excsat.managers.count, 5);
    free(bytes);
}

static void
expect_fault(const char *hex, uint16_t reply, uint8_t code, uint16_t codpnt)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    struct drda_excsat excsat;
    struct drda_fault fault;
    CU_ASSERT_FALSE(drda_excsat_decode(wire_reader(bytes, size), &excsat, &fault));
    CU_ASSERT_EQUAL(fault.reply, reply);
    CU_ASSERT_EQUAL(fault.code, code);
    CU_ASSERT_EQUAL(fault.codpnt, codpnt);
    free(bytes);
}

static void
bad_lists_have_their_faults(void)
{
    expect_fault("000c1404"
                 "1403000714030008",
                 CP_MGRLVLRM, 0, CP_AGENT);
    expect_fault("000a1404"
                 "140300072407",
                 CP_SYNTAXRM, SYNERRCD_LENGTH_NOT_ALLOWED, CP_MGRLVLLS);
    expect_fault("00041404"
                 "00041404",
                 CP_SYNTAXRM, SYNERRCD_DUPLICATE_OBJECT, CP_MGRLVLLS);
    expect_fault("00091404"
                 "14030007",
                 CP_SYNTAXRM, SYNERRCD_LENGTH_MISMATCH, CP_MGRLVLLS);
}

static void
a_repeated_equal_entry_counts_once(void)
{
    struct drda_excsat excsat;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_excsat_decode(wire_reader("\x00\x0C\x14\x04\x14\x03\x00\x07\x14\x03\x00\x07", 12), &excsat, &fault));
    CU_ASSERT_EQUAL(excsat.managers.count, 1);
}

static void
a_long_list_is_refused_and_stays_inside(void)
{
    for (uint16_t count = DRDA_MANAGERS_MAX; count <= DRDA_MANAGERS_MAX + 1; count++) {
        uint8_t bytes[4 + 4 * (DRDA_MANAGERS_MAX + 1)];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        size_t mark = ddm_open(&writer, CP_MGRLVLLS);
        for (uint16_t i = 0; i < count; i++)
            wire_put_u32(&writer, (uint32_t)i << 16 | 7);
        ddm_close(&writer, mark);
        struct drda_excsat excsat;
        struct drda_fault fault;
        CU_ASSERT_EQUAL(drda_excsat_decode(wire_reader(bytes, writer.used), &excsat, &fault), count == DRDA_MANAGERS_MAX);
        CU_ASSERT_EQUAL(fault.code, count == DRDA_MANAGERS_MAX ? 0 : SYNERRCD_TOO_MANY_OBJECTS);
    }
}

static void
what_is_written_is_read_back(void)
{
    static const struct drda_identity identity = { "sqlbatch", "HOST1", "Passgate", "0.1.0" };
    struct drda_managers managers = { .count = 2, .list = { { CP_AGENT, 7 }, { CP_UNICODEMGR, 1208 } } };
    uint8_t bytes[256];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_excsat_encode(&writer, CP_EXCSAT, &identity, &managers, CCSID_EBCDIC_500);
    struct wire_reader reader = wire_reader(bytes, writer.used);
    struct ddm_object object;
    enum ddm_fault damage;
    CU_ASSERT_TRUE(ddm_next(&reader, &object, &damage) && object.codepoint == CP_EXCSAT && wire_done(&reader));
    struct drda_excsat excsat;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_excsat_decode(object.body, &excsat, &fault));
    char text[64];
    CU_ASSERT_TRUE(ccsid_string(CCSID_EBCDIC_500, &excsat.external_name, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "sqlbatch");
    CU_ASSERT_TRUE(ccsid_string(CCSID_EBCDIC_500, &excsat.server_name, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "HOST1");
    CU_ASSERT_EQUAL(excsat.managers.count, 2);
    CU_ASSERT_EQUAL(excsat.managers.list[1].level, 1208);
}

static void
truncations_and_bit_flips_stay_inside(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_EXCSAT_ACCSEC, &size);
    const uint8_t *body = bytes + DSS_AND_DDM_HEADER;
    size_t body_size = 0x61 - 4;
    struct drda_excsat excsat;
    struct drda_fault fault;
    for (size_t n = 0; n < body_size; n++) {
        uint8_t *copy = exact_copy(body, n);
        bool whole = n == 0 || n == 0x10 || n == 0x19 || n == 0x37 || n == 0x4F;
        CU_ASSERT_EQUAL(drda_excsat_decode(wire_reader(copy, n), &excsat, &fault), whole);
        CU_ASSERT_EQUAL(fault.reply != 0, !whole);
        free(copy);
    }
    for (size_t bit = 0; bit < body_size * 8; bit++) {
        uint8_t *copy = exact_copy(body, body_size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_EQUAL(drda_excsat_decode(wire_reader(copy, body_size), &excsat, &fault), fault.reply == 0);
        free(copy);
    }
    free(bytes);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the message of a real client is understood", the_message_of_a_real_client_is_understood },
        { "empty names are fine", empty_names_are_fine },
        { "bad lists have their faults", bad_lists_have_their_faults },
        { "a repeated equal entry counts once", a_repeated_equal_entry_counts_once },
        { "a long list is refused and stays inside", a_long_list_is_refused_and_stays_inside },
        { "what is written is read back", what_is_written_is_read_back },
        { "truncations and bit flips stay inside", truncations_and_bit_flips_stay_inside },
    };
    return SUITE_RUN("excsat", cases);
}
