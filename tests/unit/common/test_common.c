#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/hex.h"
#include "common/problem.h"
#include "common/secret.h"
#include "common/wire.h"
#include "tests/support/suite.h"

static void
a_failed_read_stays_failed(void)
{
    uint8_t *three = malloc(3);
    memcpy(three, "\x01\x02\x03", 3);
    struct wire_reader reader = wire_reader(three, 3);
    CU_ASSERT_EQUAL(wire_u16(&reader), 0x0102);
    CU_ASSERT_EQUAL(wire_u32(&reader), 0);
    CU_ASSERT_TRUE(reader.failed);
    CU_ASSERT_EQUAL(wire_u8(&reader), 0);
    CU_ASSERT_FALSE(wire_done(&reader));
    free(three);
}

static void
huge_lengths_do_not_wrap(void)
{
    struct wire_reader reader = wire_reader("ab", 2);
    CU_ASSERT_PTR_NULL(wire_take(&reader, SIZE_MAX));
    uint8_t memory[4];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    wire_put_u16(&writer, 1);
    CU_ASSERT_PTR_NULL(wire_room(&writer, SIZE_MAX));
    CU_ASSERT_TRUE(writer.failed);
}

static void
integers_come_back_in_both_byte_orders(void)
{
    uint8_t memory[16];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    wire_put_uint(&writer, 0x0102030405060708, 8, false);
    wire_put_uint(&writer, 0x0102030405060708, 8, true);
    CU_ASSERT_EQUAL(memory[0], 1);
    CU_ASSERT_EQUAL(memory[8], 8);
    struct wire_reader reader = wire_reader(memory, sizeof memory);
    CU_ASSERT_EQUAL(wire_u64(&reader), 0x0102030405060708);
    CU_ASSERT_EQUAL(wire_uint(&reader, 8, true), 0x0102030405060708);
    CU_ASSERT_TRUE(wire_done(&reader));
}

static bool
grow_by_realloc(struct wire_writer *writer, size_t needed)
{
    uint8_t *larger = realloc(writer->start, needed);
    if (larger == NULL)
        return false;
    writer->start = larger;
    writer->size = needed;
    return true;
}

static void
a_writer_grows_when_its_owner_lets_it(void)
{
    struct wire_writer writer = { .grow = grow_by_realloc };
    for (uint32_t i = 0; i < 1000; i++)
        wire_put_u32(&writer, i);
    CU_ASSERT_FALSE(writer.failed);
    CU_ASSERT_EQUAL(writer.used, 4000);
    free(writer.start);
}

static void
counted_strings_refuse_embedded_nul_and_overflow(void)
{
    uint8_t memory[16];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    wire_put_counted(&writer, "abc", 3);
    struct wire_reader reader = wire_reader(memory, writer.used);
    struct wire_reader text = wire_counted(&reader);
    char small[3];
    char enough[4];
    CU_ASSERT_FALSE(wire_string(&text, small, sizeof small));
    CU_ASSERT_TRUE(wire_string(&text, enough, sizeof enough));
    CU_ASSERT_STRING_EQUAL(enough, "abc");
    struct wire_reader nul = wire_reader("a\0b", 3);
    CU_ASSERT_FALSE(wire_string(&nul, enough, sizeof enough));
}

static void
hexadecimal_text_is_checked(void)
{
    uint8_t bytes[4];
    char text[9];
    CU_ASSERT_TRUE(hex_decode("00fFA5e1", 8, bytes));
    hex_encode(bytes, 4, text);
    CU_ASSERT_STRING_EQUAL(text, "00FFA5E1");
    CU_ASSERT_FALSE(hex_decode("0g", 2, bytes));
    CU_ASSERT_FALSE(hex_decode("012", 3, bytes));
}

static void
a_fake_clock_moves_only_when_told(void)
{
    struct clock_fake fake;
    clock_fake_init(&fake, 1700000000);
    CU_ASSERT_EQUAL(clock_utc_seconds(&fake.clock), 1700000000);
    clock_fake_advance_ms(&fake, -2000);
    CU_ASSERT_EQUAL(clock_utc_seconds(&fake.clock), 1699999998);
}

static void
a_problem_is_cut_to_fit(void)
{
    struct problem problem;
    char text[2 * PROBLEM_TEXT_SIZE];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    problem_set(&problem, "%s", text);
    CU_ASSERT_EQUAL(strlen(problem.text), PROBLEM_TEXT_SIZE - 1);
}

static void
secrets_compare_and_are_wiped(void)
{
    uint8_t one[4] = { 1, 2, 3, 4 };
    uint8_t other[4] = { 1, 2, 3, 4 };
    CU_ASSERT_TRUE(secret_equal(one, other, 4));
    secret_wipe(other, 4);
    CU_ASSERT_FALSE(secret_equal(one, other, 4));
    CU_ASSERT_EQUAL(other[0] | other[3], 0);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a failed read stays failed", a_failed_read_stays_failed },
        { "huge lengths do not wrap", huge_lengths_do_not_wrap },
        { "integers come back in both byte orders", integers_come_back_in_both_byte_orders },
        { "a writer grows when its owner lets it", a_writer_grows_when_its_owner_lets_it },
        { "counted strings refuse embedded NUL and overflow", counted_strings_refuse_embedded_nul_and_overflow },
        { "hexadecimal text is checked", hexadecimal_text_is_checked },
        { "a fake clock moves only when told", a_fake_clock_moves_only_when_told },
        { "a problem is cut to fit", a_problem_is_cut_to_fit },
        { "secrets compare and are wiped", secrets_compare_and_are_wiped },
    };
    return SUITE_RUN("common", cases);
}
