/* The order of commands: walks every cell of the table, and compares it with docs/protocol-states.md. With --document it prints what
 * that file must hold. */
#include "tests/unit/drda/conversation.h"

/* One of each kind of command, valid where it is allowed. */
static const char *const commands[DRDA_COMMAND_COUNT] = {
    [DRDA_COMMAND_EXCSAT] = "0012d0010001"
                            "000c1041"
                            "00081404"
                            "14cc04b8",
    [DRDA_COMMAND_ACCSEC] = "0010d0010001"
                            "000a106d000611a20003",
    [DRDA_COMMAND_SECCHK] = "0020d0010001"
                            "001a106e000611a20003"
                            "000711a0415050"
                            "000911a14150505057",
    [DRDA_COMMAND_ACCRDB] = "0060d0010001"
                            "005a2001"
                            "00162110"
                            "64656d6f64622020202020202020202020200006210f2407"
                            "000c112e444e433130313430"
                            "000d002f51544453514c415343"
                            "000b2135d5c6f0f0f0f0f0"
                            "00160035"
                            "0006119c04b80006119d04b00006119e04b8",
    [DRDA_COMMAND_INTRDBRQS] = "0026d0010001"
                               "00202003"
                               "0016211064656d6f6462202020202020202020202020"
                               "00062103746b",
    [DRDA_COMMAND_SQL] = RECORDED_RDBCMM,
    [DRDA_COMMAND_OTHER] = "000ad001000100043456",
};

/* Asks for SECMEC 11, Kerberos. */
#define ACCSEC_REFUSED \
    "0010d0010001"     \
    "000a106d000611a2000b"

/* What must come out, written down independently of the table: code point of the reply, and PRCCNVCD where it has one. */
static const struct {
    uint16_t reply;
    uint8_t prccnvcd;
} expected[DRDA_STATE_COUNT][DRDA_COMMAND_COUNT] = {
    [DRDA_STATE_START] = { { 0x1443 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 }, { 0x1245, 6 } },
    [DRDA_STATE_EXCHANGED] = { { 0x1245, 0x11 },
                               { 0x14AC },
                               { 0x1245, 0x11 },
                               { 0x1245, 0x11 },
                               { 0x1245, 0x11 },
                               { 0x1245, 0x11 },
                               { 0x1250 } },
    [DRDA_STATE_REFUSED] = { { 0x1443 }, { 0x14AC }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1250 } },
    [DRDA_STATE_SECURITY] = { { 0x1245, 0x11 },
                              { 0x1245, 0x11 },
                              { 0x1219 },
                              { 0x1245, 0x11 },
                              { 0x1245, 0x11 },
                              { 0x1245, 0x11 },
                              { 0x1250 } },
    [DRDA_STATE_VERIFIED] = { { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x1245, 0x11 }, { 0x2201 }, { 0x124B }, { 0x2204 }, { 0x1250 } },
    [DRDA_STATE_ACCESSED] = { { 0x1443 }, { 0x14AC }, { 0x1245, 0x11 }, { 0x2207 }, { 0x124B }, { 0x220C }, { 0x1250 } },
};

/* A conversation that has come to `state` by the straight way; NULL for states in which no command is taken. */
static struct conversation *
conversation_in(enum drda_state state)
{
    static const struct {
        enum drda_state after;
        enum drda_command command;
    } way[] = {
        { DRDA_STATE_EXCHANGED, DRDA_COMMAND_EXCSAT },
        { DRDA_STATE_SECURITY, DRDA_COMMAND_ACCSEC },
        { DRDA_STATE_VERIFIED, DRDA_COMMAND_SECCHK },
        { DRDA_STATE_ACCESSED, DRDA_COMMAND_ACCRDB },
    };
    struct conversation *conversation = conversation_new();
    for (size_t i = 0; i < sizeof way / sizeof way[0] && conversation->server.state != state; i++) {
        if (state == DRDA_STATE_REFUSED && i == 1) {
            feed_hex(conversation, ACCSEC_REFUSED);
            break;
        }
        feed_hex(conversation, commands[way[i].command]);
        CU_ASSERT_EQUAL_FATAL(conversation->server.state, way[i].after);
    }
    conversation->output_size = 0;
    if (conversation->server.state == state)
        return conversation;
    conversation_free(conversation);
    return NULL;
}

