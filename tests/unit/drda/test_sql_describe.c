/* SQLCA, SQLDARD and the descriptors of FD:OCA: what Derby sent is understood, and what is written is what Derby would write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/ddm.h"
#include "drda/sql/fdoca.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/sqldard.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/representations.h"
#include "tests/support/sql_recorded.h"
#include "tests/support/suite.h"

enum { OUTPUT_MAX = 1 << 17, SQLERRPROC_OFFSET = 10 };

/* Derby and this server have names of their own in SQLERRPROC. */
static bool
is_same_but_product(const uint8_t *one, const uint8_t *other, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (one[i] != other[i] && (i < SQLERRPROC_OFFSET || i >= SQLERRPROC_OFFSET + 8))
            return false;
    return true;
}

static void
recorded_sqlcards_come_back(void)
{
    uint8_t *output = malloc(OUTPUT_MAX);
    for (size_t i = 0; i < sizeof recorded_sqlcards / sizeof recorded_sqlcards[0]; i++) {
        size_t size;
        uint8_t *body = recorded_bytes(recorded_sqlcards[i].hex, &size);
        struct wire_reader reader = wire_reader(body, size);
        struct wire_writer writer = wire_writer(output, OUTPUT_MAX);
        struct sql_diagnosis diagnosis;
        bool present;
        CU_ASSERT_TRUE(sqlca_read(&reader, &own, &diagnosis, &present));
        CU_ASSERT_TRUE(present && wire_done(&reader));
        sqlca_put(&writer, &diagnosis);
        CU_ASSERT_EQUAL(writer.used, size);
        CU_ASSERT_TRUE(is_same_but_product(output, body, size));
        free(body);
    }
    free(output);
}

static void
an_sqlca_tells_code_state_tokens_and_rows(void)
{
    uint8_t memory[512];
    struct sql_diagnosis diagnosis;
    struct sql_diagnosis back;
    bool present;
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    sql_diagnosis_set(&diagnosis, -803, "23505", "T1.ID\xFFsecond");
    diagnosis.rows = 0x123456789A;
    sqlca_put(&writer, &diagnosis);
    CU_ASSERT_PTR_NOT_NULL(memchr(memory, 0x14, writer.used));
    CU_ASSERT_PTR_NULL(memchr(memory + 5, 0xFF, writer.used - 6));
    struct wire_reader reader = wire_reader(memory, writer.used);
    CU_ASSERT_TRUE(sqlca_read(&reader, &own, &back, &present));
    CU_ASSERT_EQUAL(back.sqlcode, -803);
    CU_ASSERT_STRING_EQUAL(back.sqlstate, "23505");
    CU_ASSERT_STRING_EQUAL(back.tokens, "T1.ID\xFFsecond");
    CU_ASSERT_EQUAL(back.rows, 0x123456789A);
}

static void
an_sqlstate_is_printable_whatever_the_server_sends(void)
{
    uint8_t memory[512];
    struct sql_diagnosis diagnosis;
    bool present;
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    sql_diagnosis_set(&diagnosis, -204, "42\x1b[2", "T");
    sqlca_put(&writer, &diagnosis);
    struct wire_reader reader = wire_reader(memory, writer.used);
    CU_ASSERT_TRUE(sqlca_read(&reader, &own, &diagnosis, &present));
    CU_ASSERT_STRING_EQUAL(diagnosis.sqlstate, "42??2");
}

static void
little_endian_servers_are_understood(void)
{
    static const uint8_t card[] = "\x00\x64\x00\x00\x00"
                                  "02000SQL12010\x00"
                                  "\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                                  "           \x00\x00\x00\x00\x00\x03"
                                  "abc\xff";
    struct wire_reader reader = wire_reader(card, sizeof card - 1);
    struct sql_diagnosis diagnosis;
    bool present;
    CU_ASSERT_TRUE(sqlca_read(&reader, &little, &diagnosis, &present));
    CU_ASSERT_EQUAL(diagnosis.sqlcode, 100);
    CU_ASSERT_EQUAL(diagnosis.rows, 7);
    CU_ASSERT_STRING_EQUAL(diagnosis.tokens, "abc");
}

