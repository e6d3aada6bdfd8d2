/* SQL commands as clients send them, against a target in memory: the sequences of replies. */
#include "drda/sql/parameters.h"
#include "drda/sql/row.h"
#include "drda/sql/sqldard.h"
#include "tests/support/row_described.h"
#include "tests/support/sql_client.h"
#include "tests/support/sql_recorded.h"

/* On the RDB of what was recorded. */
static struct client *
recorded_client(size_t rows)
{
    struct client *client = client_new(rows);
    snprintf(client->encoding.rdbnam, sizeof client->encoding.rdbnam, "demodb");
    return client;
}

static void
the_recorded_session_of_ij_is_answered(void)
{
    struct client *client = recorded_client(2);
    for (size_t i = 0; i < 3; i++) {
        execute_hex(client, recorded_ij[i]);
        EXPECT(client, CP_SQLCARD, CP_ENDUOWRM, CP_SQLCARD);
        CU_ASSERT_EQUAL(client->correlation_ids[0], 1);
        CU_ASSERT_EQUAL(client->correlation_ids[1], 2);
        CU_ASSERT_EQUAL(reply_of(client, 1).uowdsp, 1);
        CU_ASSERT_EQUAL(reply_of(client, 1).svrcod, 4);
    }
    execute_hex(client, recorded_ij[3]); /* PRPSQLSTT, OPNQRY */
    EXPECT(client, CP_SQLDARD, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    CU_ASSERT_STRING_EQUAL(client->fake->text, "select * from t1");
    CU_ASSERT_TRUE(client->fake->sections[0].section.with_hold);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_ENDED);
    execute_hex(client, recorded_ij[4]);
    EXPECT(client, CP_ENDUOWRM, CP_SQLCARD);
    execute_hex(client, recorded_ij[5]); /* the same of a table that does not exist */
    EXPECT(client, CP_SQLERRRM, CP_SQLCARD, CP_OPNQFLRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -204);
    CU_ASSERT_EQUAL(sqlcode_of(client, 3), 0); /* the failure has been told */
    CU_ASSERT_EQUAL(client->svrcod, 0);
    execute_hex(client, recorded_ij[6]); /* PRPSQLSTT, DSCSQLSTT of SQLCAMESSAGE */
    EXPECT(client, CP_SQLCARD, CP_SQLDARD);
    execute_hex(client, recorded_ij[7]);
    EXPECT(client, CP_SQLDTARD);
    execute_hex(client, recorded_ij[8]);
    EXPECT(client, CP_ENDUOWRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(client->fake->commits, 5);
    client_free(client);
}

/* The same bytes as Derby's where the data are the same: descriptions of the columns, and the rows. */
static void
a_query_is_answered_as_derby_answers_it(void)
{
    struct client *client = recorded_client(2);
    execute_hex(client, recorded_ij[3]);
    struct wire_reader opnqryrm = client->objects[1].body;
    static const uint8_t derbys[] = "\x00\x06\x11\x49\x00\x00\x00\x06\x21\x02\x24\x17\x00\x05\x21\x1f\xf1\x00\x0c\x21\x5b"
                                    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x21\x50\x01";
    CU_ASSERT_EQUAL(opnqryrm.left, sizeof derbys - 1);
    CU_ASSERT_EQUAL(memcmp(opnqryrm.at, derbys, sizeof derbys - 1), 0);
    static const uint8_t qrydsc[] = "\x09\x76\xd0\x02\x00\x04\x33\x00\x28\x09\x71\xe0\x54\x00\x01\xd0\x00\x01\x06\x71\xf0\xe0\x00\x00";
    CU_ASSERT_EQUAL(client->objects[2].body.left, sizeof qrydsc - 1);
    CU_ASSERT_EQUAL(memcmp(client->objects[2].body.at, qrydsc, sizeof qrydsc - 1), 0);
    static const uint8_t rows[] = "\xff\x00\x00\x00\x00\x00\x00\x00\x05hello\xff\x00\x00\x00\x00\x01\xff\x00\x00\x00\x00\x64"
                                  "02000";
    CU_ASSERT_EQUAL(memcmp(client->objects[3].body.at, rows, sizeof rows - 1), 0);
    CU_ASSERT_EQUAL(client->objects[3].body.at[client->objects[3].body.left - 1], 0xFF);
    client_free(client);
}

static void
the_text_of_an_error_is_answered(void)
{
    struct client *client = recorded_client(0);
    execute_hex(client, recorded_ij[6]);
    struct wire_reader sqldard = client->objects[1].body;
    struct sql_diagnosis diagnosis;
    size_t count;
    CU_ASSERT_TRUE_FATAL(sqldard_read_head(&sqldard, &own, &diagnosis, &count));
    CU_ASSERT_EQUAL_FATAL(count, 16);
    for (size_t i = 0; i < count; i++) {
        struct sqldard_column column;
        CU_ASSERT_TRUE_FATAL(sqldard_read_column(&sqldard, &own, &column));
        CU_ASSERT_EQUAL(column.mode, i < 14 ? SQLDARD_IN : SQLDARD_OUT);
    }
    CU_ASSERT_TRUE(wire_done(&sqldard));

    execute_hex(client, recorded_ij[7]); /* asks for -20001, which is Derby's own */
    size_t size;
    uint8_t *derbys = recorded_bytes(recorded_sqldtards[0].hex, &size);
    struct wire_reader sqldtard = client->objects[0].body;
    CU_ASSERT_TRUE_FATAL(sqldtard.left > 66 && size > 66);
    CU_ASSERT_EQUAL(memcmp(sqldtard.at, derbys, 66), 0); /* the FDODSC */
    struct ddm_object descriptor;
    struct ddm_object data;
    enum ddm_fault fault;
    CU_ASSERT_TRUE_FATAL(ddm_next(&sqldtard, &descriptor, &fault) && ddm_next(&sqldtard, &data, &fault));
    struct sql_value values[16];
    struct wire_writer scratch = { 0 };
    CU_ASSERT_EQUAL_FATAL(row_read_described(&data.body, descriptor.body, &own, values, 16, &scratch, &diagnosis), ROW_READ_VALUES);
    static const char text[] = "SQLCODE -20001, SQLSTATE 42X05: NOSUCH, 42X05";
    CU_ASSERT_EQUAL_FATAL(values[14].data.size, sizeof text - 1);
    CU_ASSERT_EQUAL(memcmp(values[14].data.bytes, text, sizeof text - 1), 0);
    CU_ASSERT_EQUAL(values[15].integer, 0);
    CU_ASSERT_EQUAL(client->fake->executed, 0);
    free(derbys);
    client_free(client);
}

static void
the_recorded_session_with_parameters_is_answered(void)
{
    struct client *client = recorded_client(1);
    unsigned executed = 0;
    for (size_t i = 0; i < sizeof recorded_prepared / sizeof recorded_prepared[0]; i++) {
        execute_hex(client, recorded_prepared[i]);
        CU_ASSERT_TRUE(client->object_count > 0);
        CU_ASSERT_EQUAL(client->svrcod, 0);
        if (client->fake->executed == executed || client->fake->parameter_count != 13)
            continue;
        executed = client->fake->executed;
        EXPECT(client, CP_SQLCARD, CP_ENDUOWRM, CP_SQLCARD);
    }
    CU_ASSERT_TRUE(executed >= 2);
    CU_ASSERT_TRUE(client->fake->opened >= 1);
    client_free(client);
}

static void
cursors_are_read_in_blocks_and_closed(void)
{
    struct client *client = client_new(1000);
    prepare(client, 1, "select * from t1");
    EXPECT(client, CP_SQLCARD); /* no RTNSQLDA */
    open_query(client, 1, 512);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    open_query(client, 1, 512);
    EXPECT(client, CP_QRYPOPRM);
    continue_query(client, 1, 1000);
    EXPECT(client, CP_QRYDTA);
    simple(client, CP_CLSQRY, 1);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
    CU_ASSERT_EQUAL(client->fake->closed, 1);
    continue_query(client, 1, 1000);
    EXPECT(client, CP_QRYNOPRM);
    simple(client, CP_CLSQRY, 1);
    EXPECT(client, CP_QRYNOPRM);
    simple(client, CP_CLSQRY, 9);
    EXPECT(client, CP_QRYNOPRM);
    CU_ASSERT_EQUAL(client->svrcod, 0); /* the conversation goes on */
    open_query(client, 1, 32767);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_ENDED);
    continue_query(client, 1, 1000);
    EXPECT(client, CP_QRYDTA); /* a requester that asks again after the end */
    open_query(client, 1, 32767);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    simple(client, CP_CLSQRY, 1);
    EXPECT(client, CP_SQLCARD);
    client_free(client);
}

