/* EXTDTA that are taken while they come: whatever pieces they come in, the spool has their data; damage is found. */
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/dss.h"
#include "drda/stream.h"
#include "tests/support/memory_stream.h"
#include "tests/support/suite.h"

enum { COMMAND_MAX = 300000, FIRST = 100000, SECOND = 70001, CORRELATION = 7 };

static uint8_t command[COMMAND_MAX];
static size_t command_size;
static size_t head_size;

static uint8_t
byte_at(size_t i)
{
    return (uint8_t)(i * 31 + i / 251);
}

static void
put_external(struct dss_writer *dss, size_t size)
{
    dss_begin(dss, DSS_OBJECT, CORRELATION);
    size_t mark = ddm_open(dss->wire, CP_EXTDTA);
    for (size_t i = 0; i < size; i++)
        wire_put_u8(dss->wire, byte_at(i));
    ddm_close(dss->wire, mark);
    dss_end(dss);
}

/* EXCSQLSTT with SQLDTA and two EXTDTA, the last one chained to another command. */
static void
make_command(void)
{
    struct wire_writer wire = wire_writer(command, sizeof command);
    struct dss_writer dss = dss_writer(&wire);
    dss_begin(&dss, DSS_REQUEST, CORRELATION);
    ddm_put_u8(&wire, CP_EXCSQLSTT, 0xF1);
    dss_end(&dss);
    dss_begin(&dss, DSS_OBJECT, CORRELATION);
    ddm_put_u8(&wire, CP_SQLDTA, 1);
    dss_end(&dss);
    head_size = wire.used;
    put_external(&dss, FIRST);
    put_external(&dss, SECOND);
    dss_leave_chained(&dss);
    CU_ASSERT_FALSE_FATAL(wire.failed);
    command_size = wire.used;
}

/* Feeds the command in pieces from blocks of exactly their size. */
static enum drda_stream_state
feed(struct drda_stream *stream, const uint8_t *bytes, size_t size, size_t piece, uint8_t *fault)
{
    enum drda_stream_state state = DRDA_STREAM_GOES_ON;
    for (size_t offset = 0; offset < size && state == DRDA_STREAM_GOES_ON;) {
        size_t taken = 0;
        size_t part = size - offset < piece ? size - offset : piece;
        uint8_t *exact = malloc(part);
        memcpy(exact, bytes + offset, part);
        state = drda_stream_take(stream, exact, part, &taken, fault);
        CU_ASSERT(state != DRDA_STREAM_GOES_ON || taken == part);
        CU_ASSERT(taken > 0 || state == DRDA_STREAM_DAMAGED);
        free(exact);
        offset += taken;
        CU_ASSERT(state != DRDA_STREAM_COMPLETE || offset == size);
    }
    return state;
}

static struct drda_stream *
begun(void)
{
    struct drda_stream *stream = memory_stream_new();
    CU_ASSERT_TRUE_FATAL(drda_stream_begin(stream, command, head_size));
    return stream;
}

static void
expect_external(struct drda_stream *stream, size_t index, size_t size)
{
    static uint8_t bytes[FIRST];
    const struct drda_external *external = &stream->externals[index];
    CU_ASSERT_EQUAL_FATAL(external->size, size);
    CU_ASSERT_TRUE_FATAL(stream->read(stream, external->offset, bytes, size));
    for (size_t i = 0; i < size; i++)
        CU_ASSERT_EQUAL_FATAL(bytes[i], byte_at(i));
}

static void
the_spool_has_the_data_whatever_pieces_they_come_in(void)
{
    static const size_t pieces[] = { 1, 2, 3, 7, 1000, 32767, 65536, COMMAND_MAX };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct drda_stream *stream = begun();
        uint8_t fault = 0;
        CU_ASSERT_EQUAL(feed(stream, command + head_size, command_size - head_size, pieces[i], &fault), DRDA_STREAM_COMPLETE);
        CU_ASSERT_EQUAL_FATAL(stream->count, 2);
        expect_external(stream, 0, FIRST);
        expect_external(stream, 1, SECOND);
        drda_stream_free(stream);
    }
}

