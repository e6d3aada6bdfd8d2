/* Single-byte code pages, beside the tables of the C library. */
#include <iconv.h>
#include <stdio.h>

#include "drda/code_page.h"
#include "tests/support/suite.h"

static const struct {
    uint16_t ccsid;
    const char *name;
    unsigned unlike; /* characters that the C library has in other places than IBM */
} pages[] = {
    { 37, "IBM037", 0 },    { 273, "IBM273", 0 },   { 277, "IBM277", 0 },     { 278, "IBM278", 2 },      { 280, "IBM280", 0 },
    { 284, "IBM284", 0 },   { 285, "IBM285", 1 },   { 297, "IBM297", 0 },     { 500, "IBM500", 0 },      { 871, "IBM871", 2 },
    { 1047, "IBM1047", 0 }, { 1140, "IBM1140", 0 }, { 1141, "IBM1141", 0 },   { 1142, "IBM1142", 0 },    { 1143, "IBM1143", 0 },
    { 1144, "IBM1144", 0 }, { 1145, "IBM1145", 0 }, { 1146, "IBM1146", 0 },   { 1147, "IBM1147", 0 },    { 1148, "IBM1148", 0 },
    { 1149, "IBM1149", 0 }, { 367, "ASCII", 0 },    { 819, "ISO-8859-1", 0 }, { 923, "ISO-8859-15", 0 }, { 1252, "CP1252", 5 },
};

/* The C library's answer for one byte; empty when it has none. */
static size_t
convert(const char *name, char byte, char utf8[8])
{
    iconv_t conversion = iconv_open("UTF-8", name);
    CU_ASSERT_TRUE_FATAL(conversion != (iconv_t)-1);
    char *in = &byte, *out = utf8;
    size_t in_left = 1, out_left = 8;
    size_t failed = iconv(conversion, &in, &in_left, &out, &out_left);
    iconv_close(conversion);
    return failed == (size_t)-1 ? 0 : 8 - out_left;
}

static void
the_c_library_has_the_same_characters(void)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct code_page page;
        unsigned unlike = 0;
        CU_ASSERT_TRUE_FATAL(code_page_load(pages[i].ccsid, &page));
        for (unsigned n = 0; n < 256; n++) {
            uint8_t byte = (uint8_t)n, ours[8];
            char theirs[8];
            struct wire_writer writer = wire_writer(ours, CODE_PAGE_UTF8_MAX);
            if (!code_page_put_utf8(&writer, &page, wire_reader(&byte, 1)))
                writer.used = 0;
            size_t size = convert(pages[i].name, (char)n, theirs);
            unlike += size != writer.used || memcmp(ours, theirs, size) != 0;
        }
        if (unlike != pages[i].unlike)
            printf("# CCSID %u: %u characters unlike those of %s\n", (unsigned)pages[i].ccsid, unlike, pages[i].name);
        CU_ASSERT_EQUAL(unlike, pages[i].unlike);
    }
}

/* What tells the pages of one language from those of another; the characters of Java, which agree with IBM's tables. */
static void
variant_characters_stand_where_ibm_has_them(void)
{
    static const struct {
        uint16_t ccsid;
        uint8_t byte;
        const char *character;
    } cases[] = {
        { 37, 0xBA, "[" },        { 500, 0x4A, "[" },      { 1047, 0xAD, "[" },      { 273, 0x4A, "\u00C4" }, { 278, 0x71, "\\" },
        { 278, 0xE0, "\u00C9" },  { 285, 0xA1, "\u00AF" }, { 871, 0x4A, "\u00DE" },  { 871, 0xC0, "\u00FE" }, { 1140, 0x9F, "\u20AC" },
        { 1142, 0x5A, "\u20AC" }, { 37, 0x9F, "\u00A4" },  { 1252, 0x80, "\u20AC" }, { 923, 0xA4, "\u20AC" }, { 37, 0x25, "\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct code_page page;
        char utf8[8] = "";
        struct wire_writer writer = wire_writer(utf8, 7);
        CU_ASSERT_TRUE_FATAL(code_page_load(cases[i].ccsid, &page));
        CU_ASSERT_TRUE(code_page_put_utf8(&writer, &page, wire_reader(&cases[i].byte, 1)));
        CU_ASSERT_STRING_EQUAL(utf8, cases[i].character);
    }
}

static void
what_cannot_be_converted_is_told(void)
{
    struct code_page page;
    uint8_t room[2];
    struct wire_writer writer = wire_writer(room, sizeof room);
    CU_ASSERT_FALSE(code_page_load(850, &page));
    CU_ASSERT_TRUE_FATAL(code_page_load(367, &page));
    CU_ASSERT_FALSE(code_page_put_utf8(&writer, &page, wire_reader("\x80", 1)));
    CU_ASSERT_TRUE_FATAL(code_page_load(37, &page));
    CU_ASSERT_TRUE(code_page_put_utf8(&writer, &page, wire_reader("", 0)));
    CU_ASSERT_FALSE(code_page_put_utf8(&writer, &page, wire_reader("\xC1\xC2\xC3", 3)));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the C library has the same characters", the_c_library_has_the_same_characters },
        { "variant characters stand where IBM has them", variant_characters_stand_where_ibm_has_them },
        { "what cannot be converted is told", what_cannot_be_converted_is_told },
    };
    return SUITE_RUN("code_page", cases);
}
