#include "gateway/datastore/sqlite/decimal_number.h"

#include <ctype.h>
#include <gmp.h>
#include <string.h>

enum {
    DIGITS_MAX = 31,
    DIGITS_READ = 37,      /* what decimal_digits certainly holds */
    EXPONENT_LIMIT = 9999, /* beyond any number of digits that is looked at */
    LIMB_BITS = 64,
    WIDE_LIMBS = 8, /* 93 digits have 309 bits */
};

_Static_assert(GMP_NUMB_BITS == LIMB_BITS, "two limbs hold decimal_digits");

/* A natural number of more digits than decimal_digits can hold. */
struct wide {
    mp_limb_t limbs[WIDE_LIMBS]; /* the least significant first */
    mp_size_t size;              /* without zeros at the end; 0 is 0 */
};

/* 10 to the power of up to 37. */
static decimal_digits
power_of_ten(unsigned exponent)
{
    static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };
    enum { STEP = sizeof powers / sizeof powers[0] };
    decimal_digits power = powers[exponent % STEP];
    for (; exponent >= STEP; exponent -= STEP)
        power *= 10000000000u;
    return power;
}

static void
trim(struct wide *wide)
{
    while (wide->size > 0 && wide->limbs[wide->size - 1] == 0)
        wide->size--;
}

static struct wide
wide_of(decimal_digits digits)
{
    struct wide wide = { .limbs = { (mp_limb_t)digits, (mp_limb_t)(digits >> LIMB_BITS) }, .size = 2 };
    trim(&wide);
    return wide;
}

static bool
narrow(const struct wide *wide, decimal_digits *digits)
{
    if (wide->size > 2)
        return false;
    *digits = wide->size > 0 ? wide->limbs[0] : 0;
    if (wide->size == 2)
        *digits |= (decimal_digits)wide->limbs[1] << LIMB_BITS;
    return true;
}

static struct wide
multiply(const struct wide *one, const struct wide *other)
{
    struct wide product = { .size = one->size + other->size };
    if (one->size == 0 || other->size == 0)
        return (struct wide) { .size = 0 };
    if (one->size >= other->size)
        (void)mpn_mul(product.limbs, one->limbs, one->size, other->limbs, other->size);
    else
        (void)mpn_mul(product.limbs, other->limbs, other->size, one->limbs, one->size);
    trim(&product);
    return product;
}

/* Times 10 to the power of up to 62. */
static struct wide
shifted(struct wide wide, unsigned places)
{
    while (places > 0) {
        unsigned step = places < DIGITS_MAX ? places : DIGITS_MAX;
        struct wide power = wide_of(power_of_ten(step));
        wide = multiply(&wide, &power);
        places -= step;
    }
    return wide;
}

static struct wide
quotient(const struct wide *dividend, const struct wide *divisor)
{
    struct wide result = { .size = dividend->size - divisor->size + 1 };
    mp_limb_t remainder[WIDE_LIMBS];
    if (dividend->size < divisor->size)
        return (struct wide) { .size = 0 };
    mpn_tdiv_qr(result.limbs, remainder, 0, dividend->limbs, dividend->size, divisor->limbs, divisor->size);
    trim(&result);
    return result;
}

static struct wide
remainder_of(const struct wide *dividend, const struct wide *divisor)
{
    struct wide result = { .size = divisor->size };
    mp_limb_t whole[WIDE_LIMBS];
    if (dividend->size < divisor->size)
        return *dividend;
    mpn_tdiv_qr(whole, result.limbs, 0, dividend->limbs, dividend->size, divisor->limbs, divisor->size);
    trim(&result);
    return result;
}

static int
compare(const struct wide *one, const struct wide *other)
{
    if (one->size != other->size)
        return one->size < other->size ? -1 : 1;
    return one->size > 0 ? mpn_cmp(one->limbs, other->limbs, one->size) : 0;
}

/* The greater or equal one comes first. */
static struct wide
difference(const struct wide *one, const struct wide *other)
{
    struct wide result = { .size = one->size };
    if (other->size == 0)
        return *one;
    (void)mpn_sub(result.limbs, one->limbs, one->size, other->limbs, other->size);
    trim(&result);
    return result;
}

