#include <stdint.h>
#include <string.h>

#include "gateway/datastore/sqlite/decimal_number.h"
#include "tests/support/suite.h"

static enum decimal_result
read_text(const char *text, unsigned scale, struct decimal_number *number)
{
    return decimal_number_read((const uint8_t *)text, strlen(text), scale, number);
}

static struct decimal_number
number_of(const char *text)
{
    struct decimal_number number = { .scale = 0 };
    CU_ASSERT_EQUAL(read_text(text, DECIMAL_SCALE_NATURAL, &number), DECIMAL_RESULT_FINE);
    return number;
}

static void
expect(const struct decimal_number *number, const char *expected)
{
    char text[DECIMAL_NUMBER_TEXT_MAX + 1];
    text[decimal_number_write(number, text)] = '\0';
    CU_ASSERT_STRING_EQUAL(text, expected);
}

static void
numbers_are_read(void)
{
    static const struct {
        const char *text;
        unsigned scale;
        const char *expected; /* NULL: no number */
    } readings[] = {
        { "0", DECIMAL_SCALE_NATURAL, "0" },
        { "-0.00", 2, "0" },
        { " 12.50 ", DECIMAL_SCALE_NATURAL, "12.5" },
        { "1.0e-15", DECIMAL_SCALE_NATURAL, "0.000000000000001" },
        { "100.0000000000000000000000000000000000000", DECIMAL_SCALE_NATURAL, "100" },
        { "1.00000000000000000000000000000000000000001", 5, "1.00000" },
        { "+.5", DECIMAL_SCALE_NATURAL, "0.5" },
        { "5.", DECIMAL_SCALE_NATURAL, "5" },
        { "-1.999", 2, "-1.99" },
        { "1.5e3", DECIMAL_SCALE_NATURAL, "1500" },
        { "15E-1", DECIMAL_SCALE_NATURAL, "1.5" },
        { "1e-40", DECIMAL_SCALE_NATURAL, "0" },
        { "0e99999999999", DECIMAL_SCALE_NATURAL, "0" },
        { "9999999999999999999999999999999", 0, "9999999999999999999999999999999" },
        { "0.99999999999999999999999999999999999999999", DECIMAL_SCALE_NATURAL, "0.9999999999999999999999999999999" },
        { "123456789012345678901234567890.99999", DECIMAL_SCALE_NATURAL, "123456789012345678901234567890.9" },
        { "00000000000000000000000000000000000000000000000001.10", 1, "1.1" },
        { "", 0, NULL },
        { " ", 0, NULL },
        { "-", 0, NULL },
        { ".", 0, NULL },
        { "1.2.3", 0, NULL },
        { "1e", 0, NULL },
        { "1e+", 0, NULL },
        { "1 2", 0, NULL },
        { "0x1F", 0, NULL },
        { "NaN", 0, NULL },
        { "Infinity", 0, NULL },
    };
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        struct decimal_number number = { .scale = 0 };
        enum decimal_result result = read_text(readings[i].text, readings[i].scale, &number);
        CU_ASSERT_EQUAL(result, readings[i].expected != NULL ? DECIMAL_RESULT_FINE : DECIMAL_RESULT_NOT_NUMERIC);
        if (result == DECIMAL_RESULT_FINE && readings[i].expected != NULL)
            expect(&number, readings[i].expected);
    }
}

static void
numbers_of_more_than_31_digits_are_too_large(void)
{
    static const char *const texts[] = { "10000000000000000000000000000000", "1e31", "1e99999999999999999999",
                                         "99999999999999999999999999999999999999999999999999" };
    struct decimal_number number;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT_EQUAL(read_text(texts[i], DECIMAL_SCALE_NATURAL, &number), DECIMAL_RESULT_OVERFLOW);
    CU_ASSERT_EQUAL(read_text("123456789012345678901234567890.99", 2, &number), DECIMAL_RESULT_OVERFLOW);
    decimal_number_of_integer(INT64_MIN, &number);
    expect(&number, "-9223372036854775808");
}

