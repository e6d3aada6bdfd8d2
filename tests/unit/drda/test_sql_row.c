/* Rows: recorded ones are read, values are written as their columns declare, and what does not fit is an error. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/sql/row.h"
#include "drda/sql/sqlca.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/row_described.h"
#include "tests/support/sql_recorded.h"
#include "tests/support/suite.h"

enum { COLUMNS_MAX = 32, MEMORY_SIZE = 1 << 17 };

struct rows {
    struct wire_reader block;
    struct wire_reader descriptor;
    struct sql_value values[COLUMNS_MAX];
    size_t count;
    struct wire_writer scratch;
    struct sql_diagnosis diagnosis;
};

static void
rows_init(struct rows *rows, const uint8_t *descriptor, size_t descriptor_size, const uint8_t *block, size_t block_size)
{
    *rows = (struct rows) { .descriptor = wire_reader(descriptor, descriptor_size), .block = wire_reader(block, block_size) };
    struct fdoca_reader fields = fdoca_reader(rows->descriptor);
    struct fdoca_field field;
    while (fdoca_next(&fields, &field))
        rows->count++;
    CU_ASSERT_TRUE_FATAL(rows->count <= COLUMNS_MAX);
    size_t scratch_size = fdoca_scratch_size(rows->descriptor, &own, block_size);
    rows->scratch = wire_writer(malloc(scratch_size > 0 ? scratch_size : 1), scratch_size);
}

static enum row_read
rows_next(struct rows *rows)
{
    rows->scratch.used = 0;
    return row_read_described(&rows->block, rows->descriptor, &own, rows->values, rows->count, &rows->scratch, &rows->diagnosis);
}

static bool
is_text(const struct sql_value *value, const char *text)
{
    return value->kind == SQL_VALUE_TEXT && value->data.size == strlen(text) && memcmp(value->data.bytes, text, value->data.size) == 0;
}

/* Writes the row again from what was read of it. */
static void
put_back(struct wire_writer *writer, const struct rows *rows)
{
    struct fdoca_reader fields = fdoca_reader(rows->descriptor);
    struct fdoca_field field;
    struct sql_diagnosis diagnosis;
    row_put_head(writer);
    for (size_t i = 0; fdoca_next(&fields, &field); i++) {
        struct sql_column column;
        CU_ASSERT_TRUE_FATAL(fdoca_column_of(field, &column));
        CU_ASSERT_TRUE_FATAL(row_put_value(writer, &column, &rows->values[i], &diagnosis));
    }
}

/* CHAR as fixed bytes and the other variants of strings are not this server's form. */
static bool
is_own_form(struct wire_reader descriptor)
{
    struct fdoca_reader fields = fdoca_reader(descriptor);
    struct fdoca_field field;
    while (fdoca_next(&fields, &field)) {
        uint8_t type = (uint8_t)(field.type & ~(unsigned)FDOCA_NULLABLE);
        if (type == FDOCA_CHAR || type == FDOCA_VARMIX || type == FDOCA_LONGMIX)
            return false;
    }
    return true;
}

static void
recorded_blocks_are_read_and_come_back(void)
{
    uint8_t *memory = malloc(MEMORY_SIZE);
    size_t compared = 0;
    for (size_t i = 0; i < sizeof recorded_blocks / sizeof recorded_blocks[0]; i++) {
        size_t descriptor_size;
        size_t block_size;
        uint8_t *descriptor = recorded_bytes(recorded_blocks[i].qrydsc, &descriptor_size);
        uint8_t *block = recorded_bytes(recorded_blocks[i].qrydta, &block_size);
        struct rows rows;
        rows_init(&rows, descriptor, descriptor_size, block, block_size);
        enum row_read outcome;
        const uint8_t *before = rows.block.at;
        while ((outcome = rows_next(&rows)) == ROW_READ_VALUES) {
            struct wire_writer writer = wire_writer(memory, MEMORY_SIZE);
            put_back(&writer, &rows);
            CU_ASSERT_TRUE(!is_own_form(rows.descriptor) ||
                           (writer.used == (size_t)(rows.block.at - before) && memcmp(memory, before, writer.used) == 0));
            before = rows.block.at;
            compared++;
        }
        CU_ASSERT_EQUAL(outcome, ROW_READ_END);
        CU_ASSERT_EQUAL(rows.block.left, 0);
        CU_ASSERT_EQUAL(rows.diagnosis.sqlcode, 100);
        free(rows.scratch.start);
        free(block);
        free(descriptor);
    }
    CU_ASSERT_TRUE(compared >= 20);
    free(memory);
}

