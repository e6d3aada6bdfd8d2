/* The values that FD:OCA triplets describe. */
#include "drda/code_page.h"
#include "drda/sql/datetime.h"
#include "drda/sql/decimal.h"
#include "drda/sql/fdoca.h"
#include "drda/sql/hexadecimal_float.h"
#include "drda/sql/unicode.h"

enum {
    INDICATOR_PRESENT_MAX = 0x7F, /* an indicator with the high bit set says null */
    LOB_PLACEHOLDER = 0x8000,     /* in the length of a field, and as the length of a value: unknown */
};

enum layout {
    LAYOUT_INTEGER,
    LAYOUT_FLOAT,
    LAYOUT_DECIMAL,
    LAYOUT_TEXT,
    LAYOUT_TIMESTAMP,
    LAYOUT_BYTES,
    LAYOUT_UTF16,
    LAYOUT_COUNTED_TEXT,
    LAYOUT_COUNTED_BYTES,
    LAYOUT_COUNTED_UTF16,
    LAYOUT_LOB,
    LAYOUT_LOCATOR,
};

/* Lengths that the triplet of a type may have; by the type without its nullable bit, halved. */
static const struct shape {
    enum layout layout;
    uint16_t length_min;
    uint16_t length_max; /* 0: no such type */
} shapes[(UINT8_MAX + 1) / 2] = {
    [FDOCA_INTEGER / 2] = { LAYOUT_INTEGER, 4, 4 },
    [FDOCA_SMALLINT / 2] = { LAYOUT_INTEGER, 2, 2 },
    [FDOCA_TINYINT / 2] = { LAYOUT_INTEGER, 1, 1 },
    [FDOCA_BIGINT / 2] = { LAYOUT_INTEGER, 8, 8 },
    [FDOCA_BOOLEAN / 2] = { LAYOUT_INTEGER, 1, 2 },
    [FDOCA_FLOAT8 / 2] = { LAYOUT_FLOAT, 8, 8 },
    [FDOCA_FLOAT4 / 2] = { LAYOUT_FLOAT, 4, 4 },
    [FDOCA_DECIMAL / 2] = { LAYOUT_DECIMAL, 0x0100, 0x1F1F },
    [FDOCA_DATE / 2] = { LAYOUT_TEXT, DATE_SIZE, DATE_SIZE },
    [FDOCA_TIME / 2] = { LAYOUT_TEXT, TIME_SIZE, TIME_SIZE },
    [FDOCA_TIMESTAMP / 2] = { LAYOUT_TIMESTAMP, 19, TIMESTAMP_TEXT_MAX },
    [FDOCA_BYTES / 2] = { LAYOUT_BYTES, 0, UINT16_MAX },
    [FDOCA_VARBYTES / 2] = { LAYOUT_COUNTED_BYTES, 0, UINT16_MAX },
    [FDOCA_LONG_VARBYTES / 2] = { LAYOUT_COUNTED_BYTES, 0, UINT16_MAX },
    [FDOCA_CHAR / 2] = { LAYOUT_TEXT, 0, UINT16_MAX },
    [FDOCA_MIX / 2] = { LAYOUT_TEXT, 0, UINT16_MAX },
    [FDOCA_VARCHAR / 2] = { LAYOUT_COUNTED_TEXT, 0, UINT16_MAX },
    [FDOCA_LONG / 2] = { LAYOUT_COUNTED_TEXT, 0, UINT16_MAX },
    [FDOCA_VARMIX / 2] = { LAYOUT_COUNTED_TEXT, 0, UINT16_MAX },
    [FDOCA_LONGMIX / 2] = { LAYOUT_COUNTED_TEXT, 0, UINT16_MAX },
    [FDOCA_GRAPHIC / 2] = { LAYOUT_UTF16, 0, UINT16_MAX },
    [FDOCA_VARGRAPHIC / 2] = { LAYOUT_COUNTED_UTF16, 0, UINT16_MAX },
    [FDOCA_LONG_VARGRAPHIC / 2] = { LAYOUT_COUNTED_UTF16, 0, UINT16_MAX },
    [FDOCA_BLOB_LOCATOR / 2] = { LAYOUT_LOCATOR, 4, 4 },
    [FDOCA_CLOB_LOCATOR / 2] = { LAYOUT_LOCATOR, 4, 4 },
    [FDOCA_LOB_BYTES / 2] = { LAYOUT_LOB, LOB_PLACEHOLDER | 2, LOB_PLACEHOLDER | 8 },
    [FDOCA_LOB_SBCS / 2] = { LAYOUT_LOB, LOB_PLACEHOLDER | 2, LOB_PLACEHOLDER | 8 },
    [FDOCA_LOB_DBCS / 2] = { LAYOUT_LOB, LOB_PLACEHOLDER | 2, LOB_PLACEHOLDER | 8 },
    [FDOCA_LOB_MIXED / 2] = { LAYOUT_LOB, LOB_PLACEHOLDER | 2, LOB_PLACEHOLDER | 8 },
};

