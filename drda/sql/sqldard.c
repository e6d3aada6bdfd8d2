#include "drda/sql/sqldard.h"

#include "drda/ccsid.h"
#include "drda/sql/fdoca.h"
#include "drda/sql/sqlca.h"

enum {
    INDICATOR_PRESENT = 0x00,
    INDICATOR_NULL = 0xFF,
    HOLD_YES = 1,
    HOLD_NO = 2,
    HEAD_NUMBERS = 6, /* SQLDHOLD, RETURN, SCROLL, SENSITIVE, FCODE, KEYTYPE */
    SQLTYPE_NULLABLE = 1,
    SQLTYPE_BLOB = 404,
    SQLTYPE_CLOB = 408,
    CCSID_OF_BITS = 0xFFFF, /* of FOR BIT DATA, where Db2 for z/OS describes it; others say 0 */
    PRECISION_TOLD_MAX = 31,
    LOB_LENGTH_MAX = INT32_MAX,
};

void
sqldard_put_group(struct wire_writer *writer, bool with_hold, size_t count)
{
    wire_put_u8(writer, INDICATOR_PRESENT);
    wire_put_value(writer, with_hold ? HOLD_YES : HOLD_NO, 2);
    for (size_t i = 1; i < HEAD_NUMBERS; i++)
        wire_put_u16(writer, 0);
    wire_put_u16(writer, 0); /* SQLDRDBNAM */
    wire_put_u16(writer, 0); /* SQLDSCHEMA, mixed and single-byte */
    wire_put_u16(writer, 0);
    wire_put_value(writer, count, 2);
}

void
sqldard_put_head(struct wire_writer *writer, const struct sql_diagnosis *diagnosis, bool with_hold, size_t count)
{
    sqlca_put(writer, diagnosis);
    sqldard_put_group(writer, with_hold, count);
}

/* Of a name that is too long the characters that there is room for. */
static size_t
name_size(const char *name)
{
    size_t size = strnlen(name, SQL_NAME_MAX + 1);
    if (size <= SQL_NAME_MAX)
        return size;
    do
        size--;
    while (size > 0 && ((unsigned char)name[size] & 0xC0) == 0x80);
    return size;
}

/* A name is a pair of strings, mixed and single-byte, of which the second stays empty. */
static void
put_name(struct wire_writer *writer, const char *name)
{
    wire_put_counted(writer, name, name_size(name));
    wire_put_u16(writer, 0);
}

static void
put_lob_type(struct wire_writer *writer, const struct sql_column *column)
{
    bool is_text = column->type == SQL_TYPE_CLOB;
    wire_put_value(writer, PRECISION_TOLD_MAX, 2);
    wire_put_u16(writer, 0);
    wire_put_value(writer, column->length > 0 && column->length < LOB_LENGTH_MAX ? column->length : LOB_LENGTH_MAX, 8);
    wire_put_value(writer, (is_text ? SQLTYPE_CLOB : SQLTYPE_BLOB) | (column->nullable ? SQLTYPE_NULLABLE : 0), 2);
    wire_put_value(writer, is_text ? CCSID_UTF8 : 0, 2);
}

static void
put_type(struct wire_writer *writer, const struct sql_column *column)
{
    const struct fdoca_mapping *mapping = fdoca_mapping(column->type);
    struct fdoca_field field = fdoca_field_of(column);
    unsigned precision = mapping->precision;
    uint64_t length = field.length;
    if (column->type == SQL_TYPE_DECIMAL)
        precision = column->precision;
    else if (precision == 0)
        precision = length < PRECISION_TOLD_MAX ? (unsigned)length : PRECISION_TOLD_MAX;
    uint8_t scale = column->type == SQL_TYPE_DECIMAL ? column->scale : mapping->scale;
    wire_put_value(writer, precision, 2);
    wire_put_value(writer, scale, 2);
    wire_put_value(writer, length, 8);
    wire_put_value(writer, mapping->sqltype | (column->nullable ? SQLTYPE_NULLABLE : 0u), 2);
    wire_put_value(writer, mapping->is_text ? CCSID_UTF8 : 0, 2);
}

