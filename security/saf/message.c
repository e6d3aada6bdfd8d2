#include "security/saf/message.h"

enum { LENGTH_SIZE = 4 };

int
saf_frame_next(const uint8_t *bytes, size_t available, struct saf_frame *frame, size_t *size)
{
    *size = 0;
    struct wire_reader reader = wire_reader(bytes, available);
    uint32_t length = wire_u32(&reader);
    if (reader.failed)
        return 0;
    if (length < SAF_FRAME_HEADER_SIZE - LENGTH_SIZE || length > SAF_FRAME_MAX - LENGTH_SIZE)
        return -1;
    if (reader.left < length)
        return 0;
    struct wire_reader body = wire_sub(&reader, length);
    frame->id = wire_u32(&body);
    frame->type = wire_u8(&body);
    frame->body = body;
    *size = LENGTH_SIZE + (size_t)length;
    return 1;
}

static size_t
frame_open(struct wire_writer *writer, uint32_t id, unsigned type)
{
    size_t mark = writer->used;
    wire_put_u32(writer, 0);
    wire_put_u32(writer, id);
    wire_put_u8(writer, (uint8_t)type);
    return mark;
}

static void
frame_close(struct wire_writer *writer, size_t mark)
{
    if (writer->failed)
        return;
    size_t size = writer->used - mark;
    if (size > SAF_FRAME_MAX) {
        writer->failed = true;
        return;
    }
    wire_patch_u32(writer, mark, (uint32_t)(size - LENGTH_SIZE));
}

static void
put_string(struct wire_writer *writer, const char *string)
{
    wire_put_counted(writer, string, strlen(string));
}

static bool
take_string(struct wire_reader *body, char *string, size_t size)
{
    struct wire_reader text = wire_counted(body);
    return wire_string(&text, string, size);
}

void
saf_verify_encode(struct wire_writer *writer, uint32_t id, const struct saf_verify *verify)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_VERIFY);
    put_string(writer, verify->userid);
    put_string(writer, verify->credential);
    put_string(writer, verify->application);
    put_string(writer, verify->other_application);
    put_string(writer, verify->group);
    put_string(writer, verify->address);
    wire_put_u16(writer, verify->port);
    wire_put_u64(writer, verify->connection);
    wire_put_u8(writer, verify->mixed_case);
    wire_put_u8(writer, verify->evidence);
    frame_close(writer, mark);
}

bool
saf_verify_decode(struct wire_reader *body, struct saf_verify *verify)
{
    *verify = (struct saf_verify) { 0 };
    bool strings_fit = take_string(body, verify->userid, sizeof verify->userid) &&
                       take_string(body, verify->credential, sizeof verify->credential) &&
                       take_string(body, verify->application, sizeof verify->application) &&
                       take_string(body, verify->other_application, sizeof verify->other_application) &&
                       take_string(body, verify->group, sizeof verify->group) && take_string(body, verify->address, sizeof verify->address);
    if (!strings_fit)
        return false;
    verify->port = wire_u16(body);
    verify->connection = wire_u64(body);
    verify->mixed_case = wire_u8(body);
    verify->evidence = wire_u8(body);
    bool known_case = verify->mixed_case == 'R' || verify->mixed_case == 'Y' || verify->mixed_case == 'N';
    bool known_evidence =
        verify->evidence < SAF_EVIDENCE_COUNT && (verify->evidence == SAF_EVIDENCE_CREDENTIAL || verify->credential[0] == '\0');
    return wire_done(body) && known_case && known_evidence;
}

/* An answer that this side cannot interpret must not be taken for a success. */
static bool
is_saf_return_code(uint8_t code)
{
    return code == SAF_OK || code == SAF_NO_DECISION || code == SAF_REFUSED;
}

static void
put_result(struct wire_writer *writer, const struct saf_result *result)
{
    wire_put_u8(writer, result->saf);
    wire_put_u8(writer, result->racf);
    wire_put_u16(writer, result->reason);
    wire_put_u16(writer, (uint16_t)result->explanation);
    wire_put_u8(writer, result->retryable);
    wire_put_u32(writer, (uint32_t)result->ticket_offset_s);
}

/* False when it cannot be interpreted. */
static bool
take_result(struct wire_reader *body, struct saf_result *result)
{
    result->saf = wire_u8(body);
    result->racf = wire_u8(body);
    result->reason = wire_u16(body);
    result->explanation = (enum saf_explanation)wire_u16(body);
    uint8_t retryable = wire_u8(body);
    result->retryable = retryable == 1;
    result->ticket_offset_s = (int32_t)wire_u32(body);
    return retryable <= 1 && is_saf_return_code(result->saf);
}

