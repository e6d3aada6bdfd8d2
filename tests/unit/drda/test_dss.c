#include <stdlib.h>

#include "drda/codepoint.h"
#include "drda/dss.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/growing_writer.h"
#include "tests/support/suite.h"

static struct dss_command command;

static void
a_command_is_read_with_its_objects(void)
{
    size_t size, taken;
    enum dss_fault fault;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_PRPSQLSTT_OPNQRY, &size);
    CU_ASSERT_EQUAL(dss_scan(bytes, size, &taken, &fault), DSS_SCAN_COMPLETE);
    CU_ASSERT_EQUAL(taken, 237 - 0x5b);
    CU_ASSERT_TRUE(dss_read(bytes, taken, &command));
    CU_ASSERT_EQUAL(command.codepoint, CP_PRPSQLSTT);
    CU_ASSERT_EQUAL(command.correlation_id, 1);
    CU_ASSERT_EQUAL(command.object_count, 2);
    CU_ASSERT_EQUAL(command.objects[0].codepoint, CP_SQLATTR);
    CU_ASSERT_EQUAL(command.objects[1].codepoint, CP_SQLSTT);
    CU_ASSERT_TRUE(command.chained);
    CU_ASSERT_TRUE(dss_read(bytes + taken, size - taken, &command));
    CU_ASSERT_EQUAL(command.codepoint, CP_OPNQRY);
    CU_ASSERT_EQUAL(command.correlation_id, 2);
    CU_ASSERT_FALSE(command.chained);
    free(bytes);
}

static void
a_reply_may_hold_several_objects(void)
{
    /* OPNQFLRM and SQLCARD in one DSS, as Apache Derby sends them */
    size_t size;
    uint8_t *bytes = recorded_bytes("0015d0020002"
                                    "000a2212000611490008"
                                    "00052408ff",
                                    &size);
    CU_ASSERT_TRUE(dss_read(bytes, size, &command));
    CU_ASSERT_EQUAL(command.codepoint, CP_OPNQFLRM);
    CU_ASSERT_EQUAL(command.object_count, 1);
    CU_ASSERT_EQUAL(command.objects[0].codepoint, CP_SQLCARD);
    free(bytes);
}

static void
every_truncation_is_incomplete(void)
{
    size_t size, taken;
    enum dss_fault fault;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_EXCSQLIMM_RDBCMM, &size);
    size_t first = size - 10;
    for (size_t n = 0; n <= first; n++) {
        uint8_t *copy = exact_copy(bytes, n);
        enum dss_scan scan = dss_scan(copy, n, &taken, &fault);
        CU_ASSERT_EQUAL(scan, n < first ? DSS_SCAN_INCOMPLETE : DSS_SCAN_COMPLETE);
        CU_ASSERT_TRUE(n < first ? taken > n && taken <= first : taken == first);
        if (n < first)
            CU_ASSERT_FALSE(dss_read(copy, n, &command));
        free(copy);
    }
    free(bytes);
}

/* What was seen is not looked at again: it may be anything by then. */
static void
a_look_goes_on_where_the_last_one_ended(void)
{
    static const char *const commands[] = {
        RECORDED_DERBY_EXCSQLSTT_SQLDTA,
        "800ed0410001200b112233445566800377800488990003aa",
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t size, taken, expected;
        enum dss_fault fault, expected_fault;
        struct dss_progress progress = { 0 };
        uint8_t *bytes = recorded_bytes(commands[i], &size);
        uint8_t *coming = calloc(1, size);
        enum dss_scan scan = DSS_SCAN_INCOMPLETE;
        for (size_t n = 0; n <= size && scan == DSS_SCAN_INCOMPLETE; n++) {
            memset(coming, 0xFF, progress.seen);
            memcpy(coming + progress.seen, bytes + progress.seen, n - progress.seen);
            scan = dss_scan_on(&progress, coming, n, &taken, &fault);
            CU_ASSERT_EQUAL(scan, dss_scan(bytes, n, &expected, &expected_fault));
            CU_ASSERT_EQUAL(taken, expected);
            CU_ASSERT_EQUAL(fault, expected_fault);
        }
        CU_ASSERT_EQUAL(scan, DSS_SCAN_COMPLETE);
        free(coming);
        free(bytes);
    }
}