/* -204, 42704, with the tokens SYSADM and T[1], of which the second is in mixed data; Db2 for z/OS parts them with X'FF'. */
static void
servers_in_ebcdic_are_understood(void)
{
    static const char *const cards[] = {
        "00ffffff34f4f2f7f0f4c4e2d5f1f2f0f1f5" /* SQLCODE, SQLSTATE, DSN12015 */
        "00000000000000000000000000000000000000000000000000"
        "4040404040404040404040"
        "0000"
        "000be2e8e2c1c4d4ffe3baf1bb"
        "0000ff",
        "00ffffff34f4f2f7f0f4c4e2d5f1f2f0f1f5"
        "00000000000000000000000000000000000000000000000000"
        "4040404040404040404040"
        "0000"
        "0000"
        "000be2e8e2c1c4d4ffe3baf1bbff",
    };
    for (size_t i = 0; i < 2; i++) {
        size_t size;
        uint8_t *card = recorded_bytes(cards[i], &size);
        struct wire_reader reader = wire_reader(card, size);
        struct sql_diagnosis diagnosis;
        bool present;
        CU_ASSERT_TRUE(sqlca_read(&reader, &mainframe, &diagnosis, &present));
        CU_ASSERT_TRUE(wire_done(&reader));
        CU_ASSERT_EQUAL(diagnosis.sqlcode, -204);
        CU_ASSERT_STRING_EQUAL(diagnosis.sqlstate, "42704");
        CU_ASSERT_STRING_EQUAL(diagnosis.tokens, "SYSADM\xFF"
                                                 "T[1]");
        free(card);
    }
}

