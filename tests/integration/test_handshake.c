/* The handshake on the wire as different clients hold it: encodings, byte orders, pieces, order of commands; and what the real gateway
 * answers to what is against the rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/accrdb.h"
#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "drda/dss.h"
#include "drda/excsat.h"
#include "drda/secchk.h"
#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

enum { LAST_CORRELATION_ID = 5 };

static struct gateway gateway;
static struct peer peer;

/* What a client is like. */
struct manner {
    bool announces_unicode; /* UNICODEMGR 1208 in EXCSAT */
    enum ccsid writes;      /* text behind ACCSECRD */
    const char *rdbnam;
    const char *prdid;
    const char *typdefnam;
    size_t piece; /* bytes sent at a time; 0: all at once */
    uint16_t reply_typdefnam_size;
    const char *reply_typdefnam; /* in EBCDIC or UTF-8, as the client writes */
    bool little_endian;
};

static const struct manner usual = { true, CCSID_UTF8, "SAMPLE", "TST01000", "QTDSQLASC", 0, 9, "QTDSQLASC", false };

/* EXCSAT, ACCSEC, SECCHK, ACCRDB and a statement that is wrong, in one chain, as far as a client may go without an answer. */
static void
put_conversation(struct wire_writer *writer, const struct manner *manner, const char *ticket)
{
    static const struct drda_identity identity = { "test", "test", "TEST", "1" };
    struct drda_managers managers = { 4, { { CP_AGENT, 7 }, { CP_SQLAM, 7 }, { CP_RDB, 7 }, { CP_SECMGR, 7 } } };
    const struct drda_accrdb_values values = {
        .rdbnam = manner->rdbnam,
        .prdid = manner->prdid,
        .typdefnam = manner->typdefnam,
        .typdefovr = { 1208, 1200, 1208 },
        .crrtkn = (const uint8_t *)"0123456789012345678",
        .crrtkn_size = 19,
    };
    struct dss_writer chain = dss_writer(writer);
    if (manner->announces_unicode)
        managers.list[managers.count++] = (struct drda_manager) { CP_UNICODEMGR, CCSID_UTF8 };
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_excsat_encode(writer, CP_EXCSAT, &identity, &managers, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 2);
    drda_accsec_encode(writer, SECMEC_USRIDPWD, manner->rdbnam, (struct drda_token) { 0 }, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 3);
    drda_secchk_encode(writer, manner->rdbnam, "IMSUSR1", ticket, manner->writes);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 4);
    drda_accrdb_encode(writer, &values, manner->writes);
    dss_end(&chain);
    dss_leave_chained(&chain);
    peer_put_immediate(writer, LAST_CORRELATION_ID, manner->rdbnam, "insert into nosuch values (1)");
}

static void
send_in_pieces(const struct wire_writer *writer, size_t piece)
{
    size_t step = piece != 0 ? piece : writer->used;
    CU_ASSERT_FALSE_FATAL(writer->failed);
    for (size_t at = 0; at < writer->used; at += step)
        peer_send(&peer, writer->start + at, writer->used - at < step ? writer->used - at : step);
}

static void
hold_conversation(const struct manner *manner)
{
    static const uint16_t expected[] = { CP_EXCSATRD, CP_ACCSECRD, CP_SECCHKRM, CP_ACCRDBRM, CP_SQLCARD };
    uint8_t memory[2048];
    char ticket[9];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct drda_accrdbrm accrdbrm;
    struct drda_fault fault;
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    put_conversation(&writer, manner, ticket);
    peer_connect(&peer, gateway.port);
    send_in_pieces(&writer, manner->piece);
    for (uint16_t i = 0; i < LAST_CORRELATION_ID; i++) {
        struct peer_reply reply = peer_receive(&peer);
        CU_ASSERT_EQUAL_FATAL(reply.codepoint, expected[i]);
        CU_ASSERT_EQUAL(reply.correlation_id, i + 1);
        CU_ASSERT_EQUAL(reply.chained, i + 1 < LAST_CORRELATION_ID);
        if (reply.codepoint == CP_ACCRDBRM) {
            CU_ASSERT_TRUE(drda_accrdbrm_decode(reply.parameters, &accrdbrm, &fault));
            CU_ASSERT_EQUAL(accrdbrm.typdefnam.left, manner->reply_typdefnam_size);
            CU_ASSERT_EQUAL(memcmp(accrdbrm.typdefnam.at, manner->reply_typdefnam, manner->reply_typdefnam_size), 0);
        }
        if (reply.codepoint == CP_SQLCARD) {
            CU_ASSERT_EQUAL(wire_u8(&reply.parameters), 0);
            CU_ASSERT_EQUAL((int32_t)(uint32_t)wire_uint(&reply.parameters, 4, manner->little_endian), -204);
        }
    }
    peer_close(&peer);
}

#define EBCDIC_ASC "\xD8\xE3\xC4\xE2\xD8\xD3\xC1\xE2\xC3"
#define EBCDIC_X86 "\xD8\xE3\xC4\xE2\xD8\xD3\xE7\xF8\xF6"