static bool
values_equal(const struct sql_value *one, const struct sql_value *other)
{
    if (one->kind != other->kind)
        return false;
    if (one->kind == SQL_VALUE_INTEGER)
        return one->integer == other->integer;
    if (one->kind == SQL_VALUE_REAL)
        return one->real == other->real;
    return one->kind == SQL_VALUE_NULL ||
           (one->data.size == other->data.size && memcmp(one->data.bytes, other->data.bytes, one->data.size) == 0);
}

/* Values mean the same in either byte order; only integers and floating-point values differ on the wire. */
static void
rows_are_written_little_endian_too(void)
{
    uint8_t *memory = malloc(MEMORY_SIZE);
    size_t compared = 0;
    for (size_t i = 0; i < sizeof recorded_blocks / sizeof recorded_blocks[0]; i++) {
        size_t descriptor_size;
        size_t block_size;
        uint8_t *descriptor = recorded_bytes(recorded_blocks[i].qrydsc, &descriptor_size);
        uint8_t *block = recorded_bytes(recorded_blocks[i].qrydta, &block_size);
        struct rows rows;
        struct rows turned;
        rows_init(&rows, descriptor, descriptor_size, block, block_size);
        rows_init(&turned, descriptor, descriptor_size, block, block_size);
        while (is_own_form(rows.descriptor) && rows_next(&rows) == ROW_READ_VALUES) {
            struct wire_writer writer = wire_writer(memory, MEMORY_SIZE);
            writer.little_endian = true;
            put_back(&writer, &rows);
            turned.block = wire_reader(memory, writer.used);
            turned.scratch.used = 0;
            CU_ASSERT_EQUAL(row_read_described(&turned.block, turned.descriptor, &little, turned.values, turned.count, &turned.scratch,
                                               &turned.diagnosis),
                            ROW_READ_VALUES);
            for (size_t n = 0; n < rows.count; n++)
                CU_ASSERT_TRUE(values_equal(&rows.values[n], &turned.values[n]));
            compared++;
        }
        free(rows.scratch.start);
        free(turned.scratch.start);
        free(block);
        free(descriptor);
    }
    CU_ASSERT_TRUE(compared >= 5);
    free(memory);
}

static void
a_recorded_row_has_its_values(void)
{
    size_t descriptor_size;
    size_t block_size;
    uint8_t *descriptor = recorded_bytes(recorded_blocks[0].qrydsc, &descriptor_size);
    uint8_t *block = recorded_bytes(recorded_blocks[0].qrydta, &block_size);
    struct rows rows;
    rows_init(&rows, descriptor, descriptor_size, block, block_size);
    CU_ASSERT_EQUAL_FATAL(rows_next(&rows), ROW_READ_VALUES);
    CU_ASSERT_EQUAL(rows.values[0].integer, 1);
    CU_ASSERT_EQUAL(rows.values[1].integer, 9000000000);
    CU_ASSERT_TRUE(is_text(&rows.values[2], "12.34"));
    CU_ASSERT_TRUE(is_text(&rows.values[3], "hello"));
    CU_ASSERT_EQUAL(rows.values[4].real, 1.5);
    CU_ASSERT_TRUE(is_text(&rows.values[5], "2024-01-02"));
    CU_ASSERT_TRUE(is_text(&rows.values[6], "2024-01-02 03:04:05.678901"));
    CU_ASSERT_EQUAL_FATAL(rows_next(&rows), ROW_READ_VALUES);
    for (size_t i = 1; i < 7; i++)
        CU_ASSERT_EQUAL(rows.values[i].kind, SQL_VALUE_NULL);
    CU_ASSERT_EQUAL(rows_next(&rows), ROW_READ_END);
    free(rows.scratch.start);
    free(block);
    free(descriptor);
}