void
sqldard_put_column(struct wire_writer *writer, const struct sql_column *column, enum sqldard_mode mode)
{
    if (fdoca_is_lob(column->type))
        put_lob_type(writer, column);
    else
        put_type(writer, column);

    wire_put_u8(writer, INDICATOR_PRESENT); /* SQLDOPTGRP: unnamed, name, label, comments */
    wire_put_u16(writer, 0);
    put_name(writer, column->name);
    put_name(writer, "");
    put_name(writer, "");

    wire_put_u8(writer, INDICATOR_NULL); /* SQLUDTGRP */

    wire_put_u8(writer, INDICATOR_PRESENT); /* SQLDXGRP: key member, updatable, generated, mode, RDB, correlation, table, schema, name */
    wire_put_u16(writer, 0);
    wire_put_value(writer, column->updatable, 2);
    wire_put_u16(writer, 0);
    wire_put_value(writer, (uint64_t)mode, 2);
    wire_put_u16(writer, 0);
    put_name(writer, "");
    put_name(writer, column->table);
    put_name(writer, column->schema);
    put_name(writer, mode == SQLDARD_COLUMN ? column->name : "");
}

bool
sqldard_read_head(struct wire_reader *reader, const struct drda_representation *from, struct sql_diagnosis *diagnosis, size_t *count)
{
    bool present;
    *count = 0;
    if (!sqlca_read(reader, from, diagnosis, &present))
        return false;
    if (wire_u8(reader) != INDICATOR_NULL) {
        (void)wire_take(reader, HEAD_NUMBERS * 2);
        for (size_t i = 0; i < 3; i++)
            (void)wire_counted(reader);
    }
    *count = (size_t)wire_uint(reader, 2, from->little_endian);
    return !reader->failed;
}

static struct wire_reader
read_name(struct wire_reader *reader)
{
    struct wire_reader mixed = wire_counted(reader);
    struct wire_reader single = wire_counted(reader);
    return mixed.left > 0 ? mixed : single;
}

static void
read_column_name(struct wire_reader *reader, const struct drda_representation *from, struct sqldard_column *column)
{
    struct wire_reader mixed = wire_counted(reader);
    struct wire_reader single = wire_counted(reader);
    column->name = mixed.left > 0 ? mixed : single;
    column->name_ccsid = mixed.left > 0 ? from->ccsids.mbc : from->ccsids.sbc;
}

static bool
read_type(struct wire_reader *reader, bool little_endian, struct sql_column *column)
{
    uint64_t precision = wire_uint(reader, 2, little_endian);
    uint64_t scale = wire_uint(reader, 2, little_endian);
    uint64_t length = wire_uint(reader, 8, little_endian);
    uint64_t sqltype = wire_uint(reader, 2, little_endian);
    uint64_t ccsid = wire_uint(reader, 2, little_endian);
    column->nullable = (sqltype & SQLTYPE_NULLABLE) != 0;
    column->length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    if (!fdoca_type_of_sqltype((uint16_t)(sqltype & ~(uint64_t)SQLTYPE_NULLABLE), column->length, ccsid != 0 && ccsid != CCSID_OF_BITS,
                               &column->type))
        return false;
    if (column->type != SQL_TYPE_DECIMAL)
        return !reader->failed;
    if (precision < 1 || precision > SQL_DECIMAL_PRECISION_MAX || scale > precision)
        return false;
    column->precision = (uint8_t)precision;
    column->scale = (uint8_t)scale;
    return !reader->failed;
}

bool
sqldard_read_column(struct wire_reader *reader, const struct drda_representation *from, struct sqldard_column *column)
{
    *column = (struct sqldard_column) { .column = { .name = "", .table = "", .schema = "" } };
    if (!read_type(reader, from->little_endian, &column->column))
        return false;
    if (wire_u8(reader) != INDICATOR_NULL) {
        (void)wire_take(reader, 2);
        read_column_name(reader, from, column);
        (void)read_name(reader);
        (void)read_name(reader);
    }
    if (wire_u8(reader) != INDICATOR_NULL) /* a distinct type is nothing this codec knows */
        return false;
    if (wire_u8(reader) != INDICATOR_NULL) {
        (void)wire_take(reader, 3 * 2);
        column->mode = (enum sqldard_mode)wire_uint(reader, 2, from->little_endian);
        (void)wire_counted(reader);
        (void)read_name(reader);
        column->table = read_name(reader);
        column->schema = read_name(reader);
        (void)read_name(reader);
    }
    return !reader->failed;
}
