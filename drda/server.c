#include "drda/server.h"

#include <assert.h>

#include "drda/server_steps.h"
#include "drda/sql/extdta.h"

/* Garbage has no correlation ID; this is what Apache Derby answers it with, and what port scanners know. */
enum { CORRELATION_OF_GARBAGE = 1 };

enum {
    EXTERNALS_PIECE = 64 * 1024,
    STREAM_FROM = 64 * 1024, /* bytes of a command from which on its EXTDTA are not gathered in memory */
};

void
drda_server_init(struct drda_server *server, const struct drda_server_settings *settings)
{
    *server = (struct drda_server) {
        .settings = settings,
        .state = DRDA_STATE_START,
        .encoding = { .ebcdic = true, .sqlam_level = DRDA_SQLAM_LEVEL },
    };
}

bool
drda_server_is_authenticated(const struct drda_server *server)
{
    return server->authenticated;
}

const char *
drda_server_rdbnam(const struct drda_server *server)
{
    return server->encoding.rdbnam;
}

bool
drda_server_prohibits_updates(const struct drda_server *server)
{
    return server->no_updates;
}

enum ccsid
drda_server_ccsid(const struct drda_server *server)
{
    return server->encoding.ebcdic ? CCSID_EBCDIC_500 : CCSID_UTF8;
}

void
drda_server_end_reply(const struct drda_server *server, struct dss_writer *reply)
{
    if (server->pending_chained && server->state != DRDA_STATE_CLOSED)
        dss_leave_chained(reply);
}

void
drda_server_refuse(struct drda_server *server, const struct drda_fault *fault, struct dss_writer *reply)
{
    /* These say that a command came too early or too late; the others leave nothing to go on with. */
    if (fault->reply != CP_RDBNACRM && fault->reply != CP_RDBACCRM && fault->reply != CP_INTTKNRM)
        server->state = DRDA_STATE_CLOSED;
    dss_begin(reply, DSS_REPLY, server->correlation_id);
    drda_fault_encode(reply->wire, fault, server->encoding.rdbnam, drda_server_ccsid(server));
    dss_end(reply);
    drda_server_end_reply(server, reply);
}

static void
close_with(struct drda_server *server, struct drda_fault fault, uint16_t correlation_id, struct wire_writer *output)
{
    struct dss_writer reply = dss_writer(output);
    server->correlation_id = correlation_id;
    server->state = DRDA_STATE_CLOSED;
    drda_server_refuse(server, &fault, &reply);
}

static enum drda_event
event_of(enum drda_state state)
{
    switch (state) {
    case DRDA_STATE_VERIFYING:
        return DRDA_WANTS_VERIFY;
    case DRDA_STATE_OPENING:
        return DRDA_WANTS_RDB;
    case DRDA_STATE_EXECUTING:
        return DRDA_WANTS_SQL;
    case DRDA_STATE_STREAMING:
        return DRDA_WANTS_STREAM;
    case DRDA_STATE_INTERRUPTING:
        return DRDA_WANTS_INTERRUPT;
    case DRDA_STATE_CLOSED:
    case DRDA_STATE_COUNT:
        return DRDA_MUST_CLOSE;
    case DRDA_STATE_START:
    case DRDA_STATE_EXCHANGED:
    case DRDA_STATE_REFUSED:
    case DRDA_STATE_SECURITY:
    case DRDA_STATE_VERIFIED:
    case DRDA_STATE_ACCESSED:
        break;
    }
    return DRDA_NEEDS_INPUT;
}

/* What a command shows before it is taken apart. */
struct glance {
    uint8_t format;
    uint16_t correlation_id;
    uint16_t codepoint;
};

static struct glance
glance_at(const uint8_t *bytes, size_t size)
{
    struct wire_reader reader = wire_reader(bytes, size);
    struct glance glance = { 0 };
    (void)wire_take(&reader, 3);
    glance.format = wire_u8(&reader);
    glance.correlation_id = wire_u16(&reader);
    (void)wire_u16(&reader);
    glance.codepoint = wire_u16(&reader);
    return glance;
}

/* Answers a command of the handshake, or refuses any. */
static bool
answer(struct drda_server *server, const struct drda_step *step, const struct dss_command *command, const uint8_t *input_bytes,
       struct dss_writer *reply, struct drda_fault *fault)
{
    if (step->handler == NULL) {
        *fault = *step->refusal;
        if (fault->reply == CP_CMDNSPRM)
            fault->codpnt = command->codepoint;
        return false;
    }
    if (command->object_count > 0) {
        *fault = drda_fault_reply(CP_OBJNSPRM, command->objects[0].codepoint);
        return false;
    }
    server->before = server->state;
    server->state = step->next;
    return step->handler(server, command, input_bytes, reply, fault);
}

