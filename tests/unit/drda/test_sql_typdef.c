/* Commands of requesters that represent their data in another way than this server. */
#include <stdio.h>

#include "drda/sql/fdoca.h"
#include "tests/support/sql_client.h"

struct field {
    uint8_t type;
    uint16_t length;
    const char *data; /* hex */
};

/* EXCSQLSTT of section 1 with these values, behind what `override` writes into their DSS. */
static void
execute_with(struct client *client, const struct field *fields, size_t count, void (*override)(struct wire_writer *writer))
{
    struct wire_writer *writer = &client->request;
    end(client, begin(client, CP_EXCSQLSTT, 1, 1));
    dss_begin(&client->chain, DSS_OBJECT, 1);
    if (override != NULL)
        override(writer);
    size_t sqldta = ddm_open(writer, CP_SQLDTA);
    size_t part = ddm_open(writer, CP_FDODSC);
    struct fdoca_describer describer = fdoca_describe(writer);
    for (size_t i = 0; i < count; i++)
        fdoca_describe_field(&describer, (struct fdoca_field) { fields[i].type, fields[i].length });
    fdoca_describe_end_parameters(&describer);
    ddm_close(writer, part);
    part = ddm_open(writer, CP_FDODTA);
    wire_put_u8(writer, 0);
    for (size_t i = 0; i < count; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(fields[i].data, &size);
        wire_put_bytes(writer, bytes, size);
        free(bytes);
    }
    ddm_close(writer, part);
    ddm_close(writer, sqldta);
    dss_end(&client->chain);
    run(client);
}

static struct client *
client_of(const struct drda_representation *representation, const char *markers)
{
    char text[64];
    struct client *client = client_new(1);
    snprintf(text, sizeof text, "insert into t1 values (%s)", markers);
    prepare(client, 1, text);
    client->encoding.client = *representation;
    return client;
}

static void
expect_text(const struct sql_value *value, const char *text)
{
    CU_ASSERT_EQUAL_FATAL(value->kind, SQL_VALUE_TEXT);
    CU_ASSERT_TRUE(value->data.size == strlen(text) && memcmp(value->data.bytes, text, value->data.size) == 0);
}

static void
values_of_a_mainframe_are_understood(void)
{
    static const struct field fields[] = {
        { 0x0C, 4, "c276a000" },              /* -118.625 */
        { 0x0B, 8, "004110000000000000" },    /* 1.0 */
        { 0x02, 4, "fffffffe" },              /* -2 */
        { 0x0E, 0x0502, "12345d" },           /* -123.45 */
        { 0x30, 4, "c1babb4f" },              /* A[]| in 37 */
        { 0x3F, 20, "0000049f81f040" },       /* in 1140, which has a euro sign */
        { 0x20, 10, "f2f0f2f460f0f160f0f2" }, /* a date */
        { 0x22, 8, "f0f37af0f47af0f5" },      /* a time */
        { 0x25, 26, "00f2f0f2f460f0f160f0f260f0f34bf0f44bf0f54bf1f2f3f4f5f6" },
        { 0x38, 9, "000220ac0041" }, /* UTF-16 */
        { 0x28, 9, "0003c1c2c3" },   /* bytes remain what they are */
    };
    struct client *client = client_of(&mainframe, "?,?,?,?,?,?,?,?,?,?,?");
    execute_with(client, fields, sizeof fields / sizeof fields[0], NULL);
    const struct sql_value *values = client->fake->parameters;
    CU_ASSERT_EQUAL_FATAL(sqlcode_of(client, 0), 0);
    CU_ASSERT_TRUE(values[0].kind == SQL_VALUE_REAL && values[0].real == -118.625);
    CU_ASSERT_TRUE(values[1].kind == SQL_VALUE_REAL && values[1].real == 1.0);
    CU_ASSERT_EQUAL(values[2].integer, -2);
    expect_text(&values[3], "-123.45");
    expect_text(&values[4], "A[]|");
    expect_text(&values[5], "\u20ACa0 ");
    expect_text(&values[6], "2024-01-02");
    expect_text(&values[7], "03:04:05");
    expect_text(&values[8], "2024-01-02 03:04:05.123456");
    expect_text(&values[9], "\u20ACA");
    CU_ASSERT_TRUE(values[10].kind == SQL_VALUE_BYTES && memcmp(values[10].data.bytes, "\xC1\xC2\xC3", 3) == 0);
    client_free(client);
}

static void
text_may_become_three_times_as_long(void)
{
    enum { COUNT = 80 };
    char hex[6 + 2 * COUNT + 1] = "0050";
    for (size_t i = 0; i < COUNT; i++)
        memcpy(hex + 4 + 2 * i, "9f", 3);
    const struct field fields[] = { { 0x3E, COUNT, hex } };
    struct client *client = client_of(&mainframe, "?");
    execute_with(client, fields, 1, NULL);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
    CU_ASSERT_EQUAL(client->fake->parameters[0].data.size, COUNT * 3);
    client_free(client);
}

