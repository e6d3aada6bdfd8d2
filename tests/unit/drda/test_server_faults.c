/* Malformed commands of the handshake, each in the state in which it would be taken if it were whole: which reply message, which
 * severity, code and code point answer it, that it carries the request's correlation ID, and that the conversation ends. */
#include "tests/unit/drda/conversation.h"

#define EXCSAT     \
    "0012d0010001" \
    "000c1041"     \
    "00081404"     \
    "14cc04b8"
#define ACCSEC     \
    "0010d0010001" \
    "000a106d"     \
    "000611a20003"
#define SECCHK       \
    "0020d0010001"   \
    "001a106e"       \
    "000611a20003"   \
    "000711a0415050" \
    "000911a14150505057"
#define ACCRDB     \
    "0054d0010001" \
    "004e2001" RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN TYPDEFOVR

/* Parameters that are right. */
#define SECMEC "000611a20003"
#define USRID "000711a0415050"
#define PASSWORD "000911a14150505057"
#define RDBNAM "000a211064656d6f6462"
#define RDBACCCL "0006210f2407"
#define PRDID "000c112e444e433130313430"
#define TYPDEFNAM "000d002f51544453514c415343"
#define TYPDEFOVR \
    "00160035"    \
    "0006119c04b80006119d04b00006119e04b8"
#define CRRTKN "000b2135d5c6f0f0f0f0f0"

enum { CORRELATION_ID = 0x0A0B };

/* A command as DDM objects; the test puts the DSS around it. `parameters` stand in an object of the command's code point, unless it is
 * 0: then they are the whole contents of the DSS. */
struct fault_case {
    const char *what;
    uint16_t command;
    const char *parameters;
    uint16_t reply;
    uint8_t code; /* SYNERRCD, PRCCNVCD or SECCHKCD */
    uint16_t codpnt;
};

