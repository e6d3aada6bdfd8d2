#include "drda/sql/fdoca.h"

enum {
    TRIPLET_GROUP = 0x76,     /* N-GDA */
    TRIPLET_CONTINUED = 0x7F, /* CPT */
    TRIPLET_LAYOUT = 0x71,    /* RLO */
    LID_GROUP = 0xD0,
    TRIPLET_HEADER = 3,
    FIELD_SIZE = 3,
    FIELDS_IN_TRIPLET = 84,
    LENGTH_MAX = 0x7FFF,
};

static const struct fdoca_mapping mappings[SQL_TYPE_COUNT] = {
    [SQL_TYPE_SMALLINT] = { FDOCA_SMALLINT, 500, 5, 0, 2, false, "SMALLINT" },
    [SQL_TYPE_INTEGER] = { FDOCA_INTEGER, 496, 10, 0, 4, false, "INTEGER" },
    [SQL_TYPE_BIGINT] = { FDOCA_BIGINT, 492, 19, 0, 8, false, "BIGINT" },
    [SQL_TYPE_REAL] = { FDOCA_FLOAT4, 480, 7, 0, 4, false, "REAL" },
    [SQL_TYPE_DOUBLE] = { FDOCA_FLOAT8, 480, 15, 0, 8, false, "DOUBLE" },
    [SQL_TYPE_DECIMAL] = { FDOCA_DECIMAL, 484, 0, 0, 0, false, "DECIMAL" },
    /* CHAR travels with its length, as Derby sends it: a fixed number of bytes has no meaning in UTF-8. */
    [SQL_TYPE_CHAR] = { FDOCA_VARMIX, 452, 0, 0, 0, true, "CHAR" },
    [SQL_TYPE_VARCHAR] = { FDOCA_VARCHAR, 448, 0, 0, 0, true, "VARCHAR" },
    [SQL_TYPE_LONG_VARCHAR] = { FDOCA_LONG, 456, 0, 0, SQL_LONG_VARCHAR_MAX, true, "LONG VARCHAR" },
    [SQL_TYPE_CHAR_BIT] = { FDOCA_BYTES, 452, 0, 0, 0, false, "CHAR FOR BIT DATA" },
    [SQL_TYPE_VARCHAR_BIT] = { FDOCA_VARBYTES, 448, 0, 0, 0, false, "VARCHAR FOR BIT DATA" },
    [SQL_TYPE_LONG_VARCHAR_BIT] = { FDOCA_LONG_VARBYTES, 456, 0, 0, SQL_LONG_VARCHAR_MAX, false, "LONG VARCHAR FOR BIT DATA" },
    [SQL_TYPE_DATE] = { FDOCA_DATE, 384, 10, 0, 10, false, "DATE" },
    [SQL_TYPE_TIME] = { FDOCA_TIME, 388, 8, 0, 8, false, "TIME" },
    [SQL_TYPE_TIMESTAMP] = { FDOCA_TIMESTAMP, 392, 29, 9, 29, false, "TIMESTAMP" },
    [SQL_TYPE_BOOLEAN] = { FDOCA_BOOLEAN, 2436, 1, 0, 1, false, "BOOLEAN" },
    [SQL_TYPE_CLOB] = { FDOCA_LOB_MIXED, 408, 31, 0, FDOCA_LOB_LENGTH, true, "CLOB" },
    [SQL_TYPE_BLOB] = { FDOCA_LOB_BYTES, 404, 31, 0, FDOCA_LOB_LENGTH, false, "BLOB" },
};

/* What servers describe besides what this one does. */
static const struct {
    uint16_t sqltype;
    enum sql_type type;
} other_sqltypes[] = {
    { 412, SQL_TYPE_CLOB },    { 464, SQL_TYPE_VARCHAR },     { 468, SQL_TYPE_CHAR },
    { 472, SQL_TYPE_VARCHAR }, { 908, SQL_TYPE_VARCHAR_BIT }, { 912, SQL_TYPE_CHAR_BIT },
};

