#include "drda/sql/row.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "drda/sql/datetime.h"
#include "drda/sql/decimal.h"
#include "drda/sql/misfit.h"
#include "drda/sql/number.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/unicode.h"

enum {
    INDICATOR_PRESENT = 0x00,
    INDICATOR_NULL = 0xFF,
    BLANK = ' ',
    REAL_DIGITS = 15, /* a REAL that needs more was calculated, and its last digits are noise */
};

static enum misfit
misfit_of(enum number_outcome outcome)
{
    switch (outcome) {
    case NUMBER_FINE:
        return MISFIT_NONE;
    case NUMBER_OUT_OF_RANGE:
        return MISFIT_RANGE;
    case NUMBER_NOT_NUMERIC:
    case NUMBER_HAS_FRACTION:
        break;
    }
    return MISFIT_FORM;
}

static inline enum misfit
put_integer(struct wire_writer *writer, const struct sql_value *value, size_t size, int64_t least, int64_t greatest)
{
    int64_t integer;
    enum misfit misfit = MISFIT_NONE;
    if (value->kind == SQL_VALUE_INTEGER) /* nearly always */
        integer = value->integer;
    else
        misfit = misfit_of(number_to_integer(value, &integer));
    if (misfit == MISFIT_NONE && (integer < least || integer > greatest))
        misfit = MISFIT_RANGE;
    if (misfit == MISFIT_NONE)
        wire_put_value(writer, (uint64_t)integer, size);
    return misfit;
}

static enum misfit
put_double(struct wire_writer *writer, const struct sql_value *value)
{
    union {
        double real;
        uint64_t bits;
    } wide;
    enum misfit misfit = misfit_of(number_to_real(value, &wide.real));
    if (misfit == MISFIT_NONE)
        wire_put_value(writer, wide.bits, sizeof wide.bits);
    return misfit;
}

static enum misfit
put_real(struct wire_writer *writer, const struct sql_value *value)
{
    double real;
    union {
        float real;
        uint32_t bits;
    } narrow;
    enum misfit misfit = misfit_of(number_to_real(value, &real));
    if (misfit == MISFIT_NONE && isfinite(real) && fabs(real) > (double)FLT_MAX)
        misfit = MISFIT_RANGE;
    if (misfit != MISFIT_NONE)
        return misfit;
    narrow.real = (float)real;
    bool vanishes = narrow.real == 0 && real != 0;
    if (vanishes)
        misfit = MISFIT_RANGE;
    else
        wire_put_value(writer, narrow.bits, sizeof narrow.bits);
    return misfit;
}

static enum misfit
put_decimal(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value)
{
    char number[NUMBER_TEXT_MAX];
    const uint8_t *text = value->data.bytes;
    size_t size = value->data.size;
    uint8_t packed[DECIMAL_PACKED_MAX];
    enum decimal_excess excess = DECIMAL_TRUNCATE;
    if (value->kind == SQL_VALUE_BYTES)
        return MISFIT_FORM;
    if (value->kind != SQL_VALUE_TEXT) {
        text = (const uint8_t *)number;
        size = number_text(value, number);
        excess = decimal_significant_digits(text, size) > REAL_DIGITS ? DECIMAL_ROUND : DECIMAL_TRUNCATE;
    }
    switch (decimal_pack(text, size, column->precision, column->scale, excess, packed)) {
    case DECIMAL_FINE:
        wire_put_bytes(writer, packed, decimal_packed_size(column->precision));
        return MISFIT_NONE;
    case DECIMAL_OVERFLOW:
        return MISFIT_RANGE;
    case DECIMAL_NOT_NUMERIC:
        break;
    }
    return MISFIT_FORM;
}

/* Columns are declared in characters of up to 4 bytes, so that bytes need to be counted as such only when they are many. *blanks is how
 * many are missing to the length of a CHAR. */
static enum misfit
check_string(const struct sql_column *column, const uint8_t *text, size_t size, size_t *blanks)
{
    *blanks = 0;
    if (!utf8_is_valid(text, size))
        return MISFIT_ENCODING;
    bool short_enough = size <= column->length && column->length <= SQL_VARCHAR_MAX;
    size_t length_max = short_enough ? column->length : fdoca_field_of(column).length;
    size_t length = size <= length_max ? size : utf8_length(text, size);
    if (length > length_max || size > SQL_LONG_VARCHAR_MAX)
        return MISFIT_LENGTH;
    if (column->type == SQL_TYPE_CHAR)
        *blanks = length_max - utf8_length(text, size);
    return size + *blanks > SQL_LONG_VARCHAR_MAX ? MISFIT_LENGTH : MISFIT_NONE;
}

static enum misfit
put_string(struct wire_writer *writer, const struct sql_column *column, const uint8_t *text, size_t size)
{
    size_t blanks;
    enum misfit misfit = check_string(column, text, size, &blanks);
    if (misfit != MISFIT_NONE)
        return misfit;
    wire_put_u16(writer, (uint16_t)(size + blanks));
    wire_put_bytes(writer, text, size);
    uint8_t *p = wire_room(writer, blanks);
    if (p != NULL && blanks > 0)
        memset(p, BLANK, blanks);
    return MISFIT_NONE;
}