/* What waits for the next block belongs to the query it came from. */
static void
nothing_of_an_earlier_query_is_left_over(void)
{
    struct client *client = client_new(1000);
    prepare(client, 1, "select * from t1");
    open_query(client, 1, 512);
    CU_ASSERT_PTR_NOT_NULL(client->fake->sections[0].section.pending);
    simple(client, CP_RDBCMM, 0);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_PREPARED); /* not held */
    continue_query(client, 1, 512);
    EXPECT(client, CP_QRYNOPRM);
    open_query(client, 1, 512);
    prepare(client, 1, "call sysibm.sqlcamessage(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    CU_ASSERT_PTR_NULL(client->fake->sections[0].section.pending);
    open_query(client, 1, 512);
    EXPECT(client, CP_OPNQFLRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -517);
    prepare(client, 1, "select * from t1");
    open_query(client, 1, 512);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    CU_ASSERT_EQUAL(client->objects[2].body.at[5], 0); /* row 0 */
    client_free(client);
}

static void
held_cursors_live_on_over_commit(void)
{
    struct client *client = client_new(1000);
    end(client, begin(client, CP_PRPSQLSTT, 1, 1));
    add_text(client, 1, CP_SQLATTR, "for read only with hold ");
    add_text(client, 1, CP_SQLSTT, "select * from t1");
    run(client);
    open_query(client, 1, 512);
    simple(client, CP_RDBCMM, 0);
    continue_query(client, 1, 512);
    EXPECT(client, CP_QRYDTA);
    simple(client, CP_RDBRLLBCK, 0);
    EXPECT(client, CP_ENDUOWRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(reply_of(client, 0).uowdsp, 2);
    continue_query(client, 1, 512);
    EXPECT(client, CP_QRYNOPRM);
    client_free(client);
}

static void
statements_without_sections_are_told(void)
{
    struct client *client = client_new(1);
    open_query(client, 5, 512);
    EXPECT(client, CP_OPNQFLRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -514);
    simple(client, CP_EXCSQLSTT, 5);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -518);
    simple(client, CP_DSCSQLSTT, 5);
    EXPECT(client, CP_SQLERRRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -516);
    prepare(client, 1, "select * from t1");
    simple(client, CP_EXCSQLSTT, 1);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -518);
    prepare(client, 1, "insert into t1 values (?)");
    open_query(client, 1, 512);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -517);
    simple(client, CP_EXCSQLSTT, 1);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -313);
    prepare(client, 1, "select * from t1 where id = ?");
    open_query(client, 1, 512);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -313);
    for (uint16_t i = 2; i <= FAKE_SECTIONS; i++)
        prepare(client, i, "delete from t1");
    prepare(client, 9, "delete from t1");
    EXPECT(client, CP_SQLERRRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -904);
    CU_ASSERT_EQUAL(client->fake->executed, 0);
    client_free(client);
}

