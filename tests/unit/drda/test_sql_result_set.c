/* CALL of a procedure with a result set: the replies to EXCSQLSTT, and how the requester goes on with them. */
#include "drda/sql/sqldard.h"
#include "tests/support/sql_client.h"

enum { BLOCK_SIZE = 512, FEW_ROWS = 2, MANY_ROWS = 1000 };

static void
call(struct client *client, uint16_t section, uint32_t block_size)
{
    size_t mark = begin(client, CP_EXCSQLSTT, 1, section);
    ddm_put_u32(&client->request, CP_QRYBLKSZ, block_size);
    end(client, mark);
    run(client);
}

static void
a_call_is_answered_with_its_rows(void)
{
    struct client *client = client_new(FEW_ROWS);
    prepare(client, 1, "call rows()");
    EXPECT(client, CP_SQLCARD);
    call(client, 1, 32767);
    EXPECT(client, CP_RSLSETRM, CP_SQLCARD, CP_SQLRSLRD, CP_OPNQRYRM, CP_SQLCINRD, CP_QRYDSC, CP_QRYDTA);
    CU_ASSERT_EQUAL(client->fake->opened, 1);
    CU_ASSERT_EQUAL(client->fake->executed, 0);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_ENDED);
    client_free(client);
}

/* RSLSETRM names the section to go on with: SVRCOD, then a list of one PKGNAMCSN. */
static void
the_result_set_is_named_after_its_section(void)
{
    struct client *client = client_new(FEW_ROWS);
    prepare(client, 3, "call rows()");
    call(client, 3, 32767);
    struct wire_reader rslsetrm = client->objects[0].body;
    static const uint8_t head[] = "\x00\x06\x11\x49\x00\x00\x00\x48\x21\x39\x00\x44\x21\x13";
    CU_ASSERT_EQUAL_FATAL(rslsetrm.left, sizeof head - 1 + PKGNAMCSN_FIXED_SIZE);
    CU_ASSERT_EQUAL(memcmp(rslsetrm.at, head, sizeof head - 1), 0);
    struct sql_section_name name;
    struct wire_reader pkgnamcsn = wire_reader(rslsetrm.at + sizeof head - 1, PKGNAMCSN_FIXED_SIZE);
    CU_ASSERT_TRUE(package_section_read(pkgnamcsn, CCSID_UTF8, &name));
    CU_ASSERT_EQUAL(name.number, 3);
    static const uint8_t one[] = "\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"; /* as Derby says it */
    CU_ASSERT_EQUAL_FATAL(client->objects[2].body.left, sizeof one - 1);
    CU_ASSERT_EQUAL(memcmp(client->objects[2].body.at, one, sizeof one - 1), 0);
    client_free(client);
}

/* SQLCINRD is an SQLDARD without the SQLCA at its head. */
static void
the_result_set_is_described(void)
{
    struct client *client = client_new(FEW_ROWS);
    prepare(client, 1, "call rows()");
    call(client, 1, 32767);
    struct wire_reader sqlcinrd = client->objects[4].body;
    CU_ASSERT_EQUAL(wire_u8(&sqlcinrd), 0);
    (void)wire_take(&sqlcinrd, 18);
    size_t count = wire_u16(&sqlcinrd);
    CU_ASSERT_EQUAL_FATAL(count, client->fake->column_count);
    for (size_t i = 0; i < count; i++) {
        struct sqldard_column column;
        CU_ASSERT_TRUE_FATAL(sqldard_read_column(&sqlcinrd, &own, &column));
        const char *expected = client->fake->columns[i].name;
        CU_ASSERT_EQUAL_FATAL(column.name.left, strlen(expected));
        CU_ASSERT_EQUAL(memcmp(column.name.at, expected, column.name.left), 0);
    }
    CU_ASSERT_TRUE(wire_done(&sqlcinrd));
    client_free(client);
}

static void
rows_come_in_blocks_and_calls_begin_anew(void)
{
    struct client *client = client_new(MANY_ROWS);
    prepare(client, 1, "call rows()");
    call(client, 1, BLOCK_SIZE);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_OPEN);
    continue_query(client, 1, BLOCK_SIZE);
    EXPECT(client, CP_QRYDTA);
    call(client, 1, BLOCK_SIZE); /* in the middle of the first */
    EXPECT(client, CP_RSLSETRM, CP_SQLCARD, CP_SQLRSLRD, CP_OPNQRYRM, CP_SQLCINRD, CP_QRYDSC, CP_QRYDTA);
    CU_ASSERT_EQUAL(client->fake->closed, 1);
    simple(client, CP_CLSQRY, 1);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(client->fake->closed, 2);
    continue_query(client, 1, BLOCK_SIZE);
    EXPECT(client, CP_QRYNOPRM);
    client_free(client);
}

static void
calls_that_fail_say_so(void)
{
    struct client *client = client_new(FEW_ROWS);
    prepare(client, 1, "call rows(?)");
    call(client, 1, 32767);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -313);
    prepare(client, 1, "call rows()");
    open_query(client, 1, 32767); /* a CALL is executed, not opened */
    EXPECT(client, CP_OPNQFLRM, CP_SQLCARD);
    call(client, 1, 511);
    EXPECT(client, CP_SYNTAXRM);
    client_free(client);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a CALL is answered with its rows", a_call_is_answered_with_its_rows },
        { "the result set is named after its section", the_result_set_is_named_after_its_section },
        { "the result set is described", the_result_set_is_described },
        { "rows come in blocks, and calls begin anew", rows_come_in_blocks_and_calls_begin_anew },
        { "calls that fail say so", calls_that_fail_say_so },
    };
    return SUITE_RUN("sql-result-set", cases);
}
