/* SQL commands that are wrong or damaged: each gets its reply message, and nothing reaches the target. */
#include <stdio.h>

#include "tests/support/sql_client.h"
#include "tests/support/sql_recorded.h"

struct refused {
    const char *what;
    const char *hex; /* DSS chain */
    uint16_t reply;
    uint8_t synerrcd;
    uint16_t codpnt;
};

static void
commands_that_are_wrong_are_refused(void)
{
    static const struct refused cases[] = {
        { "PRPSQLSTT without PKGNAMCSN",
          "000ad0510001"
          "0004200d"
          "0010d0030001"
          "000a2414"
          "0000000000ff",
          CP_SYNTAXRM, 0x0E, CP_PKGNAMCSN },
        { "PRPSQLSTT without SQLSTT",
          "000ad0010001"
          "0004200d",
          CP_SYNTAXRM, 0x0E, CP_SQLSTT },
        { "PRPSQLSTT with SQLDTA",
          "000ad0510001"
          "0004200d"
          "000ad0030001"
          "00042412",
          CP_OBJNSPRM, 0, CP_SQLDTA },
        { "two SQLSTT",
          "000ad0510001"
          "0004200d"
          "001ad0030001"
          "000a2414"
          "0000000000ff"
          "000a2414"
          "0000000000ff",
          CP_SYNTAXRM, 0x12, CP_SQLSTT },
        { "damaged SQLSTT",
          "000ad0510001"
          "0004200d"
          "0010d0030001"
          "000a2414"
          "0000000001ff",
          CP_SYNTAXRM, 0x08, CP_SQLSTT },
        { "RDBCMM with an object",
          "000ad0510001"
          "0004200e"
          "0010d0030001"
          "000a2414"
          "0000000000ff",
          CP_OBJNSPRM, 0, CP_SQLSTT },
        { "an unknown TYPDEFNAM",
          "000ad0510001"
          "0004200e"
          "000dd0030001"
          "0007002f"
          "585858",
          CP_VALNSPRM, 0, CP_TYPDEFNAM },
        { "a CCSID that is not served",
          "000ad0510001"
          "0004200e"
          "0010d0030001"
          "000a0035"
          "0006119e03a2",
          CP_VALNSPRM, 0, CP_CCSIDMBC },
        { "damaged TYPDEFOVR",
          "000ad0510001"
          "0004200e"
          "000cd0030001"
          "00060035"
          "0006",
          CP_SYNTAXRM, 0x08, 0 },
        { "PKGNAMCSN of a wrong size",
          "0013d0010001"
          "000d2005"
          "00092113"
          "4142434445",
          CP_VALNSPRM, 0, CP_PKGNAMCSN },
        { "damaged parameters",
          "000ed0010001"
          "0008200e"
          "00032100",
          CP_SYNTAXRM, 0x07, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client *client = client_new(1);
        execute_hex(client, cases[i].hex);
        CU_ASSERT_EQUAL_FATAL(client->object_count, 1);
        struct drda_reply reply = reply_of(client, 0);
        bool as_expected = reply.codepoint == cases[i].reply && reply.svrcod == 8 && reply.synerrcd == cases[i].synerrcd &&
                           (cases[i].codpnt == 0 || reply.codpnt == cases[i].codpnt);
        if (!as_expected)
            printf("# %s: %04X %02X %04X\n", cases[i].what, reply.codepoint, reply.synerrcd, reply.codpnt);
        CU_ASSERT_TRUE(as_expected);
        CU_ASSERT_EQUAL(client->svrcod, 8);
        CU_ASSERT_EQUAL(client->fake->executed + client->fake->commits, 0);
        client_free(client);
    }
}

/* CLSQRY of a section in an RDB of that name, which is not open; the code point of the reply. */
static uint16_t
close_section_of(struct client *client, const char *rdbnam)
{
    static const struct sql_section_name section = { .package = "SYSLN000", .number = 1 };
    dss_begin(&client->chain, DSS_REQUEST, 1);
    size_t mark = ddm_open(&client->request, CP_CLSQRY);
    package_section_put(&client->request, CCSID_UTF8, rdbnam, &section);
    end(client, mark);
    run(client);
    CU_ASSERT_EQUAL_FATAL(client->object_count, 1);
    return client->objects[0].codepoint;
}

static void
sections_of_another_rdb_are_refused(void)
{
    static const char *const same[] = { "SAMPLE", "sample", "SAMPLE;create=true", "", "SAMPLE;user=a;password=b;traceFile=nowhere" };
    static const char *const other[] = { "OTHER", "SAMPL", "SAMPLES", "OTHER;create=true" };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct client *client = client_new(1);
        CU_ASSERT_EQUAL(close_section_of(client, same[i]), CP_QRYNOPRM);
        client_free(client);
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        struct client *client = client_new(1);
        CU_ASSERT_EQUAL(close_section_of(client, other[i]), CP_PRCCNVRM);
        CU_ASSERT_EQUAL(reply_of(client, 0).prccnvcd, PRCCNVCD_RDBNAM_MISMATCH);
        client_free(client);
    }
}

