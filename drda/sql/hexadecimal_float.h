/* Floating-point values of System/370: a sign, an exponent of 16 in 7 bits, in excess of 64, and a fraction of 24 or 56 bits.
 * Source: IBM z/Architecture Principles of Operation, hexadecimal-floating-point data formats. */
#pragma once
#include <stdint.h>

/* The number of the 8 bytes of a long value; those of a short one are its first half. Rounded to the nearest double, of two the even one:
 * a fraction of 56 bits may have more than a double keeps. All of them are in the range of double. A fraction of zero is zero. */
double hexadecimal_float_value(uint64_t bits);
