#include "gateway/datastore/sqlite/result_types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/types.h"

enum { PRECISION_MAX = SQL_DECIMAL_PRECISION_MAX, SQLITE_DIGITS = 15, NUMERAL_MAX = 100 };

struct syntax_type
result_type_unknown(void)
{
    return (struct syntax_type) { .type = SQL_TYPE_COUNT };
}

struct syntax_type
result_type_of(enum sql_type type)
{
    struct sql_column column = { .name = "" };
    sqlite_type_of_expression(type, &column);
    return (struct syntax_type) { .type = column.type, .length = column.length, .precision = column.precision, .scale = column.scale };
}

static unsigned
least(unsigned one, unsigned other)
{
    return one < other ? one : other;
}

static unsigned
greatest(unsigned one, unsigned other)
{
    return one > other ? one : other;
}

struct syntax_type
result_type_decimal(unsigned precision, unsigned scale)
{
    struct syntax_type type = { .type = SQL_TYPE_DECIMAL };
    type.precision = (uint8_t)greatest(1, least(precision, PRECISION_MAX));
    type.scale = (uint8_t)least(scale, PRECISION_MAX);
    type.as_text = type.precision > SQLITE_DIGITS;
    return type;
}

bool
result_type_is_exact(const struct syntax_type *type)
{
    return type->type == SQL_TYPE_SMALLINT || type->type == SQL_TYPE_INTEGER || type->type == SQL_TYPE_BIGINT ||
           type->type == SQL_TYPE_DECIMAL;
}

static bool
is_floating(const struct syntax_type *type)
{
    return type->type == SQL_TYPE_REAL || type->type == SQL_TYPE_DOUBLE;
}

bool
result_type_is_number(const struct syntax_type *type)
{
    return result_type_is_exact(type) || is_floating(type);
}

/* A whole number beside a DECIMAL is one too. */
static struct syntax_type
as_decimal(const struct syntax_type *type)
{
    enum { SMALLINT_DIGITS = 5, INTEGER_DIGITS = 11, BIGINT_DIGITS = 19 };
    if (type->type == SQL_TYPE_SMALLINT)
        return result_type_decimal(SMALLINT_DIGITS, 0);
    if (type->type == SQL_TYPE_INTEGER)
        return result_type_decimal(INTEGER_DIGITS, 0);
    return type->type == SQL_TYPE_BIGINT ? result_type_decimal(BIGINT_DIGITS, 0) : *type;
}

static struct syntax_type
whole_number(const char *text, size_t size)
{
    char copy[NUMERAL_MAX + 1];
    memcpy(copy, text, size);
    copy[size] = '\0';
    errno = 0;
    long long number = strtoll(copy, NULL, 10);
    if (errno != 0)
        return result_type_decimal((unsigned)size, 0);
    return result_type_of(number <= INT32_MAX ? SQL_TYPE_INTEGER : SQL_TYPE_BIGINT);
}

struct syntax_type
result_type_number(const char *text, size_t size)
{
    const char *point = memchr(text, '.', size);
    if (size > 0 && (*text == '-' || *text == '+'))
        return result_type_number(text + 1, size - 1);
    for (size_t i = 0; i < size; i++)
        if (text[i] == 'e' || text[i] == 'E')
            return result_type_of(SQL_TYPE_DOUBLE);
    if (size == 0 || size > NUMERAL_MAX || strspn(text, "0123456789.") < size) /* 0x1F */
        return result_type_of(SQL_TYPE_BIGINT);
    if (point == NULL)
        return whole_number(text, size);
    return result_type_decimal((unsigned)size - 1, (unsigned)(text + size - point - 1));
}

static struct syntax_type
decimal_result(char operation, const struct syntax_type *one, const struct syntax_type *other)
{
    int p1 = one->precision;
    int s1 = one->scale;
    int p2 = other->precision;
    int s2 = other->scale;
    unsigned scale = greatest(one->scale, other->scale);
    int whole = p1 - s1 > p2 - s2 ? p1 - s1 : p2 - s2;
    int fewer = p1 - s1 < p2 - s2 ? p1 - s1 : p2 - s2;
    int rest = PRECISION_MAX - p1 + s1 - s2;
    switch (operation) {
    case '*':
        return result_type_decimal((unsigned)(p1 + p2), (unsigned)(s1 + s2));
    case '/':
        return result_type_decimal(PRECISION_MAX, rest > 0 ? (unsigned)rest : 0);
    case '%':
        return result_type_decimal((unsigned)(fewer > 0 ? fewer : 0) + scale, scale);
    default:
        return result_type_decimal((unsigned)(whole + (int)scale + 1), scale);
    }
}