static uint8_t
type_of(struct fdoca_field field)
{
    return (uint8_t)(field.type & ~(unsigned)FDOCA_NULLABLE);
}

static const struct shape *
shape_of(struct fdoca_field field)
{
    const struct shape *shape = &shapes[type_of(field) / 2];
    return shape->length_max > 0 && field.length >= shape->length_min && field.length <= shape->length_max ? shape : NULL;
}

static void
set_data(struct sql_value *value, enum sql_value_kind kind, const void *bytes, size_t size)
{
    value->kind = kind;
    value->data.bytes = bytes;
    value->data.size = size;
}

static enum fdoca_read
take_bytes(struct wire_reader bytes, struct sql_value *value)
{
    if (bytes.failed)
        return FDOCA_INCOMPLETE;
    set_data(value, SQL_VALUE_BYTES, bytes.at, bytes.left);
    return FDOCA_VALUE;
}

uint16_t
fdoca_ccsid(struct fdoca_field field, const struct drda_representation *from)
{
    switch (type_of(field)) {
    case FDOCA_MIX:
    case FDOCA_VARMIX:
    case FDOCA_LONGMIX:
    case FDOCA_LOB_MIXED:
        return from->ccsids.mbc;
    case FDOCA_GRAPHIC:
    case FDOCA_VARGRAPHIC:
    case FDOCA_LONG_VARGRAPHIC:
    case FDOCA_LOB_DBCS:
        return from->ccsids.dbc;
    default:
        return from->ccsids.sbc;
    }
}

static enum fdoca_read
convert_text(struct wire_reader text, uint16_t ccsid, struct wire_writer *scratch, struct sql_value *value)
{
    struct code_page page;
    size_t start = scratch->used;
    if (!code_page_load(ccsid, &page))
        return FDOCA_NOT_CONVERTED;
    if (!code_page_put_utf8(scratch, &page, text))
        return FDOCA_NOT_CHARACTER;
    set_data(value, SQL_VALUE_TEXT, scratch->start + start, scratch->used - start);
    return FDOCA_VALUE;
}

static enum fdoca_read
take_text(struct wire_reader text, uint16_t ccsid, struct wire_writer *scratch, struct sql_value *value)
{
    if (text.failed)
        return FDOCA_INCOMPLETE;
    if (ccsid != CCSID_UTF8)
        return convert_text(text, ccsid, scratch, value);
    if (!utf8_is_valid(text.at, text.left))
        return FDOCA_NOT_CHARACTER;
    set_data(value, SQL_VALUE_TEXT, text.at, text.left);
    return FDOCA_VALUE;
}

static enum fdoca_read
take_utf16(struct wire_reader text, uint16_t ccsid, struct wire_writer *scratch, struct sql_value *value)
{
    if (text.failed)
        return FDOCA_INCOMPLETE;
    if (!drda_reads_double_byte_ccsid(ccsid))
        return FDOCA_NOT_CONVERTED;
    size_t start = scratch->used;
    if (!utf16_put_utf8(scratch, text))
        return FDOCA_NOT_CHARACTER;
    set_data(value, SQL_VALUE_TEXT, scratch->start + start, scratch->used - start);
    return FDOCA_VALUE;
}