static void
every_cell_of_the_table_answers_as_written(void)
{
    unsigned cells = 0;
    for (unsigned state = 0; state < DRDA_STATE_COUNT; state++)
        for (unsigned command = 0; command < DRDA_COMMAND_COUNT; command++) {
            struct conversation *conversation = conversation_in((enum drda_state)state);
            if (conversation == NULL)
                continue;
            cells++;
            feed_hex(conversation, commands[command]);
            size_t size = 0;
            enum dss_fault fault;
            struct dss_command reply;
            CU_ASSERT_EQUAL(dss_scan(conversation->output, conversation->output_size, &size, &fault), DSS_SCAN_COMPLETE);
            CU_ASSERT_TRUE_FATAL(dss_read(conversation->output, size, &reply));
            CU_ASSERT_EQUAL(reply.codepoint, expected[state][command].reply);
            CU_ASSERT_EQUAL(reply.correlation_id, 1);
            CU_ASSERT_FALSE(reply.chained);
            struct drda_reply message;
            if (expected[state][command].prccnvcd != 0)
                CU_ASSERT_TRUE(drda_reply_decode(reply.codepoint, reply.parameters, &message) &&
                               message.prccnvcd == expected[state][command].prccnvcd);
            bool ends = reply.codepoint == CP_PRCCNVRM || reply.codepoint == CP_CMDNSPRM;
            CU_ASSERT_EQUAL(conversation->event, ends ? DRDA_MUST_CLOSE : DRDA_NEEDS_INPUT);
            conversation_free(conversation);
        }
    CU_ASSERT_EQUAL(cells, 6 * DRDA_COMMAND_COUNT);
}

static const char *const state_names[DRDA_STATE_COUNT] = {
    [DRDA_STATE_START] = "START",         [DRDA_STATE_EXCHANGED] = "EXCHANGED",
    [DRDA_STATE_REFUSED] = "REFUSED",     [DRDA_STATE_SECURITY] = "SECURITY",
    [DRDA_STATE_VERIFYING] = "VERIFYING", [DRDA_STATE_VERIFIED] = "VERIFIED",
    [DRDA_STATE_OPENING] = "OPENING",     [DRDA_STATE_ACCESSED] = "ACCESSED",
    [DRDA_STATE_EXECUTING] = "EXECUTING", [DRDA_STATE_INTERRUPTING] = "INTERRUPTING",
    [DRDA_STATE_CLOSED] = "CLOSED",
};

static const char *const command_names[DRDA_COMMAND_COUNT] = {
    [DRDA_COMMAND_EXCSAT] = "EXCSAT",   [DRDA_COMMAND_ACCSEC] = "ACCSEC",       [DRDA_COMMAND_SECCHK] = "SECCHK",
    [DRDA_COMMAND_ACCRDB] = "ACCRDB",   [DRDA_COMMAND_INTRDBRQS] = "INTRDBRQS", [DRDA_COMMAND_SQL] = "SQL",
    [DRDA_COMMAND_OTHER] = "any other",
};

static const enum drda_state taking[] = {
    DRDA_STATE_START, DRDA_STATE_EXCHANGED, DRDA_STATE_REFUSED, DRDA_STATE_SECURITY, DRDA_STATE_VERIFIED, DRDA_STATE_ACCESSED,
};

/* What the owner's answer, or a handler that refuses, leads to; these are not in the table of commands. */
static const struct {
    enum drda_state from;
    enum drda_state to;
    const char *why;
} answers[] = {
    { DRDA_STATE_EXCHANGED, DRDA_STATE_REFUSED, "ACCSEC, mechanism refused" },
    { DRDA_STATE_VERIFYING, DRDA_STATE_VERIFIED, "verified" },
    { DRDA_STATE_VERIFYING, DRDA_STATE_CLOSED, "not verified" },
    { DRDA_STATE_OPENING, DRDA_STATE_ACCESSED, "opened" },
    { DRDA_STATE_OPENING, DRDA_STATE_CLOSED, "not opened" },
    { DRDA_STATE_INTERRUPTING, DRDA_STATE_VERIFIED, "answered, came before ACCRDB" },
    { DRDA_STATE_INTERRUPTING, DRDA_STATE_ACCESSED, "answered, came on an open RDB" },
    { DRDA_STATE_EXECUTING, DRDA_STATE_ACCESSED, "executed" },
    { DRDA_STATE_EXECUTING, DRDA_STATE_CLOSED, "protocol error" },
};

static void
print_cell(FILE *document, const struct drda_step *step)
{
    if (step->refusal == NULL)
        fprintf(document, " **→ %s** |", state_names[step->next]);
    else if (step->refusal->reply == CP_PRCCNVRM)
        fprintf(document, " %s %02X |", codepoint_name(step->refusal->reply), step->refusal->code);
    else
        fprintf(document, " %s |", codepoint_name(step->refusal->reply));
}