void
saf_verify_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_verify_answer *answer)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_VERIFY | SAF_MESSAGE_ANSWER);
    put_result(writer, &answer->result);
    put_string(writer, answer->userid);
    put_string(writer, answer->group);
    wire_put_u8(writer, answer->by_ticket);
    frame_close(writer, mark);
}

bool
saf_verify_answer_decode(struct wire_reader *body, struct saf_verify_answer *answer)
{
    *answer = (struct saf_verify_answer) { .result.saf = SAF_REFUSED };
    struct saf_verify_answer got = { 0 };
    bool understood = take_result(body, &got.result);
    bool strings_fit = take_string(body, got.userid, sizeof got.userid) && take_string(body, got.group, sizeof got.group);
    uint8_t by_ticket = wire_u8(body);
    got.by_ticket = by_ticket == 1;
    if (!understood || !strings_fit || !wire_done(body) || by_ticket > 1)
        return false;
    *answer = got;
    return true;
}

void
saf_command_encode(struct wire_writer *writer, uint32_t id, const struct saf_command *command)
{
    if (command->size > SAF_COMMAND_MAX) {
        writer->failed = true;
        return;
    }
    size_t mark = frame_open(writer, id, SAF_MESSAGE_COMMAND);
    wire_put_counted(writer, command->text, command->size);
    frame_close(writer, mark);
}

bool
saf_command_decode(struct wire_reader *body, struct saf_command *command)
{
    struct wire_reader text = wire_counted(body);
    *command = (struct saf_command) { 0 };
    bool has_nul = text.left > 0 && memchr(text.at, '\0', text.left) != NULL;
    if (!wire_done(body) || text.left > SAF_COMMAND_MAX || has_nul)
        return false;
    *command = (struct saf_command) { .text = (const char *)text.at, .size = text.left };
    return true;
}

static void
output_encode(struct wire_writer *writer, uint32_t id, unsigned type, const struct saf_command_answer *answer)
{
    if (answer->size > SAF_OUTPUT_MAX) {
        writer->failed = true;
        return;
    }
    size_t mark = frame_open(writer, id, type | SAF_MESSAGE_ANSWER);
    wire_put_u8(writer, answer->return_code);
    wire_put_u32(writer, (uint32_t)answer->size);
    wire_put_bytes(writer, answer->output, answer->size);
    frame_close(writer, mark);
}

void
saf_command_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_command_answer *answer)
{
    output_encode(writer, id, SAF_MESSAGE_COMMAND, answer);
}

bool
saf_command_answer_decode(struct wire_reader *body, struct saf_command_answer *answer)
{
    *answer = (struct saf_command_answer) { 0 };
    uint8_t return_code = wire_u8(body);
    struct wire_reader output = wire_sub(body, wire_u32(body));
    if (!wire_done(body))
        return false;
    *answer = (struct saf_command_answer) { .return_code = return_code, .output = (const char *)output.at, .size = output.left };
    return true;
}

void
saf_explain_encode(struct wire_writer *writer, uint32_t id, const struct saf_explain *explain)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_EXPLAIN);
    put_string(writer, explain->userid);
    put_string(writer, explain->application);
    put_string(writer, explain->group);
    put_string(writer, explain->credential);
    frame_close(writer, mark);
}

bool
saf_explain_decode(struct wire_reader *body, struct saf_explain *explain)
{
    *explain = (struct saf_explain) { 0 };
    bool strings_fit = take_string(body, explain->userid, sizeof explain->userid) &&
                       take_string(body, explain->application, sizeof explain->application) &&
                       take_string(body, explain->group, sizeof explain->group) &&
                       take_string(body, explain->credential, sizeof explain->credential);
    return strings_fit && wire_done(body);
}

void
saf_explain_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_command_answer *answer)
{
    output_encode(writer, id, SAF_MESSAGE_EXPLAIN, answer);
}

void
saf_generate_encode(struct wire_writer *writer, uint32_t id, const struct saf_generate *generate)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_GENERATE);
    put_string(writer, generate->userid);
    put_string(writer, generate->application);
    frame_close(writer, mark);
}

bool
saf_generate_decode(struct wire_reader *body, struct saf_generate *generate)
{
    *generate = (struct saf_generate) { 0 };
    return take_string(body, generate->userid, sizeof generate->userid) &&
           take_string(body, generate->application, sizeof generate->application) && wire_done(body);
}

void
saf_evaluate_encode(struct wire_writer *writer, uint32_t id, const struct saf_evaluate *evaluate)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_EVALUATE);
    put_string(writer, evaluate->userid);
    put_string(writer, evaluate->application);
    put_string(writer, evaluate->ticket);
    frame_close(writer, mark);
}

