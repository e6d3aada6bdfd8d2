/* Values of clients: SQLDTA and EXTDTA, as recorded and as made up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/sql/parameters.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/representations.h"
#include "tests/support/sql_recorded.h"
#include "tests/support/suite.h"

struct outcome {
    struct parameters parameters;
    struct sql_diagnosis diagnosis;
    struct drda_fault fault;
    bool good;
};

static struct outcome *
read_command(const struct dss_command *command, const struct drda_representation *from)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    CU_ASSERT_PTR_NOT_NULL_FATAL(outcome);
    outcome->good = parameters_read(command, from, NULL, &outcome->parameters, &outcome->diagnosis, &outcome->fault);
    CU_ASSERT_TRUE(outcome->good || (outcome->fault.reply != 0) != (outcome->diagnosis.sqlcode < 0));
    return outcome;
}

static void
outcome_free(struct outcome *outcome)
{
    parameters_clear(&outcome->parameters);
    free(outcome);
}

static struct outcome *
read_sqldta(const uint8_t *bytes, size_t size, const struct drda_representation *from)
{
    struct dss_command command = { .object_count = 1, .objects[0] = { CP_SQLDTA, wire_reader(bytes, size) } };
    return read_command(&command, from);
}

static void
expect_data(const struct sql_value *value, enum sql_value_kind kind, const char *bytes, size_t size)
{
    CU_ASSERT_EQUAL_FATAL(value->kind, kind);
    CU_ASSERT_EQUAL_FATAL(value->data.size, size);
    CU_ASSERT_TRUE(size == 0 || memcmp(value->data.bytes, bytes, size) == 0);
}

static void
expect_text(const struct sql_value *value, const char *text)
{
    expect_data(value, SQL_VALUE_TEXT, text, strlen(text));
}

static void
derbys_thirteen_parameters_are_read(void)
{
    size_t size;
    uint8_t *body = recorded_bytes(recorded_sqldtas[2].hex, &size);
    struct outcome *outcome = read_sqldta(body, size, &own);
    const struct sql_value *values = outcome->parameters.values;
    CU_ASSERT_TRUE_FATAL(outcome->good);
    CU_ASSERT_EQUAL_FATAL(outcome->parameters.count, 13);
    CU_ASSERT_EQUAL(values[0].integer, 1);
    CU_ASSERT_EQUAL(values[1].integer, 0x10000000000);
    expect_text(&values[2], "-12.345");
    expect_text(&values[3], "h\xc3\xa9llo");
    CU_ASSERT_EQUAL(values[4].real, 1.5);
    CU_ASSERT_EQUAL(values[5].real, 2.5);
    CU_ASSERT_EQUAL(values[6].integer, 7);
    expect_text(&values[7], "2024-01-02");
    expect_text(&values[8], "03:04:05");
    expect_text(&values[9], "2024-01-02 03:04:05.123456");
    expect_text(&values[10], "ab");
    expect_data(&values[11], SQL_VALUE_BYTES, "\1\2\3", 3);
    CU_ASSERT_EQUAL(values[12].integer, 1);
    CU_ASSERT_PTR_NULL(outcome->parameters.memory); /* the few suffice */
    outcome_free(outcome);
    free(body);
}

static void
recorded_parameters_are_all_read(void)
{
    for (size_t i = 0; i < sizeof recorded_sqldtas / sizeof recorded_sqldtas[0]; i++) {
        size_t size;
        uint8_t *body = recorded_bytes(recorded_sqldtas[i].hex, &size);
        struct outcome *outcome = read_sqldta(body, size, &own);
        CU_ASSERT_TRUE(outcome->good);
        CU_ASSERT_TRUE(outcome->parameters.count > 0);
        outcome_free(outcome);
        free(body);
    }
}

