/* What is left out of recordings for Wireshark: EXTDTA, all of them and nothing else, in whatever pieces the bytes come. */
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/sql/extdta_object.h"
#include "tests/support/extdta_filter.h"
#include "tests/support/suite.h"

enum { BUFFER = 400000, LONG = 100000 };

struct kept {
    uint8_t bytes[BUFFER];
    size_t size;
};

static void
keep(void *context, const uint8_t *bytes, size_t size)
{
    struct kept *kept = context;
    CU_ASSERT_TRUE_FATAL(size <= BUFFER - kept->size);
    memcpy(kept->bytes + kept->size, bytes, size);
    kept->size += size;
}

static void
put_dss(struct wire_writer *writer, uint16_t codepoint, size_t data_size)
{
    static const uint8_t data[LONG];
    struct dss_writer dss = dss_writer(writer);
    dss_begin(&dss, DSS_OBJECT, 1);
    ddm_put_bytes(writer, codepoint, data, data_size);
    dss_end(&dss);
}

static void
put_extdta(struct wire_writer *writer, size_t size)
{
    static uint8_t data[LONG];
    struct extdta_object object;
    struct sql_lob_memory lob = sql_lob_of_memory(data, size, false);
    struct dss_writer dss = dss_writer(writer);
    memset(data, 0xD0, sizeof data); /* the mark of a DSS, to be no help */
    extdta_object_begin(&object, &dss, 1, EXTDTA_LAST, size, true);
    CU_ASSERT_TRUE(extdta_object_put(&object, writer, &lob.lob, SIZE_MAX));
}

static void
expect(const struct wire_writer *given, const struct wire_writer *left)
{
    static const size_t pieces[] = { 1, 7, 1000, BUFFER };
    struct kept *kept = malloc(sizeof *kept);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct extdta_filter filter = { 0 };
        kept->size = 0;
        for (size_t at = 0; at < given->used; at += pieces[i])
            extdta_filter_feed(&filter, given->start + at, given->used - at < pieces[i] ? given->used - at : pieces[i], keep, kept);
        extdta_filter_end(&filter, keep, kept);
        CU_ASSERT_EQUAL_FATAL(kept->size, left->used);
        CU_ASSERT_EQUAL(memcmp(kept->bytes, left->start, left->used), 0);
    }
    free(kept);
}

static void
extdta_are_left_out(void)
{
    static const size_t sizes[] = { 0, 1, 32752, 32753, 40000, LONG };
    struct wire_writer given = wire_writer(malloc(BUFFER), BUFFER);
    struct wire_writer left = wire_writer(malloc(BUFFER), BUFFER);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put_dss(&given, CP_SQLDTA, 100);
        put_dss(&left, CP_SQLDTA, 100);
        put_extdta(&given, sizes[i]);
    }
    put_dss(&given, CP_SQLSTT, 0);
    put_dss(&left, CP_SQLSTT, 0);
    CU_ASSERT_FALSE(given.failed || left.failed);
    expect(&given, &left);
    free(given.start);
    free(left.start);
}

static void
all_else_stays(void)
{
    struct wire_writer given = wire_writer(malloc(BUFFER), BUFFER);
    put_dss(&given, CP_SQLDTA, 32755); /* to the end of a segment, and over it */
    put_dss(&given, CP_SQLDTA, 32757);
    put_dss(&given, CP_SQLDTA, LONG);
    wire_put_u16(&given, 6); /* a DSS of nothing */
    wire_put_u32(&given, 0xD0010001);
    expect(&given, &given);
    wire_put_u16(&given, 20); /* one that breaks off */
    wire_put_u32(&given, 0xD0010001);
    expect(&given, &given);
    free(given.start);
}

static void
what_is_no_drda_passes(void)
{
    struct wire_writer given = wire_writer(malloc(BUFFER), BUFFER);
    put_dss(&given, CP_SQLDTA, 10);
    wire_put_bytes(&given, (const uint8_t *)"GET / HTTP/1.1\r\n\r\n", 18);
    put_extdta(&given, 100);
    expect(&given, &given);
    given.used = 0;
    wire_put_u16(&given, 5); /* shorter than a header */
    wire_put_u32(&given, 0xD0010001);
    put_extdta(&given, 100);
    expect(&given, &given);
    free(given.start);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "EXTDTA are left out", extdta_are_left_out },
        { "all else stays", all_else_stays },
        { "what is no DRDA passes", what_is_no_drda_passes },
    };
    return SUITE_RUN("extdta filter", cases);
}
