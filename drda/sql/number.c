#include "drda/sql/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 400, DIGITS_SURE = 15, DIGITS_ENOUGH = 17 };

/* Doubles from here on are beyond int64_t. */
static const double integer_limit = 9223372036854775808.0;

/* The text without blanks around it, as a string that strtod may read: only characters of decimal numbers. */
static bool
copy_numeral(const struct sql_value *value, char copy[static LONGEST_NUMBER])
{
    const char *at = (const char *)value->data.bytes;
    size_t size = value->data.size;
    for (; size > 0 && *at == ' '; at++)
        size--;
    while (size > 0 && at[size - 1] == ' ')
        size--;
    if (size == 0 || size >= LONGEST_NUMBER)
        return false;
    memcpy(copy, at, size);
    copy[size] = '\0';
    return strspn(copy, "0123456789+-.eE") == size;
}

static enum number_outcome
real_to_integer(double real, int64_t *integer)
{
    if (!(real >= -integer_limit && real < integer_limit))
        return NUMBER_OUT_OF_RANGE;
    if (real != trunc(real))
        return NUMBER_HAS_FRACTION;
    *integer = (int64_t)real;
    return NUMBER_FINE;
}

static enum number_outcome
text_to_real(const struct sql_value *value, double *real)
{
    char copy[LONGEST_NUMBER];
    char *end;
    if (!copy_numeral(value, copy))
        return NUMBER_NOT_NUMERIC;
    *real = strtod(copy, &end);
    if (end == copy || *end != '\0')
        return NUMBER_NOT_NUMERIC;
    return isfinite(*real) ? NUMBER_FINE : NUMBER_OUT_OF_RANGE;
}

static enum number_outcome
text_to_integer(const struct sql_value *value, int64_t *integer)
{
    char copy[LONGEST_NUMBER];
    char *end;
    double real;
    if (!copy_numeral(value, copy))
        return NUMBER_NOT_NUMERIC;
    errno = 0;
    long long whole = strtoll(copy, &end, 10);
    if (end != copy && *end == '\0') {
        *integer = whole;
        return errno == 0 ? NUMBER_FINE : NUMBER_OUT_OF_RANGE;
    }
    enum number_outcome outcome = text_to_real(value, &real);
    return outcome == NUMBER_FINE ? real_to_integer(real, integer) : outcome;
}

enum number_outcome
number_to_integer(const struct sql_value *value, int64_t *integer)
{
    *integer = 0;
    switch (value->kind) {
    case SQL_VALUE_INTEGER:
        *integer = value->integer;
        return NUMBER_FINE;
    case SQL_VALUE_REAL:
        return real_to_integer(value->real, integer);
    case SQL_VALUE_TEXT:
        return text_to_integer(value, integer);
    case SQL_VALUE_NULL:
    case SQL_VALUE_BYTES:
    case SQL_VALUE_LOB:
        break;
    }
    return NUMBER_NOT_NUMERIC;
}

enum number_outcome
number_to_real(const struct sql_value *value, double *real)
{
    *real = 0;
    switch (value->kind) {
    case SQL_VALUE_INTEGER:
        *real = (double)value->integer;
        return NUMBER_FINE;
    case SQL_VALUE_REAL:
        *real = value->real;
        return NUMBER_FINE;
    case SQL_VALUE_TEXT:
        return text_to_real(value, real);
    case SQL_VALUE_NULL:
    case SQL_VALUE_BYTES:
    case SQL_VALUE_LOB:
        break;
    }
    return NUMBER_NOT_NUMERIC;
}

size_t
number_text(const struct sql_value *value, char text[static NUMBER_TEXT_MAX])
{
    int size = 0;
    if (value->kind == SQL_VALUE_INTEGER)
        size = snprintf(text, NUMBER_TEXT_MAX, "%lld", (long long)value->integer);
    for (int digits = DIGITS_SURE; value->kind == SQL_VALUE_REAL && digits <= DIGITS_ENOUGH; digits++) {
        size = snprintf(text, NUMBER_TEXT_MAX, "%.*g", digits, value->real);
        if (strtod(text, NULL) == value->real)
            break;
    }
    return size > 0 ? (size_t)size : 0;
}