static void
clients_of_every_manner_are_served(void)
{
    static const struct manner manners[] = {
        { true, CCSID_UTF8, "SAMPLE", "TST01000", "QTDSQLASC", 0, 9, "QTDSQLASC", false },
        /* never heard of Unicode; announces it and writes EBCDIC all the same */
        { false, CCSID_EBCDIC_500, "SAMPLE", "TST01000", "QTDSQLASC", 0, 9, EBCDIC_ASC, false },
        { true, CCSID_EBCDIC_500, "SAMPLE", "TST01000", "QTDSQLASC", 0, 9, EBCDIC_ASC, false },
        /* does not announce it and writes UTF-8 all the same */
        { false, CCSID_UTF8, "SAMPLE", "TST01000", "QTDSQLASC", 0, 9, "QTDSQLASC", false },
        /* URL attributes, another spelling, an alias */
        { true, CCSID_UTF8, "SAMPLE;create=true;x=y", "TST01000", "QTDSQLASC", 0, 9, "QTDSQLASC", false },
        { true, CCSID_UTF8, "sample", "TST01000", "QTDSQLASC", 0, 9, "QTDSQLASC", false },
        { true, CCSID_UTF8, "SAMPLE.IMS1", "TST01000", "QTDSQLASC", 0, 9, "QTDSQLASC", false },
        /* byte orders */
        { true, CCSID_UTF8, "SAMPLE", "SQL12010", "QTDSQLX86", 0, 9, "QTDSQLX86", true },
        { false, CCSID_EBCDIC_500, "SAMPLE", "SQL12010", "QTDSQLX86", 0, 9, EBCDIC_X86, true },
        { true, CCSID_UTF8, "SAMPLE", "DNC10130", "QTDSQLX86", 0, 9, "QTDSQLASC", false },
        { true, CCSID_UTF8, "SAMPLE", "TST01000", "QTDSQLJVM", 0, 9, "QTDSQLASC", false },
    };
    for (size_t i = 0; i < sizeof manners / sizeof manners[0]; i++)
        hold_conversation(&manners[i]);
}

static void
pieces_do_not_matter(void)
{
    static const size_t pieces[] = { 1, 2, 3, 5, 6, 7, 11, 64, 100, 300 };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct manner manner = usual;
        manner.piece = pieces[i];
        hold_conversation(&manner);
    }
}

/* IMS: after an ACCSECRD with an error ACCSEC is sent again, and EXCSAT is chained to it. */
static void
accsec_is_repeated_after_a_refusal(void)
{
    uint8_t memory[1024];
    char ticket[9];
    struct drda_accsecrd accsecrd;
    struct drda_fault fault;
    peer_connect(&peer, gateway.port);
    for (uint16_t attempt = 0; attempt < 3; attempt++) {
        struct wire_writer writer = wire_writer(memory, sizeof memory);
        peer_put_excsat_accsec(&writer, attempt < 2 ? SECMEC_USRSSBPWD : SECMEC_USRIDPWD);
        peer_send_writer(&peer, &writer);
        CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, CP_EXCSATRD);
        struct peer_reply reply = peer_receive(&peer);
        CU_ASSERT_TRUE(drda_accsecrd_decode(reply.parameters, &accsecrd, &fault));
        CU_ASSERT_EQUAL(accsecrd.secchkcd, attempt < 2 ? DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED : DRDA_SECCHKCD_OK);
    }
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    peer_put_secchk(&writer, "IMSUSR1", ticket, false);
    peer_send_writer(&peer, &writer);
    struct drda_reply secchkrm;
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_TRUE(drda_reply_decode(reply.codepoint, reply.parameters, &secchkrm));
    CU_ASSERT_EQUAL(secchkrm.secchkcd, DRDA_SECCHKCD_OK);
    peer_close(&peer);
}

static void
put_command(struct wire_writer *writer, uint16_t correlation_id, uint16_t codepoint)
{
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, correlation_id);
    ddm_close(writer, ddm_open(writer, codepoint));
    dss_end(&chain);
}

/* Sends one command, and expects its refusal and the end of the connection. */
static void
expect_refusal(uint16_t command, uint16_t codepoint, uint8_t code)
{
    uint8_t memory[64];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct drda_reply refusal;
    put_command(&writer, 77, command);
    peer_send_writer(&peer, &writer);
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_EQUAL(reply.codepoint, codepoint);
    CU_ASSERT_EQUAL(reply.correlation_id, 77);
    CU_ASSERT_TRUE(drda_reply_decode(reply.codepoint, reply.parameters, &refusal));
    CU_ASSERT_EQUAL(refusal.svrcod, SVRCOD_ERROR);
    CU_ASSERT_EQUAL(codepoint == CP_PRCCNVRM ? refusal.prccnvcd : refusal.synerrcd, code);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, 0);
    peer_close(&peer);
}

static void
exchange_attributes(void)
{
    uint8_t memory[64];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_connect(&peer, gateway.port);
    put_command(&writer, 1, CP_EXCSAT);
    peer_send_writer(&peer, &writer);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, CP_EXCSATRD);
}

static void
commands_out_of_order_are_refused(void)
{
    static const uint16_t commands[] = { CP_ACCSEC, CP_SECCHK, CP_ACCRDB, CP_RDBCMM, CP_BGNBND, CP_SYNCCTL };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        peer_connect(&peer, gateway.port);
        expect_refusal(commands[i], CP_PRCCNVRM, 0x06);
        if (i == 0)
            continue;
        exchange_attributes();
        bool unknown = commands[i] == CP_BGNBND || commands[i] == CP_SYNCCTL;
        expect_refusal(commands[i], unknown ? CP_CMDNSPRM : CP_PRCCNVRM, unknown ? 0 : 0x11);
    }
    exchange_attributes();
    expect_refusal(CP_EXCSAT, CP_PRCCNVRM, 0x11);
    exchange_attributes();
    expect_refusal(CP_ACCSEC, CP_SYNTAXRM, 0x0E);
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
        { "clients of every manner are served", clients_of_every_manner_are_served },
        { "pieces do not matter", pieces_do_not_matter },
        { "ACCSEC is repeated after a refusal", accsec_is_repeated_after_a_refusal },
        { "commands out of order are refused", commands_out_of_order_are_refused },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("handshake", cases);
}
