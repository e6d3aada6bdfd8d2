/* Exact arithmetic on decimals of up to 31 digits, with results that are cut as Db2 cuts them: towards zero, at the scale of their type.
 * A number is a value without memory of its own. Products and dividends of up to 93 digits are GMP's business (its mpn functions, which
 * allocate nothing). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

/* Aligned as SQLite aligns the memory that aggregates get of it. */
__extension__ typedef unsigned __int128 decimal_digits __attribute__((aligned(8)));

enum { DECIMAL_NUMBER_TEXT_MAX = 36, DECIMAL_SCALE_NATURAL = 255 };

struct decimal_number {
    decimal_digits digits; /* the number times 10 to the power of its scale; less than 10 to the power of 31 */
    uint8_t scale;         /* 0 to 31 */
    bool negative;         /* never of 0 */
};

/* DECIMAL(precision, scale). */
struct decimal_form {
    uint8_t precision; /* 1 to 31 */
    uint8_t scale;     /* 0 to 31: a product may have more digits behind the point than it has digits */
};

enum decimal_result {
    DECIMAL_RESULT_FINE,
    DECIMAL_RESULT_NOT_NUMERIC,
    DECIMAL_RESULT_OVERFLOW,
    DECIMAL_RESULT_DIVIDED_BY_ZERO,
};

/* Reads "-12.340" or "1.5e3", blanks around it allowed. Digits behind `scale` are cut off; DECIMAL_SCALE_NATURAL keeps as many as the
 * value needs (1.0e-15 needs 15) and 31 digits leave room for. */
MUST_CHECK enum decimal_result decimal_number_read(const uint8_t *text, size_t size, unsigned scale, struct decimal_number *number);

void decimal_number_of_integer(int64_t integer, struct decimal_number *number);

/* Writes all digits of the scale, without a NUL; returns the size. */
size_t decimal_number_write(const struct decimal_number *number, char text[static DECIMAL_NUMBER_TEXT_MAX]);

/* `operation` is one of + - * / and %, which is the remainder and has the sign of `one`. The result has the form's scale. */
MUST_CHECK enum decimal_result decimal_number_calculate(char operation, const struct decimal_number *one,
                                                        const struct decimal_number *other, struct decimal_form form,
                                                        struct decimal_number *result);

/* The number in another form: further digits are cut off. */
MUST_CHECK enum decimal_result decimal_number_convert(struct decimal_number *number, struct decimal_form form);

/* Rounded half away from zero at `places` behind the point, or before it where that is negative. Keeps the scale. */
MUST_CHECK enum decimal_result decimal_number_round(struct decimal_number *number, int64_t places);

/* The whole number that comes next in a direction. Keeps the scale. */
enum decimal_direction { DECIMAL_FLOOR, DECIMAL_CEILING, DECIMAL_TOWARDS_ZERO };
MUST_CHECK enum decimal_result decimal_number_make_whole(struct decimal_number *number, enum decimal_direction direction);

void decimal_number_negate(struct decimal_number *number);
