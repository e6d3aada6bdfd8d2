#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "drda/sql/decimal.h"
#include "tests/support/suite.h"

/* Packs on an exactly sized heap block and compares with hexadecimal text. */
static void
expect_packed(const char *text, unsigned precision, unsigned scale, const char *hex)
{
    uint8_t *packed = malloc(decimal_packed_size(precision));
    char got[2 * DECIMAL_PACKED_MAX + 1];
    CU_ASSERT_EQUAL_FATAL(decimal_pack((const uint8_t *)text, strlen(text), precision, scale, DECIMAL_ROUND, packed), DECIMAL_FINE);
    hex_encode(packed, decimal_packed_size(precision), got);
    CU_ASSERT_STRING_EQUAL(got, hex);
    free(packed);
}

static enum decimal_outcome
pack(const char *text, unsigned precision, unsigned scale)
{
    uint8_t packed[DECIMAL_PACKED_MAX];
    return decimal_pack((const uint8_t *)text, strlen(text), precision, scale, DECIMAL_ROUND, packed);
}

static void
recorded_numbers_pack_as_derby_packs_them(void)
{
    expect_packed("12.34", 10, 2, "00000001234C");
    expect_packed("-12.345", 5, 3, "12345D");
    expect_packed("12345678912", 11, 0, "12345678912C");
    expect_packed("1.2", 2, 1, "012C");
}

static void
numbers_may_be_written_in_many_ways(void)
{
    expect_packed(" +0012.5 ", 5, 1, "00125C");
    expect_packed("1.25e1", 5, 2, "01250C");
    expect_packed("125E-1", 5, 2, "01250C");
    expect_packed(".5", 3, 1, "005C");
    expect_packed("5.", 3, 0, "005C");
    expect_packed("-0.0", 3, 1, "000C");
    expect_packed("0e99999", 3, 1, "000C");
    expect_packed("1e-99999", 3, 1, "000C");
    expect_packed("9999999999999999999999999999999", 31, 0, "9999999999999999999999999999999C");
}

static void
places_beyond_the_scale_are_rounded(void)
{
    expect_packed("0.005", 3, 2, "001C");
    expect_packed("0.0049999", 3, 2, "000C");
    expect_packed("-1.995", 3, 2, "200D");
    expect_packed("-0.001", 3, 2, "000C");
    CU_ASSERT_EQUAL(pack("9.995", 3, 2), DECIMAL_OVERFLOW);
}

static void
places_beyond_the_scale_may_be_cut_off(void)
{
    uint8_t packed[DECIMAL_PACKED_MAX];
    CU_ASSERT_EQUAL(decimal_pack((const uint8_t *)"-9.999", 6, 3, 2, DECIMAL_TRUNCATE, packed), DECIMAL_FINE);
    CU_ASSERT(packed[0] == 0x99 && packed[1] == 0x9D);
    CU_ASSERT_EQUAL(decimal_pack((const uint8_t *)"-0.009", 6, 3, 2, DECIMAL_TRUNCATE, packed), DECIMAL_FINE);
    CU_ASSERT(packed[0] == 0x00 && packed[1] == 0x0C);
}

static int
compare(const char *one, const char *other)
{
    uint8_t *left = malloc(strlen(one) + 1);
    memcpy(left, one, strlen(one));
    int order = decimal_compare(left, strlen(one), (const uint8_t *)other, strlen(other));
    free(left);
    return (order > 0) - (order < 0);
}

/* Each is less than the next. */
static void
numbers_as_text_compare_by_value(void)
{
    static const char *const ascending[] = { "-1e40",
                                             "-10.01",
                                             "-10.0",
                                             "-9.99999999999999999999999999999",
                                             "-0.5",
                                             "0",
                                             "1e-30",
                                             "0.5",
                                             "9",
                                             "9.1",
                                             "10",
                                             "9999999999999999.999999999999999",
                                             "10000000000000000",
                                             "",
                                             "x" };
    enum { COUNT = sizeof ascending / sizeof ascending[0] };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            CU_ASSERT_EQUAL(compare(ascending[i], ascending[j]), (i > j) - (i < j));
    static const char *const equal[][2] = { { "1.5", "1.500" }, { "-0", "0.00" }, { "0010", "1e1" }, { " 7 ", "+7." }, { ".25", "25e-2" } };
    for (size_t i = 0; i < sizeof equal / sizeof equal[0]; i++)
        CU_ASSERT_EQUAL(compare(equal[i][0], equal[i][1]), 0);
}

static void
significant_digits_are_counted(void)
{
    static const struct {
        const char *text;
        size_t digits;
    } numbers[] = { { "0", 0 }, { "x", 0 }, { "100", 1 }, { "0.00120", 2 }, { "-12.5e9", 3 }, { "1000000000000000.1", 17 } };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        CU_ASSERT_EQUAL(decimal_significant_digits((const uint8_t *)numbers[i].text, strlen(numbers[i].text)), numbers[i].digits);
}

