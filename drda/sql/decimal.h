/* Packed decimal numbers: two digits to a byte, the sign in the last half byte (C and F plus, D minus). Exact, up to 31 digits.
 * Source: DRDA volume 1 (FD:OCA), packed decimal; IBM z/Architecture Principles of Operation. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

enum {
    DECIMAL_PACKED_MAX = 16, /* bytes of 31 digits */
    DECIMAL_TEXT_MAX = 34,   /* characters of "-0." and 31 digits */
};

enum decimal_outcome { DECIMAL_FINE, DECIMAL_NOT_NUMERIC, DECIMAL_OVERFLOW };

/* Bytes of a packed number of `precision` digits. */
size_t decimal_packed_size(unsigned precision);

/* What becomes of digits that the scale has no place for: cut off, as SQL assigns decimals, or rounded half away from zero, as what a
 * computer has calculated in floating point wants it. */
enum decimal_excess { DECIMAL_TRUNCATE, DECIMAL_ROUND };

/* Packs a number written as text: blanks around it, a sign, a decimal point and an exponent are understood. OVERFLOW when it needs
 * more than `precision` digits. */
MUST_CHECK enum decimal_outcome decimal_pack(const uint8_t *text, size_t size, unsigned precision, unsigned scale,
                                             enum decimal_excess excess, uint8_t *packed);

/* The scale may be more than the precision: JDBC says of 0.01 that it has one digit, of which two stand behind the point.
 * Writes "-12.345": all digits of the scale, no leading zeros but the one before the point. `text` has room for DECIMAL_TEXT_MAX.
 * False when a digit or the sign is not one, or precision and scale are out of range. */
MUST_CHECK bool decimal_unpack(const uint8_t *packed, unsigned precision, unsigned scale, char *text, size_t *size);

/* Compares two numbers written as text by their values, as memcmp does: 1.50 equals 1.5. What is no number comes after all that are,
 * in the order of its bytes. */
int decimal_compare(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size);

/* Digits of a number written as text from the first that is not 0 to the last that is not; 0 of what is no number. */
size_t decimal_significant_digits(const uint8_t *text, size_t size);