static enum misfit
put_number_as_text(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value)
{
    char number[NUMBER_TEXT_MAX];
    size_t size = number_text(value, number);
    return put_string(writer, column, (const uint8_t *)number, size);
}

static enum misfit
put_text(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value)
{
    if (value->kind == SQL_VALUE_BYTES)
        return MISFIT_FORM;
    return value->kind == SQL_VALUE_TEXT ? put_string(writer, column, value->data.bytes, value->data.size)
                                         : put_number_as_text(writer, column, value);
}

static enum misfit
check_text(const struct sql_column *column, const struct sql_value *value)
{
    char number[NUMBER_TEXT_MAX];
    size_t blanks;
    if (value->kind == SQL_VALUE_BYTES)
        return MISFIT_FORM;
    if (value->kind == SQL_VALUE_TEXT)
        return check_string(column, value->data.bytes, value->data.size, &blanks);
    size_t size = number_text(value, number);
    return check_string(column, (const uint8_t *)number, size, &blanks);
}

static enum misfit
check_bytes(const struct sql_column *column, const struct sql_value *value)
{
    if (value->kind != SQL_VALUE_BYTES && value->kind != SQL_VALUE_TEXT)
        return MISFIT_FORM;
    return value->data.size > fdoca_field_of(column).length ? MISFIT_LENGTH : MISFIT_NONE;
}

static enum misfit
put_bytes(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value)
{
    enum misfit misfit = check_bytes(column, value);
    size_t length_max = fdoca_field_of(column).length;
    bool fixed = column->type == SQL_TYPE_CHAR_BIT;
    if (misfit != MISFIT_NONE)
        return misfit;
    size_t size = value->data.size;
    if (!fixed)
        wire_put_u16(writer, (uint16_t)size);
    wire_put_bytes(writer, value->data.bytes, size);
    uint8_t *p = fixed ? wire_room(writer, length_max - size) : NULL;
    if (p != NULL && length_max > size)
        memset(p, BLANK, length_max - size);
    return MISFIT_NONE;
}

static enum misfit
put_date(struct wire_writer *writer, const struct sql_value *value)
{
    uint8_t wire[DATE_SIZE];
    if (value->kind != SQL_VALUE_TEXT || !date_to_wire(value->data.bytes, value->data.size, wire))
        return MISFIT_DATETIME;
    wire_put_bytes(writer, wire, sizeof wire);
    return MISFIT_NONE;
}

static enum misfit
put_time(struct wire_writer *writer, const struct sql_value *value)
{
    uint8_t wire[TIME_SIZE];
    if (value->kind != SQL_VALUE_TEXT || !time_to_wire(value->data.bytes, value->data.size, wire))
        return MISFIT_DATETIME;
    wire_put_bytes(writer, wire, sizeof wire);
    return MISFIT_NONE;
}

static enum misfit
put_timestamp(struct wire_writer *writer, const struct sql_value *value)
{
    uint8_t wire[TIMESTAMP_WIRE_SIZE];
    if (value->kind != SQL_VALUE_TEXT || !timestamp_to_wire(value->data.bytes, value->data.size, wire))
        return MISFIT_DATETIME;
    wire_put_bytes(writer, wire, sizeof wire);
    return MISFIT_NONE;
}

static enum misfit
put_value(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value)
{
    if (value->kind == SQL_VALUE_NULL) {
        wire_put_u8(writer, INDICATOR_NULL);
        return column->nullable ? MISFIT_NONE : MISFIT_NULL;
    }
    if (column->nullable)
        wire_put_u8(writer, INDICATOR_PRESENT);
    switch (column->type) {
    case SQL_TYPE_SMALLINT:
        return put_integer(writer, value, 2, INT16_MIN, INT16_MAX);
    case SQL_TYPE_INTEGER:
        return put_integer(writer, value, 4, INT32_MIN, INT32_MAX);
    case SQL_TYPE_BIGINT:
        return put_integer(writer, value, 8, INT64_MIN, INT64_MAX);
    case SQL_TYPE_BOOLEAN:
        return put_integer(writer, value, 1, 0, 1);
    case SQL_TYPE_REAL:
        return put_real(writer, value);
    case SQL_TYPE_DOUBLE:
        return put_double(writer, value);
    case SQL_TYPE_DECIMAL:
        return put_decimal(writer, column, value);
    case SQL_TYPE_CHAR:
    case SQL_TYPE_VARCHAR:
    case SQL_TYPE_LONG_VARCHAR:
        return put_text(writer, column, value);
    case SQL_TYPE_CHAR_BIT:
    case SQL_TYPE_VARCHAR_BIT:
    case SQL_TYPE_LONG_VARCHAR_BIT:
        return put_bytes(writer, column, value);
    case SQL_TYPE_DATE:
        return put_date(writer, value);
    case SQL_TYPE_TIME:
        return put_time(writer, value);
    case SQL_TYPE_TIMESTAMP:
        return put_timestamp(writer, value);
    case SQL_TYPE_CLOB: /* follow the row */
    case SQL_TYPE_BLOB:
    case SQL_TYPE_COUNT:
        break;
    }
    return MISFIT_FORM;
}