/* A row that ends early is asked for again when more has come; the reader stands where it stood. */
static void
every_truncation_is_incomplete(void)
{
    size_t descriptor_size;
    size_t block_size;
    uint8_t *descriptor = recorded_bytes(recorded_blocks[0].qrydsc, &descriptor_size);
    uint8_t *block = recorded_bytes(recorded_blocks[0].qrydta, &block_size);
    for (size_t n = 0; n < block_size; n++) {
        uint8_t *copy = exact_copy(block, n);
        struct rows rows;
        rows_init(&rows, descriptor, descriptor_size, copy, n);
        enum row_read outcome;
        struct wire_reader before = rows.block;
        while ((outcome = rows_next(&rows)) == ROW_READ_VALUES)
            before = rows.block;
        CU_ASSERT_EQUAL(outcome, ROW_READ_INCOMPLETE);
        CU_ASSERT_EQUAL(rows.block.left, before.left);
        CU_ASSERT_FALSE(rows.block.failed);
        free(rows.scratch.start);
        free(copy);
    }
    for (size_t bit = 0; bit < 8 * block_size; bit++) {
        uint8_t *copy = exact_copy(block, block_size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct rows rows;
        rows_init(&rows, descriptor, descriptor_size, copy, block_size);
        for (int i = 0; i < 10 && rows_next(&rows) == ROW_READ_VALUES; i++)
            ;
        free(rows.scratch.start);
        free(copy);
    }
    free(block);
    free(descriptor);
}

static struct sql_value
text_of(const char *text)
{
    return (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
}

static struct sql_value
integer_of(int64_t integer)
{
    return (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = integer };
}

static struct sql_value
real_of(double real)
{
    return (struct sql_value) { .kind = SQL_VALUE_REAL, .real = real };
}

static struct sql_value
bytes_of(const char *bytes, size_t size)
{
    return (struct sql_value) { .kind = SQL_VALUE_BYTES, .data = { (const uint8_t *)bytes, size } };
}

static struct sql_column
column_of(enum sql_type type)
{
    return (struct sql_column) { .name = "C", .table = "", .schema = "", .type = type, .length = 5, .precision = 5, .scale = 2 };
}

/* The SQLCODE of writing the value, 0 when it was written as `hex` says (NULL: as it may be). */
static int32_t
put(enum sql_type type, struct sql_value value, const char *hex)
{
    uint8_t *memory = malloc(MEMORY_SIZE);
    char *written = malloc(2 * MEMORY_SIZE + 1);
    struct wire_writer writer = wire_writer(memory, MEMORY_SIZE);
    struct sql_column column = column_of(type);
    struct sql_diagnosis diagnosis;
    sql_diagnosis_clear(&diagnosis);
    bool good = row_put_value(&writer, &column, &value, &diagnosis);
    CU_ASSERT_EQUAL(good, diagnosis.sqlcode == 0);
    CU_ASSERT_TRUE(good || strstr(diagnosis.tokens, "column C") != NULL);
    if (good && hex != NULL) {
        hex_encode(memory, writer.used, written);
        CU_ASSERT_STRING_EQUAL(written, hex);
    }
    free(written);
    free(memory);
    return diagnosis.sqlcode;
}

static void
values_are_converted_to_their_columns(void)
{
    CU_ASSERT_EQUAL(put(SQL_TYPE_SMALLINT, integer_of(-2), "FFFE"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, text_of(" 12 "), "0000000C"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, text_of("1.2e1"), "0000000C"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BIGINT, integer_of(INT64_MIN), "8000000000000000"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BIGINT, text_of("9223372036854775807"), "7FFFFFFFFFFFFFFF"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BIGINT, real_of(3.0), "0000000000000003"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BOOLEAN, integer_of(1), "01"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DOUBLE, integer_of(1), "3FF0000000000000"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DOUBLE, text_of("1.5"), "3FF8000000000000"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DOUBLE, real_of(INFINITY), "7FF0000000000000"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_REAL, real_of(2.5), "40200000"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DECIMAL, real_of(12.34), "01234C"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DECIMAL, integer_of(-7), "00700D"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DECIMAL, text_of("0.1"), "00010C"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_CHAR, text_of("ab"), "00056162202020"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_CHAR, text_of("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), "0009C3A9C3A9C3A9C3A920"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, text_of(""), "0000"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, text_of("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), "000AC3A9C3A9C3A9C3A9C3A9"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, integer_of(-12), "00032D3132"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, real_of(0.1), "0003302E31"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR_BIT, bytes_of("\0\xff", 2), "000200FF"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR_BIT, text_of("a"), "000161"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_CHAR_BIT, bytes_of("\1", 1), "0120202020"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DATE, text_of("2024-02-29"), "323032342D30322D3239"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_TIME, text_of("03:04:05"), "30333A30343A3035"), 0);
    CU_ASSERT_EQUAL(put(SQL_TYPE_TIMESTAMP, text_of("2024-01-02 03:04:05"), "323032342D30312D30322D30332E30342E30352E303030303030303030"),
                    0);
}

static void
what_does_not_fit_is_an_error(void)
{
    static const struct sql_value null = { .kind = SQL_VALUE_NULL };
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, integer_of((int64_t)1 << 40), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_SMALLINT, integer_of(32768), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_SMALLINT, integer_of(-32769), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BIGINT, real_of(9223372036854775808.0), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BIGINT, real_of(NAN), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BIGINT, text_of("9223372036854775808"), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_BOOLEAN, integer_of(2), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_REAL, real_of(DBL_MAX), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DOUBLE, text_of("1e999"), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DECIMAL, integer_of(1000), NULL), -413);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, real_of(1.5), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, text_of("12a"), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, text_of(""), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DOUBLE, text_of("inf"), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DOUBLE, text_of("0x10"), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DECIMAL, text_of("x"), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DECIMAL, real_of(INFINITY), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, bytes_of("1", 1), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, bytes_of("\xff", 1), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR_BIT, integer_of(1), NULL), -420);
    CU_ASSERT_EQUAL(put(SQL_TYPE_DATE, text_of("2023-02-29"), NULL), -180);
    CU_ASSERT_EQUAL(put(SQL_TYPE_TIME, integer_of(1), NULL), -180);
    CU_ASSERT_EQUAL(put(SQL_TYPE_TIMESTAMP, text_of("yesterday"), NULL), -180);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, text_of("123456"), NULL), -433);
    CU_ASSERT_EQUAL(put(SQL_TYPE_CHAR, text_of("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), NULL), -433);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR_BIT, bytes_of("123456", 6), NULL), -433);
    CU_ASSERT_EQUAL(put(SQL_TYPE_CHAR_BIT, bytes_of("123456", 6), NULL), -433);
    CU_ASSERT_EQUAL(put(SQL_TYPE_INTEGER, null, NULL), -305);
}

static void
text_that_is_not_in_its_encoding_never_leaves(void)
{
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, bytes_of("a", 1), NULL), -420);
    struct sql_value broken = text_of("a\xff");
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR, broken, NULL), -330);
    CU_ASSERT_EQUAL(put(SQL_TYPE_VARCHAR_BIT, broken, "000261FF"), 0);
}