static void
special_registers_are_set_in_turn(void)
{
    struct client *client = client_new(1);
    end(client, begin(client, CP_EXCSQLSET, 1, 1));
    add_text(client, 1, CP_SQLSTT, "SET CLIENT WRKSTNNAME 'x'");
    add_text(client, 1, CP_SQLSTT, "SET UNKNOWN 1");
    add_text(client, 1, CP_SQLSTT, "SET CURRENT LOCALE 'en'");
    run(client);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), 10000);
    CU_ASSERT_EQUAL(client->fake->registers, 3);
    client_free(client);
}

static void
ebcdic_names_mean_the_same_section(void)
{
    struct client *client = client_new(1);
    prepare(client, 1, "select * from t1");
    client->encoding.ebcdic = true;
    open_query(client, 1, 512);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    open_query(client, 7, 512);
    static const uint8_t rdbnam[] = "\xE2\xC1\xD4\xD7\xD3\xC5"; /* SAMPLE */
    CU_ASSERT_EQUAL(memcmp(reply_of(client, 0).rdbnam.at, rdbnam, 6), 0);
    client_free(client);
}

/* A client may say for one command that its numbers stand the other way round. */
static void
typdefnam_holds_for_one_command(void)
{
    struct client *client = client_new(1);
    prepare(client, 1, "insert into t1 values (?)");
    for (int turned = 0; turned < 2; turned++) {
        static const uint8_t fdodsc[] = "\x00\x10\x00\x10\x06\x76\xd0\x02\x00\x04\x06\x71\xe4\xd0\x00\x01";
        static const uint8_t fdodta[] = "\x00\x09\x14\x7a\x00\x01\x00\x00\x00";
        end(client, begin(client, CP_EXCSQLSTT, 1, 1));
        dss_begin(&client->chain, DSS_OBJECT, 1);
        if (turned == 1)
            ddm_put_bytes(&client->request, CP_TYPDEFNAM, "QTDSQLX86", 9);
        size_t mark = ddm_open(&client->request, CP_SQLDTA);
        wire_put_bytes(&client->request, fdodsc, sizeof fdodsc - 1);
        wire_put_bytes(&client->request, fdodta, sizeof fdodta - 1);
        ddm_close(&client->request, mark);
        dss_end(&client->chain);
        run(client);
        CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
        CU_ASSERT_EQUAL(client->fake->parameters[0].integer, turned == 1 ? 1 : 0x1000000);
    }
    client_free(client);
}

