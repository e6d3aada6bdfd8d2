#include "drda/requester.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "drda/requester_private.h"

enum { INPUT_SIZE = 65536, OUTPUT_SIZE = 8192, DESCRIPTOR_SIZE = 512 };

static bool
grow(struct wire_writer *writer, size_t needed)
{
    size_t size = writer->size;
    while (size < needed)
        size = size > SIZE_MAX / 2 ? needed : size * 2;
    uint8_t *larger = malloc(size);
    if (larger == NULL)
        return false;
    memcpy(larger, writer->start, writer->used);
    explicit_bzero(writer->start, writer->size);
    free(writer->start);
    writer->start = larger;
    writer->size = size;
    return true;
}

bool
requester_make_buffer(struct wire_writer *writer, size_t size)
{
    *writer = wire_writer(malloc(size), size);
    writer->grow = grow;
    return writer->start != NULL;
}

void
requester_drop_buffer(struct wire_writer *writer)
{
    if (writer->start != NULL)
        explicit_bzero(writer->start, writer->size);
    free(writer->start);
    *writer = (struct wire_writer) { 0 };
}

struct requester *
requester_new(const struct requester_settings *settings)
{
    struct requester *requester = calloc(1, sizeof *requester);
    if (requester == NULL)
        return NULL;
    requester->settings = settings;
    bool made = requester_make_buffer(&requester->output, OUTPUT_SIZE);
    made = requester_make_buffer(&requester->input, INPUT_SIZE) && made;
    made = requester_make_buffer(&requester->rows, INPUT_SIZE) && made;
    made = requester_make_buffer(&requester->descriptor, DESCRIPTOR_SIZE) && made;
    made = requester_make_buffer(&requester->externals, DESCRIPTOR_SIZE) && made;
    if (made)
        return requester;
    requester_free(requester);
    return NULL;
}

void
requester_free(struct requester *requester)
{
    if (requester == NULL)
        return;
    requester_drop_buffer(&requester->output);
    requester_drop_buffer(&requester->input);
    requester_drop_buffer(&requester->rows);
    requester_drop_buffer(&requester->externals);
    requester_drop_buffer(&requester->descriptor);
    requester_drop_buffer(&requester->scratch);
    requester_drop_columns(requester);
    requester_forget_keys(requester);
    requester_forget_lobs(requester);
    free(requester);
}

enum requester_event
requester_fail(struct requester *requester, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!requester->failed)
        vsnprintf(requester->failure, sizeof requester->failure, format, arguments);
    va_end(arguments);
    requester->failed = true;
    return REQUESTER_FAILED;
}

const uint8_t *
requester_output(const struct requester *requester, size_t *size)
{
    *size = requester->output.used - requester->output_sent;
    return requester->output.start + requester->output_sent;
}

void
requester_sent(struct requester *requester, size_t size)
{
    assert(size <= requester->output.used - requester->output_sent);
    explicit_bzero(requester->output.start + requester->output_sent, size);
    requester->output_sent += size;
    if (requester->output_sent == requester->output.used) {
        requester->output.used = 0;
        requester->output_sent = 0;
        requester_put_lobs(requester);
    }
}

uint8_t *
requester_room(struct requester *requester, size_t *size)
{
    struct wire_writer *input = &requester->input;
    size_t left = input->used - requester->input_taken;
    wire_move(input, 0, requester->input_taken, left);
    input->used = left;
    requester->input_taken = 0;
    *size = 0;
    if (requester->failed)
        return NULL;
    if (requester->input_needed > requester->settings->reply_bytes_max) {
        (void)requester_fail(requester, "a reply has more than %zu bytes", requester->settings->reply_bytes_max);
        return NULL;
    }
    size_t wanted = requester->input_needed > left ? requester->input_needed : left + 1;
    if (wanted > input->size && !grow(input, wanted)) {
        (void)requester_fail(requester, "no memory for a reply of %zu bytes", wanted);
        return NULL;
    }
    *size = input->size - left;
    return input->start + left;
}

