#include "gateway/datastore/sqlite/conversion.h"

#include <string.h>
#include <strings.h>

#include "drda/sql/datetime.h"
#include "drda/sql/decimal.h"
#include "drda/sql/number.h"
#include "drda/sql/row.h"
#include "drda/sql/unicode.h"

enum { SQLITE_DIGITS = 15 }; /* decimal digits that a floating point number keeps */

bool
conversion_is_text(const struct sql_column *column)
{
    return column->type == SQL_TYPE_DECIMAL && column->precision > SQLITE_DIGITS;
}

static struct sql_value
text_value(const void *text, size_t size)
{
    return (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { .bytes = text, .size = size } };
}

/* A number as text; false for what is none. */
static bool
take_numeral(const struct sql_value *value, char number[static NUMBER_TEXT_MAX], const uint8_t **text, size_t *size)
{
    *text = (const uint8_t *)number;
    if (value->kind == SQL_VALUE_INTEGER || value->kind == SQL_VALUE_REAL) {
        *size = number_text(value, number);
        return true;
    }
    if (value->kind != SQL_VALUE_TEXT)
        return false;
    *text = value->data.bytes;
    *size = value->data.size;
    return true;
}

static struct sql_value
keep_decimal(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room)
{
    char number[NUMBER_TEXT_MAX];
    const uint8_t *text;
    size_t size;
    uint8_t packed[DECIMAL_PACKED_MAX];
    if (!take_numeral(value, number, &text, &size))
        return *value;
    bool calculated = value->kind == SQL_VALUE_REAL && decimal_significant_digits(text, size) > SQLITE_DIGITS;
    enum decimal_excess excess = calculated ? DECIMAL_ROUND : DECIMAL_TRUNCATE;
    if (decimal_pack(text, size, column->precision, column->scale, excess, packed) != DECIMAL_FINE ||
        !decimal_unpack(packed, column->precision, column->scale, (char *)room->text, &size))
        return *value;
    return text_value(room->text, size);
}

/* Blanks that the column has no place for are not missed. */
static struct sql_value
keep_string(const struct sql_column *column, const struct sql_value *value)
{
    struct sql_value kept = *value;
    if (value->kind != SQL_VALUE_TEXT || value->data.size <= column->length)
        return kept;
    size_t characters = 0;
    size_t fitting = 0; /* bytes of the characters that there is a place for */
    for (size_t i = 0; i < value->data.size; i++) {
        characters += utf8_length(value->data.bytes + i, 1);
        if (characters <= column->length)
            fitting = i + 1;
    }
    for (size_t i = fitting; i < value->data.size; i++)
        if (value->data.bytes[i] != ' ')
            return kept;
    kept.data.size = fitting;
    return kept;
}

static struct sql_value
keep_moment(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room)
{
    size_t size = 0;
    bool good = false;
    if (value->kind != SQL_VALUE_TEXT)
        return *value;
    if (column->type == SQL_TYPE_DATE) {
        good = date_to_wire(value->data.bytes, value->data.size, room->text);
        size = DATE_SIZE;
    } else if (column->type == SQL_TYPE_TIME) {
        good = time_to_wire(value->data.bytes, value->data.size, room->text);
        size = TIME_SIZE;
    } else {
        good = timestamp_from_wire(value->data.bytes, value->data.size, (char *)room->text, &size);
    }
    return good ? text_value(room->text, size) : *value;
}

/* Whole numbers may come as text, TRUE and FALSE as words. */
static struct sql_value
keep_integer(const struct sql_column *column, const struct sql_value *value)
{
    struct sql_value kept = { .kind = SQL_VALUE_INTEGER };
    if (number_to_integer(value, &kept.integer) == NUMBER_FINE)
        return kept;
    bool is_word = column->type == SQL_TYPE_BOOLEAN && value->kind == SQL_VALUE_TEXT;
    const char *word = is_word ? (const char *)value->data.bytes : "";
    size_t size = is_word ? value->data.size : 0;
    kept.integer = size == strlen("true") && strncasecmp(word, "true", size) == 0;
    bool is_false = size == strlen("false") && strncasecmp(word, "false", size) == 0;
    return kept.integer != 0 || is_false ? kept : *value;
}