static void
a_lost_unit_of_work_is_announced(void)
{
    struct client *client = client_new(1);
    end(client, begin(client, CP_EXCSQLIMM, 1, 1));
    add_text(client, 1, CP_SQLSTT, "insert deadlock");
    run(client);
    EXPECT(client, CP_ABNUOWRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -911);
    CU_ASSERT_EQUAL(reply_of(client, 0).svrcod, 8);
    CU_ASSERT_EQUAL(client->svrcod, 0);
    prepare(client, 1, "insert deadlock");
    EXPECT(client, CP_ABNUOWRM, CP_SQLCARD);
    prepare(client, 1, "insert");
    client->fake->losing = true;
    simple(client, CP_EXCSQLSTT, 1);
    EXPECT(client, CP_ABNUOWRM, CP_SQLCARD);
    prepare(client, 2, "select");
    open_query(client, 2, 512);
    EXPECT(client, CP_ABNUOWRM, CP_SQLCARD);
    simple(client, CP_RDBCMM, 0);
    EXPECT(client, CP_ENDUOWRM, CP_SQLCARD);
    CU_ASSERT_EQUAL(reply_of(client, 0).uowdsp, 2);
    CU_ASSERT_EQUAL(sqlcode_of(client, 1), -911);
    client_free(client);
}

static void
open_with(struct client *client, uint16_t control, uint32_t rowset)
{
    size_t mark = begin(client, CP_OPNQRY, 1, 1);
    ddm_put_u32(&client->request, CP_QRYBLKSZ, 512);
    if (control != 0)
        ddm_put_u16(&client->request, CP_QRYBLKCTL, control);
    if (rowset != 0)
        ddm_put_u32(&client->request, CP_QRYROWSET, rowset);
    end(client, mark);
    run(client);
}