/* As long as LONG VARCHAR is, and not a byte longer. */
static void
long_values_are_never_cut(void)
{
    uint8_t *bytes = malloc(SQL_LONG_VARCHAR_MAX + 1);
    memset(bytes, 'x', SQL_LONG_VARCHAR_MAX + 1);
    struct sql_value value = { .kind = SQL_VALUE_TEXT, .data = { bytes, SQL_LONG_VARCHAR_MAX } };
    CU_ASSERT_EQUAL(put(SQL_TYPE_LONG_VARCHAR, value, NULL), 0);
    value.data.size++;
    CU_ASSERT_EQUAL(put(SQL_TYPE_LONG_VARCHAR, value, NULL), -433);
    value.kind = SQL_VALUE_BYTES;
    CU_ASSERT_EQUAL(put(SQL_TYPE_LONG_VARCHAR_BIT, value, NULL), -433);
    value.data.size--;
    CU_ASSERT_EQUAL(put(SQL_TYPE_LONG_VARCHAR_BIT, value, NULL), 0);
    free(bytes);
}

static void
errors_and_warnings_in_place_of_rows_are_told(void)
{
    static const uint8_t descriptor[] = "\x06\x76\xd0\x02\x00\x04\x09\x71\xe0\x54\x00\x01\xd0\x00\x01\x06\x71\xf0\xe0\x00\x00";
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct sql_diagnosis diagnosis;
    sql_diagnosis_set(&diagnosis, 445, "01004", "cut");
    sqlca_put(&writer, &diagnosis);
    wire_put_u8(&writer, 0);
    wire_put_u32(&writer, 7);
    sql_diagnosis_set(&diagnosis, -413, "22003", "too large");
    row_put_sqlca(&writer, &diagnosis);
    struct rows rows;
    rows_init(&rows, descriptor, sizeof descriptor - 1, memory, writer.used);
    CU_ASSERT_EQUAL(rows_next(&rows), ROW_READ_VALUES);
    CU_ASSERT_EQUAL(rows.diagnosis.sqlcode, 445);
    CU_ASSERT_EQUAL(rows.values[0].integer, 7);
    CU_ASSERT_EQUAL(rows_next(&rows), ROW_READ_FAILED);
    CU_ASSERT_STRING_EQUAL(rows.diagnosis.tokens, "too large");
    CU_ASSERT_EQUAL(rows_next(&rows), ROW_READ_INCOMPLETE); /* nothing is left */
    free(rows.scratch.start);
    rows_init(&rows, descriptor, sizeof descriptor - 1, (const uint8_t *)"\xff\xff", 2);
    CU_ASSERT_EQUAL(rows_next(&rows), ROW_READ_DAMAGED); /* neither a row nor a reason */
    free(rows.scratch.start);
}