static void
print_table(FILE *document)
{
    fputs("| in state |", document);
    for (size_t command = 0; command < DRDA_COMMAND_COUNT; command++)
        fprintf(document, " %s |", command_names[command]);
    fputs("\n|---|", document);
    for (size_t command = 0; command < DRDA_COMMAND_COUNT; command++)
        fputs("---|", document);
    fputc('\n', document);
    for (size_t i = 0; i < sizeof taking / sizeof taking[0]; i++) {
        fprintf(document, "| %s |", state_names[taking[i]]);
        for (unsigned command = 0; command < DRDA_COMMAND_COUNT; command++)
            print_cell(document, drda_step_for(taking[i], (enum drda_command)command));
        fputc('\n', document);
    }
}

static void
print_diagram(FILE *document)
{
    fputs("```mermaid\nstateDiagram-v2\n    [*] --> START\n", document);
    for (size_t i = 0; i < sizeof taking / sizeof taking[0]; i++)
        for (unsigned command = 0; command < DRDA_COMMAND_COUNT; command++) {
            const struct drda_step *step = drda_step_for(taking[i], (enum drda_command)command);
            if (step->refusal == NULL)
                fprintf(document, "    %s --> %s: %s\n", state_names[taking[i]], state_names[step->next], command_names[command]);
        }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        fprintf(document, "    %s --> %s: %s\n", state_names[answers[i].from], state_names[answers[i].to], answers[i].why);
    fputs("    CLOSED --> [*]\n```\n", document);
}

static void
print_document(FILE *document)
{
    fputs(
        "# States of a DRDA conversation\n\n"
        "Generated from the table `steps` in `drda/server_steps.c` by `test_server_steps --document`; a test fails when the two differ.\n\n"
        "In each state a command is either answered and leads to the state in bold, or refused with the reply message named. After a\n"
        "refusal the connection is closed, except after RDBNACRM, RDBACCRM and INTTKNRM. *SQL* is every command that `sql_is_command` "
        "knows. From\n"
        "ACCESSED, ACCSEC begins a re-authentication: SECCHK and ACCRDB of the same RDB must follow. SECCHK without it is refused there "
        "as\n"
        "elsewhere, which is DDM's order; Derby takes it. INTRDBRQS leads back to where it came from.\n\n",
        document);
    print_table(document);
    fputs("\nVERIFYING, OPENING, INTERRUPTING and EXECUTING take no command: they wait for the owner's answer. Damaged DSSs and objects "
          "are answered\n"
          "with SYNTAXRM in every state, and close the connection.\n\n",
          document);
    print_diagram(document);
}

static void
the_document_says_what_the_table_says(void)
{
    char *generated = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&generated, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    print_document(stream);
    fclose(stream);
    FILE *file = fopen(PROTOCOL_STATES, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    char *stored = malloc(size + 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stored);
    size_t stored_size = fread(stored, 1, size + 2, file);
    fclose(file);
    CU_ASSERT_EQUAL(stored_size, size);
    CU_ASSERT_EQUAL(memcmp(stored, generated, stored_size < size ? stored_size : size), 0);
    free(stored);
    free(generated);
}

/* The edges that are not in the table. */
static void
answers_of_the_owner_lead_where_the_document_says(void)
{
    struct conversation *conversation = conversation_in(DRDA_STATE_EXCHANGED);
    feed_hex(conversation, "0010d0010001"
                           "000a106d000611a20009");
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_REFUSED);
    conversation_free(conversation);

    conversation = conversation_in(DRDA_STATE_SECURITY);
    conversation->verdict = DRDA_SECCHKCD_USERID_REVOKED;
    feed_hex(conversation, commands[DRDA_COMMAND_SECCHK]);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_CLOSED);
    conversation_free(conversation);

    conversation = conversation_in(DRDA_STATE_VERIFIED);
    conversation->outcome = DRDA_RDB_NOT_FOUND;
    feed_hex(conversation, commands[DRDA_COMMAND_ACCRDB]);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_CLOSED);
    conversation_free(conversation);

    conversation = conversation_in(DRDA_STATE_ACCESSED);
    feed_hex(conversation, "000ad00100010002200e");
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_CLOSED);
    conversation_free(conversation);
}

int
main(int argc, char *argv[])
{
    static const struct test_case cases[] = {
        { "every cell of the table answers as written", every_cell_of_the_table_answers_as_written },
        { "answers of the owner lead where the document says", answers_of_the_owner_lead_where_the_document_says },
        { "the document says what the table says", the_document_says_what_the_table_says },
    };
    if (argc == 2 && strcmp(argv[1], "--document") == 0) {
        print_document(stdout);
        return 0;
    }
    return SUITE_RUN("server steps", cases);
}