static const struct fault_case cases[] = {
    /* Objects whatever the command is. */
    { "nothing in the DSS", 0, "", CP_SYNTAXRM, 0x0E, 0 },
    { "half an LL", 0, "00", CP_SYNTAXRM, 0x08, 0 },
    { "an object with LL 3", 0, "00031041", CP_SYNTAXRM, 0x07, CP_EXCSAT },
    { "an object longer than the DSS", 0, "00081041", CP_SYNTAXRM, 0x08, CP_EXCSAT },
    { "an object shorter than the DSS", 0, "00041041ffff", CP_SYNTAXRM, 0x02, CP_EXCSAT },
    { "two commands in a DSS", 0, "0004104100041041", CP_SYNTAXRM, 0x02, CP_EXCSAT },
    { "an extended length of 3 bytes", 0, "80071041000000", CP_SYNTAXRM, 0x0C, CP_EXCSAT },
    { "an extended length beyond the DSS", 0, "8008104100000001", CP_SYNTAXRM, 0x08, CP_EXCSAT },

    { "EXCSAT: a parameter with LL 2", CP_EXCSAT, "00021404", CP_SYNTAXRM, 0x07, CP_MGRLVLLS },
    { "EXCSAT: a parameter longer than the command", CP_EXCSAT, "00091404", CP_SYNTAXRM, 0x08, CP_MGRLVLLS },
    { "EXCSAT: half a manager", CP_EXCSAT, "000614041403", CP_SYNTAXRM, 0x0B, CP_MGRLVLLS },
    { "EXCSAT: a manager at two levels", CP_EXCSAT, "000c14041403000714030008", CP_MGRLVLRM, 0, 0 },
    { "EXCSAT: MGRLVLLS twice", CP_EXCSAT, "0008140414030007000814042407000b", CP_SYNTAXRM, 0x12, CP_MGRLVLLS },
    { "EXCSAT: EXTNAM twice", CP_EXCSAT, "0005115ec10005115ec2", CP_SYNTAXRM, 0x12, CP_EXTNAM },

    { "ACCSEC: no SECMEC", CP_ACCSEC, RDBNAM, CP_SYNTAXRM, 0x0E, CP_SECMEC },
    { "ACCSEC: a short SECMEC", CP_ACCSEC, "000511a203", CP_SYNTAXRM, 0x0A, CP_SECMEC },
    { "ACCSEC: SECMEC of 3 bytes", CP_ACCSEC, "000711a2000300", CP_SYNTAXRM, 0x0B, CP_SECMEC },
    { "ACCSEC: SECMEC twice", CP_ACCSEC, SECMEC SECMEC, CP_SYNTAXRM, 0x12, CP_SECMEC },
    { "ACCSEC: RDBNAM with a NUL in it", CP_ACCSEC, SECMEC "00072110c100c2", CP_VALNSPRM, 0, CP_RDBNAM },

    { "SECCHK: no SECMEC", CP_SECCHK, USRID PASSWORD, CP_SYNTAXRM, 0x0E, CP_SECMEC },
    { "SECCHK: another SECMEC than agreed", CP_SECCHK, "000611a20004" USRID PASSWORD, CP_SYNTAXRM, 0x14, CP_SECMEC },
    { "SECCHK: a long SECMEC", CP_SECCHK, "000811a200030003" USRID PASSWORD, CP_SYNTAXRM, 0x09, CP_SECMEC },
    { "SECCHK: USRID twice", CP_SECCHK, SECMEC USRID USRID PASSWORD, CP_SYNTAXRM, 0x12, CP_USRID },
    { "SECCHK: PASSWORD twice", CP_SECCHK, SECMEC USRID PASSWORD PASSWORD, CP_SYNTAXRM, 0x12, CP_PASSWORD },
    { "SECCHK: SECTKN three times", CP_SECCHK, SECMEC "000511dc01000511dc02000511dc03", CP_SYNTAXRM, 0x12, CP_SECTKN },
    { "SECCHK: NEWPASSWORD", CP_SECCHK, SECMEC USRID PASSWORD "000511de41", CP_PRMNSPRM, 0, CP_NEWPASSWORD },
    { "SECCHK: another RDB than in ACCSEC", CP_SECCHK, SECMEC "000821104f544852" USRID PASSWORD, CP_PRCCNVRM, 0x12, 0 },
    { "SECCHK: no USRID", CP_SECCHK, SECMEC PASSWORD, CP_SECCHKRM, 0x12, 0 },
    { "SECCHK: an empty USRID", CP_SECCHK, SECMEC "000411a0" PASSWORD, CP_SECCHKRM, 0x12, 0 },
    { "SECCHK: a blank USRID", CP_SECCHK, SECMEC "000611a02020" PASSWORD, CP_SECCHKRM, 0x12, 0 },
    { "SECCHK: no PASSWORD", CP_SECCHK, SECMEC USRID, CP_SECCHKRM, 0x10, 0 },
    { "SECCHK: an empty PASSWORD", CP_SECCHK, SECMEC USRID "000411a1", CP_SECCHKRM, 0x10, 0 },
    { "SECCHK: USRID with a NUL", CP_SECCHK, SECMEC "000711a0410050" PASSWORD, CP_SECCHKRM, 0x13, 0 },
    { "SECCHK: PASSWORD that is no text", CP_SECCHK, SECMEC USRID "000711a141c0c3", CP_SECCHKRM, 0x0F, 0 },

    { "ACCRDB: no RDBNAM", CP_ACCRDB, RDBACCCL PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_SYNTAXRM, 0x0E, CP_RDBNAM },
    { "ACCRDB: no RDBACCCL", CP_ACCRDB, RDBNAM PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_SYNTAXRM, 0x0E, CP_RDBACCCL },
    { "ACCRDB: no PRDID", CP_ACCRDB, RDBNAM RDBACCCL TYPDEFNAM CRRTKN TYPDEFOVR, CP_SYNTAXRM, 0x0E, CP_PRDID },
    { "ACCRDB: no TYPDEFNAM", CP_ACCRDB, RDBNAM RDBACCCL PRDID CRRTKN TYPDEFOVR, CP_SYNTAXRM, 0x0E, CP_TYPDEFNAM },
    { "ACCRDB: no TYPDEFOVR", CP_ACCRDB, RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN, CP_SYNTAXRM, 0x0E, CP_TYPDEFOVR },
    { "ACCRDB: no CRRTKN", CP_ACCRDB, RDBNAM RDBACCCL PRDID TYPDEFNAM TYPDEFOVR, CP_SYNTAXRM, 0x0E, CP_CRRTKN },
    { "ACCRDB: an empty RDBNAM", CP_ACCRDB, "00042110" RDBACCCL PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_SYNTAXRM, 0x0A, CP_RDBNAM },
    { "ACCRDB: another RDBNAM than in ACCSEC", CP_ACCRDB, "000821104f544852" RDBACCCL PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_PRCCNVRM, 0x12,
      0 },
    { "ACCRDB: an RDBACCCL other than SQLAM", CP_ACCRDB, RDBNAM "0006210f1403" PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_VALNSPRM, 0,
      CP_RDBACCCL },
    { "ACCRDB: a short RDBACCCL", CP_ACCRDB, RDBNAM "0005210f24" PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_SYNTAXRM, 0x0A, CP_RDBACCCL },
    { "ACCRDB: a TYPDEFNAM that cannot be served", CP_ACCRDB, RDBNAM RDBACCCL PRDID "000d002f51544453514c564158" CRRTKN TYPDEFOVR,
      CP_VALNSPRM, 0, CP_TYPDEFNAM },
    { "ACCRDB: a single-byte CCSID that cannot be served", CP_ACCRDB, RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN "000a00350006119c03a2",
      CP_VALNSPRM, 0, CP_CCSIDSBC },
    { "ACCRDB: a short CCSID", CP_ACCRDB, RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN "000900350005119c04", CP_SYNTAXRM, 0x0A, CP_CCSIDSBC },
    { "ACCRDB: CCSIDMBC twice", CP_ACCRDB, RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN "001000350006119e04b80006119e04b8", CP_SYNTAXRM, 0x12,
      CP_CCSIDMBC },
};