struct syntax_type
result_type_arithmetic(char operation, const struct syntax_type *one, const struct syntax_type *other)
{
    if (!result_type_is_number(one) || !result_type_is_number(other))
        return result_type_unknown();
    if (is_floating(one) || is_floating(other))
        return result_type_of(SQL_TYPE_DOUBLE);
    if (one->type == SQL_TYPE_DECIMAL || other->type == SQL_TYPE_DECIMAL) {
        struct syntax_type left = as_decimal(one);
        struct syntax_type right = as_decimal(other);
        return decimal_result(operation, &left, &right);
    }
    bool big = one->type == SQL_TYPE_BIGINT || other->type == SQL_TYPE_BIGINT;
    return result_type_of(big ? SQL_TYPE_BIGINT : SQL_TYPE_INTEGER);
}

static struct syntax_type
common_number(const struct syntax_type *one, const struct syntax_type *other)
{
    if (is_floating(one) || is_floating(other))
        return result_type_of(one->type == other->type ? one->type : SQL_TYPE_DOUBLE);
    if (one->type != SQL_TYPE_DECIMAL && other->type != SQL_TYPE_DECIMAL)
        return one->type > other->type ? *one : *other; /* they are in the order of their size */
    struct syntax_type left = as_decimal(one);
    struct syntax_type right = as_decimal(other);
    unsigned scale = greatest(left.scale, right.scale);
    int whole = left.precision - left.scale > right.precision - right.scale ? left.precision - left.scale : right.precision - right.scale;
    return result_type_decimal((unsigned)(whole > 0 ? whole : 0) + scale, scale);
}

static bool
is_string(const struct syntax_type *type)
{
    return type->type == SQL_TYPE_CHAR || type->type == SQL_TYPE_VARCHAR;
}

static bool
is_moment(const struct syntax_type *type)
{
    return type->type == SQL_TYPE_DATE || type->type == SQL_TYPE_TIME || type->type == SQL_TYPE_TIMESTAMP;
}

struct syntax_type
result_type_common(const struct syntax_type *one, const struct syntax_type *other)
{
    struct syntax_type result = one->length >= other->length ? *one : *other;
    if (result_type_is_number(one) && result_type_is_number(other))
        return common_number(one, other);
    if (one->type == other->type)
        return result;
    if (is_string(one) && is_string(other)) {
        result.type = SQL_TYPE_VARCHAR;
        return result;
    }
    if (is_moment(one) && is_string(other))
        return *one;
    return is_moment(other) && is_string(one) ? *other : result_type_unknown();
}

struct syntax_type
result_type_sum(const struct syntax_type *argument)
{
    if (argument->type == SQL_TYPE_DECIMAL)
        return result_type_decimal(PRECISION_MAX, argument->scale);
    if (result_type_is_exact(argument))
        return result_type_of(SQL_TYPE_BIGINT);
    return is_floating(argument) ? result_type_of(SQL_TYPE_DOUBLE) : result_type_unknown();
}

struct syntax_type
result_type_average(const struct syntax_type *argument)
{
    if (argument->type == SQL_TYPE_DECIMAL)
        return result_type_decimal(PRECISION_MAX, (unsigned)(PRECISION_MAX - argument->precision + argument->scale));
    return result_type_is_number(argument) ? result_type_of(SQL_TYPE_DOUBLE) : result_type_unknown();
}

struct syntax_type
result_type_round(const struct syntax_type *argument)
{
    if (argument->type == SQL_TYPE_DECIMAL)
        return result_type_decimal(argument->precision + 1u, argument->scale);
    return result_type_is_number(argument) ? result_type_of(SQL_TYPE_DOUBLE) : result_type_unknown();
}
