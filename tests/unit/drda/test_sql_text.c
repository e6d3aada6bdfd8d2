/* Names and texts in SQL commands: PKGNAMCSN, SQLSTT, messages, and procedures known by their text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/ddm.h"
#include "drda/sql/message.h"
#include "drda/sql/package.h"
#include "drda/sql/procedure.h"
#include "drda/sql/sqlstt.h"
#include "drda/sql/unicode.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

static const char recorded_pkgnamcsn[] = "64656d6f64623b6372656174653d747275654e554c4c4944202020202020202020202020"
                                         "5359534c48303030202020202020202020205359534c564c30310002";

static void
a_recorded_section_is_read_and_written(void)
{
    size_t size;
    uint8_t *body = recorded_bytes(recorded_pkgnamcsn, &size);
    uint8_t memory[128];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct sql_section_name section;
    CU_ASSERT_TRUE(package_section_read(wire_reader(body, size), CCSID_UTF8, &section));
    CU_ASSERT_STRING_EQUAL(section.package, "SYSLH000");
    CU_ASSERT_EQUAL(section.number, 2);
    package_section_put(&writer, CCSID_UTF8, "demodb;create=true", &section);
    CU_ASSERT_EQUAL(writer.used, size + 4);
    CU_ASSERT_EQUAL(memcmp(memory + 4, body, size), 0);
    for (size_t n = 0; n < size; n++) {
        uint8_t *copy = exact_copy(body, n);
        CU_ASSERT_FALSE(package_section_read(wire_reader(copy, n), CCSID_UTF8, &section));
        free(copy);
    }
    free(body);
}

static void
sections_come_back_in_every_encoding_and_length(void)
{
    static const char *const names[] = { "A", "SAMPLE", "EXACTLYEIGHTEEN_18", "A_NAME_OF_MORE_THAN_EIGHTEEN" };
    static const enum ccsid ccsids[] = { CCSID_UTF8, CCSID_EBCDIC_500 };
    struct sql_section_name section = { .package = "SYSSH200", .number = 65 };
    for (size_t i = 0; i < 8; i++) {
        uint8_t memory[256];
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        struct sql_section_name back;
        package_section_put(&writer, ccsids[i % 2], names[i / 2], &section);
        struct wire_reader reader = wire_reader(memory, writer.used);
        struct ddm_object object;
        enum ddm_fault fault;
        CU_ASSERT_TRUE_FATAL(ddm_next(&reader, &object, &fault));
        CU_ASSERT_EQUAL(object.codepoint, CP_PKGNAMCSN);
        CU_ASSERT_EQUAL(object.body.left == PKGNAMCSN_FIXED_SIZE, i / 2 < 3);
        CU_ASSERT_TRUE(package_section_read(object.body, CCSID_UTF8, &back));
        CU_ASSERT_STRING_EQUAL(back.package, "SYSSH200");
        CU_ASSERT_EQUAL(back.number, 65);
    }
}

/* In UTF-8 it is the byte that is a blank in EBCDIC. */
static void
a_package_may_end_in_an_at_sign(void)
{
    static const enum ccsid ccsids[] = { CCSID_UTF8, CCSID_EBCDIC_500 };
    const struct sql_section_name section = { .package = "A@", .number = 1 };
    for (size_t i = 0; i < 2; i++) {
        uint8_t memory[256];
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        struct sql_section_name back;
        package_section_put(&writer, ccsids[i], "SAMPLE", &section);
        struct wire_reader body = wire_reader(memory + 4, writer.used - 4);
        CU_ASSERT_TRUE(package_section_read(body, ccsids[i], &back));
        CU_ASSERT_STRING_EQUAL(back.package, "A@");
    }
}

static void
a_package_without_a_name_is_refused(void)
{
    uint8_t body[PKGNAMCSN_FIXED_SIZE];
    struct sql_section_name section;
    memset(body, ' ', sizeof body);
    CU_ASSERT_FALSE(package_section_read(wire_reader(body, sizeof body), CCSID_UTF8, &section));
    memset(body, 0, sizeof body);
    CU_ASSERT_FALSE(package_section_read(wire_reader(body, sizeof body), CCSID_UTF8, &section));
}