static struct wide
sum(const struct wide *one, const struct wide *other)
{
    const struct wide *longer = one->size >= other->size ? one : other;
    const struct wide *shorter = longer == one ? other : one;
    struct wide result = *longer;
    if (shorter->size == 0)
        return result;
    result.limbs[result.size] = mpn_add(result.limbs, longer->limbs, longer->size, shorter->limbs, shorter->size);
    result.size++;
    trim(&result);
    return result;
}

/* Gives `wide` of `scale` the form's scale, and checks its precision. */
static enum decimal_result
finish(struct wide wide, unsigned scale, bool negative, struct decimal_form form, struct decimal_number *result)
{
    decimal_digits digits;
    if (scale > form.scale) {
        struct wide power = shifted(wide_of(1), scale - form.scale);
        wide = quotient(&wide, &power);
    } else {
        wide = shifted(wide, form.scale - scale);
    }
    if (!narrow(&wide, &digits) || digits >= power_of_ten(form.precision))
        return DECIMAL_RESULT_OVERFLOW;
    *result = (struct decimal_number) { .digits = digits, .scale = form.scale, .negative = negative && digits != 0 };
    return DECIMAL_RESULT_FINE;
}

/* The same where all digits have room in decimal_digits, as most have; false where not. */
static bool
finish_narrow(decimal_digits digits, unsigned scale, bool negative, struct decimal_form form, struct decimal_number *result)
{
    if (scale > (unsigned)form.scale + DIGITS_MAX)
        return false;
    if (scale > form.scale)
        digits /= power_of_ten(scale - form.scale);
    else if (__builtin_mul_overflow(digits, power_of_ten(form.scale - scale), &digits))
        return false;
    if (digits >= power_of_ten(form.precision))
        return false;
    *result = (struct decimal_number) { .digits = digits, .scale = form.scale, .negative = negative && digits != 0 };
    return true;
}

static bool
add_narrow(const struct decimal_number *one, const struct decimal_number *other, bool subtract, struct decimal_form form,
           struct decimal_number *result)
{
    unsigned scale = one->scale > other->scale ? one->scale : other->scale;
    decimal_digits left = one->digits;
    decimal_digits right = other->digits;
    bool other_negative = other->negative != subtract;
    if (__builtin_mul_overflow(left, power_of_ten(scale - one->scale), &left) ||
        __builtin_mul_overflow(right, power_of_ten(scale - other->scale), &right))
        return false;
    if (one->negative != other_negative)
        return left >= right ? finish_narrow(left - right, scale, one->negative, form, result)
                             : finish_narrow(right - left, scale, other_negative, form, result);
    return !__builtin_add_overflow(left, right, &left) && finish_narrow(left, scale, one->negative, form, result);
}

static bool
calculate_narrow(char operation, const struct decimal_number *one, const struct decimal_number *other, struct decimal_form form,
                 struct decimal_number *result)
{
    decimal_digits product;
    if (operation == '/' || operation == '%')
        return false;
    if (operation != '*')
        return add_narrow(one, other, operation == '-', form, result);
    return !__builtin_mul_overflow(one->digits, other->digits, &product) &&
           finish_narrow(product, (unsigned)one->scale + other->scale, one->negative != other->negative, form, result);
}

static enum decimal_result
add(const struct decimal_number *one, const struct decimal_number *other, bool subtract, struct decimal_form form,
    struct decimal_number *result)
{
    unsigned scale = one->scale > other->scale ? one->scale : other->scale;
    struct wide left = shifted(wide_of(one->digits), scale - one->scale);
    struct wide right = shifted(wide_of(other->digits), scale - other->scale);
    bool other_negative = other->negative != subtract;
    if (one->negative == other_negative)
        return finish(sum(&left, &right), scale, one->negative, form, result);
    if (compare(&left, &right) >= 0)
        return finish(difference(&left, &right), scale, one->negative, form, result);
    return finish(difference(&right, &left), scale, other_negative, form, result);
}