static void
results_have_their_form(void)
{
    static const struct {
        const char *one;
        char operation;
        const char *other;
        struct decimal_form form;
        const char *expected; /* NULL: overflow */
    } sums[] = {
        { "0.1", '+', "0.2", { 2, 1 }, "0.3" },
        { "1", '-', "1.00", { 4, 2 }, "0.00" },
        { "-5", '-', "-7.5", { 5, 1 }, "2.5" },
        { "9.9", '+', "0.1", { 2, 1 }, NULL },
        { "9999999999999999999999999999999", '+', "1", { 31, 0 }, NULL },
        { "9999999999999999999999999999999", '*', "9999999999999999999999999999999", { 31, 0 }, NULL },
        { "0.9999999999999999999999999999999", '*', "0.9999999999999999999999999999999", { 31, 31 }, "0.9999999999999999999999999999998" },
        { "-1.5", '*', "1.5", { 4, 2 }, "-2.25" },
        { "1", '/', "3", { 31, 20 }, "0.33333333333333333333" },
        { "-2", '/', "3", { 31, 5 }, "-0.66666" },
        { "1", '/', "0.0000000000000000000000000000001", { 31, 0 }, NULL },
        { "0.0000000000000000000000000000001", '/', "9999999999999999999999999999999", { 31, 31 }, "0.0000000000000000000000000000000" },
        { "9999999999999999999999999999999", '/', "9999999999999999999999999999999", { 31, 30 }, "1.000000000000000000000000000000" },
        { "7.5", '%', "2", { 5, 1 }, "1.5" },
        { "-7.5", '%', "2", { 5, 1 }, "-1.5" },
        { "7.5", '%', "-2", { 5, 2 }, "1.50" },
        { "-4", '%', "2", { 5, 0 }, "0" },
        { "9999999999999999999999999999999", '%', "0.0000000000000000000000000000007", { 31, 31 }, "0.0000000000000000000000000000006" },
        { "9999999999999999999999999999998", '%', "9999999999999999999999999999999", { 31, 0 }, "9999999999999999999999999999998" },
        { "9999999999999999999999999999998", '%', "9999999999999999999999999999999", { 30, 0 }, NULL },
    };
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        struct decimal_number one = number_of(sums[i].one);
        struct decimal_number other = number_of(sums[i].other);
        enum decimal_result result = decimal_number_calculate(sums[i].operation, &one, &other, sums[i].form, &one);
        CU_ASSERT_EQUAL(result, sums[i].expected != NULL ? DECIMAL_RESULT_FINE : DECIMAL_RESULT_OVERFLOW);
        if (result == DECIMAL_RESULT_FINE && sums[i].expected != NULL)
            expect(&one, sums[i].expected);
    }
    struct decimal_number one = number_of("1");
    struct decimal_number zero = number_of("-0.0");
    CU_ASSERT_EQUAL(decimal_number_calculate('/', &one, &zero, (struct decimal_form) { 31, 2 }, &one), DECIMAL_RESULT_DIVIDED_BY_ZERO);
    CU_ASSERT_EQUAL(decimal_number_calculate('%', &one, &zero, (struct decimal_form) { 31, 2 }, &one), DECIMAL_RESULT_DIVIDED_BY_ZERO);
}

static void
rounding_goes_away_from_zero(void)
{
    static const struct {
        const char *text;
        int64_t places;
        const char *expected;
    } roundings[] = {
        { "1.25", 1, "1.30" },  { "-1.25", 1, "-1.30" }, { "1.24", 1, "1.20" },   { "1.25", 2, "1.25" }, { "1.25", 9, "1.25" },
        { "149", -2, "100" },   { "150", -2, "200" },    { "-0.4", 0, "0.0" },    { "5", -1, "10" },     { "4", -1, "0" },
        { "9.99", 0, "10.00" }, { "7", -40, "0" },       { "7", INT64_MIN, "0" },
    };
    for (size_t i = 0; i < sizeof roundings / sizeof roundings[0]; i++) {
        struct decimal_number number = number_of(roundings[i].text);
        CU_ASSERT_EQUAL(decimal_number_round(&number, roundings[i].places), DECIMAL_RESULT_FINE);
        expect(&number, roundings[i].expected);
    }
    static const char *const wholes[][4] = {
        { "1.5", "1.0", "2.0", "1.0" }, { "-1.5", "-2.0", "-1.0", "-1.0" }, { "-0.9", "-1.0", "0.0", "0.0" }, { "7", "7", "7", "7" }
    };
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        for (int direction = DECIMAL_FLOOR; direction <= DECIMAL_TOWARDS_ZERO; direction++) {
            struct decimal_number whole = number_of(wholes[i][0]);
            CU_ASSERT_EQUAL(decimal_number_make_whole(&whole, (enum decimal_direction)direction), DECIMAL_RESULT_FINE);
            expect(&whole, wholes[i][direction + 1]);
        }
    struct decimal_number largest = number_of("9999999999999999999999999999999");
    CU_ASSERT_EQUAL(decimal_number_round(&largest, -1), DECIMAL_RESULT_OVERFLOW);
    struct decimal_number number = number_of("-1.999");
    CU_ASSERT_EQUAL(decimal_number_convert(&number, (struct decimal_form) { 3, 2 }), DECIMAL_RESULT_FINE);
    expect(&number, "-1.99");
    CU_ASSERT_EQUAL(decimal_number_convert(&number, (struct decimal_form) { 1, 1 }), DECIMAL_RESULT_OVERFLOW);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "numbers are read", numbers_are_read },
        { "numbers of more than 31 digits are too large", numbers_of_more_than_31_digits_are_too_large },
        { "results have their form", results_have_their_form },
        { "rounding goes away from zero", rounding_goes_away_from_zero },
    };
    return SUITE_RUN("decimal number", cases);
}