bool
row_put_values(struct wire_writer *writer, const struct sql_column *columns, const struct sql_value *values, size_t count,
               struct sql_diagnosis *diagnosis)
{
    for (size_t i = 0; i < count; i++) {
        enum misfit misfit = put_value(writer, &columns[i], &values[i]);
        if (misfit == MISFIT_NONE)
            continue;
        misfit_report(&columns[i], &values[i], misfit, diagnosis);
        return false;
    }
    return true;
}

bool
row_put_value(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value, struct sql_diagnosis *diagnosis)
{
    return row_put_values(writer, column, value, 1, diagnosis);
}

static bool
put_presence(struct wire_writer *writer, const struct sql_column *column, bool present, struct sql_diagnosis *diagnosis)
{
    static const struct sql_value null = { .kind = SQL_VALUE_NULL };
    if (!present && !column->nullable) {
        misfit_report(column, &null, MISFIT_NULL, diagnosis);
        return false;
    }
    if (column->nullable)
        wire_put_u8(writer, present ? INDICATOR_PRESENT : INDICATOR_NULL);
    return true;
}

bool
row_put_locator(struct wire_writer *writer, const struct sql_column *column, bool present, uint32_t locator,
                struct sql_diagnosis *diagnosis)
{
    if (!put_presence(writer, column, present, diagnosis))
        return false;
    if (present)
        wire_put_value(writer, locator, sizeof locator);
    return true;
}

bool
row_put_lob_length(struct wire_writer *writer, const struct sql_column *column, bool present, uint64_t size,
                   struct sql_diagnosis *diagnosis)
{
    static const struct sql_value value = { .kind = SQL_VALUE_BYTES };
    if (size > INT32_MAX) {
        misfit_report(column, &value, MISFIT_LENGTH, diagnosis);
        return false;
    }
    if (!put_presence(writer, column, present, diagnosis))
        return false;
    if (present)
        wire_put_u32(writer, (uint32_t)size);
    return true;
}

static bool
large_object_fits(const struct sql_column *column, const struct sql_value *value, struct sql_diagnosis *diagnosis)
{
    bool is_data = value->kind == SQL_VALUE_TEXT || value->kind == SQL_VALUE_BYTES;
    bool too_long = is_data && column->length > 0 && value->data.size > column->length;
    if (too_long && column->type == SQL_TYPE_CLOB)
        too_long = utf8_length(value->data.bytes, value->data.size) > column->length;
    if (too_long)
        misfit_report(column, value, MISFIT_LENGTH, diagnosis);
    return !too_long;
}

/* Strings are looked at where they are, other values written where nobody reads them. */
static enum misfit
check_value(const struct sql_column *column, const struct sql_value *value)
{
    enum { OTHER_VALUE_MAX = 64 };
    uint8_t unwanted[OTHER_VALUE_MAX];
    struct wire_writer writer = wire_writer(unwanted, sizeof unwanted);
    if (value->kind == SQL_VALUE_NULL)
        return put_value(&writer, column, value);
    if (column->type == SQL_TYPE_CHAR || column->type == SQL_TYPE_VARCHAR || column->type == SQL_TYPE_LONG_VARCHAR)
        return check_text(column, value);
    if (column->type == SQL_TYPE_CHAR_BIT || column->type == SQL_TYPE_VARCHAR_BIT || column->type == SQL_TYPE_LONG_VARCHAR_BIT)
        return check_bytes(column, value);
    enum misfit misfit = put_value(&writer, column, value);
    assert(!writer.failed);
    return misfit;
}

bool
row_value_fits(const struct sql_column *column, const struct sql_value *value, struct sql_diagnosis *diagnosis)
{
    if (column->type == SQL_TYPE_CLOB || column->type == SQL_TYPE_BLOB)
        return large_object_fits(column, value, diagnosis);
    enum misfit misfit = check_value(column, value);
    if (misfit != MISFIT_NONE)
        misfit_report(column, value, misfit, diagnosis);
    return misfit == MISFIT_NONE;
}

void
row_put_head(struct wire_writer *writer)
{
    wire_put_u16(writer, INDICATOR_NULL << 8 | INDICATOR_PRESENT); /* no SQLCA, and a row */
}

void
row_put_without_data(struct wire_writer *writer)
{
    sqlca_put_null(writer);
    wire_put_u8(writer, INDICATOR_NULL);
}

void
row_put_sqlca(struct wire_writer *writer, const struct sql_diagnosis *diagnosis)
{
    sqlca_put(writer, diagnosis);
    wire_put_u8(writer, INDICATOR_NULL);
}