static enum fdoca_read
take_scratch_text(struct wire_writer *scratch, const char *text, size_t size, struct sql_value *value)
{
    size_t start = scratch->used;
    wire_put_bytes(scratch, text, size);
    if (scratch->failed)
        return FDOCA_INCOMPLETE;
    set_data(value, SQL_VALUE_TEXT, scratch->start + start, size);
    return FDOCA_VALUE;
}

static enum fdoca_read
read_integer(struct wire_reader *data, size_t size, bool little_endian, struct sql_value *value)
{
    uint64_t bits = wire_uint(data, size, little_endian);
    unsigned unused = 64 - 8 * (unsigned)size;
    value->kind = SQL_VALUE_INTEGER;
    value->integer = (int64_t)(bits << unused) >> unused;
    return data->failed ? FDOCA_INCOMPLETE : FDOCA_VALUE;
}

static enum fdoca_read
read_float(struct wire_reader *data, size_t size, const struct drda_representation *from, struct sql_value *value)
{
    union {
        uint64_t bits;
        double real;
    } wide = { .bits = wire_uint(data, size, from->little_endian) };
    union {
        uint32_t bits;
        float real;
    } narrow = { .bits = (uint32_t)wide.bits };
    value->kind = SQL_VALUE_REAL;
    if (from->hexadecimal_float)
        value->real = hexadecimal_float_value(wide.bits << (64 - 8 * size));
    else
        value->real = size == sizeof narrow.bits ? (double)narrow.real : wide.real;
    return data->failed ? FDOCA_INCOMPLETE : FDOCA_VALUE;
}

static enum fdoca_read
read_decimal(struct wire_reader *data, uint16_t length, struct wire_writer *scratch, struct sql_value *value)
{
    unsigned precision = length >> 8;
    unsigned scale = length & 0xFF;
    char text[DECIMAL_TEXT_MAX];
    size_t size;
    const uint8_t *packed = wire_take(data, decimal_packed_size(precision));
    if (packed == NULL)
        return FDOCA_INCOMPLETE;
    if (!decimal_unpack(packed, precision, scale, text, &size))
        return FDOCA_NOT_DECIMAL;
    return take_scratch_text(scratch, text, size, value);
}

/* A timestamp that is none is left to the executor, who knows what it is compared with. */
static enum fdoca_read
read_timestamp(struct wire_reader text, uint16_t ccsid, struct wire_writer *scratch, struct sql_value *value)
{
    char timestamp[TIMESTAMP_TEXT_MAX];
    size_t size;
    enum fdoca_read outcome = take_text(text, ccsid, scratch, value);
    if (outcome != FDOCA_VALUE || !timestamp_from_wire(value->data.bytes, value->data.size, timestamp, &size))
        return outcome;
    return take_scratch_text(scratch, timestamp, size, value);
}

/* The placeholder of a LOB: its length, in characters where those have two bytes. */
static enum fdoca_read
read_placeholder(struct wire_reader *data, struct fdoca_field field, struct sql_value *value, int64_t *external)
{
    size_t size = field.length & ~(unsigned)LOB_PLACEHOLDER;
    uint64_t length = wire_uint(data, size, false);
    if (data->failed)
        return FDOCA_INCOMPLETE;
    if ((length & (uint64_t)1 << (8 * size - 1)) != 0) {
        *external = FDOCA_SIZE_UNKNOWN;
        return FDOCA_EXTERNAL;
    }
    if (length > INT64_MAX / 2)
        return FDOCA_UNSUPPORTED;
    *external = (int64_t)(type_of(field) == FDOCA_LOB_DBCS ? length * 2 : length);
    if (length > 0)
        return FDOCA_EXTERNAL;
    set_data(value, type_of(field) == FDOCA_LOB_BYTES ? SQL_VALUE_BYTES : SQL_VALUE_TEXT, data->at, 0);
    return FDOCA_VALUE;
}