static enum decimal_result
divide(const struct decimal_number *one, const struct decimal_number *other, struct decimal_form form, struct decimal_number *result)
{
    /* The quotient of the digits has the scale one->scale - other->scale; this many places more make it the form's. */
    int places = (int)form.scale + (int)other->scale - (int)one->scale;
    struct wide dividend = shifted(wide_of(one->digits), places > 0 ? (unsigned)places : 0);
    struct wide divisor = shifted(wide_of(other->digits), places < 0 ? (unsigned)-places : 0);
    if (divisor.size == 0)
        return DECIMAL_RESULT_DIVIDED_BY_ZERO;
    return finish(quotient(&dividend, &divisor), form.scale, one->negative != other->negative, form, result);
}

static enum decimal_result
take_remainder(const struct decimal_number *one, const struct decimal_number *other, struct decimal_form form,
               struct decimal_number *result)
{
    unsigned scale = one->scale > other->scale ? one->scale : other->scale;
    struct wide dividend = shifted(wide_of(one->digits), scale - one->scale);
    struct wide divisor = shifted(wide_of(other->digits), scale - other->scale);
    if (divisor.size == 0)
        return DECIMAL_RESULT_DIVIDED_BY_ZERO;
    return finish(remainder_of(&dividend, &divisor), scale, one->negative, form, result);
}

enum decimal_result
decimal_number_calculate(char operation, const struct decimal_number *one, const struct decimal_number *other, struct decimal_form form,
                         struct decimal_number *result)
{
    if (calculate_narrow(operation, one, other, form, result))
        return DECIMAL_RESULT_FINE;
    if (operation == '/')
        return divide(one, other, form, result);
    if (operation == '%')
        return take_remainder(one, other, form, result);
    if (operation != '*')
        return add(one, other, operation == '-', form, result);
    struct wide left = wide_of(one->digits);
    struct wide right = wide_of(other->digits);
    return finish(multiply(&left, &right), (unsigned)one->scale + other->scale, one->negative != other->negative, form, result);
}

enum decimal_result
decimal_number_convert(struct decimal_number *number, struct decimal_form form)
{
    if (number->scale == form.scale)
        return number->digits < power_of_ten(form.precision) ? DECIMAL_RESULT_FINE : DECIMAL_RESULT_OVERFLOW;
    return finish(wide_of(number->digits), number->scale, number->negative, form, number);
}

enum decimal_result
decimal_number_round(struct decimal_number *number, int64_t places)
{
    if (places >= number->scale)
        return DECIMAL_RESULT_FINE;
    if (places < -DIGITS_MAX)
        places = -DIGITS_MAX;
    int64_t dropped = number->scale - places; /* up to 62 */
    decimal_digits unit = dropped > DIGITS_MAX ? 0 : power_of_ten((unsigned)dropped);
    decimal_digits rest = unit != 0 ? number->digits % unit : number->digits;
    number->digits -= rest;
    if (unit != 0 && rest >= unit / 2)
        number->digits += unit;
    number->negative = number->negative && number->digits != 0;
    return number->digits < power_of_ten(DIGITS_MAX) ? DECIMAL_RESULT_FINE : DECIMAL_RESULT_OVERFLOW;
}

enum decimal_result
decimal_number_make_whole(struct decimal_number *number, enum decimal_direction direction)
{
    decimal_digits unit = power_of_ten(number->scale);
    decimal_digits rest = number->digits % unit;
    bool away = rest != 0 && direction == (number->negative ? DECIMAL_FLOOR : DECIMAL_CEILING);
    number->digits += (away ? unit : 0) - rest;
    number->negative = number->negative && number->digits != 0;
    return number->digits < power_of_ten(DIGITS_MAX) ? DECIMAL_RESULT_FINE : DECIMAL_RESULT_OVERFLOW;
}

void
decimal_number_negate(struct decimal_number *number)
{
    number->negative = !number->negative && number->digits != 0;
}

void
decimal_number_of_integer(int64_t integer, struct decimal_number *number)
{
    uint64_t magnitude = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;
    *number = (struct decimal_number) { .digits = magnitude, .negative = integer < 0 };
}

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    decimal_digits digits;
    size_t count;   /* of digits read at all */
    size_t taken;   /* of those that count: from the first that is not 0 */
    long scale;     /* of `digits` */
    bool overflown; /* a digit before the point was left out */
};