static void
the_head_is_a_command_of_its_own(void)
{
    struct drda_stream *stream = begun();
    struct dss_command read;
    uint8_t fault = 0;
    size_t size;
    CU_ASSERT_EQUAL(feed(stream, command + head_size, command_size - head_size, COMMAND_MAX, &fault), DRDA_STREAM_COMPLETE);
    uint8_t *bytes = drda_stream_command(stream, &size);
    CU_ASSERT_TRUE(dss_read(bytes, size, &read));
    CU_ASSERT_EQUAL(read.codepoint, CP_EXCSQLSTT);
    CU_ASSERT_EQUAL(read.object_count, 1);
    CU_ASSERT_TRUE(read.chained);
    drda_stream_free(stream);
}

static void
a_stream_begins_where_an_extdta_does(void)
{
    size_t size;
    for (size_t i = 0; i < head_size + 10; i++) {
        uint8_t *exact = malloc(i + 1);
        memcpy(exact, command, i + 1);
        CU_ASSERT_EQUAL(drda_stream_may_begin(exact, i + 1, &size), i + 1 == head_size + 10);
        free(exact);
    }
    CU_ASSERT_TRUE(drda_stream_may_begin(command, COMMAND_MAX, &size));
    CU_ASSERT_EQUAL(size, head_size);
}

static void
damage_is_found(void)
{
    static const struct {
        size_t offset; /* behind the head */
        uint8_t byte;
        uint8_t fault;
    } damages[] = {
        { 2, 0xD1, DSS_FAULT_NO_D0 },
        { 3, 0x51, DSS_FAULT_FORMAT },
        { 3, 0x13, DSS_FAULT_SAME_CORRELATION_UNCHAINED },
        { 5, 8, DSS_FAULT_CORRELATION_MISMATCH },
        { 1, 7, DSS_FAULT_CONTINUATION_LENGTH },     /* a first segment with half an object header: see below */
        { 7, 7, 0x0C },                              /* an extended length of 3 bytes */
        { 8, 0x24, 0x17 },                           /* no EXTDTA */
        { 10, 0xFF, 0x08 },                          /* longer than its DSS */
        { 32767, 0, DSS_FAULT_CONTINUATION_LENGTH }, /* a segment of 0xFF bytes at most is made one of 2 below */
    };
    uint8_t *copy = malloc(command_size - head_size);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        memcpy(copy, command + head_size, command_size - head_size);
        copy[damages[i].offset] = damages[i].byte;
        if (damages[i].offset == 32767)
            copy[32768] = 2;
        if (damages[i].offset == 1)
            copy[0] = 0x80;
        struct drda_stream *stream = begun();
        uint8_t fault = 0;
        CU_ASSERT_EQUAL(feed(stream, copy, command_size - head_size, 1000, &fault), DRDA_STREAM_DAMAGED);
        CU_ASSERT_EQUAL(fault, damages[i].fault);
        drda_stream_free(stream);
    }
    free(copy);
}

static void
more_than_there_is_room_for_is_passed_over(void)
{
    struct drda_stream *stream = begun();
    uint8_t fault = 0;
    stream->bytes_max = FIRST + 10;
    CU_ASSERT_EQUAL(feed(stream, command + head_size, command_size - head_size, 1000, &fault), DRDA_STREAM_COMPLETE);
    CU_ASSERT_TRUE(stream->overflown);
    expect_external(stream, 0, FIRST);
    drda_stream_free(stream);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a command with two EXTDTA is made", make_command },
        { "the spool has the data, whatever pieces they come in", the_spool_has_the_data_whatever_pieces_they_come_in },
        { "the head is a command of its own", the_head_is_a_command_of_its_own },
        { "a stream begins where an EXTDTA does", a_stream_begins_where_an_extdta_does },
        { "damage is found", damage_is_found },
        { "more than there is room for is passed over", more_than_there_is_room_for_is_passed_over },
    };
    return SUITE_RUN("stream", cases);
}