static void
what_does_not_fit_or_is_no_number_is_told(void)
{
    static const char *const bad[] = { "", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1 2", "0x10", "12a", "--1", "NaN", "1e5x" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_EQUAL(pack(bad[i], 10, 2), DECIMAL_NOT_NUMERIC);
    CU_ASSERT_EQUAL(pack("1000", 5, 2), DECIMAL_OVERFLOW);
    CU_ASSERT_EQUAL(pack("1e99999999999999999999", 31, 0), DECIMAL_OVERFLOW);
    CU_ASSERT_EQUAL(pack("1", 0, 0), DECIMAL_NOT_NUMERIC);
    CU_ASSERT_EQUAL(pack("1", 32, 0), DECIMAL_NOT_NUMERIC);
    CU_ASSERT_EQUAL(pack("1", 3, 4), DECIMAL_NOT_NUMERIC);
}

static void
every_number_comes_back_exactly(void)
{
    srand(1);
    for (int round = 0; round < 20000; round++) {
        unsigned precision = 1 + (unsigned)rand() % 31;
        unsigned scale = (unsigned)rand() % (precision + 1);
        unsigned digits = precision - scale;
        char text[DECIMAL_TEXT_MAX + 1];
        size_t used = 0;
        if (rand() % 2 == 0)
            text[used++] = '-';
        if (digits == 0)
            text[used++] = '0';
        for (unsigned i = 0; i < precision; i++) {
            if (i == digits)
                text[used++] = '.';
            /* neither a leading zero nor zero itself, whose sign is lost */
            text[used++] = (char)(i == 0 ? '1' + rand() % 9 : '0' + rand() % 10);
        }
        uint8_t *packed = malloc(decimal_packed_size(precision));
        char back[DECIMAL_TEXT_MAX];
        size_t size;
        CU_ASSERT_EQUAL_FATAL(decimal_pack((const uint8_t *)text, used, precision, scale, DECIMAL_ROUND, packed), DECIMAL_FINE);
        CU_ASSERT_TRUE_FATAL(decimal_unpack(packed, precision, scale, back, &size));
        CU_ASSERT_EQUAL_FATAL(size, used);
        CU_ASSERT_EQUAL_FATAL(memcmp(back, text, used), 0);
        free(packed);
    }
}

static void
expect_unpacked(const char *hex, unsigned precision, unsigned scale, const char *text)
{
    uint8_t packed[DECIMAL_PACKED_MAX];
    char got[DECIMAL_TEXT_MAX];
    size_t size;
    CU_ASSERT_TRUE_FATAL(hex_decode(hex, strlen(hex), packed));
    CU_ASSERT_TRUE(decimal_unpack(packed, precision, scale, got, &size));
    CU_ASSERT_EQUAL(size, strlen(text));
    CU_ASSERT_EQUAL(strncmp(got, text, size), 0);
}

static void
packed_numbers_are_checked(void)
{
    char text[DECIMAL_TEXT_MAX];
    size_t size;
    expect_unpacked("012C", 2, 1, "1.2");
    expect_unpacked("001D", 3, 3, "-0.001");
    expect_unpacked("000F", 3, 0, "0");
    expect_unpacked("1D", 1, 2, "-0.01");
    expect_unpacked("0C", 1, 2, "0.00");
    expect_unpacked("9D", 1, 31, "-0.0000000000000000000000000000009");
    CU_ASSERT_FALSE(decimal_unpack((const uint8_t *)"\x1A\x2C", 3, 1, text, &size));
    CU_ASSERT_FALSE(decimal_unpack((const uint8_t *)"\x12\x34", 3, 1, text, &size));
    CU_ASSERT_FALSE(decimal_unpack((const uint8_t *)"\x91\x2C", 2, 1, text, &size));
    CU_ASSERT_FALSE(decimal_unpack((const uint8_t *)"\x01\x2C", 0, 0, text, &size));
    CU_ASSERT_FALSE(decimal_unpack((const uint8_t *)"\x01\x2C", 2, 32, text, &size));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "recorded numbers pack as Derby packs them", recorded_numbers_pack_as_derby_packs_them },
        { "numbers may be written in many ways", numbers_may_be_written_in_many_ways },
        { "places beyond the scale are rounded", places_beyond_the_scale_are_rounded },
        { "places beyond the scale may be cut off", places_beyond_the_scale_may_be_cut_off },
        { "numbers as text compare by value", numbers_as_text_compare_by_value },
        { "significant digits are counted", significant_digits_are_counted },
        { "what does not fit or is no number is told", what_does_not_fit_or_is_no_number_is_told },
        { "every number comes back exactly", every_number_comes_back_exactly },
        { "packed numbers are checked", packed_numbers_are_checked },
    };
    return SUITE_RUN("decimal", cases);
}