static const struct {
    uint8_t field;
    enum sql_type type;
} field_types[] = {
    { FDOCA_INTEGER, SQL_TYPE_INTEGER },
    { FDOCA_SMALLINT, SQL_TYPE_SMALLINT },
    { FDOCA_TINYINT, SQL_TYPE_SMALLINT },
    { FDOCA_FLOAT8, SQL_TYPE_DOUBLE },
    { FDOCA_FLOAT4, SQL_TYPE_REAL },
    { FDOCA_DECIMAL, SQL_TYPE_DECIMAL },
    { FDOCA_BIGINT, SQL_TYPE_BIGINT },
    { FDOCA_DATE, SQL_TYPE_DATE },
    { FDOCA_TIME, SQL_TYPE_TIME },
    { FDOCA_TIMESTAMP, SQL_TYPE_TIMESTAMP },
    { FDOCA_BYTES, SQL_TYPE_CHAR_BIT },
    { FDOCA_VARBYTES, SQL_TYPE_VARCHAR_BIT },
    { FDOCA_LONG_VARBYTES, SQL_TYPE_LONG_VARCHAR_BIT },
    { FDOCA_CHAR, SQL_TYPE_CHAR },
    { FDOCA_VARCHAR, SQL_TYPE_VARCHAR },
    { FDOCA_LONG, SQL_TYPE_LONG_VARCHAR },
    { FDOCA_GRAPHIC, SQL_TYPE_CHAR },
    { FDOCA_VARGRAPHIC, SQL_TYPE_VARCHAR },
    { FDOCA_LONG_VARGRAPHIC, SQL_TYPE_LONG_VARCHAR },
    { FDOCA_MIX, SQL_TYPE_CHAR },
    { FDOCA_VARMIX, SQL_TYPE_VARCHAR },
    { FDOCA_LONGMIX, SQL_TYPE_LONG_VARCHAR },
    { FDOCA_BOOLEAN, SQL_TYPE_BOOLEAN },
    { FDOCA_LOB_BYTES, SQL_TYPE_BLOB },
    { FDOCA_LOB_SBCS, SQL_TYPE_CLOB },
    { FDOCA_LOB_DBCS, SQL_TYPE_CLOB },
    { FDOCA_LOB_MIXED, SQL_TYPE_CLOB },
};

const struct fdoca_mapping *
fdoca_mapping(enum sql_type type)
{
    return &mappings[type];
}

struct fdoca_field
fdoca_field_of(const struct sql_column *column)
{
    const struct fdoca_mapping *mapping = &mappings[column->type];
    uint32_t length = mapping->fixed_length;
    if (column->type == SQL_TYPE_DECIMAL)
        length = (uint32_t)column->precision << 8 | column->scale;
    else if (length == 0)
        length = column->length == 0 || column->length > SQL_VARCHAR_MAX ? SQL_VARCHAR_MAX : column->length;
    uint8_t nullable = column->nullable ? FDOCA_NULLABLE : 0;
    return (struct fdoca_field) { .type = mapping->type | nullable, .length = (uint16_t)length };
}

bool
fdoca_is_lob(enum sql_type type)
{
    return type == SQL_TYPE_CLOB || type == SQL_TYPE_BLOB;
}

bool
fdoca_type_of_sqltype(uint16_t sqltype, uint32_t length, bool has_ccsid, enum sql_type *type)
{
    for (size_t i = 0; i < sizeof other_sqltypes / sizeof other_sqltypes[0]; i++) {
        if (other_sqltypes[i].sqltype == sqltype) {
            *type = other_sqltypes[i].type;
            return true;
        }
    }
    for (int i = 0; i < SQL_TYPE_COUNT; i++) {
        const struct fdoca_mapping *mapping = &mappings[i];
        bool is_float = sqltype == mappings[SQL_TYPE_DOUBLE].sqltype;
        bool is_string = mapping->precision == 0 && i != SQL_TYPE_DECIMAL;
        if (mapping->sqltype != sqltype || (is_float && length != mapping->fixed_length) || (is_string && mapping->is_text != has_ccsid))
            continue;
        *type = (enum sql_type)i;
        return true;
    }
    return false;
}