/* Truncated data are never a value, and never read past: the objects shrink with them, so that only the values are short. */
static void
truncated_and_damaged_parameters_are_told(void)
{
    size_t size;
    uint8_t *body = recorded_bytes(recorded_sqldtas[2].hex, &size);
    for (size_t n = 0; n < size; n++) {
        uint8_t *copy = exact_copy(body, n);
        struct outcome *outcome = read_sqldta(copy, n, &own);
        CU_ASSERT_FALSE(outcome->good);
        outcome_free(outcome);
        free(copy);
    }
    size_t fdodta = 52; /* behind the FDODSC of 52 bytes */
    for (size_t n = fdodta + 4; n < size; n++) {
        uint8_t *copy = exact_copy(body, n);
        copy[fdodta + 1] = (uint8_t)(n - fdodta);
        struct outcome *outcome = read_sqldta(copy, n, &own);
        CU_ASSERT_FALSE(outcome->good);
        CU_ASSERT_EQUAL(outcome->fault.codpnt, CP_FDODTA);
        outcome_free(outcome);
        free(copy);
    }
    for (size_t bit = 0; bit < size * 8; bit++) {
        uint8_t *copy = exact_copy(body, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        outcome_free(read_sqldta(copy, size, bit % 3 == 0 ? &little : &own));
        free(copy);
    }
    free(body);
}

/* Builds an SQLDTA of one field and reads it. */
static struct outcome *
read_one(uint8_t **bytes, uint8_t type, uint16_t length, const char *data, size_t size, const struct drda_representation *from)
{
    *bytes = malloc(64 + size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(*bytes);
    struct wire_writer writer = wire_writer(*bytes, 64 + size);
    size_t part = ddm_open(&writer, CP_FDODSC);
    struct fdoca_describer describer = fdoca_describe(&writer);
    fdoca_describe_field(&describer, (struct fdoca_field) { type, length });
    fdoca_describe_end_parameters(&describer);
    ddm_close(&writer, part);
    part = ddm_open(&writer, CP_FDODTA);
    wire_put_u8(&writer, 0);
    wire_put_bytes(&writer, data, size);
    ddm_close(&writer, part);
    CU_ASSERT_FALSE_FATAL(writer.failed);
    uint8_t *exact = exact_copy(*bytes, writer.used);
    free(*bytes);
    *bytes = exact;
    return read_sqldta(exact, writer.used, from);
}

static void
every_kind_of_text_and_bytes_is_read(void)
{
    static const struct {
        uint8_t type;
        uint16_t length;
        const char *data;
        size_t size;
        enum sql_value_kind kind;
        const char *expected;
        size_t expected_size;
    } cases[] = {
        { 0x30, 3, "abc", 3, SQL_VALUE_TEXT, "abc", 3 },
        { 0x31, 3, "\0abc", 4, SQL_VALUE_TEXT, "abc", 3 },
        { 0x32, 9, "\0\2ab", 4, SQL_VALUE_TEXT, "ab", 2 },
        { 0x35, 0x7fff, "\0\0\1x", 4, SQL_VALUE_TEXT, "x", 1 },
        { 0x3C, 2, "ab", 2, SQL_VALUE_TEXT, "ab", 2 },
        { 0x3F, 0x7fff, "\0\0\0", 3, SQL_VALUE_TEXT, "", 0 },
        { 0x41, 0x7fff, "\0\0\2\xc3\xa9", 5, SQL_VALUE_TEXT, "\xc3\xa9", 2 },
        { 0x36, 2, "\0a\0b", 4, SQL_VALUE_TEXT, "ab", 2 },
        { 0x39, 0x3fff, "\0\0\3\0h\0\xe9\x20\xac", 9, SQL_VALUE_TEXT, "h\xc3\xa9\xe2\x82\xac", 6 },
        { 0x3A, 0x3fff, "\0\2\xd8\x3d\xde\x00", 6, SQL_VALUE_TEXT, "\xf0\x9f\x98\x80", 4 },
        { 0x26, 2, "\xff\0", 2, SQL_VALUE_BYTES, "\xff\0", 2 },
        { 0x29, 9, "\0\0\1\xff", 4, SQL_VALUE_BYTES, "\xff", 1 },
        { 0x2B, 0x7fff, "\0\0\0", 3, SQL_VALUE_BYTES, "", 0 },
        { 0x24, 26, "2024-01-02-03.04.05.123456", 26, SQL_VALUE_TEXT, "2024-01-02 03:04:05.123456", 26 },
        { 0x24, 19, "hello, no timestamp", 19, SQL_VALUE_TEXT, "hello, no timestamp", 19 },
        { 0x0E, 0x1F1F, "\x12\x34\x56\x78\x90\x12\x34\x56\x78\x90\x12\x34\x56\x78\x90\x1D", 16, SQL_VALUE_TEXT,
          "-0.1234567890123456789012345678901", 34 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *bytes;
        struct outcome *outcome = read_one(&bytes, cases[i].type, cases[i].length, cases[i].data, cases[i].size, &own);
        CU_ASSERT_TRUE_FATAL(outcome->good);
        expect_data(&outcome->parameters.values[0], cases[i].kind, cases[i].expected, cases[i].expected_size);
        outcome_free(outcome);
        free(bytes);
    }
}

static void
numbers_come_in_the_requesters_byte_order(void)
{
    static const struct {
        uint8_t type;
        uint16_t length;
        const char *data;
        int64_t big;
        int64_t little;
    } cases[] = {
        { 0x02, 4, "\xff\xff\xff\xfe", -2, -0x1000001 },
        { 0x04, 2, "\x01\x02", 0x102, 0x201 },
        { 0x06, 1, "\x80", -128, -128 },
        { 0x16, 8, "\x80\0\0\0\0\0\0\0", INT64_MIN, 0x80 },
        { 0xBE, 1, "\1", 1, 1 },
        { 0xBE, 2, "\0\1", 1, 0x100 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int order = 0; order < 2; order++) {
            uint8_t *bytes;
            struct outcome *outcome =
                read_one(&bytes, cases[i].type, cases[i].length, cases[i].data, cases[i].length, order == 1 ? &little : &own);
            CU_ASSERT_TRUE_FATAL(outcome->good);
            CU_ASSERT_EQUAL(outcome->parameters.values[0].kind, SQL_VALUE_INTEGER);
            CU_ASSERT_EQUAL(outcome->parameters.values[0].integer, order == 1 ? cases[i].little : cases[i].big);
            outcome_free(outcome);
            free(bytes);
        }
    uint8_t *bytes;
    struct outcome *outcome = read_one(&bytes, 0x0A, 8, "\0\0\0\0\0\0\xf8\x3f", 8, &little);
    CU_ASSERT_EQUAL(outcome->parameters.values[0].real, 1.5);
    outcome_free(outcome);
    free(bytes);
    outcome = read_one(&bytes, 0x0C, 4, "\0\0\x20\x40", 4, &little);
    CU_ASSERT_EQUAL(outcome->parameters.values[0].real, 2.5);
    outcome_free(outcome);
    free(bytes);
}

static void
values_that_cannot_be_used_are_sql_errors(void)
{
    static const struct {
        uint8_t type;
        uint16_t length;
        const char *data;
        size_t size;
        int32_t sqlcode;
    } cases[] = {
        { 0xBA, 8, "12345678", 8, -804 }, /* DECFLOAT */
        { 0x18, 4, "\0\0\0\1", 4, -423 }, /* a locator, and there are none */
        { 0x02, 3, "\0\0\1", 3, -804 },   /* an INTEGER of three bytes */
        { 0x0E, 0x2000, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0c", 17, -804 },
        { 0x0E, 0x0220, "\x01\x2c", 2, -310 }, /* more scale than any DECIMAL has */
        { 0x0E, 0x0301, "\x1a\x2c", 2, -310 },
        { 0x0E, 0x0301, "\x12\x34", 2, -310 },
        { 0x32, 9, "\0\1\xff", 3, -330 },
        { 0x32, 9, "\0\2\xc0\x80", 4, -330 },     /* overlong */
        { 0x32, 9, "\0\3\xed\xa0\x80", 5, -330 }, /* a surrogate */
        { 0x32, 9, "\0\2\xe2\x82", 4, -330 },     /* half a character */
        { 0x38, 9, "\0\1\xdc\0", 4, -330 },       /* a low surrogate alone */
        { 0x38, 9, "\0\2\xd8\0\0a", 6, -330 },    /* a high one */
        { 0x24, 19, "2024-01-02 03:04:\xff\xff", 19, -330 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *bytes;
        struct outcome *outcome = read_one(&bytes, cases[i].type, cases[i].length, cases[i].data, cases[i].size, &own);
        CU_ASSERT_FALSE(outcome->good);
        CU_ASSERT_EQUAL(outcome->diagnosis.sqlcode, cases[i].sqlcode);
        CU_ASSERT_PTR_NOT_NULL(strstr(outcome->diagnosis.tokens, "parameter 1"));
        outcome_free(outcome);
        free(bytes);
    }
}

/* FDODSC of one LOB and FDODTA with its placeholder, as recorded; then EXTDTA objects. */
static struct outcome *
read_lob(const char *sqldta_hex, const char *const *extdta_hex, size_t count, uint8_t *blocks[static 4])
{
    struct dss_command command = { .object_count = 1 + count };
    for (size_t i = 0; i <= count; i++) {
        size_t size;
        blocks[i] = recorded_bytes(i == 0 ? sqldta_hex : extdta_hex[i - 1], &size);
        command.objects[i] = (struct ddm_object) { i == 0 ? CP_SQLDTA : CP_EXTDTA, wire_reader(blocks[i], size) };
    }
    return read_command(&command, &own);
}

#define LOB_SQLDTA(field, data_ll, data) \
    "00100010"                           \
    "0676d0" field "0671e4d00001" data_ll "147a00" data

static void
long_values_are_taken_from_extdta(void)
{
    static const struct {
        const char *sqldta;
        const char *extdta;
        enum sql_value_kind kind;
        const char *expected;
        size_t size;
    } cases[] = {
        /* known length with and without a byte of status */
        { LOB_SQLDTA("c98004", "000a", "0000000003"), "000102037f", SQL_VALUE_BYTES, "\1\2\3", 3 },
        { LOB_SQLDTA("c98004", "000a", "0000000003"), "00010203", SQL_VALUE_BYTES, "\1\2\3", 3 },
        { LOB_SQLDTA("c88004", "0009", "00000003"), "010203", SQL_VALUE_BYTES, "\1\2\3", 3 },
        /* unknown length */
        { LOB_SQLDTA("cf8002", "0008", "008000"), "0061627f", SQL_VALUE_TEXT, "ab", 2 },
        /* two bytes a character */
        { LOB_SQLDTA("cd8004", "000a", "0000000002"), "000061006200", SQL_VALUE_NULL, "", 0 }, /* status 00: see below */
        { LOB_SQLDTA("cd8004", "000a", "0000000002"), "00006100627f", SQL_VALUE_TEXT, "ab", 2 },
        { LOB_SQLDTA("cf8004", "000a", "0000000001"), "ff", SQL_VALUE_NULL, "", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *blocks[4] = { 0 };
        struct outcome *outcome = read_lob(cases[i].sqldta, &cases[i].extdta, 1, blocks);
        if (i == 4) {
            CU_ASSERT_FALSE(outcome->good);
            CU_ASSERT_EQUAL(outcome->diagnosis.sqlcode, -302);
        } else {
            CU_ASSERT_TRUE_FATAL(outcome->good);
            CU_ASSERT_EQUAL(outcome->parameters.values[0].kind, cases[i].kind);
            if (cases[i].kind != SQL_VALUE_NULL)
                expect_data(&outcome->parameters.values[0], cases[i].kind, cases[i].expected, cases[i].size);
        }
        outcome_free(outcome);
        free(blocks[0]);
        free(blocks[1]);
    }
}

static void
extdta_must_match_what_was_announced(void)
{
    static const char *const three[] = { "000102037f", "000102037f" };
    static const char *const two[] = { "000102" };
    static const char *const five[] = { "00010203047f00" };
    static const char *const nothing[] = { "" };
    static const char announced[] = LOB_SQLDTA("c98004", "000a", "0000000003");
    static const char unknown[] = LOB_SQLDTA("c98002", "0008", "008000");
    static const char empty[] = LOB_SQLDTA("c98004", "000a", "0000000000");
    static const char null[] = LOB_SQLDTA("c98006", "0006", "ff");
    static const struct {
        const char *sqldta;
        const char *const *extdta;
        size_t count;
        uint8_t synerrcd; /* 0: fine */
    } cases[] = {
        { announced, three, 1, 0 },   { announced, three, 0, 0x08 },   { announced, three, 2, 0x0F }, { announced, two, 1, 0x08 },
        { announced, five, 1, 0x08 }, { announced, nothing, 1, 0x08 }, { unknown, nothing, 1, 0x08 }, { empty, nothing, 0, 0 },
        { empty, three, 1, 0x0F },    { null, nothing, 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *blocks[4] = { 0 };
        struct outcome *outcome = read_lob(cases[i].sqldta, cases[i].extdta, cases[i].count, blocks);
        CU_ASSERT_EQUAL(outcome->good, cases[i].synerrcd == 0);
        CU_ASSERT_EQUAL(outcome->fault.code, cases[i].synerrcd);
        outcome_free(outcome);
        for (size_t n = 0; n < 4; n++)
            free(blocks[n]);
    }
}

static void
many_parameters_get_memory_of_their_own(void)
{
    enum { COUNT = 3000, OUTPUT_MAX = 1 << 17 };
    struct sql_value *values = calloc(COUNT, sizeof *values);
    uint8_t *output = malloc(OUTPUT_MAX);
    struct wire_writer writer = wire_writer(output, OUTPUT_MAX);
    for (size_t i = 0; i < COUNT; i++) {
        switch (i % 5) {
        case 0:
            break;
        case 1:
            values[i] = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = (int64_t)i * -1000000007 };
            break;
        case 2:
            values[i] = (struct sql_value) { .kind = SQL_VALUE_REAL, .real = (double)i / 7 };
            break;
        default:
            values[i] =
                (struct sql_value) { .kind = i % 5 == 3 ? SQL_VALUE_TEXT : SQL_VALUE_BYTES, .data = { (const uint8_t *)"text", i % 5 } };
        }
    }
    CU_ASSERT_TRUE_FATAL(parameters_put(&writer, values, COUNT));
    CU_ASSERT_FALSE_FATAL(writer.failed);
    struct wire_reader reader = wire_reader(output, writer.used);
    struct ddm_object object;
    enum ddm_fault fault;
    CU_ASSERT_TRUE_FATAL(ddm_next(&reader, &object, &fault));
    uint8_t *exact = exact_copy(object.body.at, object.body.left);
    struct outcome *outcome = read_sqldta(exact, object.body.left, &own);
    CU_ASSERT_TRUE_FATAL(outcome->good);
    CU_ASSERT_EQUAL_FATAL(outcome->parameters.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const struct sql_value *back = &outcome->parameters.values[i];
        CU_ASSERT_EQUAL(back->kind, values[i].kind);
        if (i % 5 == 1)
            CU_ASSERT_EQUAL(back->integer, values[i].integer);
        if (i % 5 == 2)
            CU_ASSERT_EQUAL(back->real, values[i].real);
        if (i % 5 > 2)
            expect_data(back, values[i].kind, "text", i % 5);
    }
    outcome_free(outcome);
    free(exact);
    free(output);
    free(values);
}

static void
what_cannot_travel_is_not_written(void)
{
    static uint8_t huge[0x8000];
    uint8_t memory[64];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct sql_value value = { .kind = SQL_VALUE_BYTES, .data = { huge, sizeof huge } };
    CU_ASSERT_FALSE(parameters_put(&writer, &value, 1));
    CU_ASSERT_EQUAL(writer.used, 0);
}

static void
objects_of_sqldta_are_checked(void)
{
    static const struct {
        const char *hex;
        uint16_t reply;
        uint8_t code;
        uint16_t codpnt;
    } cases[] = {
        { "", CP_SYNTAXRM, 0x0E, CP_FDODSC },
        { "000d00100376d00671e4d00001", CP_SYNTAXRM, 0x0E, CP_FDODTA },
        { "0005147a00", CP_SYNTAXRM, 0x0E, CP_FDODSC },
        { "000d00100376d00671e4d000010005147a000005147a00", CP_SYNTAXRM, 0x12, CP_FDODTA },
        { "000d00100376d00671e4d0000100052408ff", CP_OBJNSPRM, 0, CP_SQLCARD },
        { "000d00100376d00671e4d00001000614", CP_SYNTAXRM, 0x08, 0x1400 },
        { "000d00100376d00671e4d000010006147a0000", CP_SYNTAXRM, 0x08, CP_FDODTA }, /* a value that was not described */
        { "000d00100376d00671e4d000010005147aff", CP_SYNTAXRM, 0x08, CP_FDODTA },   /* no data at all */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        uint8_t *body = recorded_bytes(cases[i].hex, &size);
        struct outcome *outcome = read_sqldta(body, size, &own);
        CU_ASSERT_FALSE(outcome->good);
        CU_ASSERT_EQUAL(outcome->fault.reply, cases[i].reply);
        CU_ASSERT_EQUAL(outcome->fault.code, cases[i].code);
        if (i != 5)
            CU_ASSERT_EQUAL(outcome->fault.codpnt, cases[i].codpnt);
        outcome_free(outcome);
        free(body);
    }
    struct dss_command command = { 0 };
    struct outcome *outcome = read_command(&command, &own);
    CU_ASSERT_TRUE(outcome->good);
    CU_ASSERT_EQUAL(outcome->parameters.count, 0);
    outcome_free(outcome);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "Derby's thirteen parameters are read", derbys_thirteen_parameters_are_read },
        { "recorded parameters are all read", recorded_parameters_are_all_read },
        { "truncated and damaged parameters are told", truncated_and_damaged_parameters_are_told },
        { "every kind of text and bytes is read", every_kind_of_text_and_bytes_is_read },
        { "numbers come in the requester's byte order", numbers_come_in_the_requesters_byte_order },
        { "values that cannot be used are SQL errors", values_that_cannot_be_used_are_sql_errors },
        { "long values are taken from EXTDTA", long_values_are_taken_from_extdta },
        { "EXTDTA must match what was announced", extdta_must_match_what_was_announced },
        { "many parameters get memory of their own", many_parameters_get_memory_of_their_own },
        { "what cannot travel is not written", what_cannot_travel_is_not_written },
        { "objects of SQLDTA are checked", objects_of_sqldta_are_checked },
    };
    return SUITE_RUN("sql-parameters", cases);
}
