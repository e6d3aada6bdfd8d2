/* How a side says that it represents its data. */
#include <stdlib.h>

#include "drda/typdef.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

static bool
agree(const char *hex, const struct drda_typdefovr *typdefovr, struct drda_representation *representation)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    struct wire_reader typdefnam = wire_reader(bytes, size);
    bool known = drda_representation_agree(&typdefnam, CCSID_UTF8, typdefovr, representation);
    free(bytes);
    return known;
}

static void
names_tell_byte_order_and_floating_point(void)
{
    static const struct {
        const char *hex;
        bool known;
        bool little_endian;
        bool hexadecimal_float;
        uint16_t sbc;
    } names[] = {
        { "51544453514c415343", true, false, false, 1208 }, /* QTDSQLASC */
        { "d8e3c4e2d8d3c1e2c3", true, false, false, 1208 }, /* in EBCDIC */
        { "51544453514c4a564d", true, false, false, 1208 }, /* QTDSQLJVM */
        { "51544453514c583836", true, true, false, 1208 },  /* QTDSQLX86 */
        { "d8e3c4e2d8d3e7f8f6", true, true, false, 1208 },  /* in EBCDIC */
        { "51544453514c333730", true, false, true, 500 },   /* QTDSQL370 */
        { "d8e3c4e2d8d3f3f7f0", true, false, true, 500 },   /* in EBCDIC */
        { "51544453514c343030", true, false, false, 500 },  /* QTDSQL400 */
        { "51544453514c564158", false, false, false, 0 },   /* QTDSQLVAX */
        { "51544453514c", false, false, false, 0 },
        { "51544453514c41534351544453514c41534351544453514c41534351544453514c415343", false, false, false, 0 },
    };
    static const struct drda_typdefovr nothing = { 0 };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct drda_representation representation;
        CU_ASSERT_EQUAL_FATAL(agree(names[i].hex, &nothing, &representation), names[i].known);
        if (!names[i].known)
            continue;
        CU_ASSERT_EQUAL(representation.little_endian, names[i].little_endian);
        CU_ASSERT_EQUAL(representation.hexadecimal_float, names[i].hexadecimal_float);
        CU_ASSERT_EQUAL(representation.ccsids.sbc, names[i].sbc);
        CU_ASSERT_EQUAL(representation.ccsids.mbc, names[i].sbc);
        CU_ASSERT_EQUAL(representation.ccsids.dbc, 1200);
    }
}

static void
ccsids_that_are_named_count(void)
{
    static const struct {
        struct drda_typdefovr named;
        struct drda_typdefovr expected;
    } cases[] = {
        { { 1047, 0, 0 }, { 1047, 1200, 1047 } },
        { { 37, 300, 939 }, { 37, 300, 939 } },
        { { 0, 0, 1208 }, { 500, 1200, 1208 } },
        { { 37, 0xFFFF, 0xFFFF }, { 37, 0xFFFF, 0xFFFF } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct drda_representation representation;
        CU_ASSERT_TRUE_FATAL(agree("51544453514c333730", &cases[i].named, &representation));
        CU_ASSERT_EQUAL(memcmp(&representation.ccsids, &cases[i].expected, sizeof cases[i].expected), 0);
    }
}

static void
a_command_may_say_something_else(void)
{
    static const struct drda_typdefovr agreed = { 37, 1200, 37 }, other = { .mbc = 1208 };
    struct drda_representation representation;
    struct wire_reader x86 = wire_reader("QTDSQLX86", 9), vax = wire_reader("QTDSQLVAX", 9);
    CU_ASSERT_TRUE_FATAL(agree("51544453514c333730", &agreed, &representation));
    CU_ASSERT_TRUE(drda_representation_take_typdefnam(&representation, &x86, CCSID_UTF8));
    CU_ASSERT_TRUE(representation.little_endian && !representation.hexadecimal_float && representation.ccsids.sbc == 37);
    drda_representation_take_typdefovr(&representation, &other);
    CU_ASSERT_TRUE(representation.ccsids.sbc == 37 && representation.ccsids.mbc == 1208 && representation.ccsids.dbc == 1200);
    CU_ASSERT_FALSE(drda_representation_take_typdefnam(&representation, &vax, CCSID_UTF8));
    CU_ASSERT_TRUE(representation.little_endian);
}

static void
known_ccsids_are_told_from_others(void)
{
    static const uint16_t read[] = { 37, 273, 277, 278, 280, 284, 285, 297, 367, 500, 819, 871, 923, 1047, 1140, 1149, 1208, 1252 };
    static const uint16_t unread[] = { 0, 1, 300, 437, 850, 930, 939, 1200, 1202, 0xFFFE, 0xFFFF };
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
        CU_ASSERT_TRUE(drda_reads_ccsid(read[i]) && !drda_reads_double_byte_ccsid(read[i]) && !drda_is_no_ccsid(read[i]));
    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++) {
        CU_ASSERT_FALSE(drda_reads_ccsid(unread[i]));
        CU_ASSERT_EQUAL(drda_reads_double_byte_ccsid(unread[i]), unread[i] == 1200);
        CU_ASSERT_EQUAL(drda_is_no_ccsid(unread[i]), unread[i] >= 0xFFFE);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "names tell byte order and floating point", names_tell_byte_order_and_floating_point },
        { "CCSIDs that are named count", ccsids_that_are_named_count },
        { "a command may say something else", a_command_may_say_something_else },
        { "known CCSIDs are told from others", known_ccsids_are_told_from_others },
    };
    return SUITE_RUN("typdef", cases);
}