/* Leads to where the command would be taken. */
static struct conversation *
conversation_before(uint16_t command)
{
    struct conversation *conversation = conversation_new();
    if (command == CP_ACCSEC || command == CP_SECCHK || command == CP_ACCRDB)
        feed_hex(conversation, EXCSAT);
    if (command == CP_SECCHK || command == CP_ACCRDB)
        feed_hex(conversation, "001ad0010001"
                               "0014106d" SECMEC RDBNAM);
    if (command == CP_ACCRDB)
        feed_hex(conversation, SECCHK);
    conversation->output_size = 0;
    conversation->verifications = 0;
    return conversation;
}

static void
put_command(struct wire_writer *writer, uint8_t format, uint16_t correlation_id, const struct fault_case *fault)
{
    size_t size;
    uint8_t *parameters = recorded_bytes(fault->parameters, &size);
    size_t start = writer->used;
    wire_put_u16(writer, 0);
    wire_put_u16(writer, (uint16_t)(0xD000 | format));
    wire_put_u16(writer, correlation_id);
    if (fault->command != 0) {
        wire_put_u16(writer, (uint16_t)(size + 4));
        wire_put_u16(writer, fault->command);
    }
    wire_put_bytes(writer, parameters, size);
    wire_patch_u16(writer, start, (uint16_t)(writer->used - start));
    free(parameters);
}

/* The first reply, which is also the last. */
static void
check_reply(struct conversation *conversation, const struct fault_case *fault)
{
    static struct dss_command reply;
    struct drda_reply message = { 0 };
    enum dss_fault damage;
    size_t size = 0;
    CU_ASSERT_EQUAL_FATAL(dss_scan(conversation->output, conversation->output_size, &size, &damage), DSS_SCAN_COMPLETE);
    CU_ASSERT_EQUAL(size, conversation->output_size);
    CU_ASSERT_TRUE_FATAL(dss_read(conversation->output, size, &reply));
    bool decoded = drda_reply_decode(reply.codepoint, reply.parameters, &message);
    uint8_t code = reply.codepoint == CP_PRCCNVRM ? message.prccnvcd : reply.codepoint == CP_SECCHKRM ? message.secchkcd : message.synerrcd;
    bool as_expected = decoded && reply.codepoint == fault->reply && code == fault->code && message.codpnt == fault->codpnt &&
                       message.svrcod == SVRCOD_ERROR && reply.correlation_id == CORRELATION_ID && !reply.chained;
    if (!as_expected)
        printf("# %s: %04X %02X %04X, SVRCOD %u, correlation ID %04X\n", fault->what, reply.codepoint, code, message.codpnt, message.svrcod,
               reply.correlation_id);
    CU_ASSERT_TRUE(as_expected);
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_EQUAL(conversation->verifications + conversation->openings + conversation->executions, 0);
}

static void
each_malformed_command_has_its_reply(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct conversation *conversation = conversation_before(cases[i].command);
        uint8_t bytes[512];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        put_command(&writer, DSS_REQUEST, CORRELATION_ID, &cases[i]);
        feed(conversation, bytes, writer.used);
        check_reply(conversation, &cases[i]);
        conversation_free(conversation);
    }
}

/* The reply ends the chain as well: what is chained behind a malformed command stays unanswered. */
static void
nothing_behind_a_malformed_command_is_answered(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct conversation *conversation = conversation_before(cases[i].command);
        uint8_t bytes[1024];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        put_command(&writer, DSS_REQUEST | DSS_CHAINED, CORRELATION_ID, &cases[i]);
        put_command(&writer, DSS_REQUEST, CORRELATION_ID + 1, &(struct fault_case) { .command = CP_EXCSAT, .parameters = "" });
        feed(conversation, bytes, writer.used);
        check_reply(conversation, &cases[i]);
        conversation_free(conversation);
    }
}

