#include <stdlib.h>

#include "drda/parameter.h"
#include "drda/reply.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

static void
each_message_has_its_parameters(void)
{
    static const struct {
        struct drda_fault fault;
        const char *hex;
    } messages[] = {
        { { .reply = CP_SYNTAXRM, .code = 0x0E, .codpnt = CP_SECMEC }, "0015124c0006114900080006000c11a20005114a0e" },
        { { .reply = CP_PRCCNVRM, .code = 0x11 }, "000f12450006114900080005113f11" },
        { { .reply = CP_CMDNSPRM, .codpnt = 0x3456 }, "001012500006114900080006000c3456" },
        { { .reply = CP_PRMNSPRM, .codpnt = CP_RTNEXTDTA }, "001012510006114900080006000c2148" },
        { { .reply = CP_VALNSPRM, .codpnt = CP_CCSIDSBC }, "001012520006114900080006000c119c" },
        { { .reply = CP_OBJNSPRM, .codpnt = CP_SQLSTT }, "001012530006114900080006000c2414" },
        { { .reply = CP_MGRLVLRM, .codpnt = CP_AGENT, .level = 8 }, "001212100006114900080008140414030008" },
        { { .reply = CP_RDBNFNRM }, "002022110006114900080016211053414d504c45202020202020202020202020" },
        { { .reply = CP_RDBNACRM }, "002022040006114900080016211053414d504c45202020202020202020202020" },
        { { .reply = CP_RDBACCRM }, "002022070006114900080016211053414d504c45202020202020202020202020" },
        { { .reply = CP_RDBATHRM }, "002022cb0006114900080016211053414d504c45202020202020202020202020" },
        { { .reply = CP_RDBAFLRM }, "0020221a0006114900080016211053414d504c45202020202020202020202020" },
        { { .reply = CP_AGNPRMRM }, "002012320006114900400016211053414d504c45202020202020202020202020" },
        { { .reply = CP_CMDCHKRM }, "002012540006114900080016211053414d504c45202020202020202020202020" },
        { { .reply = CP_RSCLMTRM }, "002012330006114900080016211053414d504c45202020202020202020202020" },
    };
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        size_t size;
        uint8_t *expected = recorded_bytes(messages[i].hex, &size);
        uint8_t bytes[64];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        drda_fault_encode(&writer, &messages[i].fault, "SAMPLE", CCSID_UTF8);
        CU_ASSERT_EQUAL(writer.used, size);
        CU_ASSERT_EQUAL(memcmp(bytes, expected, size), 0);

        struct drda_reply reply;
        CU_ASSERT_TRUE(drda_is_reply_message(messages[i].fault.reply));
        CU_ASSERT_TRUE(drda_reply_decode(messages[i].fault.reply, wire_reader(bytes + 4, writer.used - 4), &reply));
        CU_ASSERT_EQUAL(reply.svrcod, drda_fault_svrcod(&messages[i].fault));
        CU_ASSERT_EQUAL(reply.synerrcd + reply.prccnvcd, messages[i].fault.code);
        CU_ASSERT_FALSE(reply.has_secchkcd);
        free(expected);
    }
}

static void
an_unknown_rdb_is_left_out(void)
{
    struct drda_fault fault = drda_fault_reply(CP_RSCLMTRM, 0);
    uint8_t bytes[64];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_fault_encode(&writer, &fault, "", CCSID_EBCDIC_500);
    CU_ASSERT_EQUAL(writer.used, 10);
}

static void
reply_objects_are_no_messages(void)
{
    static const uint16_t objects[] = { CP_EXCSATRD, CP_ACCSECRD, CP_SQLCARD, CP_QRYDTA, CP_SYNCCRD, CP_SYNCRRD };
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        CU_ASSERT_FALSE(drda_is_reply_message(objects[i]));
    CU_ASSERT_TRUE(drda_is_reply_message(CP_ENDQRYRM));
}

static void
diagnostics_of_servers_are_read(void)
{
    /* SECCHKRM with SRVDGN, and a parameter of an unknown kind */
    size_t size;
    uint8_t *bytes = recorded_bytes("000611490008"
                                    "000511a40f"
                                    "000711530a0b0c"
                                    "00067777ffff",
                                    &size);
    struct drda_reply reply;
    CU_ASSERT_TRUE(drda_reply_decode(CP_SECCHKRM, wire_reader(bytes, size), &reply));
    CU_ASSERT_TRUE(reply.has_secchkcd && reply.secchkcd == 0x0F && reply.srvdgn.left == 3);
    for (size_t n = 0; n < size; n++) {
        uint8_t *copy = exact_copy(bytes, n);
        CU_ASSERT_EQUAL(drda_reply_decode(CP_SECCHKRM, wire_reader(copy, n), &reply), n == 0 || n == 6 || n == 11 || n == 18);
        free(copy);
    }
    free(bytes);
}

static void
parameters_are_checked_by_their_table(void)
{
    static const struct ddm_parameter table[] = { { CP_SECMEC, 2, 2, true }, { CP_RDBNAM, 1, 4, false } };
    static const struct {
        const char *hex;
        uint8_t code;
        uint16_t codpnt;
    } messages[] = {
        { "000611a20003", 0, 0 },
        { "000611a20003"
          "0005211041",
          0, 0 },
        { "0005211041"
          "00047777"
          "000611a20003",
          0, 0 },
        { "0005211041", SYNERRCD_REQUIRED_OBJECT_MISSING, CP_SECMEC },
        { "000611a20003"
          "00042110",
          SYNERRCD_OBJECT_TOO_SMALL, CP_RDBNAM },
        { "000611a20003"
          "000921104142434445",
          SYNERRCD_OBJECT_TOO_BIG, CP_RDBNAM },
        { "000611a20003"
          "000611a20003",
          SYNERRCD_DUPLICATE_OBJECT, CP_SECMEC },
        { "000611a20003"
          "00022110",
          DDM_FAULT_LENGTH_UNDER_4, CP_RDBNAM },
        { "000611a20003"
          "8005211000",
          DDM_FAULT_EXTENDED_LENGTH, CP_RDBNAM },
        { "000611a20003"
          "0009211041",
          SYNERRCD_LENGTH_MISMATCH, CP_RDBNAM },
    };
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(messages[i].hex, &size);
        struct wire_reader values[2];
        struct drda_fault fault;
        CU_ASSERT_EQUAL(ddm_parameters_read(wire_reader(bytes, size), table, 2, values, &fault), messages[i].code == 0);
        CU_ASSERT_EQUAL(fault.reply, messages[i].code == 0 ? 0 : CP_SYNTAXRM);
        CU_ASSERT_EQUAL(fault.code, messages[i].code);
        CU_ASSERT_EQUAL(fault.codpnt, messages[i].codpnt);
        free(bytes);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each message has its parameters", each_message_has_its_parameters },
        { "an unknown RDB is left out", an_unknown_rdb_is_left_out },
        { "reply objects are no messages", reply_objects_are_no_messages },
        { "diagnostics of servers are read", diagnostics_of_servers_are_read },
        { "parameters are checked by their table", parameters_are_checked_by_their_table },
    };
    return SUITE_RUN("reply", cases);
}
