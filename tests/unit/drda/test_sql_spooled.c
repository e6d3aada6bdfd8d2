/* Values whose EXTDTA lie in a spool: indicator and status are cut off, text is checked and becomes UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "drda/sql/spooled.h"
#include "tests/support/memory_stream.h"
#include "tests/support/suite.h"

static struct drda_stream *stream;
static struct sql_value value;
static uint8_t status;
static struct drda_representation from = DRDA_OWN_REPRESENTATION;

/* Reads one EXTDTA of these bytes as a value. */
static enum fdoca_read
read_one(uint8_t type, int64_t announced, const void *bytes, size_t size)
{
    size_t next = 0;
    drda_stream_free(stream);
    stream = memory_stream_new();
    (void)stream->write(stream, bytes, size);
    stream->written = size;
    stream->externals[0] = (struct drda_external) { .stream = stream, .size = size };
    stream->count = 1;
    status = 0x7F;
    value = (struct sql_value) { .kind = SQL_VALUE_NULL };
    return spooled_read(stream, &next, (struct fdoca_field) { type, FDOCA_LOB_LENGTH }, &from, announced, &value, &status);
}

static void
expect_value(const char *expected, size_t size, bool is_text)
{
    char *bytes = malloc(size + 1);
    CU_ASSERT_EQUAL_FATAL(value.kind, SQL_VALUE_LOB);
    CU_ASSERT_EQUAL_FATAL(value.lob->size, size);
    CU_ASSERT_EQUAL(value.lob->is_text, is_text);
    CU_ASSERT_TRUE(value.lob->read(value.lob, 0, bytes, size));
    CU_ASSERT_EQUAL(memcmp(bytes, expected, size), 0);
    free(bytes);
}

static void
bytes_stand_between_indicator_and_status(void)
{
    const uint8_t nullable = FDOCA_LOB_BYTES | FDOCA_NULLABLE;
    CU_ASSERT_EQUAL(read_one(nullable, 3, "\0abc", 4), FDOCA_VALUE);
    expect_value("abc", 3, false);
    CU_ASSERT_EQUAL(read_one(nullable, 3, "\0abc\x7F", 5), FDOCA_VALUE);
    expect_value("abc", 3, false);
    CU_ASSERT_EQUAL(status, 0x7F);
    CU_ASSERT_EQUAL(read_one(nullable, 3, "\0abc\x02", 5), FDOCA_VALUE);
    CU_ASSERT_EQUAL(status, 0x02);
    CU_ASSERT_EQUAL(read_one(nullable, FDOCA_SIZE_UNKNOWN, "\0abc\x7F", 5), FDOCA_VALUE);
    expect_value("abc", 3, false);
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_BYTES, 3, "abc", 3), FDOCA_VALUE);
    expect_value("abc", 3, false);
    CU_ASSERT_EQUAL(read_one(nullable, 3, "\xFF", 1), FDOCA_VALUE);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_NULL);
}

static void
sizes_that_do_not_agree_are_found(void)
{
    const uint8_t nullable = FDOCA_LOB_BYTES | FDOCA_NULLABLE;
    CU_ASSERT_EQUAL(read_one(nullable, 3, "\0ab", 3), FDOCA_INCOMPLETE);
    CU_ASSERT_EQUAL(read_one(nullable, 3, "\0abcd\x7F", 6), FDOCA_INCOMPLETE);
    CU_ASSERT_EQUAL(read_one(nullable, FDOCA_SIZE_UNKNOWN, "\0", 1), FDOCA_INCOMPLETE);
    CU_ASSERT_EQUAL(read_one(nullable, 0, "", 0), FDOCA_INCOMPLETE);
    size_t next = 1;
    CU_ASSERT_EQUAL(spooled_read(stream, &next, (struct fdoca_field) { nullable, FDOCA_LOB_LENGTH }, &from, 1, &value, &status),
                    FDOCA_INCOMPLETE);
}