void
requester_received(struct requester *requester, size_t size)
{
    assert(size <= requester->input.size - requester->input.used);
    requester->input.used += size;
}

/* Commands, and what their replies must have at the end of their chain (any of it). */
static const struct command_row {
    const char *name;
    unsigned expected;
    enum requester_event (*end)(struct requester *requester);
} command_rows[REQUESTER_COMMAND_COUNT] = {
    [REQUESTER_EXCHANGE] = { "EXCSAT and ACCSEC", SEEN_ACCSECRD, requester_end_exchange },
    [REQUESTER_CHECK] = { "SECCHK and ACCRDB", SEEN_ACCRDBRM | SEEN_REFUSAL, requester_end_check },
    [REQUESTER_INTERRUPT] = { "SECCHK and INTRDBRQS", SEEN_CMDCMPRM | SEEN_REFUSAL, requester_end_check },
    [REQUESTER_PREPARE] = { "PRPSQLSTT", SEEN_SQLDARD | SEEN_SQLCARD, requester_end_command },
    [REQUESTER_IMMEDIATE] = { "EXCSQLIMM", SEEN_SQLCARD, requester_end_command },
    [REQUESTER_QUERY] = { "PRPSQLSTT and OPNQRY", SEEN_OPNQRYRM | SEEN_SQLCARD, requester_end_block },
    [REQUESTER_EXECUTE] = { "EXCSQLSTT", SEEN_SQLCARD, requester_end_command },
    [REQUESTER_OPEN] = { "OPNQRY", SEEN_OPNQRYRM | SEEN_SQLCARD, requester_end_block },
    [REQUESTER_CONTINUE] = { "CNTQRY", SEEN_QRYDTA | SEEN_ENDQRYRM | SEEN_SQLCARD, requester_end_block },
    [REQUESTER_CLOSE] = { "CLSQRY", SEEN_SQLCARD, requester_end_command },
    [REQUESTER_COMMIT] = { "RDBCMM", SEEN_SQLCARD, requester_end_command },
    [REQUESTER_ROLLBACK] = { "RDBRLLBCK", SEEN_SQLCARD, requester_end_command },
};

#define BIT(command) (1u << REQUESTER_##command)

enum {
    AT_EXCHANGE = BIT(EXCHANGE),
    AT_CHECK = BIT(CHECK),
    AT_BLOCK = BIT(QUERY) | BIT(OPEN) | BIT(CONTINUE),
    AT_OPEN = BIT(QUERY) | BIT(OPEN),
    AT_DESCRIBE = BIT(PREPARE) | BIT(QUERY),
    AT_UNIT_END = BIT(COMMIT) | BIT(ROLLBACK),
    AT_SQL = BIT(PREPARE) | BIT(IMMEDIATE) | BIT(QUERY) | BIT(EXECUTE) | BIT(OPEN) | BIT(CONTINUE) | BIT(CLOSE) | AT_UNIT_END,
};