static void
values_that_may_not_be_are_refused(void)
{
    static const struct {
        uint16_t command;
        uint16_t parameter;
        size_t size;
        uint32_t value;
        uint16_t reply;
        uint8_t synerrcd;
    } cases[] = {
        { CP_PRPSQLSTT, CP_RTNSQLDA, 1, 0xF2, CP_SYNTAXRM, 0x14 }, { CP_PRPSQLSTT, CP_TYPSQLDA, 1, 6, CP_SYNTAXRM, 0x14 },
        { CP_DSCSQLSTT, CP_TYPSQLDA, 1, 9, CP_SYNTAXRM, 0x14 },    { CP_OPNQRY, CP_QRYBLKSZ, 4, 511, CP_SYNTAXRM, 0x14 },
        { CP_CNTQRY, CP_QRYBLKSZ, 4, 0, CP_SYNTAXRM, 0x14 },       { CP_OPNQRY, CP_QRYBLKSZ, 2, 512, CP_SYNTAXRM, 0x0A },
        { CP_EXCSQLIMM, CP_RDBCMTOK, 1, 0, CP_SYNTAXRM, 0x14 },    { CP_CLSQRY, CP_QRYINSID, 4, 0, CP_SYNTAXRM, 0x0A },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client *client = client_new(1);
        size_t mark = begin(client, cases[i].command, 1, 1);
        size_t parameter = ddm_open(&client->request, cases[i].parameter);
        wire_put_uint(&client->request, cases[i].value, cases[i].size, false);
        ddm_close(&client->request, parameter);
        end(client, mark);
        if (cases[i].command == CP_PRPSQLSTT || cases[i].command == CP_EXCSQLIMM)
            add_text(client, 1, CP_SQLSTT, "x");
        run(client);
        CU_ASSERT_EQUAL_FATAL(client->object_count, 1);
        CU_ASSERT_EQUAL(client->objects[0].codepoint, cases[i].reply);
        CU_ASSERT_EQUAL(reply_of(client, 0).synerrcd, cases[i].synerrcd);
        CU_ASSERT_EQUAL(reply_of(client, 0).codpnt, cases[i].parameter);
        CU_ASSERT_EQUAL(client->svrcod, 8);
        client_free(client);
    }
    struct client *client = client_new(1);
    size_t mark = begin(client, CP_OPNQRY, 1, 1);
    ddm_put_u32(&client->request, CP_QRYBLKSZ, 512);
    ddm_put_u16(&client->request, CP_QRYBLKCTL, CP_FIXROWPRC);
    end(client, mark);
    run(client);
    EXPECT(client, CP_VALNSPRM);
    client_free(client);
}

/* Every bit of every recorded chain, flipped: whatever comes back is whole DSSs, and no byte is read outside of the command. */
static void
flip_bits(const char *hex)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    static struct dss_command command;
    struct fake_target *fake = fake_target_new(columns, 2, 3, cell);
    static const struct sql_encoding encoding = { .client = DRDA_OWN_REPRESENTATION, .sqlam_level = 7, .rdbnam = "SAMPLE" };
    uint8_t *memory = malloc(REPLY_MAX);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        uint8_t *copy = exact_copy(bytes, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct wire_writer wire = wire_writer(memory, REPLY_MAX);
        struct dss_writer reply = dss_writer(&wire);
        size_t taken;
        enum dss_fault fault;
        for (size_t offset = 0; offset < size && dss_scan(copy + offset, size - offset, &taken, &fault) == DSS_SCAN_COMPLETE;
             offset += taken)
            if (!dss_read(copy + offset, taken, &command) || !sql_is_command(command.codepoint) ||
                sql_execute(&command, &encoding, &fake->target, &reply) >= 8)
                break;
        for (size_t offset = 0; offset < wire.used; offset += taken)
            CU_ASSERT_EQUAL_FATAL(dss_scan(memory + offset, wire.used - offset, &taken, &fault), DSS_SCAN_COMPLETE);
        free(copy);
    }
    fake_target_free(fake);
    free(memory);
    free(bytes);
}

static void
damaged_commands_are_answered_in_whole_dsss(void)
{
    for (size_t i = 0; i < sizeof recorded_ij / sizeof recorded_ij[0]; i++)
        flip_bits(recorded_ij[i]);
    for (size_t i = 0; i < sizeof recorded_prepared / sizeof recorded_prepared[0]; i++)
        flip_bits(recorded_prepared[i]);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "commands that are wrong are refused", commands_that_are_wrong_are_refused },
        { "sections of another RDB are refused", sections_of_another_rdb_are_refused },
        { "values that may not be are refused", values_that_may_not_be_are_refused },
        { "damaged commands are answered in whole DSSs", damaged_commands_are_answered_in_whole_dsss },
    };
    return SUITE_RUN("sql-refusals", cases);
}
