#include <stdlib.h>

#include "drda/ccsid.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

/* Converts from `ccsid` to UTF-8 and back; true when the bytes come back. */
static bool
round_trip(enum ccsid ccsid, const uint8_t *bytes, size_t size)
{
    char utf8[1024];
    size_t length = 0;
    if (!ccsid_to_utf8(ccsid, bytes, size, utf8, sizeof utf8 - 1, &length))
        return false;
    utf8[length] = '\0';
    uint8_t back[512];
    struct wire_writer writer = wire_writer(back, sizeof back);
    ccsid_put(&writer, ccsid, utf8);
    return !writer.failed && writer.used == size && memcmp(back, bytes, size) == 0;
}

static void
every_ebcdic_byte_comes_back(void)
{
    uint8_t bytes[255];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i + 1);
    CU_ASSERT_TRUE(round_trip(CCSID_EBCDIC_500, bytes, sizeof bytes));
}

static void
expect_text(enum ccsid ccsid, const char *hex, const char *text)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    struct wire_reader value = wire_reader(bytes, size);
    char string[64];
    CU_ASSERT_TRUE(ccsid_string(ccsid, &value, string, sizeof string));
    CU_ASSERT_STRING_EQUAL(string, text);
    uint8_t written[64];
    struct wire_writer writer = wire_writer(written, sizeof written);
    ccsid_put(&writer, ccsid, text);
    CU_ASSERT_EQUAL(writer.used, size);
    CU_ASSERT_EQUAL(memcmp(written, bytes, size), 0);
    free(bytes);
}

static void
known_texts_convert(void)
{
    expect_text(CCSID_EBCDIC_500, "84859982a8849583948189954ec1d7d760f0f9", "derbydncmain+APP-09");
    expect_text(CCSID_EBCDIC_500, "7b5b7c4f5a4a5f", "#$@!][^");
    expect_text(CCSID_EBCDIC_500, "c184818351", "Adac\u00E9");
    expect_text(CCSID_UTF8, "41c3a9e282acf09f9880", "A\u00E9\u20AC\U0001F600");
}

static void
characters_outside_latin_1_become_sub(void)
{
    uint8_t bytes[8];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    ccsid_put(&writer, CCSID_EBCDIC_500, "a\u20ACb");
    CU_ASSERT_EQUAL(writer.used, 3);
    CU_ASSERT_EQUAL(bytes[1], 0x3F);
}

static void
malformed_utf8_is_refused(void)
{
    static const char *const malformed[] = {
        "80",     "c3",       "c328",   "c080",     "c1bf",     "e0a0", "e08080", "eda080",
        "edbfbf", "f0808080", "f0908c", "f4908080", "f5808080", "ff",   "41fe42",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        size_t size, length;
        uint8_t *bytes = recorded_bytes(malformed[i], &size);
        char utf8[16];
        CU_ASSERT_FALSE(ccsid_to_utf8(CCSID_UTF8, bytes, size, utf8, sizeof utf8, &length));
        CU_ASSERT_EQUAL(length, 0);
        char text[8] = "";
        memcpy(text, bytes, size);
        struct wire_writer writer = wire_writer(utf8, sizeof utf8);
        ccsid_put(&writer, CCSID_EBCDIC_500, text);
        CU_ASSERT_TRUE(writer.failed);
        free(bytes);
    }
}

static void
nothing_is_cut(void)
{
    static const uint8_t e_acute[] = { 0x51, 0x51, 0x51 };
    size_t length;
    for (size_t room = 0; room <= 6; room++) {
        char *utf8 = malloc(room > 0 ? room : 1);
        CU_ASSERT_EQUAL(ccsid_to_utf8(CCSID_EBCDIC_500, e_acute, sizeof e_acute, utf8, room, &length), room == 6);
        CU_ASSERT_EQUAL(length, room == 6 ? 6 : 0);
        free(utf8);
    }
    struct wire_reader value = wire_reader("abcd", 4);
    char four[4];
    CU_ASSERT_FALSE(ccsid_string(CCSID_UTF8, &value, four, sizeof four));
    CU_ASSERT_STRING_EQUAL(four, "");
    struct wire_reader with_nul = wire_reader("a\0b", 3);
    CU_ASSERT_FALSE(ccsid_string(CCSID_UTF8, &with_nul, four, sizeof four));
    CU_ASSERT_FALSE(ccsid_to_utf8(CCSID_UTF16, e_acute, 2, four, sizeof four, &length));
}

static void
names_tell_their_encoding(void)
{
    static const struct {
        const char *hex;
        enum ccsid agreed;
        enum ccsid really;
    } names[] = {
        { "c1d7d7", CCSID_UTF8, CCSID_EBCDIC_500 },       /* APP */
        { "415050", CCSID_EBCDIC_500, CCSID_UTF8 },       /* APP */
        { "7b5b7c", CCSID_UTF8, CCSID_EBCDIC_500 },       /* #$@ */
        { "232440", CCSID_EBCDIC_500, CCSID_UTF8 },       /* #$@ */
        { "f0f1f240", CCSID_UTF8, CCSID_EBCDIC_500 },     /* 012 */
        { "404040", CCSID_EBCDIC_500, CCSID_EBCDIC_500 }, /* blanks, or @@@: not to be told */
        { "404040", CCSID_UTF8, CCSID_UTF8 },
        { "", CCSID_UTF8, CCSID_UTF8 },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(names[i].hex, &size);
        struct wire_reader name = wire_reader(bytes, size);
        CU_ASSERT_EQUAL(ccsid_sniff(&name, names[i].agreed), names[i].really);
        free(bytes);
    }
}

static void
rdbnam_loses_padding_and_attributes(void)
{
    static const struct {
        const char *hex;
        const char *rdbnam;
    } names[] = {
        { "64656d6f64623b6372656174653d74727565", "demodb" }, /* demodb;create=true */
        { "8485949684825e83998581a3857ea399a485", "demodb" }, /* the same in EBCDIC */
        { "53414d504c45202020202020202020202020", "SAMPLE" },
        { "e2c1d4d7d3c5404040404040404040404040", "SAMPLE" },
        { "53414d504c450000", "SAMPLE" },
        { "20202020", "" },
        { "44422040", "DB @" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(names[i].hex, &size);
        struct wire_reader name = wire_reader(bytes, size);
        char string[32];
        CU_ASSERT_TRUE(ccsid_rdbnam(&name, CCSID_UTF8, string, sizeof string));
        CU_ASSERT_STRING_EQUAL(string, names[i].rdbnam);
        free(bytes);
    }
}

static void
rdbnam_is_written_with_padding(void)
{
    uint8_t bytes[64];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    ccsid_put_rdbnam(&writer, CCSID_EBCDIC_500, "DB");
    CU_ASSERT_EQUAL(writer.used, 22);
    CU_ASSERT_EQUAL(memcmp(bytes, "\x00\x16\x21\x10\xC4\xC2\x40\x40", 8), 0);
    CU_ASSERT_EQUAL(bytes[21], 0x40);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "every EBCDIC byte comes back", every_ebcdic_byte_comes_back },
        { "known texts convert", known_texts_convert },
        { "characters outside Latin-1 become SUB", characters_outside_latin_1_become_sub },
        { "malformed UTF-8 is refused", malformed_utf8_is_refused },
        { "nothing is cut", nothing_is_cut },
        { "names tell their encoding", names_tell_their_encoding },
        { "RDBNAM loses padding and attributes", rdbnam_loses_padding_and_attributes },
        { "RDBNAM is written with padding", rdbnam_is_written_with_padding },
    };
    return SUITE_RUN("ccsid", cases);
}
