#include "drda/sql/decimal.h"

#include <limits.h>
#include <string.h>

#include "drda/sql/value.h"

enum {
    SIGN_PLUS = 0x0C,
    SIGN_MINUS = 0x0D,
    EXPONENT_LIMIT = 100000, /* beyond any number of digits that is looked at; keeps sums small */
};

/* A number as it stands in text: digits[0 .. count), the point standing before digit `point` (which may lie outside of them). */
struct numeral {
    bool negative;
    const uint8_t *digits; /* with the decimal point, if any, among them */
    size_t size;           /* of digits and point */
    long point;            /* digits before the decimal point, exponent included; leading zeros count */
};

size_t
decimal_packed_size(unsigned precision)
{
    return precision / 2 + 1;
}

static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* An exponent with its letter, up to `end`; false when there is something else. */
static bool
read_exponent(const uint8_t *at, const uint8_t *end, long *exponent)
{
    *exponent = 0;
    if (at == end)
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end && is_digit(*at); at++)
        if (*exponent < EXPONENT_LIMIT)
            *exponent = *exponent * 10 + (*at - '0');
    if (negative)
        *exponent = -*exponent;
    return at == end;
}

static bool
read_numeral(const uint8_t *text, size_t size, struct numeral *numeral)
{
    const uint8_t *at = text;
    const uint8_t *end = text + size;
    while (at < end && *at == ' ')
        at++;
    while (end > at && end[-1] == ' ')
        end--;
    numeral->negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    numeral->digits = at;
    long before = 0;
    size_t digits = 0;
    bool point = false;
    for (; at < end && (is_digit(*at) || (*at == '.' && !point)); at++) {
        point = point || *at == '.';
        digits += *at != '.';
        before += !point;
    }
    numeral->size = (size_t)(at - numeral->digits);
    long exponent;
    if (digits == 0 || before > EXPONENT_LIMIT || !read_exponent(at, end, &exponent))
        return false;
    numeral->point = before + exponent;
    return true;
}

/* Adds one unit in the last place; true when a carry comes out at the front. */
static bool
round_up(uint8_t *digits, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (digits[i] < 9) {
            digits[i]++;
            return false;
        }
        digits[i] = 0;
    }
    return true;
}

/* Puts the digits where precision and scale want them; what stands behind is cut or rounded. */
static enum decimal_outcome
place_digits(const struct numeral *numeral, unsigned precision, unsigned scale, enum decimal_excess excess, uint8_t *digits)
{
    memset(digits, 0, precision);
    long position = (long)(precision - scale) - numeral->point;
    bool up = false;
    for (size_t i = 0; i < numeral->size; i++) {
        if (numeral->digits[i] == '.')
            continue;
        uint8_t digit = (uint8_t)(numeral->digits[i] - '0');
        if (position < 0 && digit != 0)
            return DECIMAL_OVERFLOW;
        if (position >= 0 && position < (long)precision)
            digits[position] = digit;
        if (position == (long)precision)
            up = excess == DECIMAL_ROUND && digit >= 5;
        position++;
    }
    return up && round_up(digits, precision) ? DECIMAL_OVERFLOW : DECIMAL_FINE;
}

static bool
is_precision(unsigned precision, unsigned scale)
{
    return precision >= 1 && precision <= SQL_DECIMAL_PRECISION_MAX && scale <= precision;
}

enum decimal_outcome
decimal_pack(const uint8_t *text, size_t size, unsigned precision, unsigned scale, enum decimal_excess excess, uint8_t *packed)
{
    struct numeral numeral;
    uint8_t digits[SQL_DECIMAL_PRECISION_MAX];
    if (!is_precision(precision, scale) || !read_numeral(text, size, &numeral))
        return DECIMAL_NOT_NUMERIC;
    enum decimal_outcome outcome = place_digits(&numeral, precision, scale, excess, digits);
    if (outcome != DECIMAL_FINE)
        return outcome;

    bool zero = true;
    size_t half = precision % 2 == 0 ? 1 : 0; /* an even number of digits leaves the first half byte empty */
    memset(packed, 0, decimal_packed_size(precision));
    for (size_t i = 0; i < precision; i++, half++) {
        packed[half / 2] |= (uint8_t)(half % 2 == 0 ? digits[i] << 4 : digits[i]);
        zero = zero && digits[i] == 0;
    }
    packed[half / 2] |= numeral.negative && !zero ? SIGN_MINUS : SIGN_PLUS;
    return DECIMAL_FINE;
}