enum fdoca_read
fdoca_value_read(struct wire_reader *data, const struct fdoca_field *field, const struct drda_representation *from,
                 struct wire_writer *scratch, struct sql_value *value, int64_t *external)
{
    value->kind = SQL_VALUE_NULL;
    *external = 0;
    const struct shape *shape = shape_of(*field);
    if (shape == NULL)
        return FDOCA_UNSUPPORTED;
    if ((field->type & FDOCA_NULLABLE) != 0 && wire_u8(data) > INDICATOR_PRESENT_MAX)
        return FDOCA_VALUE;
    switch (shape->layout) {
    case LAYOUT_INTEGER:
        return read_integer(data, field->length, from->little_endian, value);
    case LAYOUT_FLOAT:
        return read_float(data, field->length, from, value);
    case LAYOUT_DECIMAL:
        return read_decimal(data, field->length, scratch, value);
    case LAYOUT_TEXT:
        return take_text(wire_sub(data, field->length), fdoca_ccsid(*field, from), scratch, value);
    case LAYOUT_TIMESTAMP:
        return read_timestamp(wire_sub(data, field->length), fdoca_ccsid(*field, from), scratch, value);
    case LAYOUT_BYTES:
        return take_bytes(wire_sub(data, field->length), value);
    case LAYOUT_UTF16:
        return take_utf16(wire_sub(data, (size_t)field->length * 2), fdoca_ccsid(*field, from), scratch, value);
    case LAYOUT_COUNTED_TEXT:
        return take_text(wire_counted(data), fdoca_ccsid(*field, from), scratch, value);
    case LAYOUT_COUNTED_BYTES:
        return take_bytes(wire_counted(data), value);
    case LAYOUT_COUNTED_UTF16:
        return take_utf16(wire_sub(data, (size_t)wire_u16(data) * 2), fdoca_ccsid(*field, from), scratch, value);
    case LAYOUT_LOB:
        return read_placeholder(data, *field, value, external);
    case LAYOUT_LOCATOR:
        *external = (int64_t)wire_uint(data, field->length, from->little_endian);
        return data->failed ? FDOCA_INCOMPLETE : FDOCA_LOCATOR;
    }
    return FDOCA_UNSUPPORTED;
}

enum fdoca_read
fdoca_external_read(struct wire_reader bytes, struct fdoca_field field, const struct drda_representation *from, struct wire_writer *scratch,
                    struct sql_value *value)
{
    switch (type_of(field)) {
    case FDOCA_LOB_BYTES:
        return take_bytes(bytes, value);
    case FDOCA_LOB_DBCS:
        return take_utf16(bytes, fdoca_ccsid(field, from), scratch, value);
    default:
        return take_text(bytes, fdoca_ccsid(field, from), scratch, value);
    }
}

size_t
fdoca_scratch_size(struct wire_reader descriptor, const struct drda_representation *from, size_t data_size)
{
    struct fdoca_reader fields = fdoca_reader(descriptor);
    struct fdoca_field field;
    size_t size = 0;
    bool utf16 = false;
    while (fdoca_next(&fields, &field)) {
        const struct shape *shape = shape_of(field);
        if (shape == NULL)
            continue;
        if (shape->layout == LAYOUT_DECIMAL)
            size += DECIMAL_TEXT_MAX;
        if (shape->layout == LAYOUT_TIMESTAMP)
            size += TIMESTAMP_TEXT_MAX;
        utf16 = utf16 || shape->layout == LAYOUT_UTF16 || shape->layout == LAYOUT_COUNTED_UTF16 || type_of(field) == FDOCA_LOB_DBCS;
    }
    if (from->ccsids.sbc != CCSID_UTF8 || from->ccsids.mbc != CCSID_UTF8)
        return size + data_size * CODE_PAGE_UTF8_MAX;
    /* Two bytes of UTF-16 become at most three of UTF-8. */
    return utf16 ? size + data_size + data_size / 2 : size;
}