static void
an_error_says_which_column_holds_what(void)
{
    static const struct {
        enum sql_type type;
        const char *text;
        const char *expected;
    } cases[] = {
        { SQL_TYPE_INTEGER, "12a", "'12a' of column C cannot be had as INTEGER" },
        { SQL_TYPE_VARCHAR, "123456", "'123456' of column C is longer than the 5 characters of VARCHAR" },
        { SQL_TYPE_CHAR_BIT, "123456", "'123456' of column C is longer than the 5 bytes of CHAR FOR BIT DATA" },
        { SQL_TYPE_VARCHAR, "a\xff", "value of column C is no UTF-8 and cannot be had as VARCHAR" },
        { SQL_TYPE_SMALLINT, "99999", "'99999' of column C is out of the range of SMALLINT" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t memory[64];
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        struct sql_column column = column_of(cases[i].type);
        struct sql_value value = text_of(cases[i].text);
        struct sql_diagnosis diagnosis;
        CU_ASSERT_FALSE(row_put_value(&writer, &column, &value, &diagnosis));
        CU_ASSERT_STRING_EQUAL(diagnosis.tokens, cases[i].expected);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "recorded blocks are read and come back", recorded_blocks_are_read_and_come_back },
        { "rows are written little-endian too", rows_are_written_little_endian_too },
        { "a recorded row has its values", a_recorded_row_has_its_values },
        { "every truncation is incomplete", every_truncation_is_incomplete },
        { "values are converted to their columns", values_are_converted_to_their_columns },
        { "what does not fit is an error", what_does_not_fit_is_an_error },
        { "text that is not in its encoding never leaves", text_that_is_not_in_its_encoding_never_leaves },
        { "long values are never cut", long_values_are_never_cut },
        { "an error says which column holds what", an_error_says_which_column_holds_what },
        { "errors and warnings in place of rows are told", errors_and_warnings_in_place_of_rows_are_told },
    };
    return SUITE_RUN("sql-row", cases);
}
