/* A requester as Db2 for z/OS is one: EBCDIC in DDM, statements and values, big-endian, hexadecimal floating point. What it stores is
 * looked at in its own words, and as UTF-8. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/accrdb.h"
#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "drda/dss.h"
#include "drda/excsat.h"
#include "drda/secchk.h"
#include "drda/sql/fdoca.h"
#include "drda/sql/package.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

static struct gateway gateway;
static struct peer peer;
static uint8_t memory[4096];
static struct wire_writer request;
static struct dss_writer chain;

static const struct sql_section_name section = { .package = "DSNTEP2", .number = 1 };

static void
begin_request(void)
{
    request = wire_writer(memory, sizeof memory);
    chain = dss_writer(&request);
}

static void
put_log_on(const char *typdefnam, const struct drda_typdefovr *typdefovr)
{
    static const struct drda_identity identity = { "DB2A", "DB2A", "QDB2", "DSN12015" };
    static const struct drda_managers managers = { 4, { { CP_AGENT, 7 }, { CP_SQLAM, 7 }, { CP_RDB, 7 }, { CP_SECMGR, 7 } } };
    const struct drda_accrdb_values values = { "SAMPLE", "DSN12015", typdefnam, *typdefovr, (const uint8_t *)"token", 5, false };
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    begin_request();
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_excsat_encode(&request, CP_EXCSAT, &identity, &managers, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 2);
    drda_accsec_encode(&request, SECMEC_USRIDPWD, "SAMPLE", (struct drda_token) { 0 }, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 3);
    drda_secchk_encode(&request, "SAMPLE", "IMSUSR1", ticket, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 4);
    drda_accrdb_encode(&request, &values, CCSID_EBCDIC_500);
    dss_end(&chain);
}

/* Opens SAMPLE, and expects ACCRDBRM of that severity. */
static void
open_sample(const char *typdefnam, struct drda_typdefovr typdefovr, uint16_t svrcod)
{
    static const uint16_t before[] = { CP_EXCSATRD, CP_ACCSECRD, CP_SECCHKRM };
    struct drda_accrdbrm accrdbrm;
    struct drda_fault fault;
    char name[16];
    put_log_on(typdefnam, &typdefovr);
    peer_connect(&peer, gateway.port);
    peer_send_writer(&peer, &request);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL_FATAL(peer_receive(&peer).codepoint, before[i]);
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_EQUAL_FATAL(reply.codepoint, CP_ACCRDBRM);
    CU_ASSERT_TRUE_FATAL(drda_accrdbrm_decode(reply.parameters, &accrdbrm, &fault));
    CU_ASSERT_EQUAL(accrdbrm.svrcod, svrcod);
    CU_ASSERT_TRUE(ccsid_string(CCSID_EBCDIC_500, &accrdbrm.typdefnam, name, sizeof name));
    CU_ASSERT_STRING_EQUAL(name, "QTDSQLASC");
    CU_ASSERT_EQUAL(accrdbrm.typdefovr.sbc, 1208);
}

static void
put_command(uint16_t correlation_id, uint16_t codepoint)
{
    dss_begin(&chain, DSS_REQUEST, correlation_id);
    size_t mark = ddm_open(&request, codepoint);
    package_section_put(&request, CCSID_EBCDIC_500, "SAMPLE", &section);
    ddm_close(&request, mark);
    dss_end(&chain);
}

/* SQLSTT as text of single bytes, in CCSID 500. */
static void
put_text(uint16_t correlation_id, const char *sql)
{
    dss_begin(&chain, DSS_OBJECT, correlation_id);
    size_t mark = ddm_open(&request, CP_SQLSTT);
    wire_put_u8(&request, 0xFF);
    wire_put_u8(&request, 0);
    size_t size = request.used;
    wire_put_u32(&request, 0);
    ccsid_put(&request, CCSID_EBCDIC_500, sql);
    wire_patch_u16(&request, size + 2, (uint16_t)(request.used - size - 4));
    ddm_close(&request, mark);
    dss_end(&chain);
}

static int32_t
receive_sqlcode(void)
{
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_EQUAL(reply.codepoint, CP_SQLCARD);
    return wire_u8(&reply.parameters) == 0 ? (int32_t)wire_u32(&reply.parameters) : 0;
}

static int32_t
run(const char *sql)
{
    begin_request();
    put_command(1, CP_EXCSQLIMM);
    put_text(1, sql);
    peer_send_writer(&peer, &request);
    return receive_sqlcode();
}

struct field {
    uint8_t type;
    uint16_t length;
    const char *data; /* hex */
};