/* Characters that lie across the border of pieces included. */
static void
text_is_checked(void)
{
    enum { COUNT = 30000 };
    char *text = malloc(COUNT * 4);
    for (size_t i = 0; i < COUNT; i++)
        memcpy(text + 4 * i, "a\xE2\x82\xAC", 4);
    for (size_t cut = 0; cut < 4; cut++) {
        size_t size = COUNT * 4 - cut;
        enum fdoca_read outcome = read_one(FDOCA_LOB_MIXED, (int64_t)size, text, size);
        CU_ASSERT_EQUAL(outcome, cut == 0 || cut == 3 ? FDOCA_VALUE : FDOCA_NOT_CHARACTER);
        if (outcome == FDOCA_VALUE)
            expect_value(text, size, true);
    }
    text[70001] = '\xFF';
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_MIXED, COUNT * 4, text, COUNT * 4), FDOCA_NOT_CHARACTER);
    free(text);
}

static void
utf16_becomes_utf8(void)
{
    enum { COUNT = 30000 };
    uint8_t *utf16 = malloc(COUNT * 6);
    char *utf8 = malloc(COUNT * 5);
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(utf16 + 6 * i, "\0a\xD8\x3D\xDE\x00", 6);
        memcpy(utf8 + 5 * i, "a\xF0\x9F\x98\x80", 5);
    }
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_DBCS, COUNT * 6, utf16, COUNT * 6), FDOCA_VALUE);
    expect_value(utf8, COUNT * 5, true);
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_DBCS, COUNT * 6 - 2, utf16, COUNT * 6 - 2), FDOCA_NOT_CHARACTER);
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_DBCS, 3, utf16, 3), FDOCA_NOT_CHARACTER);
    free(utf16);
    free(utf8);
}

static void
converted_text_has_its_limit(void)
{
    enum { COUNT = 200000 }; /* become three times as many */
    char *text = malloc(COUNT);
    memset(text, 0x9F, COUNT);
    from.ccsids.mbc = 1140;
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_MIXED, COUNT, text, COUNT), FDOCA_VALUE);
    size_t next = 0;
    stream->externals[0] = (struct drda_external) { .stream = stream, .size = COUNT };
    stream->bytes_max = 4 * COUNT; /* of which three are taken */
    CU_ASSERT_EQUAL(spooled_read(stream, &next, (struct fdoca_field) { FDOCA_LOB_MIXED, FDOCA_LOB_LENGTH }, &from, COUNT, &value, &status),
                    FDOCA_NO_ROOM);
    CU_ASSERT(stream->written <= 2 * stream->bytes_max);
    from.ccsids.mbc = CCSID_UTF8;
    free(text);
}

static void
other_code_pages_become_utf8(void)
{
    enum { COUNT = 50000 };
    char *text = malloc(COUNT);
    char *utf8 = malloc(COUNT * 3);
    memset(text, 0x9F, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        memcpy(utf8 + 3 * i, "\u20AC", 3);
    from.ccsids = (struct drda_typdefovr) { .sbc = 1148, .dbc = 300, .mbc = 939 };
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_SBCS, COUNT, text, COUNT), FDOCA_VALUE);
    expect_value(utf8, COUNT * 3, true);
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_MIXED, COUNT, text, COUNT), FDOCA_NOT_CONVERTED);
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_DBCS, COUNT, text, COUNT), FDOCA_NOT_CONVERTED);
    from.ccsids.sbc = 367;
    CU_ASSERT_EQUAL(read_one(FDOCA_LOB_SBCS, COUNT, text, COUNT), FDOCA_NOT_CHARACTER);
    from = (struct drda_representation)DRDA_OWN_REPRESENTATION;
    free(utf8);
    free(text);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "bytes stand between indicator and status", bytes_stand_between_indicator_and_status },
        { "sizes that do not agree are found", sizes_that_do_not_agree_are_found },
        { "text is checked", text_is_checked },
        { "UTF-16 becomes UTF-8", utf16_becomes_utf8 },
        { "other code pages become UTF-8", other_code_pages_become_utf8 },
        { "converted text has its limit", converted_text_has_its_limit },
    };
    int result = SUITE_RUN("sql spooled", cases);
    drda_stream_free(stream);
    return result;
}
