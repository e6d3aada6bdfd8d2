#include "drda/sql/hexadecimal_float.h"

#include <math.h>

enum { FRACTION_BITS = 56, EXPONENT_MASK = 0x7F, EXPONENT_EXCESS = 64, BITS_OF_DIGIT = 4 };

double
hexadecimal_float_value(uint64_t bits)
{
    uint64_t fraction = bits & (((uint64_t)1 << FRACTION_BITS) - 1);
    int exponent = (int)(bits >> FRACTION_BITS & EXPONENT_MASK) - EXPONENT_EXCESS;
    double magnitude = ldexp((double)fraction, exponent * BITS_OF_DIGIT - FRACTION_BITS);
    return bits >> 63 != 0 && fraction != 0 ? -magnitude : magnitude;
}