/* Only a requester's command may begin; its objects were taken along by dss_scan. */
static struct drda_fault
check_type(uint8_t format)
{
    switch (format & DSS_TYPE_MASK) {
    case DSS_REPLY:
        return drda_fault_conversation(PRCCNVCD_REPLY_FROM_REQUESTER);
    case DSS_OBJECT:
        return drda_fault_conversation(PRCCNVCD_OBJECT_NOT_ALLOWED);
    default:
        return (struct drda_fault) { 0 };
    }
}

static void
handle(struct drda_server *server, const struct drda_input *input, struct wire_writer *output)
{
    uint8_t *bytes = input->bytes + server->pending_offset;
    struct glance glance = glance_at(bytes, server->pending_size);
    struct drda_fault fault = check_type(glance.format);
    server->correlation_id = glance.correlation_id;
    server->pending_chained = false;
    const struct drda_step *step = drda_step_for(server->state, drda_command_of(glance.codepoint));
    /* Taking a command apart changes its bytes, so that it can be done once: here or in drda_server_run_sql. */
    if (fault.reply == 0 && step->next == DRDA_STATE_EXECUTING) {
        server->state = DRDA_STATE_EXECUTING;
        return;
    }
    struct dss_writer reply = dss_writer(output);
    struct dss_command command;
    if (fault.reply == 0 && !dss_read(bytes, server->pending_size, &command))
        fault = drda_fault_syntax(command.fault, command.fault_codepoint);
    if (fault.reply == 0) {
        server->pending_chained = command.chained;
        if (answer(server, step, &command, input->bytes, &reply, &fault))
            drda_server_end_reply(server, &reply);
    }
    if (fault.reply != 0)
        drda_server_refuse(server, &fault, &reply);
    if (glance.codepoint == CP_SECCHK && server->state != DRDA_STATE_VERIFYING)
        explicit_bzero(bytes, server->pending_size);
}

/* Takes what has come of a command whose EXTDTA are streamed. False when more input is needed or nothing more will be taken. */
static bool
take_stream(struct drda_server *server, struct drda_input *input, struct wire_writer *output)
{
    size_t taken;
    uint8_t fault = 0;
    struct drda_stream *stream = server->stream;
    enum drda_stream_state state = drda_stream_take(stream, input->bytes + input->taken, input->size - input->taken, &taken, &fault);
    input->taken += taken;
    input->needed = 0;
    if (state == DRDA_STREAM_DAMAGED)
        close_with(server, drda_fault_syntax(fault, CP_EXTDTA), stream->correlation_id, output);
    else if (state == DRDA_STREAM_COMPLETE) {
        server->correlation_id = stream->correlation_id;
        server->state = DRDA_STATE_EXECUTING;
    }
    return false;
}

/* A command that grows large because of its EXTDTA. */
static bool
begins_stream(struct drda_server *server, const uint8_t *bytes, size_t available, size_t needed)
{
    return server->state == DRDA_STATE_ACCESSED && needed > STREAM_FROM && drda_stream_may_begin(bytes, available, &server->head_size) &&
           server->head_size <= server->settings->command_bytes_max;
}

/* Finds the next whole command in the input and takes it. False when more input is needed or nothing more will be taken. */
static bool
take(struct drda_server *server, struct drda_input *input, struct wire_writer *output)
{
    if (server->stream != NULL)
        return take_stream(server, input, output);
    size_t available = input->size - input->taken;
    if (available == 0 || available < input->needed)
        return false;
    const uint8_t *bytes = input->bytes + input->taken;
    size_t limit = server->authenticated ? server->settings->command_bytes_max : server->settings->unauthenticated_bytes_max;
    size_t size = 0;
    enum dss_fault damage;
    enum dss_scan scan = dss_scan_on(&server->progress, bytes, available, &size, &damage);
    if (scan == DSS_SCAN_DAMAGED) {
        uint16_t correlation_id = damage == DSS_FAULT_NO_D0 ? CORRELATION_OF_GARBAGE : glance_at(bytes, available).correlation_id;
        close_with(server, drda_fault_syntax((uint8_t)damage, 0), correlation_id, output);
        return false;
    }
    if (scan == DSS_SCAN_INCOMPLETE && begins_stream(server, bytes, available, size)) {
        server->progress = (struct dss_progress) { 0 };
        server->state = DRDA_STATE_STREAMING;
        server->correlation_id = glance_at(bytes, available).correlation_id;
        return false;
    }
    if (size > limit) {
        close_with(server, drda_fault_reply(CP_RSCLMTRM, 0), glance_at(bytes, available).correlation_id, output);
        return false;
    }
    input->needed = scan == DSS_SCAN_INCOMPLETE ? size : 0;
    if (scan == DSS_SCAN_INCOMPLETE)
        return false;
    server->progress = (struct dss_progress) { 0 };
    server->pending_offset = input->taken;
    server->pending_size = size;
    input->taken += size;
    return true;
}

