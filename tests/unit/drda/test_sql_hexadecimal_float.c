/* Hexadecimal floating point of System/370 as IEEE 754. */
#include <math.h>
#include <stdlib.h>

#include "drda/sql/hexadecimal_float.h"
#include "tests/support/suite.h"

static void
known_values_are_read(void)
{
    static const struct {
        uint64_t bits;
        double value;
    } cases[] = {
        { 0x4110000000000000, 1.0 },
        { 0xC110000000000000, -1.0 },
        { 0xC276A00000000000, -118.625 },
        { 0x4276A00000000000, 118.625 },
        { 0x0000000000000000, 0.0 },
        { 0x4080000000000000, 0.5 },
        { 0x40199999A0000000, 0x0.199999Ap0 },
        { 0x401999999999999A, 0.1 },
        { 0x413243F6A8885A30, M_PI },
        { 0x4E00000000000001, 1.0 },            /* not normalized */
        { 0x4100000000000000, 0.0 },            /* zero, whatever the exponent */
        { 0xC100000000000000, 0.0 },            /* and the sign */
        { 0x7FFFFFFFFFFFFFFF, 0x1p252 },        /* the largest, rounded */
        { 0x7FFFFFFF00000000, 0x0.FFFFFFp252 }, /* the largest short one */
        { 0x0010000000000000, 0x1p-260 },       /* the smallest that is normalized */
        { 0x0000000000000001, 0x1p-312 },       /* the smallest of all */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(hexadecimal_float_value(cases[i].bits), cases[i].value);
        CU_ASSERT_EQUAL(signbit(hexadecimal_float_value(cases[i].bits)) != 0, cases[i].value < 0);
    }
}

/* A fraction that begins with a digit of 8 or more has 56 bits, of which a double keeps 53. */
static void
the_nearest_double_is_taken_of_two_the_even_one(void)
{
    static const struct {
        uint64_t bits;
        double value;
    } cases[] = {
        { 0x4080000000000003, 0.5 },
        { 0x4080000000000004, 0.5 }, /* half way: even */
        { 0x4080000000000005, 0x1.0000000000001p-1 },
        { 0x4080000000000008, 0x1.0000000000001p-1 },
        { 0x408000000000000B, 0x1.0000000000001p-1 },
        { 0x408000000000000C, 0x1.0000000000002p-1 }, /* half way: even */
        { 0x40FFFFFFFFFFFFFB, 0x1.FFFFFFFFFFFFFp-1 },
        { 0x40FFFFFFFFFFFFFC, 1.0 },
        { 0xC0FFFFFFFFFFFFFC, -1.0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(hexadecimal_float_value(cases[i].bits), cases[i].value);
}

/* The other way, for what a fraction of 56 bits holds exactly. */
static uint64_t
hexadecimal_of(double value)
{
    int exponent;
    double fraction = frexp(fabs(value), &exponent);
    int digits = exponent / 4 + (exponent % 4 > 0 ? 1 : 0);
    uint64_t whole = (uint64_t)ldexp(fraction, 56 + exponent - digits * 4);
    return (value < 0 ? UINT64_C(1) << 63 : 0) | (uint64_t)(digits + 64) << 56 | whole;
}

static void
random_values_come_back(void)
{
    srandom(370);
    for (int i = 0; i < 200000; i++) {
        double fraction = (double)(((uint64_t)random() << 31 | (uint64_t)random()) >> 9) + 1;
        double value = ldexp(fraction, (int)(random() % 440) - 253) * (random() % 2 == 0 ? 1 : -1);
        CU_ASSERT_EQUAL_FATAL(hexadecimal_float_value(hexadecimal_of(value)), value);
        double single = ldexp((double)(random() % (1 << 21)), (int)(random() % 400) - 200);
        CU_ASSERT_EQUAL_FATAL(hexadecimal_of(single) & 0xFFFFFFFF, 0);
        CU_ASSERT_EQUAL_FATAL(hexadecimal_float_value(hexadecimal_of(single)), single);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "known values are read", known_values_are_read },
        { "the nearest double is taken, of two the even one", the_nearest_double_is_taken_of_two_the_even_one },
        { "random values come back", random_values_come_back },
    };
    return SUITE_RUN("hexadecimal_float", cases);
}