/* Reads whatever comes out of it, so that AddressSanitizer sees a reader that leaves its block. */
static unsigned
read_through(const struct dss_command *read)
{
    unsigned sum = 0;
    struct wire_reader parameters = read->parameters;
    while (parameters.left > 0)
        sum += wire_u8(&parameters);
    for (size_t i = 0; i < read->object_count; i++)
        for (struct wire_reader body = read->objects[i].body; body.left > 0;)
            sum += wire_u8(&body);
    return sum;
}

static void
flip_every_bit(const char *recorded)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(recorded, &size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        uint8_t *copy = exact_copy(bytes, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        size_t taken = 0;
        enum dss_fault fault;
        enum dss_scan scan = dss_scan(copy, size, &taken, &fault);
        CU_ASSERT_EQUAL(scan == DSS_SCAN_DAMAGED, fault != DSS_FAULT_NONE);
        CU_ASSERT_EQUAL(scan == DSS_SCAN_INCOMPLETE, scan != DSS_SCAN_DAMAGED && taken > size);
        if (scan == DSS_SCAN_COMPLETE) {
            if (dss_read(copy, taken, &command))
                read_through(&command);
            else
                CU_ASSERT_NOT_EQUAL(command.fault, 0);
        }
        free(copy);
    }
    free(bytes);
}

static void
every_bit_flip_stays_inside(void)
{
    flip_every_bit(RECORDED_DERBY_EXCSQLIMM_RDBCMM);
    flip_every_bit(RECORDED_DERBY_EXCSQLSTT_SQLDTA);
    flip_every_bit(RECORDED_DERBY_SECCHK_ACCRDB);
}

static void
each_damage_has_its_synerrcd(void)
{
    static const struct {
        const char *hex;
        enum dss_fault fault;
    } damaged[] = {
        { "0005d0010001", DSS_FAULT_LENGTH_UNDER_6 },
        { "8005d0010001", DSS_FAULT_LENGTH_UNDER_6 },
        { "474554202f20", DSS_FAULT_NO_D0 },
        { "000ad0040001", DSS_FAULT_FORMAT },
        { "000ad0050001", DSS_FAULT_FORMAT },
        { "000ad0000001", DSS_FAULT_FORMAT },
        { "000ad0090001", DSS_FAULT_FORMAT },
        { "000ad0810001", DSS_FAULT_FORMAT },
        { "000ad0110001", DSS_FAULT_SAME_CORRELATION_UNCHAINED },
        { "000ad0210001", DSS_FAULT_CONTINUE_UNCHAINED },
        { "000ad05100010004200e"
          "000ad0030002",
          DSS_FAULT_CORRELATION_MISMATCH },
        { "000ad05100010004200e"
          "000ad0010001",
          DSS_FAULT_FORMAT },
        { "000ad05100010004200e"
          "000ad0020001",
          DSS_FAULT_FORMAT },
        { "000ad05100010004200e"
          "000ad053000100042414"
          "000ad002000100041219",
          DSS_FAULT_FORMAT },
        { "800ad00100010004200e"
          "0002",
          DSS_FAULT_CONTINUATION_LENGTH },
        { "800ad00100010004200e"
          "8000",
          DSS_FAULT_CONTINUATION_LENGTH },
        { "8009d0010001000420"
          "00030e",
          DSS_FAULT_CONTINUATION_LENGTH },
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        size_t size, taken;
        enum dss_fault fault;
        uint8_t *bytes = recorded_bytes(damaged[i].hex, &size);
        CU_ASSERT_EQUAL(dss_scan(bytes, size, &taken, &fault), DSS_SCAN_DAMAGED);
        CU_ASSERT_EQUAL(fault, damaged[i].fault);
        CU_ASSERT_FALSE(dss_read(bytes, size, &command));
        CU_ASSERT_EQUAL(command.fault, damaged[i].fault);
        free(bytes);
    }
}

static void
damaged_contents_name_fault_and_code_point(void)
{
    static const struct {
        const char *hex;
        uint8_t fault;
        uint16_t codepoint;
    } damaged[] = {
        { "0006d0010001", 0x0E, 0 }, /* no command */
        { "000ad00100010002200e", DDM_FAULT_LENGTH_UNDER_4, CP_RDBCMM },
        { "000ad001000100ff1041", DDM_FAULT_LENGTH_MISMATCH, CP_EXCSAT },
        { "000cd00100010004200e0000", DSS_FAULT_LENGTH_MISMATCH, CP_RDBCMM }, /* something behind the command */
        { "000ad05100010004200e"
          "000cd0030001"
          "00072414ff00",
          0x08, CP_SQLSTT },
        { "000cd0030001"
          "8005146c0000",
          DDM_FAULT_EXTENDED_LENGTH, CP_EXTDTA },
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(damaged[i].hex, &size);
        CU_ASSERT_FALSE(dss_read(bytes, size, &command));
        CU_ASSERT_EQUAL(command.fault, damaged[i].fault);
        CU_ASSERT_EQUAL(command.fault_codepoint, damaged[i].codepoint);
        free(bytes);
    }
}