bool
saf_evaluate_decode(struct wire_reader *body, struct saf_evaluate *evaluate)
{
    *evaluate = (struct saf_evaluate) { 0 };
    return take_string(body, evaluate->userid, sizeof evaluate->userid) &&
           take_string(body, evaluate->application, sizeof evaluate->application) &&
           take_string(body, evaluate->ticket, sizeof evaluate->ticket) && wire_done(body);
}

void
saf_ticket_answer_encode(struct wire_writer *writer, uint32_t id, enum saf_message_type type, const struct saf_ticket_answer *answer)
{
    size_t mark = frame_open(writer, id, type | SAF_MESSAGE_ANSWER);
    put_result(writer, &answer->result);
    put_string(writer, answer->ticket);
    frame_close(writer, mark);
}

bool
saf_ticket_answer_decode(struct wire_reader *body, enum saf_message_type type, struct saf_ticket_answer *answer)
{
    *answer = (struct saf_ticket_answer) { .result.saf = SAF_REFUSED };
    struct saf_ticket_answer got = { 0 };
    bool understood = take_result(body, &got.result) && take_string(body, got.ticket, sizeof got.ticket) && wire_done(body);
    bool generated = type == SAF_MESSAGE_GENERATE && got.result.saf == SAF_OK;
    if (!understood || strlen(got.ticket) != (generated ? SAF_TICKET_SIZE : 0))
        return false;
    *answer = got;
    return true;
}

void
saf_status_encode(struct wire_writer *writer, uint32_t id)
{
    frame_close(writer, frame_open(writer, id, SAF_MESSAGE_STATUS));
}

void
saf_status_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_command_answer *answer)
{
    output_encode(writer, id, SAF_MESSAGE_STATUS, answer);
}

void
saf_authorize_encode(struct wire_writer *writer, uint32_t id, const struct saf_authorize *authorize)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_AUTHORIZE);
    wire_put_u32(writer, authorize->uid);
    wire_put_u8(writer, authorize->access);
    put_string(writer, authorize->class_name);
    put_string(writer, authorize->resource);
    frame_close(writer, mark);
}

static bool
is_access_level(uint8_t access)
{
    return access == 2 || access == 4 || access == 8 || access == 128;
}

bool
saf_authorize_decode(struct wire_reader *body, struct saf_authorize *authorize)
{
    *authorize = (struct saf_authorize) { 0 };
    authorize->uid = wire_u32(body);
    authorize->access = wire_u8(body);
    bool strings_fit = take_string(body, authorize->class_name, sizeof authorize->class_name) &&
                       take_string(body, authorize->resource, sizeof authorize->resource);
    return strings_fit && wire_done(body) && is_access_level(authorize->access);
}

void
saf_authorize_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_authorize_answer *answer)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_AUTHORIZE | SAF_MESSAGE_ANSWER);
    wire_put_u8(writer, answer->saf);
    put_string(writer, answer->userid);
    frame_close(writer, mark);
}

bool
saf_authorize_answer_decode(struct wire_reader *body, struct saf_authorize_answer *answer)
{
    *answer = (struct saf_authorize_answer) { .saf = SAF_REFUSED };
    uint8_t saf = wire_u8(body);
    bool fits = take_string(body, answer->userid, sizeof answer->userid);
    if (!fits || !wire_done(body) || !is_saf_return_code(saf))
        return false;
    answer->saf = saf;
    return true;
}

void
saf_access_encode(struct wire_writer *writer, uint32_t id, const struct saf_access *access)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_ACCESS);
    put_string(writer, access->userid);
    put_string(writer, access->class_name);
    put_string(writer, access->resource);
    frame_close(writer, mark);
}

bool
saf_access_decode(struct wire_reader *body, struct saf_access *access)
{
    *access = (struct saf_access) { .userid = "" };
    return take_string(body, access->userid, sizeof access->userid) && take_string(body, access->class_name, sizeof access->class_name) &&
           take_string(body, access->resource, sizeof access->resource) && wire_done(body);
}

void
saf_access_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_access_answer *answer)
{
    size_t mark = frame_open(writer, id, SAF_MESSAGE_ACCESS | SAF_MESSAGE_ANSWER);
    wire_put_u8(writer, answer->saf);
    wire_put_u8(writer, answer->access);
    frame_close(writer, mark);
}

bool
saf_access_answer_decode(struct wire_reader *body, struct saf_access_answer *answer)
{
    *answer = (struct saf_access_answer) { .saf = SAF_REFUSED };
    uint8_t saf = wire_u8(body);
    uint8_t access = wire_u8(body);
    bool consistent = saf == SAF_OK ? access == 2 || access == 4 : access == 0;
    if (!wire_done(body) || !is_saf_return_code(saf) || !consistent)
        return false;
    *answer = (struct saf_access_answer) { .saf = saf, .access = access };
    return true;
}