static void
take_digit(struct reader *reader, unsigned digit, bool behind_point)
{
    if (reader->taken == DIGITS_READ) {
        reader->overflown = reader->overflown || !behind_point;
        return;
    }
    reader->digits = reader->digits * 10 + digit;
    reader->taken += reader->digits != 0;
    reader->scale += behind_point;
}

/* Zeros at the end of a fraction are no digits that the value needs. */
static void
take_digits(struct reader *reader)
{
    bool behind_point = false;
    size_t zeros = 0;
    for (; reader->at < reader->end && (isdigit(*reader->at) || (*reader->at == '.' && !behind_point)); reader->at++) {
        if (*reader->at == '.') {
            behind_point = true;
            continue;
        }
        reader->count++;
        if (behind_point && *reader->at == '0') {
            zeros++;
            continue;
        }
        for (; zeros > 0; zeros--)
            take_digit(reader, 0, behind_point);
        take_digit(reader, (unsigned)(*reader->at - '0'), behind_point);
    }
}

static bool
take_exponent(struct reader *reader)
{
    long exponent = 0;
    if (reader->at == reader->end)
        return true;
    if (*reader->at != 'e' && *reader->at != 'E')
        return false;
    reader->at++;
    bool negative = reader->at < reader->end && *reader->at == '-';
    if (reader->at < reader->end && (*reader->at == '-' || *reader->at == '+'))
        reader->at++;
    if (reader->at == reader->end)
        return false;
    for (; reader->at < reader->end && isdigit(*reader->at); reader->at++)
        if (exponent < EXPONENT_LIMIT)
            exponent = exponent * 10 + (*reader->at - '0');
    reader->scale -= negative ? -exponent : exponent;
    return reader->at == reader->end;
}

/* Brings the digits read to a scale of at most `scale`. */
static enum decimal_result
settle(struct reader *reader, unsigned scale, bool negative, struct decimal_number *number)
{
    decimal_digits limit = power_of_ten(DIGITS_MAX);
    long most = scale < DIGITS_MAX ? (long)scale : DIGITS_MAX;
    while (reader->digits != 0 &&
           (reader->scale > most || (scale == DECIMAL_SCALE_NATURAL && reader->scale > 0 && reader->digits >= limit))) {
        reader->digits /= 10;
        reader->scale--;
    }
    for (; reader->digits != 0 && reader->scale < 0; reader->scale++) {
        if (reader->digits >= limit)
            return DECIMAL_RESULT_OVERFLOW;
        reader->digits *= 10;
    }
    if (reader->digits >= limit || reader->overflown)
        return DECIMAL_RESULT_OVERFLOW;
    *number = (struct decimal_number) {
        .digits = reader->digits,
        .scale = reader->digits != 0 ? (uint8_t)reader->scale : 0,
        .negative = negative && reader->digits != 0,
    };
    return DECIMAL_RESULT_FINE;
}

enum decimal_result
decimal_number_read(const uint8_t *text, size_t size, unsigned scale, struct decimal_number *number)
{
    struct reader reader = { .at = text, .end = text + size };
    while (reader.at < reader.end && *reader.at == ' ')
        reader.at++;
    while (reader.end > reader.at && reader.end[-1] == ' ')
        reader.end--;
    bool negative = reader.at < reader.end && *reader.at == '-';
    if (reader.at < reader.end && (*reader.at == '-' || *reader.at == '+'))
        reader.at++;
    take_digits(&reader);
    if (reader.count == 0 || !take_exponent(&reader))
        return DECIMAL_RESULT_NOT_NUMERIC;
    return settle(&reader, scale, negative, number);
}

size_t
decimal_number_write(const struct decimal_number *number, char text[static DECIMAL_NUMBER_TEXT_MAX])
{
    char reversed[DECIMAL_NUMBER_TEXT_MAX];
    decimal_digits digits = number->digits;
    size_t count = 0;
    size_t size = 0;
    for (unsigned i = 0; digits != 0 || i <= number->scale; i++) {
        if (i == number->scale && i > 0)
            reversed[count++] = '.';
        reversed[count++] = (char)('0' + (int)(digits % 10));
        digits /= 10;
    }
    if (number->negative)
        text[size++] = '-';
    while (count > 0)
        text[size++] = reversed[--count];
    return size;
}