bool
decimal_unpack(const uint8_t *packed, unsigned precision, unsigned scale, char *text, size_t *size)
{
    *size = 0;
    if (!is_precision(precision, scale < precision ? scale : precision) || scale > SQL_DECIMAL_PRECISION_MAX)
        return false;
    uint8_t sign = packed[precision / 2] & 0x0F;
    if (sign < 0x0A || (precision % 2 == 0 && packed[0] >> 4 != 0))
        return false;

    size_t used = 0;
    bool begun = false;
    if (sign == SIGN_MINUS || sign == 0x0B)
        text[used++] = '-';
    size_t half = precision % 2 == 0 ? 1 : 0;
    size_t zeros = scale > precision ? scale - precision : 0; /* behind the point and not sent */
    unsigned point = zeros > 0 ? precision : precision - scale;
    if (zeros > 0) {
        memcpy(text + used, "0.", 2);
        memset(text + used + 2, '0', zeros);
        used += 2 + zeros;
        begun = true;
    }
    for (unsigned i = 0; i < precision; i++, half++) {
        uint8_t digit = half % 2 == 0 ? packed[half / 2] >> 4 : packed[half / 2] & 0x0F;
        if (digit > 9)
            return false;
        if (i == point) {
            if (!begun)
                text[used++] = '0';
            text[used++] = '.';
            begun = true;
        }
        bool last_before_point = i + 1 == point;
        if (digit != 0 || begun || last_before_point) {
            text[used++] = (char)('0' + digit);
            begun = true;
        }
    }
    *size = used;
    return true;
}

/* The digits of a numeral one after the other, without the zeros in front. */
struct digits {
    const struct numeral *numeral;
    size_t next;
    long weight; /* of the next digit: 1 stands right before the decimal point; LONG_MIN when none but zeros are left */
};

static struct digits
digits_of(const struct numeral *numeral)
{
    struct digits digits = { .numeral = numeral, .weight = numeral->point };
    while (digits.next < numeral->size && (numeral->digits[digits.next] == '0' || numeral->digits[digits.next] == '.')) {
        digits.weight -= numeral->digits[digits.next] == '0';
        digits.next++;
    }
    if (digits.next == numeral->size)
        digits.weight = LONG_MIN;
    return digits;
}

/* Behind the last digit there are zeros without end. */
static uint8_t
take_digit(struct digits *digits)
{
    if (digits->next < digits->numeral->size && digits->numeral->digits[digits->next] == '.')
        digits->next++;
    return digits->next < digits->numeral->size ? digits->numeral->digits[digits->next++] : '0';
}

static int
compare_magnitudes(const struct numeral *one, const struct numeral *other)
{
    struct digits ones = digits_of(one);
    struct digits others = digits_of(other);
    if (ones.weight != others.weight)
        return ones.weight < others.weight ? -1 : 1;
    while (ones.next < one->size || others.next < other->size) {
        int difference = take_digit(&ones) - take_digit(&others);
        if (difference != 0)
            return difference;
    }
    return 0;
}

static int
compare_bytes(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size)
{
    size_t common = one_size < other_size ? one_size : other_size;
    int difference = common > 0 ? memcmp(one, other, common) : 0;
    return difference != 0 ? difference : (one_size > other_size) - (one_size < other_size);
}

static bool
is_zero(const struct numeral *numeral)
{
    return digits_of(numeral).weight == LONG_MIN;
}

int
decimal_compare(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size)
{
    struct numeral left;
    struct numeral right;
    bool is_left = read_numeral(one, one_size, &left);
    bool is_right = read_numeral(other, other_size, &right);
    if (!is_left && !is_right)
        return compare_bytes(one, one_size, other, other_size);
    if (!is_left || !is_right)
        return is_left ? -1 : 1;
    left.negative = left.negative && !is_zero(&left);
    right.negative = right.negative && !is_zero(&right);
    if (left.negative != right.negative)
        return left.negative ? -1 : 1;
    int order = compare_magnitudes(&left, &right);
    return left.negative ? -order : order;
}

size_t
decimal_significant_digits(const uint8_t *text, size_t size)
{
    struct numeral numeral;
    if (!read_numeral(text, size, &numeral))
        return 0;
    struct digits digits = digits_of(&numeral);
    size_t seen = 0;
    size_t significant = 0;
    while (digits.next < numeral.size) {
        seen++;
        if (take_digit(&digits) != '0')
            significant = seen;
    }
    return significant;
}