/* Objects belong to SQL commands alone. */
static void
objects_with_a_command_of_the_handshake_are_refused(void)
{
    static const uint16_t commands[] = { CP_EXCSAT, CP_ACCSEC, CP_SECCHK, CP_ACCRDB };
    static const char *const parameters[] = { "", SECMEC, SECMEC USRID PASSWORD, RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN TYPDEFOVR };
    for (size_t i = 0; i < 4; i++) {
        const struct fault_case fault = { "an object", commands[i], parameters[i], CP_OBJNSPRM, 0, CP_SQLSTT };
        struct conversation *conversation = conversation_before(commands[i]);
        uint8_t bytes[512];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        put_command(&writer, DSS_REQUEST | DSS_CHAINED | DSS_SAME_CORRELATION, CORRELATION_ID, &fault);
        put_command(&writer, DSS_OBJECT, CORRELATION_ID, &(struct fault_case) { .command = CP_SQLSTT, .parameters = "0000000000ff" });
        feed(conversation, bytes, writer.used);
        check_reply(conversation, &fault);
        conversation_free(conversation);
    }
}

/* The 6 bytes before a command, in every state: SYNTAXRM or PRCCNVRM, whatever else would have been said. */
static void
damaged_headers_are_told_in_every_state(void)
{
    static const uint16_t states[] = { CP_EXCSAT, CP_ACCSEC, CP_SECCHK, CP_ACCRDB };
    static const struct {
        const char *what;
        const char *hex;
        uint16_t reply;
        uint8_t code;
    } headers[] = {
        { "LL 5", "0005d0010a0b", CP_SYNTAXRM, 0x01 },
        { "reserved bit 0", "000ad0810a0b00041041", CP_SYNTAXRM, 0x04 },
        { "reserved bit 4", "000ad0090a0b00041041", CP_SYNTAXRM, 0x04 },
        { "type 0", "000ad0000a0b00041041", CP_SYNTAXRM, 0x04 },
        { "type 4", "000ad0040a0b00041041", CP_SYNTAXRM, 0x04 },
        { "type 5", "000ad0050a0b00041041", CP_SYNTAXRM, 0x04 },
        { "RPYDSS", "000ad0020a0b00041041", CP_PRCCNVRM, 0x01 },
        { "OBJDSS", "000ad0030a0b00042414", CP_PRCCNVRM, 0x03 },
        { "same correlation ID without chain", "000ad0110a0b00041041", CP_SYNTAXRM, 0x18 },
        { "continue on error without chain", "000ad0210a0b00041041", CP_SYNTAXRM, 0x1A },
        { "another correlation ID than announced", "000ad0510a0b00041041000ad0030a0c00042414", CP_SYNTAXRM, 0x19 },
        { "a command where an object was announced", "000ad0510a0b00041041000ad0010a0b00041041", CP_SYNTAXRM, 0x04 },
        { "a segment of 2 bytes", "800ad0010a0b000610410002", CP_SYNTAXRM, 0x16 },
    };
    for (size_t state = 0; state < 4; state++)
        for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
            const struct fault_case fault = { .what = headers[i].what, .reply = headers[i].reply, .code = headers[i].code };
            struct conversation *conversation = conversation_before(states[state]);
            feed_hex(conversation, headers[i].hex);
            check_reply(conversation, &fault);
            conversation_free(conversation);
        }
}

/* SQLAM below the level whose messages are written here is not agreed on, and ACCRDB then has no manager to open the RDB with. */
static void
a_level_that_is_not_spoken_is_told(void)
{
    const struct fault_case fault = { "SQLAM 6", CP_ACCRDB, RDBNAM RDBACCCL PRDID TYPDEFNAM CRRTKN TYPDEFOVR, CP_MGRDEPRM, 0, 0 };
    struct conversation *conversation = conversation_new();
    uint8_t bytes[512];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    feed_hex(conversation, "0012d0010001"
                           "000c1041"
                           "00081404"
                           "24070006");
    feed_hex(conversation, ACCSEC);
    feed_hex(conversation, SECCHK);
    conversation->output_size = 0;
    conversation->verifications = 0;
    put_command(&writer, DSS_REQUEST, CORRELATION_ID, &fault);
    feed(conversation, bytes, writer.used);
    check_reply(conversation, &fault);
    conversation_free(conversation);
}

/* What is right in the table's own words is taken: the cases above are refused for what they say, not for something else. */
static void
the_same_commands_without_fault_are_taken(void)
{
    struct conversation *conversation = conversation_before(CP_ACCRDB);
    feed_hex(conversation, ACCRDB);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    CU_ASSERT_EQUAL(conversation->openings, 1);
    conversation_free(conversation);
}

int
main(void)
{
    static const struct test_case tests[] = {
        { "each malformed command has its reply", each_malformed_command_has_its_reply },
        { "nothing behind a malformed command is answered", nothing_behind_a_malformed_command_is_answered },
        { "objects with a command of the handshake are refused", objects_with_a_command_of_the_handshake_are_refused },
        { "damaged headers are told in every state", damaged_headers_are_told_in_every_state },
        { "a level that is not spoken is told", a_level_that_is_not_spoken_is_told },
        { "the same commands without fault are taken", the_same_commands_without_fault_are_taken },
    };
    return SUITE_RUN("server, faults", tests);
}