/* What comes after the end is not looked at; it may hold a password all the same. */
static void
discard(struct drda_input *input)
{
    if (input->size > input->taken)
        explicit_bzero(input->bytes + input->taken, input->size - input->taken);
    input->taken = input->size;
    input->needed = 0;
}

enum drda_event
drda_server_step(struct drda_server *server, struct drda_input *input, struct wire_writer *output)
{
    while (event_of(server->state) == DRDA_NEEDS_INPUT && !output->failed && take(server, input, output))
        handle(server, input, output);
    if (output->failed)
        server->state = DRDA_STATE_CLOSED;
    if (server->state == DRDA_STATE_CLOSED) {
        explicit_bzero(&server->key, sizeof server->key);
        discard(input);
    }
    return event_of(server->state);
}

/* LOBs that follow a row, as much as goes into one piece of the reply; the command is being executed until all are written. */
static void
send_externals(struct drda_server *server, struct sql_target *target, struct dss_writer *reply)
{
    extdta_put(reply, target, EXTERNALS_PIECE);
    if (reply->wire->failed)
        server->state = DRDA_STATE_CLOSED;
    else if (target->externals != NULL)
        server->state = DRDA_STATE_EXECUTING;
    else
        server->state = DRDA_STATE_ACCESSED;
}

void
drda_server_run_sql(struct drda_server *server, struct drda_input *input, struct sql_target *target, struct wire_writer *output)
{
    assert(server->state == DRDA_STATE_EXECUTING);
    struct dss_writer reply = dss_writer(output);
    if (target->externals != NULL) {
        send_externals(server, target, &reply);
        return;
    }
    SET_BEFORE_READ struct dss_command command;
    struct drda_stream *stream = server->stream;
    size_t size = server->pending_size;
    uint8_t *bytes = stream != NULL ? drda_stream_command(stream, &size) : input->bytes + server->pending_offset;
    if (!dss_read(bytes, size, &command)) {
        close_with(server, drda_fault_syntax(command.fault, command.fault_codepoint), server->correlation_id, output);
        return;
    }
    command.stream = stream;
    server->pending_chained = command.chained;
    uint16_t svrcod = sql_execute(&command, &server->encoding, target, &reply);
    drda_server_clear(server);
    server->state = svrcod >= SVRCOD_ERROR || output->failed ? DRDA_STATE_CLOSED : DRDA_STATE_ACCESSED;
    if (server->state == DRDA_STATE_ACCESSED && target->externals != NULL)
        send_externals(server, target, &reply);
    else
        drda_server_end_reply(server, &reply);
}

void
drda_server_set_stream(struct drda_server *server, struct drda_input *input, struct drda_stream *stream, struct wire_writer *output)
{
    assert(server->state == DRDA_STATE_STREAMING);
    server->state = DRDA_STATE_ACCESSED;
    if (stream == NULL || !drda_stream_begin(stream, input->bytes + input->taken, server->head_size)) {
        drda_stream_free(stream);
        close_with(server, drda_fault_reply(CP_RSCLMTRM, 0), server->correlation_id, output);
        return;
    }
    server->stream = stream;
    input->taken += server->head_size;
}

void
drda_server_clear(struct drda_server *server)
{
    drda_stream_free(server->stream);
    server->stream = NULL;
}

void
drda_server_abandon(struct drda_server *server, struct wire_writer *output)
{
    if (server->state == DRDA_STATE_CLOSED)
        return;
    bool pending = event_of(server->state) != DRDA_NEEDS_INPUT;
    close_with(server, drda_fault_reply(CP_AGNPRMRM, 0), pending ? server->correlation_id : CORRELATION_OF_GARBAGE, output);
}