struct sql_value
conversion_keep(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room)
{
    switch (column->type) {
    case SQL_TYPE_DECIMAL:
        return keep_decimal(column, value, room);
    case SQL_TYPE_CHAR:
    case SQL_TYPE_VARCHAR:
        return keep_string(column, value);
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIME:
    case SQL_TYPE_TIMESTAMP:
        return keep_moment(column, value, room);
    case SQL_TYPE_SMALLINT:
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_BIGINT:
    case SQL_TYPE_BOOLEAN:
        return keep_integer(column, value);
    case SQL_TYPE_REAL:
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_LONG_VARCHAR:
    case SQL_TYPE_CHAR_BIT:
    case SQL_TYPE_VARCHAR_BIT:
    case SQL_TYPE_LONG_VARCHAR_BIT:
    case SQL_TYPE_CLOB:
    case SQL_TYPE_BLOB:
    case SQL_TYPE_COUNT:
        break;
    }
    return *value;
}

/* CAST of a number with a fraction to a whole one drops the fraction. */
static struct sql_value
cast_integer(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room)
{
    struct sql_column whole = { .type = SQL_TYPE_DECIMAL, .precision = SQL_DECIMAL_PRECISION_MAX, .name = "" };
    struct sql_value number = keep_decimal(&whole, value, room);
    return keep_integer(column, &number);
}

static struct sql_value
cast_real(const struct sql_value *value)
{
    struct sql_value real = { .kind = SQL_VALUE_REAL };
    return number_to_real(value, &real.real) == NUMBER_FINE ? real : *value;
}

/* The first characters, or the first bytes, that there is a place for. */
static struct sql_value
cut(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room)
{
    struct sql_value result = *value;
    if (value->kind == SQL_VALUE_INTEGER || value->kind == SQL_VALUE_REAL)
        result = text_value(room->text, number_text(value, (char *)room->text));
    bool is_text = column->type == SQL_TYPE_CHAR || column->type == SQL_TYPE_VARCHAR;
    result.kind = is_text ? SQL_VALUE_TEXT : SQL_VALUE_BYTES;
    size_t places = column->length;
    size_t size = 0;
    for (; size < result.data.size; size++) {
        size_t width = is_text ? utf8_length(result.data.bytes + size, 1) : 1;
        if (width > places)
            break;
        places -= width;
    }
    result.data.size = size;
    return result;
}

bool
conversion_cast(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room, struct sql_value *result,
                struct sql_diagnosis *diagnosis)
{
    *result = *value;
    if (value->kind == SQL_VALUE_NULL)
        return true;
    switch (column->type) {
    case SQL_TYPE_SMALLINT:
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_BIGINT:
        *result = cast_integer(column, value, room);
        break;
    case SQL_TYPE_REAL:
    case SQL_TYPE_DOUBLE:
        *result = cast_real(value);
        break;
    case SQL_TYPE_CHAR:
    case SQL_TYPE_VARCHAR:
    case SQL_TYPE_CHAR_BIT:
    case SQL_TYPE_VARCHAR_BIT:
        *result = cut(column, value, room);
        break;
    case SQL_TYPE_LONG_VARCHAR:
    case SQL_TYPE_CLOB:
        if (value->kind == SQL_VALUE_BYTES)
            result->kind = SQL_VALUE_TEXT;
        break;
    case SQL_TYPE_LONG_VARCHAR_BIT:
    case SQL_TYPE_BLOB:
        if (value->kind == SQL_VALUE_TEXT)
            result->kind = SQL_VALUE_BYTES;
        break;
    case SQL_TYPE_DECIMAL:
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIME:
    case SQL_TYPE_TIMESTAMP:
    case SQL_TYPE_BOOLEAN:
    case SQL_TYPE_COUNT:
        *result = conversion_keep(column, value, room);
        break;
    }
    if (!row_value_fits(column, result, diagnosis))
        return false;
    /* SQLite's own numbers serve those that they can hold, and then compare with others. */
    if (column->type == SQL_TYPE_DECIMAL && !conversion_is_text(column))
        *result = column->scale == 0 ? keep_integer(column, result) : cast_real(result);
    return true;
}