/* What may come back, and for which commands. `take` is NULL where nothing is to be learnt from it. */
static const struct reply_row {
    uint16_t codepoint;
    unsigned commands;
    enum requester_event (*take)(struct requester *requester, struct wire_reader body);
} reply_rows[] = {
    { CP_EXCSATRD, AT_EXCHANGE, requester_take_excsatrd },
    { CP_ACCSECRD, AT_EXCHANGE, requester_take_accsecrd },
    { CP_SECCHKRM, AT_CHECK | BIT(INTERRUPT), requester_take_secchkrm },
    { CP_CMDCMPRM, BIT(INTERRUPT), requester_take_cmdcmprm },
    { CP_ACCRDBRM, AT_CHECK, requester_take_accrdbrm },
    { CP_PBSD, AT_CHECK | AT_SQL, NULL },
    { CP_TYPDEFNAM, AT_CHECK | AT_SQL, requester_take_typdefnam },
    { CP_TYPDEFOVR, AT_CHECK | AT_SQL, NULL },
    { CP_SQLCARD, AT_CHECK | AT_SQL, requester_take_sqlcard },
    { CP_SQLDARD, AT_DESCRIBE, requester_take_sqldard },
    { CP_OPNQRYRM, AT_OPEN, requester_take_opnqryrm },
    { CP_QRYDSC, AT_OPEN, requester_take_qrydsc },
    { CP_QRYDTA, AT_BLOCK, requester_take_qrydta },
    { CP_EXTDTA, AT_BLOCK, requester_take_extdta },
    { CP_ENDQRYRM, AT_BLOCK | BIT(CLOSE), requester_take_endqryrm },
    { CP_ENDUOWRM, AT_SQL, requester_take_enduowrm },
    /* An SQLCARD follows these, and says more. */
    { CP_SQLERRRM, AT_SQL, NULL },
    { CP_OPNQFLRM, AT_OPEN, NULL },
    { CP_ABNUOWRM, AT_SQL, NULL },
    { CP_CMDCHKRM, AT_SQL, NULL },
    { CP_RDBUPDRM, AT_SQL, NULL },
};

static enum requester_event
explain_reply(struct requester *requester, const struct drda_reply *reply)
{
    char details[96] = "";
    const char *name = codepoint_name(reply->codepoint);
    const char *parameter = codepoint_name(reply->codpnt);
    if (reply->codepoint == CP_SYNTAXRM)
        snprintf(details, sizeof details, ", SYNERRCD X'%02X'", (unsigned)reply->synerrcd);
    else if (reply->codepoint == CP_PRCCNVRM)
        snprintf(details, sizeof details, ", PRCCNVCD X'%02X'", (unsigned)reply->prccnvcd);
    return requester_fail(requester, "the server answered %s with %s%s%s%s: it cannot go on; see its log",
                          command_rows[requester->command].name, name != NULL ? name : "an unknown message", details,
                          reply->codpnt != 0 ? ", CODPNT " : "",
                          reply->codpnt == 0  ? ""
                          : parameter != NULL ? parameter
                                              : "unknown");
}

/* A reply that no command wants: a message that ends things, or one to be passed over. */
static enum requester_event
take_other(struct requester *requester, uint16_t codepoint, struct wire_reader body)
{
    struct drda_reply reply;
    if (!drda_is_reply_message(codepoint))
        return REQUESTER_NEEDS_INPUT;
    if (!drda_reply_decode(codepoint, body, &reply))
        return requester_fail(requester, "a reply message X'%04X' is damaged", (unsigned)codepoint);
    if (reply.svrcod < SVRCOD_ERROR)
        return REQUESTER_NEEDS_INPUT;
    bool of_rdb = codepoint == CP_RDBNFNRM || codepoint == CP_RDBATHRM || codepoint == CP_RDBAFLRM || codepoint == CP_RDBACCRM;
    if (requester->command == REQUESTER_CHECK && of_rdb)
        return requester_take_rdb_refusal(requester, codepoint);
    return explain_reply(requester, &reply);
}

static enum requester_event
take_object(struct requester *requester, uint16_t codepoint, struct wire_reader body)
{
    for (size_t i = 0; i < sizeof reply_rows / sizeof reply_rows[0]; i++) {
        const struct reply_row *row = &reply_rows[i];
        if (row->codepoint != codepoint)
            continue;
        if ((row->commands & 1u << requester->command) == 0)
            return requester_fail(requester, "%s is no reply to %s", codepoint_name(codepoint), command_rows[requester->command].name);
        return row->take != NULL ? row->take(requester, body) : REQUESTER_NEEDS_INPUT;
    }
    return take_other(requester, codepoint, body);
}