bool
fdoca_column_of(struct fdoca_field field, struct sql_column *column)
{
    *column = (struct sql_column) { .name = "", .table = "", .schema = "", .length = field.length };
    column->nullable = (field.type & FDOCA_NULLABLE) != 0;
    uint8_t type = (uint8_t)(field.type & ~(unsigned)FDOCA_NULLABLE);
    size_t i = 0;
    while (i < sizeof field_types / sizeof field_types[0] && field_types[i].field != type)
        i++;
    if (i == sizeof field_types / sizeof field_types[0])
        return false;
    column->type = field_types[i].type;
    if (column->type == SQL_TYPE_DECIMAL) {
        column->precision = (uint8_t)(field.length >> 8);
        column->scale = (uint8_t)field.length;
    }
    return true;
}

static void
open_triplet(struct fdoca_describer *describer, uint8_t opener, uint8_t lid)
{
    describer->group = describer->writer->used;
    describer->fields = 0;
    describer->opener = opener;
    wire_put_u16(describer->writer, opener);
    wire_put_u8(describer->writer, lid);
}

static void
close_triplet(struct fdoca_describer *describer)
{
    size_t length = TRIPLET_HEADER + describer->fields * FIELD_SIZE;
    wire_patch_u16(describer->writer, describer->group, (uint16_t)(length << 8 | describer->opener));
}

struct fdoca_describer
fdoca_describe(struct wire_writer *writer)
{
    struct fdoca_describer describer = { .writer = writer };
    open_triplet(&describer, TRIPLET_GROUP, LID_GROUP);
    return describer;
}

void
fdoca_describe_field(struct fdoca_describer *describer, struct fdoca_field field)
{
    if (describer->fields == FIELDS_IN_TRIPLET) {
        close_triplet(describer);
        open_triplet(describer, TRIPLET_CONTINUED, 0);
    }
    wire_put_u8(describer->writer, field.type);
    wire_put_u16(describer->writer, field.length);
    describer->fields++;
}

void
fdoca_describe_end_rows(struct fdoca_describer *describer)
{
    static const uint8_t layout[] = {
        9, TRIPLET_LAYOUT, 0xE0, 0x54, 0, 1, LID_GROUP, 0, 1, /* a row: SQLCAGRP once, the group once */
        6, TRIPLET_LAYOUT, 0xF0, 0xE0, 0, 0,                  /* any number of rows */
    };
    close_triplet(describer);
    wire_put_bytes(describer->writer, layout, sizeof layout);
}

void
fdoca_describe_end_parameters(struct fdoca_describer *describer)
{
    static const uint8_t layout[] = { 6, TRIPLET_LAYOUT, 0xE4, LID_GROUP, 0, 1 };
    close_triplet(describer);
    wire_put_bytes(describer->writer, layout, sizeof layout);
}

struct fdoca_reader
fdoca_reader(struct wire_reader descriptor)
{
    return (struct fdoca_reader) { .rest = descriptor };
}

/* Enters the next triplet; false at the end and on damage. */
static bool
next_triplet(struct fdoca_reader *reader)
{
    if (reader->rest.left == 0) {
        reader->failed = !reader->layout_seen;
        return false;
    }
    uint8_t length = wire_u8(&reader->rest);
    uint8_t type = wire_u8(&reader->rest);
    (void)wire_u8(&reader->rest);
    struct wire_reader body = wire_sub(&reader->rest, length < TRIPLET_HEADER ? SIZE_MAX : (size_t)length - TRIPLET_HEADER);
    if (type == TRIPLET_LAYOUT)
        reader->layout_seen = true;
    bool fields = type == TRIPLET_GROUP || type == TRIPLET_CONTINUED;
    if (fields)
        reader->group = body;
    reader->failed = body.failed || (fields && (reader->layout_seen || body.left % FIELD_SIZE != 0));
    return !reader->failed;
}

bool
fdoca_next(struct fdoca_reader *reader, struct fdoca_field *field)
{
    *field = (struct fdoca_field) { 0 };
    while (reader->group.left == 0)
        if (reader->failed || !next_triplet(reader))
            return false;
    field->type = wire_u8(&reader->group);
    field->length = wire_u16(&reader->group);
    return true;
}