static void
too_many_objects_are_refused(void)
{
    for (size_t count = DSS_OBJECTS_MAX; count <= DSS_OBJECTS_MAX + 1; count++) {
        struct wire_writer wire = exact_writer();
        struct dss_writer writer = dss_writer(&wire);
        dss_begin(&writer, DSS_REQUEST, 9);
        ddm_put_bytes(&wire, CP_EXCSQLSTT, NULL, 0);
        dss_end(&writer);
        for (size_t i = 0; i < count; i++) {
            dss_begin(&writer, DSS_OBJECT, 9);
            ddm_put_u8(&wire, CP_EXTDTA, 0);
            dss_end(&writer);
        }
        size_t taken;
        enum dss_fault fault;
        CU_ASSERT_EQUAL(dss_scan(wire.start, wire.used, &taken, &fault), count == DSS_OBJECTS_MAX ? DSS_SCAN_COMPLETE : DSS_SCAN_DAMAGED);
        CU_ASSERT_EQUAL(dss_read(wire.start, wire.used, &command), count == DSS_OBJECTS_MAX);
        CU_ASSERT_EQUAL(command.fault, count == DSS_OBJECTS_MAX ? 0 : 0x0F);
        free(wire.start);
    }
}

/* Writes a command with one object of `size` bytes and reads it back, on both sides of each border between segments. */
static void
expect_round_trip(size_t size)
{
    struct wire_writer wire = exact_writer();
    struct dss_writer writer = dss_writer(&wire);
    dss_begin(&writer, DSS_REQUEST, 7);
    ddm_put_bytes(&wire, CP_EXCSQLSTT, NULL, 0);
    dss_end(&writer);
    dss_begin(&writer, DSS_OBJECT, 7);
    size_t mark = ddm_open(&wire, CP_EXTDTA);
    for (size_t i = 0; i < size; i++)
        wire_put_u8(&wire, (uint8_t)(i * 13 + i / 256));
    ddm_close(&wire, mark);
    dss_end(&writer);
    CU_ASSERT_FALSE_FATAL(wire.failed);

    uint8_t *bytes = exact_copy(wire.start, wire.used);
    size_t taken;
    enum dss_fault fault;
    CU_ASSERT_EQUAL(dss_scan(bytes, wire.used - 1, &taken, &fault), DSS_SCAN_INCOMPLETE);
    CU_ASSERT_EQUAL(dss_scan(bytes, wire.used, &taken, &fault), DSS_SCAN_COMPLETE);
    CU_ASSERT_EQUAL(taken, wire.used);
    CU_ASSERT_TRUE_FATAL(dss_read(bytes, taken, &command));
    CU_ASSERT_EQUAL_FATAL(command.object_count, 1);
    struct wire_reader body = command.objects[0].body;
    CU_ASSERT_EQUAL(body.left, size);
    bool same = true;
    for (size_t i = 0; i < size; i++)
        same &= wire_u8(&body) == (uint8_t)(i * 13 + i / 256);
    CU_ASSERT_TRUE(same);
    free(bytes);
    free(wire.start);
}

static void
long_contents_are_cut_and_joined(void)
{
    static const size_t near[] = { 0, 1, 2, 32757, 32758, 65513, 65514, 65515, 65516, 65518, 98280, 200000 };
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
        expect_round_trip(near[i]);
    for (size_t size = 32749; size < 32770; size++)
        expect_round_trip(size);
    for (size_t size = 65500; size < 65530; size++)
        expect_round_trip(size);
}