static enum requester_event
take_next_object(struct requester *requester)
{
    const struct dss_command *reply = &requester->reply;
    size_t index = requester->reply_next++;
    requester->reply_open = requester->reply_next <= reply->object_count;
    if (index == 0)
        return take_object(requester, reply->codepoint, reply->parameters);
    return take_object(requester, reply->objects[index - 1].codepoint, reply->objects[index - 1].body);
}

/* Takes the next reply out of the input; false when it is not whole yet, or damaged (then the requester has failed). */
static bool
read_reply(struct requester *requester)
{
    size_t size = 0;
    enum dss_fault fault;
    uint8_t *bytes = requester->input.start + requester->input_taken;
    size_t available = requester->input.used - requester->input_taken;
    enum dss_scan scan = dss_scan_on(&requester->progress, bytes, available, &size, &fault);
    requester->input_needed = scan == DSS_SCAN_INCOMPLETE ? size : 0;
    if (scan == DSS_SCAN_INCOMPLETE)
        return false;
    requester->progress = (struct dss_progress) { 0 };
    if (scan == DSS_SCAN_DAMAGED || !dss_read(bytes, size, &requester->reply)) {
        unsigned code = scan == DSS_SCAN_DAMAGED ? (unsigned)fault : requester->reply.fault;
        (void)requester_fail(requester, "the reply to %s is no DRDA or damaged (SYNERRCD X'%02X'): is this the DRDA port?",
                             command_rows[requester->command].name, code);
        return false;
    }
    if ((requester->reply.format & 0x0F) == DSS_REQUEST) {
        (void)requester_fail(requester, "the server sent a request");
        return false;
    }
    requester->input_taken += size;
    requester->reply_open = true;
    requester->reply_next = 0;
    requester->chain_over = !requester->reply.chained;
    return true;
}

static enum requester_event
end_chain(struct requester *requester)
{
    const struct command_row *row = &command_rows[requester->command];
    requester->chain_over = false;
    if ((requester->seen & (row->expected | SEEN_REFUSAL)) == 0)
        return requester_fail(requester, "the reply to %s is not complete", row->name);
    if (requester->input.used != requester->input_taken)
        return requester_fail(requester, "the server sent more than the reply to %s", row->name);
    return row->end(requester);
}

void
requester_begin(struct requester *requester, enum requester_command command)
{
    assert(requester->command == REQUESTER_IDLE ||
           (requester->command == REQUESTER_EXCHANGE && (command == REQUESTER_CHECK || command == REQUESTER_INTERRUPT)));
    requester->command = command;
    requester->seen = 0;
    requester->chain_over = false;
    requester_forget_lobs(requester);
    sql_diagnosis_clear(&requester->diagnosis);
}

enum requester_event
requester_step(struct requester *requester)
{
    assert(requester->command != REQUESTER_IDLE);
    enum requester_event event = REQUESTER_NEEDS_INPUT;
    while (!requester->failed && event == REQUESTER_NEEDS_INPUT) {
        if (requester->output.failed)
            return requester_fail(requester, "no memory for a command, or text that is not UTF-8");
        if (requester->rows_to_read)
            event = requester_take_row(requester);
        else if (requester->reply_open)
            event = take_next_object(requester);
        else if (requester->chain_over)
            event = end_chain(requester);
        else if (!read_reply(requester))
            break;
    }
    if (requester->failed)
        return REQUESTER_FAILED;
    if (event == REQUESTER_COMPLETED || event == REQUESTER_BLOCK_ENDED)
        requester->command = REQUESTER_IDLE;
    return event;
}

struct drda_token
requester_interrupt_token(const struct requester *requester)
{
    return (struct drda_token) { requester->interrupt_token, requester->interrupt_token_size };
}

const struct sql_diagnosis *
requester_diagnosis(const struct requester *requester)
{
    return &requester->diagnosis;
}

struct requester_refusal
requester_refusal(const struct requester *requester)
{
    return requester->refusal;
}

const char *
requester_failure(const struct requester *requester)
{
    return requester->failure;
}