static void
text_that_cannot_be_converted_is_an_sql_error(void)
{
    static const struct {
        struct drda_typdefovr ccsids;
        struct field field;
        int32_t sqlcode;
    } cases[] = {
        { { 37, 1200, 939 }, { 0x3C, 2, "c1c2" }, -332 },      /* Japanese, with shift codes */
        { { 37, 0xFFFF, 0xFFFF }, { 0x3C, 2, "c1c2" }, -332 }, /* the requester had no such data */
        { { 37, 300, 37 }, { 0x38, 9, "000142c1" }, -332 },    { { 37, 0xFFFF, 37 }, { 0x38, 9, "00010041" }, -332 },
        { { 37, 13488, 37 }, { 0x38, 9, "00010041" }, 0 },     { { 367, 1200, 37 }, { 0x30, 1, "c1" }, -330 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct drda_representation representation = { .ccsids = cases[i].ccsids };
        struct client *client = client_of(&representation, "?");
        execute_with(client, &cases[i].field, 1, NULL);
        CU_ASSERT_EQUAL(sqlcode_of(client, 0), cases[i].sqlcode);
        client_free(client);
    }
}

static void
override_all(struct wire_writer *writer)
{
    static const struct drda_typdefovr typdefovr = { .sbc = 1047 };
    drda_typdef_encode(writer, "QTDSQL370", &typdefovr, CCSID_UTF8);
}

static void
a_command_may_have_a_representation_of_its_own(void)
{
    static const struct field fields[] = { { 0x0C, 4, "41100000" }, { 0x30, 2, "adbd" } };
    struct client *client = client_of(&own, "?,?");
    execute_with(client, fields, 2, override_all);
    CU_ASSERT_EQUAL_FATAL(sqlcode_of(client, 0), 0);
    CU_ASSERT_EQUAL(client->fake->parameters[0].real, 1.0);
    expect_text(&client->fake->parameters[1], "[]");
    execute_with(client, fields, 2, NULL); /* no UTF-8 */
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -330);
    client_free(client);
}

/* The text of an SQLSTT: mixed or single-byte. */
static void
add_converted(struct client *client, uint16_t codepoint, const char *hex, bool mixed)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    dss_begin(&client->chain, DSS_OBJECT, 1);
    size_t mark = ddm_open(&client->request, codepoint);
    if (!mixed)
        wire_put_u8(&client->request, 0xFF);
    wire_put_u8(&client->request, 0);
    wire_put_u32(&client->request, (uint32_t)size);
    wire_put_bytes(&client->request, bytes, size);
    if (mixed)
        wire_put_u8(&client->request, 0xFF);
    ddm_close(&client->request, mark);
    dss_end(&client->chain);
    free(bytes);
}

#define EBCDIC_VALUES "a58193a485a2" /* values */

static void
statements_are_read_in_their_ccsid(void)
{
    static const struct {
        const char *hex;
        bool mixed;
        const char *text;
    } cases[] = {
        { EBCDIC_VALUES "407d9f7d", true, "values '\u20AC'" },  /* 1140 */
        { EBCDIC_VALUES "407d9f7d", false, "values '\u00A4'" }, /* 37 */
        { EBCDIC_VALUES "15f125", false, "values\n1\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client *client = client_new(1);
        client->encoding.client = mainframe;
        end(client, begin(client, CP_EXCSQLIMM, 1, 1));
        add_converted(client, CP_SQLSTT, cases[i].hex, cases[i].mixed);
        run(client);
        CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
        CU_ASSERT_STRING_EQUAL(client->fake->text, cases[i].text);
        client_free(client);
    }
}

static void
attributes_and_registers_are_read_so_too(void)
{
    struct client *client = client_new(1);
    client->encoding.client = mainframe;
    end(client, begin(client, CP_PRPSQLSTT, 1, 1));
    add_converted(client, CP_SQLATTR, "e6c9e3c840c8d6d3c4", true); /* WITH HOLD */
    add_converted(client, CP_SQLSTT, "a285938583a3", false);       /* select */
    run(client);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
    CU_ASSERT_TRUE(client->fake->sections[0].section.with_hold);
    CU_ASSERT_STRING_EQUAL(client->fake->text, "select");
    end(client, begin(client, CP_EXCSQLSET, 1, 1));
    add_converted(client, CP_SQLSTT, "e2c5e340c1", false); /* SET A */
    add_converted(client, CP_SQLSTT, "e2c5e340c2", true);
    run(client);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
    CU_ASSERT_EQUAL(client->fake->registers, 2);
    CU_ASSERT_STRING_EQUAL(client->fake->text, "SET B");
    client_free(client);
}

static void
statements_in_ccsids_that_are_not_known_are_refused(void)
{
    struct client *client = client_new(1);
    client->encoding.client = (struct drda_representation) { .ccsids = { 37, 300, 939 } };
    end(client, begin(client, CP_EXCSQLIMM, 1, 1));
    add_converted(client, CP_SQLSTT, EBCDIC_VALUES, true);
    run(client);
    CU_ASSERT_EQUAL(client->objects[0].codepoint, CP_VALNSPRM);
    CU_ASSERT_EQUAL(reply_of(client, 0).codpnt, CP_CCSIDMBC);
    CU_ASSERT_EQUAL(client->fake->executed, 0);
    client_free(client);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "values of a mainframe are understood", values_of_a_mainframe_are_understood },
        { "text may become three times as long", text_may_become_three_times_as_long },
        { "text that cannot be converted is an SQL error", text_that_cannot_be_converted_is_an_sql_error },
        { "a command may have a representation of its own", a_command_may_have_a_representation_of_its_own },
        { "statements are read in their CCSID", statements_are_read_in_their_ccsid },
        { "attributes and registers are read so too", attributes_and_registers_are_read_so_too },
        { "statements in CCSIDs that are not known are refused", statements_in_ccsids_that_are_not_known_are_refused },
    };
    return SUITE_RUN("sql-typdef", cases);
}