static void
statements_come_as_mixed_or_single_byte_text(void)
{
    static const struct {
        const char *hex;
        const char *text; /* NULL: refused */
    } cases[] = {
        { "0000000003616263ff", "abc" },
        { "ff0000000003616263", "abc" },
        { "0000000000ff", "" },
        { "ffff", NULL },
        { "0000000004616263ff", NULL },
        { "0000000003616263", NULL },
        { "0000000003616263ff00", NULL },
        { "00ffffffff616263ff", NULL },
        { "", NULL },
        { "00000000016100000000"
          "0162",
          NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        uint8_t *body = recorded_bytes(cases[i].hex, &size);
        struct wire_reader text;
        bool mixed;
        bool good = sqlstt_read(wire_reader(body, size), &text, &mixed);
        CU_ASSERT_EQUAL(good, cases[i].text != NULL);
        CU_ASSERT_EQUAL(good && !mixed, i == 1);
        if (good)
            CU_ASSERT_TRUE(text.left == strlen(cases[i].text) && memcmp(text.at, cases[i].text, text.left) == 0);
        free(body);
    }
}

static void
a_long_statement_gets_an_extended_length(void)
{
    enum { TEXT_SIZE = 100000 };
    char *statement = malloc(TEXT_SIZE);
    uint8_t *memory = malloc(TEXT_SIZE + 64);
    memset(statement, 'x', TEXT_SIZE);
    struct wire_writer writer = wire_writer(memory, TEXT_SIZE + 64);
    sqlstt_put(&writer, CP_SQLSTT, statement, TEXT_SIZE);
    struct wire_reader reader = wire_reader(memory, writer.used);
    struct ddm_object object;
    struct wire_reader text;
    enum ddm_fault fault;
    CU_ASSERT_TRUE_FATAL(ddm_next(&reader, &object, &fault));
    bool mixed;
    CU_ASSERT_TRUE(sqlstt_read(object.body, &text, &mixed));
    CU_ASSERT_EQUAL(text.left, TEXT_SIZE);
    CU_ASSERT_TRUE(wire_done(&reader));
    free(memory);
    free(statement);
}

static void
expect_message(int32_t sqlcode, const char *tokens, const char *expected)
{
    char message[SQL_MESSAGE_MAX + 1];
    size_t size = sql_message(sqlcode, "56000", tokens, strlen(tokens), message);
    CU_ASSERT_EQUAL(size, strlen(expected));
    CU_ASSERT_STRING_EQUAL(message, expected);
}

static void
messages_have_their_tokens_in_place(void)
{
    expect_message(-204,
                   "NOSUCH\xFF"
                   "rest",
                   "NOSUCH is an undefined name.");
    expect_message(-204, "NOSUCH\x14rest", "NOSUCH is an undefined name.");
    expect_message(-413, "1099511627776", "A number is out of range: 1099511627776");
    expect_message(-413, "", "A number is out of range.");
    expect_message(-9999, "one\xFFtwo", "SQLCODE -9999, SQLSTATE 56000: one, two");
    expect_message(-911, "68\xFFlocked", "The unit of work was rolled back because of a deadlock or timeout, reason 68: locked");
    expect_message(-911, "68", "The unit of work was rolled back because of a deadlock or timeout, reason 68.");
    expect_message(-9999, "", "SQLCODE -9999, SQLSTATE 56000");
    expect_message(100, "", "No row was found for FETCH, UPDATE or DELETE; or the result of a query is an empty table.");
}

static void
long_messages_are_cut_between_characters(void)
{
    enum { TOKENS_SIZE = SQL_MESSAGE_MAX + 100 };
    char tokens[TOKENS_SIZE + 1];
    char message[SQL_MESSAGE_MAX + 1];
    for (size_t shift = 0; shift < 2; shift++) {
        memset(tokens, 'x', shift);
        for (size_t i = shift; i < TOKENS_SIZE; i++)
            tokens[i] = (i - shift) % 2 == 0 ? '\xc3' : '\xa9';
        size_t size = sql_message(-413, "22003", tokens, TOKENS_SIZE, message);
        CU_ASSERT_TRUE(size >= SQL_MESSAGE_MAX - 1 && size <= SQL_MESSAGE_MAX);
        CU_ASSERT_TRUE(utf8_is_valid((const uint8_t *)message, size));
    }
}

static void
the_message_procedure_is_known_however_it_is_written(void)
{
    static const char *const calls[] = {
        "call SYSIBM.SQLCAMESSAGE(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "CALL sysibm . sqlcamessage ( ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? ) ",
        "\n\tCall SysIbm.SqlCaMessage(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)\n",
    };
    static const char *const others[] = {
        "",
        "call",
        "callSYSIBM.SQLCAMESSAGE(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "call SYSIBM.SQLCAMESSAGE(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "call SYSIBM.SQLCAMESSAGE(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "call SYSIBM.SQLCAMESSAGE(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?",
        "call SYSIBM.SQLCAMESSAGE(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) x",
        "call SYSIBM.SQLTABLES(?,?,?,?,?,?)",
        "select 1 from t",
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        uint8_t *exact = exact_copy((const uint8_t *)calls[i], strlen(calls[i]));
        CU_ASSERT_EQUAL(procedure_recognise(wire_reader(exact, strlen(calls[i]))), PROCEDURE_SQLCAMESSAGE);
        free(exact);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint8_t *exact = exact_copy((const uint8_t *)others[i], strlen(others[i]));
        CU_ASSERT_EQUAL(procedure_recognise(wire_reader(exact, strlen(others[i]))), PROCEDURE_NONE);
        free(exact);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a recorded section is read and written", a_recorded_section_is_read_and_written },
        { "sections come back in every encoding and length", sections_come_back_in_every_encoding_and_length },
        { "a package may end in an at sign", a_package_may_end_in_an_at_sign },
        { "a package without a name is refused", a_package_without_a_name_is_refused },
        { "statements come as mixed or single-byte text", statements_come_as_mixed_or_single_byte_text },
        { "a long statement gets an extended length", a_long_statement_gets_an_extended_length },
        { "messages have their tokens in place", messages_have_their_tokens_in_place },
        { "long messages are cut between characters", long_messages_are_cut_between_characters },
        { "the message procedure is known however it is written", the_message_procedure_is_known_however_it_is_written },
    };
    return SUITE_RUN("sql-text", cases);
}
