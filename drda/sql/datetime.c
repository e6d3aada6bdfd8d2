#include "drda/sql/datetime.h"

enum { FRACTION_MAX = 12, FRACTION_TEXT = 6, FRACTION_WIRE = 9 };

struct moment {
    unsigned year, month, day;
    unsigned hour, minute, second;
    uint8_t fraction[FRACTION_MAX]; /* characters, filled with '0' */
};

static bool
read_number(struct wire_reader *reader, size_t digits, unsigned *number)
{
    const uint8_t *p = wire_take(reader, digits);
    *number = 0;
    for (size_t i = 0; p != NULL && i < digits; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        *number = *number * 10 + (unsigned)(p[i] - '0');
    }
    return p != NULL;
}

static bool
read_mark(struct wire_reader *reader, char one, char other)
{
    uint8_t c = wire_u8(reader);
    return c == (uint8_t)one || c == (uint8_t)other;
}

static bool
read_date(struct wire_reader *reader, struct moment *moment)
{
    static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool whole = read_number(reader, 4, &moment->year) && read_mark(reader, '-', '-') && read_number(reader, 2, &moment->month) &&
                 read_mark(reader, '-', '-') && read_number(reader, 2, &moment->day);
    if (!whole || moment->year < 1 || moment->month < 1 || moment->month > 12 || moment->day < 1)
        return false;
    bool leap = (moment->year % 4 == 0 && moment->year % 100 != 0) || moment->year % 400 == 0;
    unsigned last = moment->month == 2 && !leap ? 28 : days[moment->month - 1];
    return moment->day <= last;
}

/* 24:00:00 is the end of a day in Db2. */
static bool
read_time(struct wire_reader *reader, struct moment *moment)
{
    bool whole = read_number(reader, 2, &moment->hour) && read_mark(reader, ':', '.') && read_number(reader, 2, &moment->minute) &&
                 read_mark(reader, ':', '.') && read_number(reader, 2, &moment->second);
    if (!whole || moment->minute > 59 || moment->second > 59)
        return false;
    return moment->hour <= 23 || (moment->hour == 24 && moment->minute == 0 && moment->second == 0);
}

static bool
read_fraction(struct wire_reader *reader, struct moment *moment)
{
    if (reader->left == 0)
        return true;
    if (!read_mark(reader, '.', '.') || reader->left > FRACTION_MAX)
        return false;
    for (size_t i = 0; reader->left > 0; i++) {
        moment->fraction[i] = wire_u8(reader);
        if (moment->fraction[i] < '0' || moment->fraction[i] > '9')
            return false;
    }
    return true;
}

static bool
read_timestamp(const uint8_t *text, size_t size, struct moment *moment)
{
    struct wire_reader reader = wire_reader(text, size);
    *moment = (struct moment) { 0 };
    memset(moment->fraction, '0', FRACTION_MAX);
    if (!read_date(&reader, moment))
        return false;
    if (reader.left == 0)
        return true;
    uint8_t mark = wire_u8(&reader);
    return (mark == ' ' || mark == 'T' || mark == '-') && read_time(&reader, moment) && read_fraction(&reader, moment);
}

static uint8_t *
put_number(uint8_t *at, size_t digits, unsigned number)
{
    for (size_t i = digits; i-- > 0; number /= 10)
        at[i] = (uint8_t)('0' + number % 10);
    return at + digits;
}

static uint8_t *
put_triple(uint8_t *at, const unsigned *numbers, size_t first_digits, char mark)
{
    at = put_number(at, first_digits, numbers[0]);
    *at++ = (uint8_t)mark;
    at = put_number(at, 2, numbers[1]);
    *at++ = (uint8_t)mark;
    return put_number(at, 2, numbers[2]);
}

bool
date_to_wire(const uint8_t *text, size_t size, uint8_t wire[static DATE_SIZE])
{
    struct wire_reader reader = wire_reader(text, size);
    struct moment moment;
    if (!read_date(&reader, &moment) || !wire_done(&reader))
        return false;
    put_triple(wire, (unsigned[]) { moment.year, moment.month, moment.day }, 4, '-');
    return true;
}

bool
time_to_wire(const uint8_t *text, size_t size, uint8_t wire[static TIME_SIZE])
{
    struct wire_reader reader = wire_reader(text, size);
    struct moment moment;
    if (!read_time(&reader, &moment) || !wire_done(&reader))
        return false;
    put_triple(wire, (unsigned[]) { moment.hour, moment.minute, moment.second }, 2, ':');
    return true;
}

static uint8_t *
put_timestamp(uint8_t *at, const struct moment *moment, char between, char time_mark, size_t fraction_digits)
{
    at = put_triple(at, (unsigned[]) { moment->year, moment->month, moment->day }, 4, '-');
    *at++ = (uint8_t)between;
    at = put_triple(at, (unsigned[]) { moment->hour, moment->minute, moment->second }, 2, time_mark);
    *at++ = '.';
    memcpy(at, moment->fraction, fraction_digits);
    return at + fraction_digits;
}

bool
timestamp_to_wire(const uint8_t *text, size_t size, uint8_t wire[static TIMESTAMP_WIRE_SIZE])
{
    struct moment moment;
    if (!read_timestamp(text, size, &moment))
        return false;
    put_timestamp(wire, &moment, '-', '.', FRACTION_WIRE);
    return true;
}

bool
timestamp_from_wire(const uint8_t *wire, size_t size, char text[static TIMESTAMP_TEXT_MAX], size_t *text_size)
{
    struct moment moment;
    *text_size = 0;
    if (!read_timestamp(wire, size, &moment))
        return false;
    size_t digits = FRACTION_MAX;
    while (digits > FRACTION_TEXT && memcmp(moment.fraction + digits - 3, "000", 3) == 0)
        digits -= 3;
    uint8_t buffer[TIMESTAMP_TEXT_MAX];
    *text_size = (size_t)(put_timestamp(buffer, &moment, ' ', ':', digits) - buffer);
    memcpy(text, buffer, *text_size);
    return true;
}