static void
put_sqldta(uint16_t correlation_id, const struct field *fields, size_t count)
{
    dss_begin(&chain, DSS_OBJECT, correlation_id);
    size_t sqldta = ddm_open(&request, CP_SQLDTA);
    size_t part = ddm_open(&request, CP_FDODSC);
    struct fdoca_describer describer = fdoca_describe(&request);
    for (size_t i = 0; i < count; i++)
        fdoca_describe_field(&describer, (struct fdoca_field) { fields[i].type, fields[i].length });
    fdoca_describe_end_parameters(&describer);
    ddm_close(&request, part);
    part = ddm_open(&request, CP_FDODTA);
    wire_put_u8(&request, 0);
    for (size_t i = 0; i < count; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(fields[i].data, &size);
        wire_put_bytes(&request, bytes, size);
        free(bytes);
    }
    ddm_close(&request, part);
    ddm_close(&request, sqldta);
    dss_end(&chain);
}

/* PRPSQLSTT and EXCSQLSTT; the SQLCODE of the latter. */
static int32_t
run_with(const char *sql, const struct field *fields, size_t count)
{
    begin_request();
    put_command(1, CP_PRPSQLSTT);
    put_text(1, sql);
    put_command(2, CP_EXCSQLSTT);
    put_sqldta(2, fields, count);
    peer_send_writer(&peer, &request);
    CU_ASSERT_EQUAL(receive_sqlcode(), 0);
    return receive_sqlcode();
}

#define COUNT_OF(array) (sizeof array / sizeof array[0])

static const struct drda_typdefovr ebcdic = { .sbc = 500, .dbc = 0xFFFF, .mbc = 0xFFFF }; /* a Db2 without mixed data */

static void
values_are_stored_as_they_were_meant(void)
{
    static const struct field fields[] = {
        { 0x04, 2, "0001" },
        { 0x0D, 4, "00c276a000" },       /* -118.625 */
        { 0x0A, 8, "401999999999999a" }, /* 0.1 */
        { 0x0E, 0x0902, "001234567d" },  /* -12345.67 */
        { 0x30, 4, "4ac15a4f" },         /* [A]! */
        { 0x32, 20, "000351a540" },      /* an accent */
        { 0x20, 10, "f2f0f2f660f1f160f2f5" },
        { 0x25, 26, "00f2f0f2f660f1f160f2f560f1f94bf2f14bf0f04bf1f2f3f4f5f6" },
    };
    static const char *const where = " WHERE R = -118.625 AND D = 0.1E0 AND P = -12345.67 AND C = '[A]!' AND V = '\u00E9v ' "
                                     "AND DAY = '2026-11-25' AND AT = '2026-11-25 19:21:00.123456'";
    char sql[256], ticket[9];
    open_sample("QTDSQL370", ebcdic, SVRCOD_INFO);
    CU_ASSERT_EQUAL(
        run("CREATE TABLE HOST (N SMALLINT, R REAL, D DOUBLE, P DECIMAL(9,2), C CHAR(4), V VARCHAR(20), DAY DATE, AT TIMESTAMP)"), 0);
    CU_ASSERT_EQUAL(run_with("INSERT INTO HOST VALUES (?, ?, ?, ?, ?, ?, ?, ?)", fields, COUNT_OF(fields)), 0);
    snprintf(sql, sizeof sql, "UPDATE HOST SET N = 2%s AND N = 1", where);
    CU_ASSERT_EQUAL(run(sql), 0);
    CU_ASSERT_EQUAL(run("COMMIT"), 0);
    peer_close(&peer);

    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 1, ticket);
    CU_ASSERT_EQUAL_FATAL(peer_log_on(&peer, gateway.port, "IMSUSR1", ticket), 0);
    CU_ASSERT_TRUE_FATAL(peer_open_rdb(&peer, "SAMPLE"));
    snprintf(sql, sizeof sql, "UPDATE HOST SET N = 3%s AND N = 2", where);
    CU_ASSERT_EQUAL(peer_run(&peer, sql), 0);
    CU_ASSERT_EQUAL(peer_run(&peer, "COMMIT"), 0);
    peer_close(&peer);
}