/* A parameter of one byte or two of OPNQRYRM. */
static unsigned
opnqryrm_has(const struct client *client, uint16_t codepoint)
{
    struct wire_reader body = client->objects[0].body;
    struct ddm_object object;
    enum ddm_fault damage;
    while (ddm_next(&body, &object, &damage))
        if (object.codepoint == codepoint)
            return object.body.left == 1 ? wire_u8(&object.body) : wire_u16(&object.body);
    return 0;
}

/* FRCFIXROW: OPNQRY brings none, each CNTQRY one or a rowset, and nothing is read ahead. */
static void
rows_come_when_they_are_asked_for(void)
{
    for (uint32_t rowset = 0; rowset <= 3; rowset += 3) {
        struct client *client = client_new(4);
        prepare(client, 1, "select");
        open_with(client, CP_FRCFIXROW, rowset);
        EXPECT(client, CP_OPNQRYRM, CP_QRYDSC);
        CU_ASSERT_EQUAL(opnqryrm_has(client, CP_QRYPRCTYP), CP_FIXROWPRC);
        CU_ASSERT_EQUAL(opnqryrm_has(client, CP_QRYATTUPD), 1);
        continue_query(client, 1, 512);
        EXPECT(client, CP_QRYDTA);
        CU_ASSERT_EQUAL(client->fake->sections[0].next_row, rowset == 0 ? 1 : rowset);
        CU_ASSERT_PTR_NULL(client->fake->target.continued);
        client_free(client);
    }
    struct client *client = client_new(4);
    prepare(client, 1, "select");
    open_with(client, 0, 3); /* which does not matter here */
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC, CP_QRYDTA);
    CU_ASSERT_EQUAL(opnqryrm_has(client, CP_QRYPRCTYP), CP_LMTBLKPRC);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_ENDED);
    client_free(client);
}

/* Both sides must stand on the same row. */
static void
rows_that_may_be_updated_come_one_by_one(void)
{
    struct client *client = client_new(2);
    end(client, begin(client, CP_PRPSQLSTT, 1, 1));
    add_text(client, 1, CP_SQLATTR, "FOR UPDATE ");
    add_text(client, 1, CP_SQLSTT, "select");
    run(client);
    open_with(client, 0, 0);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC);
    CU_ASSERT_EQUAL(opnqryrm_has(client, CP_QRYPRCTYP), CP_FIXROWPRC);
    CU_ASSERT_EQUAL(opnqryrm_has(client, CP_QRYATTUPD), 4);
    continue_query(client, 1, 512);
    CU_ASSERT_EQUAL(client->fake->sections[0].next_row, 1);
    continue_query(client, 1, 512);
    CU_ASSERT_EQUAL(client->fake->sections[0].next_row, 2);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_OPEN);
    continue_query(client, 1, 512);
    CU_ASSERT_EQUAL(client->fake->sections[0].section.state, SQL_SECTION_ENDED);
    client_free(client);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the recorded session of ij is answered", the_recorded_session_of_ij_is_answered },
        { "a query is answered as Derby answers it", a_query_is_answered_as_derby_answers_it },
        { "the text of an error is answered", the_text_of_an_error_is_answered },
        { "the recorded session with parameters is answered", the_recorded_session_with_parameters_is_answered },
        { "cursors are read in blocks and closed", cursors_are_read_in_blocks_and_closed },
        { "nothing of an earlier query is left over", nothing_of_an_earlier_query_is_left_over },
        { "held cursors live on over COMMIT", held_cursors_live_on_over_commit },
        { "statements without sections are told", statements_without_sections_are_told },
        { "a lost unit of work is announced", a_lost_unit_of_work_is_announced },
        { "special registers are set in turn", special_registers_are_set_in_turn },
        { "EBCDIC names mean the same section", ebcdic_names_mean_the_same_section },
        { "TYPDEFNAM holds for one command", typdefnam_holds_for_one_command },
        { "rows come when they are asked for", rows_come_when_they_are_asked_for },
        { "rows that may be updated come one by one", rows_that_may_be_updated_come_one_by_one },
    };
    return SUITE_RUN("sql-execute", cases);
}