static void
long_tokens_in_ebcdic_are_cut_between_characters(void)
{
    enum { SIZE = 800 };
    uint8_t card[SIZE + 64];
    struct wire_writer writer = wire_writer(card, sizeof card);
    struct sql_diagnosis diagnosis;
    bool present;
    wire_put_bytes(&writer, "\0\xff\xff\xff\x34\xf4\xf2\xf7\xf0\xf4", 10);
    for (size_t i = 0; i < 8 + 1 + 24 + 11 + 2; i++)
        wire_put_u8(&writer, 0);
    wire_put_u16(&writer, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        wire_put_u8(&writer, 0x9F);
    wire_put_bytes(&writer, "\0\0\xff", 3);
    struct wire_reader reader = wire_reader(card, writer.used);
    CU_ASSERT_TRUE(sqlca_read(&reader, &mainframe, &diagnosis, &present));
    CU_ASSERT_EQUAL(strlen(diagnosis.tokens), SQL_TOKENS_MAX / 3 * 3);
    CU_ASSERT_EQUAL(strncmp(diagnosis.tokens, "\u20AC\u20AC", 6), 0);
}

static void
descriptions_are_written_little_endian_too(void)
{
    static const struct sql_column columns[] = {
        { .name = "N", .table = "T", .schema = "S", .type = SQL_TYPE_INTEGER, .nullable = true },
        { .name = "D", .table = "T", .schema = "S", .type = SQL_TYPE_DECIMAL, .precision = 31, .scale = 7 },
        { .name = "V", .table = "T", .schema = "S", .type = SQL_TYPE_VARCHAR, .length = 300 },
    };
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct sql_diagnosis diagnosis;
    struct sql_diagnosis back;
    size_t count;
    writer.little_endian = true;
    sql_diagnosis_set(&diagnosis, -803, "23505", "T1.ID");
    diagnosis.rows = 0x123456789A;
    sqldard_put_head(&writer, &diagnosis, true, 3);
    for (size_t i = 0; i < 3; i++)
        sqldard_put_column(&writer, &columns[i], SQLDARD_COLUMN);
    CU_ASSERT_FALSE_FATAL(writer.failed);
    CU_ASSERT_EQUAL(memcmp(memory, "\x00\xDD\xFC\xFF\xFF", 5), 0);
    struct wire_reader reader = wire_reader(memory, writer.used);
    CU_ASSERT_TRUE(sqldard_read_head(&reader, &little, &back, &count));
    CU_ASSERT_EQUAL(back.sqlcode, -803);
    CU_ASSERT_EQUAL(back.rows, 0x123456789A);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    for (size_t i = 0; i < 3; i++) {
        struct sqldard_column column;
        CU_ASSERT_TRUE(sqldard_read_column(&reader, &little, &column));
        CU_ASSERT_EQUAL(column.column.type, columns[i].type);
        CU_ASSERT_EQUAL(column.column.nullable, columns[i].nullable);
        CU_ASSERT_EQUAL(column.column.precision, columns[i].precision);
        CU_ASSERT_EQUAL(column.column.scale, columns[i].scale);
    }
    CU_ASSERT_TRUE(wire_done(&reader));
}

static void
tokens_are_cut_between_characters(void)
{
    char long_text[SQL_TOKENS_MAX + 3];
    struct sql_diagnosis diagnosis;
    memset(long_text, 'x', sizeof long_text);
    memcpy(long_text + SQL_TOKENS_MAX - 1, "\xc3\xa9", 2); /* would be cut in the middle */
    long_text[sizeof long_text - 1] = '\0';
    sql_diagnosis_set(&diagnosis, -1, "56000", long_text);
    CU_ASSERT_EQUAL(strlen(diagnosis.tokens), SQL_TOKENS_MAX - 1);
}

/* Derby tells the precision of float parameters in bits. */
static bool
is_float(const struct sqldard_column *column)
{
    return column->mode != SQLDARD_COLUMN && (column->column.type == SQL_TYPE_DOUBLE || column->column.type == SQL_TYPE_REAL);
}

/* Writes a column back; false when it is one that Derby describes in a way of its own. */
static bool
put_back(struct wire_writer *writer, const struct sqldard_column *column)
{
    char names[3][SQL_NAME_MAX + 1];
    const struct wire_reader *read[] = { &column->name, &column->table, &column->schema };
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_TRUE_FATAL(wire_string(read[i], names[i], sizeof names[i]));
    struct sql_column named = column->column;
    named.name = names[0];
    named.table = names[1];
    named.schema = names[2];
    sqldard_put_column(writer, &named, column->mode);
    return !is_float(column) && column->column.type != SQL_TYPE_BLOB && column->column.type != SQL_TYPE_CLOB;
}

/* What is quoted in a token may have been cut, or never have been text. */
static void
tokens_are_text_whatever_they_quote(void)
{
    struct sql_diagnosis diagnosis;
    sql_diagnosis_set(&diagnosis, -104, "42601",
                      "caf\xC3\xFF"
                      "b\xE2\x82\xFF\xC3\xA9\x80.\xF0\x9F\x98\x80");
    CU_ASSERT_STRING_EQUAL(diagnosis.tokens, "caf?\xFF"
                                             "b??\xFF\xC3\xA9?.\xF0\x9F\x98\x80");
}

static void
long_names_are_cut_between_characters(void)
{
    char name[SQL_NAME_MAX + 8];
    memset(name, 'N', sizeof name);
    memcpy(name + SQL_NAME_MAX - 2, "\xE2\x82\xAC", 4); /* the last but one that there is room for begins it */
    struct sql_column column = { .name = name, .table = "", .schema = "", .type = SQL_TYPE_INTEGER };
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct sqldard_column back;
    sqldard_put_column(&writer, &column, SQLDARD_COLUMN);
    struct wire_reader reader = wire_reader(memory, writer.used);
    CU_ASSERT_TRUE(sqldard_read_column(&reader, &own, &back));
    CU_ASSERT_EQUAL(back.name.left, SQL_NAME_MAX - 2);
}

static void
recorded_sqldards_come_back(void)
{
    uint8_t *output = malloc(OUTPUT_MAX);
    size_t compared = 0;
    for (size_t i = 0; i < sizeof recorded_sqldards / sizeof recorded_sqldards[0]; i++) {
        size_t size;
        size_t count;
        bool present;
        uint8_t *body = recorded_bytes(recorded_sqldards[i].hex, &size);
        struct wire_reader reader = wire_reader(body, size);
        struct sql_diagnosis diagnosis;
        CU_ASSERT_TRUE_FATAL(sqldard_read_head(&reader, &own, &diagnosis, &count));
        struct wire_reader head = wire_reader(body, size);
        CU_ASSERT_TRUE(sqlca_read(&head, &own, &diagnosis, &present));
        (void)wire_u8(&head);
        bool with_hold = wire_u16(&head) == 1;
        struct wire_writer writer = wire_writer(output, OUTPUT_MAX);
        sqldard_put_head(&writer, &diagnosis, with_hold, count);
        CU_ASSERT_EQUAL(writer.used, (size_t)(reader.at - body));
        CU_ASSERT_TRUE(is_same_but_product(output, body, writer.used));
        for (size_t n = 0; n < count; n++) {
            struct sqldard_column column;
            const uint8_t *before = reader.at;
            CU_ASSERT_TRUE_FATAL(sqldard_read_column(&reader, &own, &column));
            writer.used = 0;
            if (!put_back(&writer, &column))
                continue;
            CU_ASSERT_EQUAL_FATAL(writer.used, (size_t)(reader.at - before));
            CU_ASSERT_EQUAL(memcmp(output, before, writer.used), 0);
            compared++;
        }
        CU_ASSERT_TRUE(wire_done(&reader));
        free(body);
    }
    CU_ASSERT_TRUE(compared > 50);
    free(output);
}

/* Reads as far as it goes, and does not care how far that is. */
static void
read_sqldard(const uint8_t *bytes, size_t size, const struct drda_representation *from)
{
    struct wire_reader reader = wire_reader(bytes, size);
    struct sql_diagnosis diagnosis;
    struct sqldard_column column;
    size_t count;
    if (!sqldard_read_head(&reader, from, &diagnosis, &count))
        return;
    for (size_t i = 0; i < count && sqldard_read_column(&reader, from, &column); i++)
        CU_ASSERT_TRUE(column.column.type < SQL_TYPE_COUNT);
}

static void
damaged_sqldards_are_read_within_their_bounds(void)
{
    for (size_t i = 0; i < 4; i++) {
        size_t size;
        uint8_t *body = recorded_bytes(recorded_sqldards[i].hex, &size);
        for (size_t n = 0; n < size; n++) {
            uint8_t *copy = malloc(n > 0 ? n : 1);
            memcpy(copy, body, n);
            read_sqldard(copy, n, &own);
            free(copy);
        }
        for (size_t bit = 0; bit < size * 8; bit++) {
            body[bit / 8] ^= (uint8_t)(1u << bit % 8);
            read_sqldard(body, size, bit % 2 == 0 ? &mainframe : &own);
            body[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        free(body);
    }
}

static void
recorded_descriptions_come_back(void)
{
    for (size_t i = 0; i < sizeof recorded_blocks / sizeof recorded_blocks[0]; i++) {
        size_t size;
        uint8_t *body = recorded_bytes(recorded_blocks[i].qrydsc, &size);
        uint8_t *output = malloc(size);
        struct wire_writer writer = wire_writer(output, size);
        struct fdoca_reader fields = fdoca_reader(wire_reader(body, size));
        struct fdoca_describer describer = fdoca_describe(&writer);
        struct fdoca_field field;
        while (fdoca_next(&fields, &field))
            fdoca_describe_field(&describer, field);
        fdoca_describe_end_rows(&describer);
        CU_ASSERT_FALSE(fields.failed);
        CU_ASSERT_EQUAL(writer.used, size);
        CU_ASSERT_EQUAL(memcmp(output, body, size), 0);
        free(output);
        free(body);
    }
}

static void
more_than_84_fields_go_on_in_another_triplet(void)
{
    for (unsigned count = 0; count < 600; count += count < 90 || count > 250 ? 1 : 7) {
        size_t size = 64 + 4 * (size_t)count;
        uint8_t *output = malloc(size);
        struct wire_writer writer = wire_writer(output, size);
        struct fdoca_describer describer = fdoca_describe(&writer);
        for (unsigned i = 0; i < count; i++)
            fdoca_describe_field(&describer, (struct fdoca_field) { FDOCA_VARCHAR, (uint16_t)i });
        fdoca_describe_end_parameters(&describer);
        CU_ASSERT_FALSE_FATAL(writer.failed);
        CU_ASSERT_TRUE(count <= 84 || (output[0] == 0xFF && output[255] > 3 && output[256] == 0x7F && output[257] == 0));

        struct fdoca_reader fields = fdoca_reader(wire_reader(output, writer.used));
        struct fdoca_field field;
        unsigned read = 0;
        while (fdoca_next(&fields, &field))
            CU_ASSERT_EQUAL(field.length, read++);
        CU_ASSERT_FALSE(fields.failed);
        CU_ASSERT_EQUAL(read, count);
        free(output);
    }
}

static void
damaged_descriptions_are_told(void)
{
    static const char *const bad[] = {
        "",                         /* nothing */
        "0676d0030004",             /* no layout */
        "0576d003000671e4d00001",   /* half a field */
        "0276d0",                   /* a triplet shorter than its head */
        "0976d00300040671e4d00001", /* one longer than what is there, swallowing the layout */
        "0671e4d000010676d0030004", /* fields behind the layout */
        "0676d003000400",           /* trailing rubbish */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t size = strlen(bad[i]) / 2;
        uint8_t *body = malloc(size > 0 ? size : 1);
        CU_ASSERT_TRUE_FATAL(hex_decode(bad[i], 2 * size, body));
        struct fdoca_reader fields = fdoca_reader(wire_reader(body, size));
        struct fdoca_field field;
        while (fdoca_next(&fields, &field))
            ;
        CU_ASSERT_TRUE(fields.failed);
        free(body);
    }
}

static void
every_type_describes_itself_and_comes_back(void)
{
    for (int type = 0; type < SQL_TYPE_COUNT; type++) {
        uint8_t memory[512];
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        struct sql_column column = { .name = "C",
                                     .table = "",
                                     .schema = "",
                                     .type = (enum sql_type)type,
                                     .length = 20,
                                     .precision = 9,
                                     .scale = 2,
                                     .nullable = type % 2 == 0 };
        sqldard_put_column(&writer, &column, SQLDARD_COLUMN);
        struct wire_reader reader = wire_reader(memory, writer.used);
        struct sqldard_column back;
        struct sql_column field;
        CU_ASSERT_TRUE(sqldard_read_column(&reader, &own, &back));
        CU_ASSERT_TRUE(wire_done(&reader));
        CU_ASSERT_EQUAL(back.column.nullable, column.nullable);
        CU_ASSERT_EQUAL(fdoca_mapping(back.column.type)->sqltype, fdoca_mapping(column.type)->sqltype);
        CU_ASSERT_EQUAL(fdoca_mapping(back.column.type)->is_text, fdoca_mapping(column.type)->is_text);
        CU_ASSERT_EQUAL(fdoca_mapping(back.column.type)->type, fdoca_mapping(column.type)->type);
        CU_ASSERT_TRUE(fdoca_column_of(fdoca_field_of(&column), &field));
        CU_ASSERT_EQUAL(field.nullable, column.nullable);
    }
}

static void
lobs_are_described_as_such_where_they_are_parameters(void)
{
    static const enum sql_type types[] = { SQL_TYPE_BLOB, SQL_TYPE_CLOB };
    for (size_t i = 0; i < 2; i++) {
        struct sql_column column = { .name = "C", .table = "", .schema = "", .type = types[i], .length = 100000, .nullable = true };
        uint8_t memory[512];
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        struct sqldard_column back;
        sqldard_put_column(&writer, &column, SQLDARD_IN);
        struct wire_reader reader = wire_reader(memory, writer.used);
        CU_ASSERT_TRUE(sqldard_read_column(&reader, &own, &back));
        CU_ASSERT_EQUAL(back.column.type, types[i]);
        CU_ASSERT_EQUAL(back.column.length, 100000);
        CU_ASSERT_TRUE(back.column.nullable);
        CU_ASSERT_EQUAL(back.mode, SQLDARD_IN);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "recorded SQLCARDs come back", recorded_sqlcards_come_back },
        { "an SQLCA tells code, state, tokens and rows", an_sqlca_tells_code_state_tokens_and_rows },
        { "an SQLSTATE is printable whatever the server sends", an_sqlstate_is_printable_whatever_the_server_sends },
        { "little-endian servers are understood", little_endian_servers_are_understood },
        { "servers in EBCDIC are understood", servers_in_ebcdic_are_understood },
        { "long tokens in EBCDIC are cut between characters", long_tokens_in_ebcdic_are_cut_between_characters },
        { "descriptions are written little-endian too", descriptions_are_written_little_endian_too },
        { "tokens are cut between characters", tokens_are_cut_between_characters },
        { "tokens are text whatever they quote", tokens_are_text_whatever_they_quote },
        { "long names are cut between characters", long_names_are_cut_between_characters },
        { "recorded SQLDARDs come back", recorded_sqldards_come_back },
        { "damaged SQLDARDs are read within their bounds", damaged_sqldards_are_read_within_their_bounds },
        { "recorded descriptions come back", recorded_descriptions_come_back },
        { "more than 84 fields go on in another triplet", more_than_84_fields_go_on_in_another_triplet },
        { "damaged descriptions are told", damaged_descriptions_are_told },
        { "every type describes itself and comes back", every_type_describes_itself_and_comes_back },
        { "LOBs are described as such where they are parameters", lobs_are_described_as_such_where_they_are_parameters },
    };
    return SUITE_RUN("sql-describe", cases);
}