/* Rows come as this server writes them: IEEE 754. */
static void
answers_come_as_accrdbrm_says(void)
{
    static const struct field looked_for[] = { { 0x0A, 8, "401999999999999a" } };
    static const uint8_t tenth[] = "\x3F\xB9\x99\x99\x99\x99\x99\x9A";
    open_sample("QTDSQL370", ebcdic, SVRCOD_INFO);
    begin_request();
    put_command(1, CP_PRPSQLSTT);
    put_text(1, "SELECT D FROM HOST WHERE D = ?");
    dss_begin(&chain, DSS_REQUEST, 2);
    size_t mark = ddm_open(&request, CP_OPNQRY);
    package_section_put(&request, CCSID_EBCDIC_500, "SAMPLE", &section);
    ddm_put_u32(&request, CP_QRYBLKSZ, 32767);
    ddm_close(&request, mark);
    dss_end(&chain);
    put_sqldta(2, looked_for, 1);
    peer_send_writer(&peer, &request);
    CU_ASSERT_EQUAL(receive_sqlcode(), 0);
    CU_ASSERT_EQUAL_FATAL(peer_receive(&peer).codepoint, CP_OPNQRYRM);
    CU_ASSERT_EQUAL_FATAL(peer_receive(&peer).codepoint, CP_QRYDSC);
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_EQUAL_FATAL(reply.codepoint, CP_QRYDTA);
    CU_ASSERT_PTR_NOT_NULL(memmem(reply.parameters.at, reply.parameters.left, tenth, sizeof tenth - 1));
    peer_close(&peer);
}

static void
numbers_that_do_not_fit_are_sql_errors(void)
{
    static const struct {
        const char *sql;
        struct field field;
        int32_t sqlcode;
    } cases[] = {
        { "INSERT INTO HOST (D) VALUES (?)", { 0x0A, 8, "7fffffffffffffff" }, 0 },
        { "INSERT INTO HOST (D) VALUES (?)", { 0x0A, 8, "0000000000000001" }, 0 },
        { "INSERT INTO HOST (R) VALUES (?)", { 0x0C, 4, "7fffffff" }, -413 },
        { "INSERT INTO HOST (R) VALUES (?)", { 0x0C, 4, "ffffffff" }, -413 },
        { "INSERT INTO HOST (R) VALUES (?)", { 0x0C, 4, "00100000" }, -413 },
        { "INSERT INTO HOST (N) VALUES (?)", { 0x0C, 4, "7fffffff" }, -413 },
    };
    open_sample("QTDSQL370", ebcdic, SVRCOD_INFO);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CU_ASSERT_EQUAL(run_with(cases[i].sql, &cases[i].field, 1), cases[i].sqlcode);
    CU_ASSERT_EQUAL(run("DELETE FROM HOST WHERE D = 7237005577332262213973186563042994240829374041602535252466099000494570602496E0"), 0);
    CU_ASSERT_EQUAL(run("DELETE FROM HOST WHERE D > 0 AND D < 1E-90"), 0);
    peer_close(&peer);
}

static void
ebcdic_comes_under_other_names_too(void)
{
    static const struct field brackets[] = { { 0x32, 4, "0002adbd" } };
    open_sample("QTDSQLASC", (struct drda_typdefovr) { 1047, 1200, 1208 }, SVRCOD_INFO);
    CU_ASSERT_EQUAL(run_with("INSERT INTO HOST (V) VALUES (?)", brackets, 1), 0);
    peer_close(&peer);
    open_sample("QTDSQL400", (struct drda_typdefovr) { 500, 13488, 500 }, SVRCOD_INFO);
    static const struct field wide[] = { { 0x38, 4, "0002005b005d" }, { 0x0A, 8, "3ff8000000000000" } };
    CU_ASSERT_EQUAL(run_with("UPDATE HOST SET N = 4 WHERE V = ? AND 1.5E0 = ?", wide, 2), 100); /* the unit of work is gone */
    peer_close(&peer);
}

static void
what_cannot_be_converted_is_told(void)
{
    static const struct field japanese[] = { { 0x3E, 4, "0002c1c2" } };
    open_sample("QTDSQL370", (struct drda_typdefovr) { 500, 300, 939 }, SVRCOD_WARNING);
    CU_ASSERT_EQUAL(run_with("INSERT INTO HOST (V) VALUES (?)", japanese, 1), -332);
    CU_ASSERT_EQUAL(run("INSERT INTO HOST (V) VALUES ('A')"), 0);
    peer_close(&peer);
    static const struct drda_typdefovr not_known = { 930, 300, 930 };
    put_log_on("QTDSQL370", &not_known);
    peer_connect(&peer, gateway.port);
    peer_send_writer(&peer, &request);
    for (size_t i = 0; i < 3; i++)
        (void)peer_receive(&peer);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, CP_VALNSPRM);
    peer_close(&peer);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "values are stored as they were meant", values_are_stored_as_they_were_meant },
        { "answers come as ACCRDBRM says", answers_come_as_accrdbrm_says },
        { "numbers that do not fit are SQL errors", numbers_that_do_not_fit_are_sql_errors },
        { "EBCDIC comes under other names too", ebcdic_comes_under_other_names_too },
        { "what cannot be converted is told", what_cannot_be_converted_is_told },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("mainframe", cases);
}
