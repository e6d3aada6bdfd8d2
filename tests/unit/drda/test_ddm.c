#include <stdlib.h>

#include "drda/codepoint.h"
#include "drda/ddm.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/growing_writer.h"
#include "tests/support/suite.h"

/* Reads all objects of `hex` and expects how the reading ends. */
static void
expect_objects(const char *hex, size_t count, enum ddm_fault fault, uint16_t last_codepoint)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    struct wire_reader reader = wire_reader(bytes, size);
    struct ddm_object object;
    enum ddm_fault found;
    size_t seen = 0;
    uint16_t codepoint = 0;
    for (; ddm_next(&reader, &object, &found); seen++)
        codepoint = object.codepoint;
    CU_ASSERT_EQUAL(seen, count);
    CU_ASSERT_EQUAL(found, fault);
    CU_ASSERT_EQUAL(fault == DDM_FAULT_NONE ? codepoint : object.codepoint, last_codepoint);
    CU_ASSERT_EQUAL(reader.failed, fault != DDM_FAULT_NONE);
    free(bytes);
}

static void
objects_are_read_one_after_the_other(void)
{
    expect_objects("000611a20003"
                   "000711a0415050"
                   "000411a1",
                   3, DDM_FAULT_NONE, CP_PASSWORD);
    expect_objects("", 0, DDM_FAULT_NONE, 0);
}

static void
extended_lengths_are_understood(void)
{
    expect_objects("8008146c"
                   "00000003"
                   "000102"
                   "000411a1",
                   2, DDM_FAULT_NONE, CP_PASSWORD);
    expect_objects("800a146c"
                   "000000000003"
                   "000102",
                   1, DDM_FAULT_NONE, CP_EXTDTA);
    expect_objects("800c146c"
                   "0000000000000003"
                   "000102",
                   1, DDM_FAULT_NONE, CP_EXTDTA);
    expect_objects("8004241b"
                   "0001020304",
                   1, DDM_FAULT_NONE, CP_QRYDTA); /* to the end of what contains it */
}

static void
damaged_lengths_are_told_apart(void)
{
    expect_objects("00021041", 0, DDM_FAULT_LENGTH_UNDER_4, CP_EXCSAT);
    expect_objects("00001041", 0, DDM_FAULT_LENGTH_UNDER_4, CP_EXCSAT);
    expect_objects("00ff1041", 0, DDM_FAULT_LENGTH_MISMATCH, CP_EXCSAT);
    expect_objects("000411a10004", 1, DDM_FAULT_LENGTH_MISMATCH, 0);
    expect_objects("8000146c", 0, DDM_FAULT_EXTENDED_LENGTH, CP_EXTDTA);
    expect_objects("8003146c", 0, DDM_FAULT_EXTENDED_LENGTH, CP_EXTDTA);
    expect_objects("8005146c00", 0, DDM_FAULT_EXTENDED_LENGTH, CP_EXTDTA);
    expect_objects("8008146c0000", 0, DDM_FAULT_EXTENDED_LENGTH, CP_EXTDTA);
    expect_objects("8008146c0000000401", 0, DDM_FAULT_LENGTH_MISMATCH, CP_EXTDTA);
    expect_objects("800c146cffffffffffffffff01", 0, DDM_FAULT_LENGTH_MISMATCH, CP_EXTDTA);
}

/* Sizes on both sides of the border to extended lengths. */
static void
what_is_written_is_read_back(void)
{
    static const size_t sizes[] = { 0, 1, 32763, 32764, 70000 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct wire_writer writer = exact_writer();
        size_t outer = ddm_open(&writer, CP_SQLDTA);
        size_t inner = ddm_open(&writer, CP_FDODTA);
        for (size_t n = 0; n < sizes[i]; n++)
            wire_put_u8(&writer, (uint8_t)(n * 7));
        ddm_close(&writer, inner);
        ddm_put_u16(&writer, CP_SECMEC, 3);
        ddm_close(&writer, outer);
        CU_ASSERT_FALSE(writer.failed);

        struct wire_reader reader = wire_reader(writer.start, writer.used);
        struct ddm_object object, nested;
        enum ddm_fault fault;
        CU_ASSERT_TRUE(ddm_next(&reader, &object, &fault) && object.codepoint == CP_SQLDTA && wire_done(&reader));
        CU_ASSERT_TRUE(ddm_next(&object.body, &nested, &fault) && nested.codepoint == CP_FDODTA && nested.body.left == sizes[i]);
        bool same = true;
        for (size_t n = 0; n < sizes[i]; n++)
            same &= wire_u8(&nested.body) == (uint8_t)(n * 7);
        CU_ASSERT_TRUE(same);
        CU_ASSERT_TRUE(ddm_next(&object.body, &nested, &fault) && wire_u16(&nested.body) == 3 && wire_done(&object.body));
        free(writer.start);
    }
}

static void
too_little_room_fails_the_writer(void)
{
    for (size_t room = 0; room < 10; room++) {
        uint8_t *bytes = malloc(room > 0 ? room : 1);
        struct wire_writer writer = wire_writer(bytes, room);
        ddm_put_u32(&writer, CP_CODPNT, 1);
        CU_ASSERT_EQUAL(writer.failed, room < 8);
        free(bytes);
    }
}

static void
walk(struct wire_reader reader, int depth)
{
    struct ddm_object object;
    enum ddm_fault fault;
    while (ddm_next(&reader, &object, &fault))
        if (depth < 3)
            walk(object.body, depth + 1);
}

static void
truncations_and_bit_flips_stay_inside(void)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(RECORDED_DERBY_EXCSAT_ACCSEC, &size);
    for (size_t n = 0; n <= size - 6; n++) {
        uint8_t *copy = exact_copy(bytes + 6, n);
        walk(wire_reader(copy, n), 0);
        free(copy);
    }
    for (size_t bit = 0; bit < (size - 6) * 8; bit++) {
        uint8_t *copy = exact_copy(bytes + 6, size - 6);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        walk(wire_reader(copy, size - 6), 0);
        free(copy);
    }
    free(bytes);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "objects are read one after the other", objects_are_read_one_after_the_other },
        { "extended lengths are understood", extended_lengths_are_understood },
        { "damaged lengths are told apart", damaged_lengths_are_told_apart },
        { "what is written is read back", what_is_written_is_read_back },
        { "too little room fails the writer", too_little_room_fails_the_writer },
        { "truncations and bit flips stay inside", truncations_and_bit_flips_stay_inside },
    };
    return SUITE_RUN("ddm", cases);
}