static void
segments_look_as_drda_wants_them(void)
{
    struct wire_writer wire = exact_writer();
    struct dss_writer writer = dss_writer(&wire);
    dss_begin(&writer, DSS_OBJECT, 1);
    for (size_t i = 0; i < 70000; i++)
        wire_put_u8(&wire, 0xAA);
    dss_end(&writer);
    struct wire_reader reader = wire_reader(wire.start, wire.used);
    CU_ASSERT_EQUAL(wire_u16(&reader), 0xFFFF);
    (void)wire_take(&reader, 32765);
    CU_ASSERT_EQUAL(wire_u16(&reader), 0xFFFF);
    (void)wire_take(&reader, 32765);
    CU_ASSERT_EQUAL(wire_u16(&reader), 70000 - 32761 - 32765 + 2);
    CU_ASSERT_EQUAL(reader.left, 70000 - 32761 - 32765);
    free(wire.start);
}

static void
a_segmented_command_arrives_in_pieces(void)
{
    /* One EXCSQLIMM whose statement is spread over three small segments. */
    size_t size, taken, looks = 0;
    enum dss_fault fault;
    uint8_t *bytes = recorded_bytes("800ed001000b"
                                    "000b200a00072108"
                                    "800461620003"
                                    "63",
                                    &size);
    for (size_t n = 0; n < size; n = taken) {
        CU_ASSERT_EQUAL_FATAL(dss_scan(bytes, n, &taken, &fault), DSS_SCAN_INCOMPLETE);
        CU_ASSERT_TRUE_FATAL(taken > n && taken <= size);
        looks++;
    }
    CU_ASSERT_EQUAL(looks, 6);
    CU_ASSERT_TRUE_FATAL(dss_read(bytes, size, &command));
    CU_ASSERT_EQUAL(command.parameters.left, 7);
    free(bytes);
}

static void
chains_are_linked_as_they_are_written(void)
{
    uint8_t bytes[64];
    struct wire_writer wire = wire_writer(bytes, sizeof bytes);
    struct dss_writer writer = dss_writer(&wire);
    static const struct {
        enum dss_type type;
        uint16_t correlation_id;
    } written[] = { { DSS_REPLY, 1 }, { DSS_OBJECT, 1 }, { DSS_REPLY, 2 } };
    for (size_t i = 0; i < 3; i++) {
        dss_begin(&writer, written[i].type, written[i].correlation_id);
        ddm_put_bytes(&wire, CP_SQLCARD, NULL, 0);
        dss_end(&writer);
    }
    CU_ASSERT_EQUAL(bytes[3], 0x52);
    CU_ASSERT_EQUAL(bytes[13], 0x43);
    CU_ASSERT_EQUAL(bytes[23], 0x02);
    dss_leave_chained(&writer);
    CU_ASSERT_EQUAL(bytes[23], 0x42);
    CU_ASSERT_EQUAL(memcmp(bytes + 20, "\x00\x0A\xD0\x42\x00\x02\x00\x04\x24\x08", 10), 0);
}

static void
a_full_output_fails_and_stays_inside(void)
{
    for (size_t room = 0; room < 40; room++) {
        uint8_t *bytes = malloc(room > 0 ? room : 1);
        struct wire_writer wire = wire_writer(bytes, room);
        struct dss_writer writer = dss_writer(&wire);
        for (int i = 0; i < 4; i++) {
            dss_begin(&writer, DSS_OBJECT, 1);
            ddm_put_bytes(&wire, CP_SQLCARD, NULL, 0);
            dss_end(&writer);
        }
        dss_leave_chained(&writer);
        CU_ASSERT_TRUE(wire.failed);
        free(bytes);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a command is read with its objects", a_command_is_read_with_its_objects },
        { "a reply may hold several objects", a_reply_may_hold_several_objects },
        { "every truncation is incomplete", every_truncation_is_incomplete },
        { "a look goes on where the last one ended", a_look_goes_on_where_the_last_one_ended },
        { "every bit flip stays inside", every_bit_flip_stays_inside },
        { "each damage has its SYNERRCD", each_damage_has_its_synerrcd },
        { "damaged contents name fault and code point", damaged_contents_name_fault_and_code_point },
        { "too many objects are refused", too_many_objects_are_refused },
        { "long contents are cut and joined", long_contents_are_cut_and_joined },
        { "segments look as DRDA wants them", segments_look_as_drda_wants_them },
        { "a segmented command arrives in pieces", a_segmented_command_arrives_in_pieces },
        { "chains are linked as they are written", chains_are_linked_as_they_are_written },
        { "a full output fails and stays inside", a_full_output_fails_and_stays_inside },
    };
    return SUITE_RUN("dss", cases);
}
