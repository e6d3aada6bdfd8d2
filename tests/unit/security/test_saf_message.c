#include <stdlib.h>

#include "security/saf/message.h"
#include "tests/support/suite.h"

enum { ROOM = 4096 };

static const struct saf_verify verify_sample = {
    .userid = "IMSUSR1",
    .credential = "AEPRRZ3S",
    .application = "IMSCON1",
    .other_application = "HWS1",
    .group = "SYS1",
    .address = "2001:db8::17",
    .port = 49152,
    .connection = 0x0102030405060708,
    .mixed_case = 'R',
};

static const struct saf_verify_answer verify_answer_sample = {
    .result = { .saf = SAF_REFUSED,
                .racf = RACF_VERIFY_PASSWORD_INVALID,
                .reason = 0x1234,
                .explanation = SAF_EXPLAIN_TICKET_OUT_OF_WINDOW,
                .retryable = true,
                .ticket_offset_s = -601 },
    .userid = "IMSUSR1",
    .group = "SYS1",
    .by_ticket = true,
};

static const struct saf_command command_sample = { .text = "RLIST PTKTDATA IMSCON1", .size = 22 };
static const struct saf_command_answer command_answer_sample = { .return_code = 4, .output = "ICH13003I IMSCON1 NOT FOUND\n", .size = 28 };
static const struct saf_explain explain_sample = {
    .userid = "IMSUSR1", .application = "IMSCON1", .group = "SYS1", .credential = "AEPRRZ3S"
};
static const struct saf_generate generate_sample = { .userid = "IMSUSR1", .application = "IMSCON1" };
static const struct saf_evaluate evaluate_sample = { .userid = "IMSUSR1", .application = "IMSCON1", .ticket = "AEPRRZ3S" };
static const struct saf_ticket_answer generated_sample = { .ticket = "AEPRRZ3S" };
static const struct saf_ticket_answer evaluated_sample = {
    .result = { .saf = SAF_REFUSED,
                .racf = SAF_TICKET_FAILED,
                .reason = SAF_TICKET_NOT_VALID,
                .explanation = SAF_EXPLAIN_TICKET_REPLAYED,
                .ticket_offset_s = -17 },
};
static const struct saf_authorize authorize_sample = {
    .uid = 1000, .access = 4, .class_name = "OPERCMDS", .resource = "IMS.CSLPLEX1.UPD.IMSCON"
};
static const struct saf_authorize_answer authorize_answer_sample = { .saf = SAF_OK, .userid = "IBMUSER" };

/* One row per message: how the sample is encoded, and whether a body decodes to something that encodes to the same bytes. */

static void
encode_verify(struct wire_writer *writer)
{
    saf_verify_encode(writer, 7, &verify_sample);
}

static bool
again_verify(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_verify verify;
    if (!saf_verify_decode(&body, &verify))
        return false;
    saf_verify_encode(writer, 7, &verify);
    return true;
}

static void
encode_verify_answer(struct wire_writer *writer)
{
    saf_verify_answer_encode(writer, 7, &verify_answer_sample);
}

static bool
again_verify_answer(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_verify_answer answer;
    if (!saf_verify_answer_decode(&body, &answer)) {
        CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
        return false;
    }
    saf_verify_answer_encode(writer, 7, &answer);
    return true;
}

static void
encode_command(struct wire_writer *writer)
{
    saf_command_encode(writer, 7, &command_sample);
}

static bool
again_command(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_command command;
    if (!saf_command_decode(&body, &command))
        return false;
    saf_command_encode(writer, 7, &command);
    return true;
}

static void
encode_command_answer(struct wire_writer *writer)
{
    saf_command_answer_encode(writer, 7, &command_answer_sample);
}

static bool
again_command_answer(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_command_answer answer;
    if (!saf_command_answer_decode(&body, &answer))
        return false;
    saf_command_answer_encode(writer, 7, &answer);
    return true;
}

static void
encode_explain(struct wire_writer *writer)
{
    saf_explain_encode(writer, 7, &explain_sample);
}

static bool
again_explain(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_explain explain;
    if (!saf_explain_decode(&body, &explain))
        return false;
    saf_explain_encode(writer, 7, &explain);
    return true;
}

static void
encode_explain_answer(struct wire_writer *writer)
{
    saf_explain_answer_encode(writer, 7, &command_answer_sample);
}

static bool
again_explain_answer(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_command_answer answer;
    if (!saf_command_answer_decode(&body, &answer))
        return false;
    saf_explain_answer_encode(writer, 7, &answer);
    return true;
}

static void
encode_generate(struct wire_writer *writer)
{
    saf_generate_encode(writer, 7, &generate_sample);
}

static bool
again_generate(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_generate generate;
    if (!saf_generate_decode(&body, &generate))
        return false;
    saf_generate_encode(writer, 7, &generate);
    return true;
}

static void
encode_evaluate(struct wire_writer *writer)
{
    saf_evaluate_encode(writer, 7, &evaluate_sample);
}

static bool
again_evaluate(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_evaluate evaluate;
    if (!saf_evaluate_decode(&body, &evaluate))
        return false;
    saf_evaluate_encode(writer, 7, &evaluate);
    return true;
}

static void
encode_generated(struct wire_writer *writer)
{
    saf_ticket_answer_encode(writer, 7, SAF_MESSAGE_GENERATE, &generated_sample);
}

static bool
again_generated(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_ticket_answer answer;
    if (!saf_ticket_answer_decode(&body, SAF_MESSAGE_GENERATE, &answer)) {
        CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
        return false;
    }
    saf_ticket_answer_encode(writer, 7, SAF_MESSAGE_GENERATE, &answer);
    return true;
}

static void
encode_evaluated(struct wire_writer *writer)
{
    saf_ticket_answer_encode(writer, 7, SAF_MESSAGE_EVALUATE, &evaluated_sample);
}

static bool
again_evaluated(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_ticket_answer answer;
    if (!saf_ticket_answer_decode(&body, SAF_MESSAGE_EVALUATE, &answer)) {
        CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
        return false;
    }
    saf_ticket_answer_encode(writer, 7, SAF_MESSAGE_EVALUATE, &answer);
    return true;
}

static void
encode_authorize(struct wire_writer *writer)
{
    saf_authorize_encode(writer, 7, &authorize_sample);
}

static bool
again_authorize(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_authorize authorize;
    if (!saf_authorize_decode(&body, &authorize))
        return false;
    saf_authorize_encode(writer, 7, &authorize);
    return true;
}

static void
encode_access(struct wire_writer *writer)
{
    saf_access_encode(writer, 7, &(struct saf_access) { "IMSUSR1", "FACILITY", "PASSGATE.RDB.SAMPLE" });
}

static bool
again_access(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_access access;
    if (!saf_access_decode(&body, &access))
        return false;
    saf_access_encode(writer, 7, &access);
    return true;
}

static void
encode_access_answer(struct wire_writer *writer)
{
    saf_access_answer_encode(writer, 7, &(struct saf_access_answer) { .saf = SAF_OK, .access = 4 });
}

static bool
again_access_answer(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_access_answer answer;
    if (!saf_access_answer_decode(&body, &answer)) {
        CU_ASSERT(answer.saf == SAF_REFUSED && answer.access == 0);
        return false;
    }
    saf_access_answer_encode(writer, 7, &answer);
    return true;
}

static void
encode_authorize_answer(struct wire_writer *writer)
{
    saf_authorize_answer_encode(writer, 7, &authorize_answer_sample);
}

static bool
again_authorize_answer(struct wire_reader body, struct wire_writer *writer)
{
    struct saf_authorize_answer answer;
    if (!saf_authorize_answer_decode(&body, &answer)) {
        CU_ASSERT_EQUAL(answer.saf, SAF_REFUSED);
        return false;
    }
    saf_authorize_answer_encode(writer, 7, &answer);
    return true;
}

static const struct row {
    uint8_t type;
    void (*encode)(struct wire_writer *writer);
    bool (*again)(struct wire_reader body, struct wire_writer *writer);
} rows[] = {
    { SAF_MESSAGE_VERIFY, encode_verify, again_verify },
    { SAF_MESSAGE_VERIFY | SAF_MESSAGE_ANSWER, encode_verify_answer, again_verify_answer },
    { SAF_MESSAGE_COMMAND, encode_command, again_command },
    { SAF_MESSAGE_COMMAND | SAF_MESSAGE_ANSWER, encode_command_answer, again_command_answer },
    { SAF_MESSAGE_EXPLAIN, encode_explain, again_explain },
    { SAF_MESSAGE_EXPLAIN | SAF_MESSAGE_ANSWER, encode_explain_answer, again_explain_answer },
    { SAF_MESSAGE_GENERATE, encode_generate, again_generate },
    { SAF_MESSAGE_GENERATE | SAF_MESSAGE_ANSWER, encode_generated, again_generated },
    { SAF_MESSAGE_EVALUATE, encode_evaluate, again_evaluate },
    { SAF_MESSAGE_EVALUATE | SAF_MESSAGE_ANSWER, encode_evaluated, again_evaluated },
    { SAF_MESSAGE_AUTHORIZE, encode_authorize, again_authorize },
    { SAF_MESSAGE_AUTHORIZE | SAF_MESSAGE_ANSWER, encode_authorize_answer, again_authorize_answer },
    { SAF_MESSAGE_ACCESS, encode_access, again_access },
    { SAF_MESSAGE_ACCESS | SAF_MESSAGE_ANSWER, encode_access_answer, again_access_answer },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static size_t
encode_row(const struct row *row, uint8_t bytes[ROOM])
{
    struct wire_writer writer = wire_writer(bytes, ROOM);
    row->encode(&writer);
    CU_ASSERT_FALSE_FATAL(writer.failed);
    return writer.used;
}

/* A heap copy of exactly that size, so that AddressSanitizer sees one byte too far. */
static uint8_t *
exact_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* True when the body decodes; what it decodes to must then encode to the very same bytes. */
static bool
decodes_faithfully(const struct row *row, const uint8_t *body, size_t size)
{
    uint8_t bytes[ROOM];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    uint8_t *copy = exact_copy(body, size);
    bool decoded = row->again(wire_reader(copy, size), &writer);
    if (decoded) {
        CU_ASSERT_FALSE(writer.failed);
        CU_ASSERT_EQUAL(writer.used, size + SAF_FRAME_HEADER_SIZE);
        CU_ASSERT_EQUAL(memcmp(bytes + SAF_FRAME_HEADER_SIZE, copy, size), 0);
    }
    free(copy);
    return decoded;
}

static void
every_message_comes_back(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t bytes[ROOM];
        size_t used = encode_row(&rows[i], bytes);
        struct saf_frame frame;
        size_t size;
        CU_ASSERT_EQUAL(saf_frame_next(bytes, used, &frame, &size), 1);
        CU_ASSERT_EQUAL(size, used);
        CU_ASSERT_EQUAL(frame.id, 7);
        CU_ASSERT_EQUAL(frame.type, rows[i].type);
        CU_ASSERT_TRUE(decodes_faithfully(&rows[i], frame.body.at, frame.body.left));
    }
}

static void
fields_keep_their_values(void)
{
    uint8_t bytes[ROOM];
    struct saf_frame frame;
    size_t size;
    struct saf_verify verify;
    CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, encode_row(&rows[0], bytes), &frame, &size), 1);
    CU_ASSERT_TRUE(saf_verify_decode(&frame.body, &verify));
    CU_ASSERT_STRING_EQUAL(verify.userid, verify_sample.userid);
    CU_ASSERT_STRING_EQUAL(verify.credential, verify_sample.credential);
    CU_ASSERT_STRING_EQUAL(verify.application, verify_sample.application);
    CU_ASSERT_STRING_EQUAL(verify.other_application, verify_sample.other_application);
    CU_ASSERT_STRING_EQUAL(verify.group, verify_sample.group);
    CU_ASSERT_STRING_EQUAL(verify.address, verify_sample.address);
    CU_ASSERT_EQUAL(verify.port, verify_sample.port);
    CU_ASSERT_EQUAL(verify.connection, verify_sample.connection);
    CU_ASSERT_EQUAL(verify.mixed_case, 'R');
    CU_ASSERT_EQUAL(verify.evidence, SAF_EVIDENCE_CREDENTIAL);
    struct saf_verify_answer answer;
    CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, encode_row(&rows[1], bytes), &frame, &size), 1);
    CU_ASSERT_TRUE(saf_verify_answer_decode(&frame.body, &answer));
    CU_ASSERT_EQUAL(answer.result.reason, 0x1234);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_OUT_OF_WINDOW);
    CU_ASSERT_EQUAL(answer.result.ticket_offset_s, -601);
    CU_ASSERT_TRUE(answer.result.retryable);
    CU_ASSERT_TRUE(answer.by_ticket);
}

/* A credential that nobody would evaluate is a mistake of the asker's. */
static void
other_evidence_excludes_a_credential(void)
{
    for (uint8_t evidence = 0; evidence <= SAF_EVIDENCE_COUNT; evidence++)
        for (int with_credential = 0; with_credential < 2; with_credential++) {
            uint8_t bytes[ROOM];
            struct wire_writer writer = wire_writer(bytes, sizeof bytes);
            struct saf_verify verify = verify_sample;
            struct saf_frame frame;
            size_t size;
            verify.evidence = evidence;
            if (with_credential == 0)
                verify.credential[0] = '\0';
            saf_verify_encode(&writer, 7, &verify);
            CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, writer.used, &frame, &size), 1);
            bool good = evidence == SAF_EVIDENCE_CREDENTIAL || (evidence < SAF_EVIDENCE_COUNT && with_credential == 0);
            CU_ASSERT_EQUAL(saf_verify_decode(&frame.body, &verify), good);
        }
}

static void
a_frame_is_taken_only_when_whole(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t bytes[ROOM];
        size_t used = encode_row(&rows[i], bytes);
        for (size_t n = 0; n < used; n++) {
            uint8_t *copy = exact_copy(bytes, n);
            struct saf_frame frame;
            size_t size;
            CU_ASSERT_EQUAL(saf_frame_next(copy, n, &frame, &size), 0);
            CU_ASSERT_EQUAL(size, 0);
            free(copy);
        }
    }
}

static void
every_truncated_or_lengthened_body_is_refused(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t bytes[ROOM] = { 0 };
        size_t body = encode_row(&rows[i], bytes) - SAF_FRAME_HEADER_SIZE;
        for (size_t n = 0; n < body; n++)
            CU_ASSERT_FALSE(decodes_faithfully(&rows[i], bytes + SAF_FRAME_HEADER_SIZE, n));
        CU_ASSERT_FALSE(decodes_faithfully(&rows[i], bytes + SAF_FRAME_HEADER_SIZE, body + 1));
    }
}

static void
every_changed_bit_is_refused_or_taken_as_it_is(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t bytes[ROOM];
        size_t used = encode_row(&rows[i], bytes);
        for (size_t bit = 0; bit < used * 8; bit++) {
            uint8_t *copy = exact_copy(bytes, used);
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
            struct saf_frame frame;
            size_t size;
            /* A longer length waits for bytes or is refused; a shorter one cuts the body, which its decoder sees. */
            if (saf_frame_next(copy, used, &frame, &size) == 1 && size == used)
                decodes_faithfully(&rows[i], frame.body.at, frame.body.left);
            else if (bit / 8 >= 4)
                CU_FAIL("a bit behind the length changed where the frame ends");
            free(copy);
        }
    }
}

static void
put_length(uint8_t bytes[4], uint32_t length)
{
    struct wire_writer writer = wire_writer(bytes, 4);
    wire_put_u32(&writer, length);
}

static void
impossible_lengths_are_refused_at_once(void)
{
    static const struct {
        uint32_t length;
        int taken;
    } cases[] = {
        { 0, -1 }, { 4, -1 }, { 5, 0 }, { SAF_FRAME_MAX - 4, 0 }, { SAF_FRAME_MAX - 3, -1 }, { 0x80000000, -1 }, { UINT32_MAX, -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[4];
        struct saf_frame frame;
        size_t size;
        put_length(bytes, cases[i].length);
        CU_ASSERT_EQUAL(saf_frame_next(bytes, sizeof bytes, &frame, &size), cases[i].taken);
    }
}

static void
the_longest_fields_fit(void)
{
    static struct saf_verify longest = { .mixed_case = 'N', .port = UINT16_MAX, .connection = UINT64_MAX };
    memset(longest.userid, 'U', SAF_USERID_MAX);
    memset(longest.credential, 0xff, SAF_CREDENTIAL_MAX);
    memset(longest.application, 'A', SAF_NAME_MAX);
    memset(longest.group, 'G', SAF_NAME_MAX);
    memset(longest.address, 'f', sizeof longest.address - 1);
    uint8_t bytes[ROOM];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    saf_verify_encode(&writer, 1, &longest);
    struct saf_frame frame;
    size_t size;
    struct saf_verify verify;
    CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, writer.used, &frame, &size), 1);
    CU_ASSERT_TRUE(saf_verify_decode(&frame.body, &verify));
    CU_ASSERT_EQUAL(memcmp(&verify, &longest, sizeof verify), 0);
}

static void
too_much_fails_the_writer(void)
{
    char *text = calloc(1, SAF_FRAME_MAX);
    uint8_t *room = malloc(2 * SAF_FRAME_MAX);
    CU_ASSERT_FATAL(text != NULL && room != NULL);
    memset(text, 'x', SAF_FRAME_MAX);
    for (size_t over = 0; over < 2; over++) {
        struct wire_writer writer = wire_writer(room, 2 * SAF_FRAME_MAX);
        saf_command_encode(&writer, 1, &(struct saf_command) { .text = text, .size = SAF_COMMAND_MAX + over });
        CU_ASSERT_EQUAL(writer.failed, over == 1);
        writer = wire_writer(room, 2 * SAF_FRAME_MAX);
        saf_command_answer_encode(&writer, 1, &(struct saf_command_answer) { .output = text, .size = SAF_OUTPUT_MAX + over });
        CU_ASSERT_EQUAL(writer.failed, over == 1);
        CU_ASSERT(over == 1 || writer.used == SAF_FRAME_MAX);
    }
    for (size_t i = 0; i < ROWS; i++) {
        size_t used = encode_row(&rows[i], room);
        for (size_t n = 0; n < used; n++) {
            struct wire_writer writer = wire_writer(room, n);
            rows[i].encode(&writer);
            CU_ASSERT_TRUE(writer.failed);
        }
    }
    free(room);
    free(text);
}

static void
values_without_a_meaning_are_refused(void)
{
    uint8_t bytes[ROOM];
    struct saf_frame frame;
    size_t size;
    for (unsigned value = 0; value < 256; value++) {
        struct saf_verify verify = verify_sample;
        verify.mixed_case = (uint8_t)value;
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        saf_verify_encode(&writer, 1, &verify);
        CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, writer.used, &frame, &size), 1);
        CU_ASSERT_EQUAL(saf_verify_decode(&frame.body, &verify), value == 'R' || value == 'Y' || value == 'N');

        struct saf_authorize authorize = authorize_sample;
        authorize.access = (uint8_t)value;
        writer = wire_writer(bytes, sizeof bytes);
        saf_authorize_encode(&writer, 1, &authorize);
        CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, writer.used, &frame, &size), 1);
        CU_ASSERT_EQUAL(saf_authorize_decode(&frame.body, &authorize), value == 2 || value == 4 || value == 8 || value == 128);
    }
}

static void
a_ticket_comes_only_with_success(void)
{
    static const struct {
        struct saf_ticket_answer answer;
        enum saf_message_type type;
        bool decodes;
    } cases[] = {
        { { .ticket = "AEPRRZ3S" }, SAF_MESSAGE_GENERATE, true },
        { { .ticket = "AEPRRZ3" }, SAF_MESSAGE_GENERATE, false },
        { { .ticket = "" }, SAF_MESSAGE_GENERATE, false },
        { { .result = { .saf = SAF_REFUSED }, .ticket = "AEPRRZ3S" }, SAF_MESSAGE_GENERATE, false },
        { { .result = { .saf = SAF_NO_DECISION }, .ticket = "" }, SAF_MESSAGE_GENERATE, true },
        { { .result = { .saf = 1 }, .ticket = "AEPRRZ3S" }, SAF_MESSAGE_GENERATE, false },
        { { .ticket = "AEPRRZ3S" }, SAF_MESSAGE_EVALUATE, false },
        { { .ticket = "" }, SAF_MESSAGE_EVALUATE, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[ROOM];
        struct saf_frame frame;
        size_t size;
        struct saf_ticket_answer answer;
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        saf_ticket_answer_encode(&writer, 1, cases[i].type, &cases[i].answer);
        CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, writer.used, &frame, &size), 1);
        CU_ASSERT_EQUAL(saf_ticket_answer_decode(&frame.body, cases[i].type, &answer), cases[i].decodes);
        CU_ASSERT(cases[i].decodes || (answer.result.saf == SAF_REFUSED && answer.ticket[0] == '\0'));
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "every message comes back", every_message_comes_back },
        { "fields keep their values", fields_keep_their_values },
        { "other evidence excludes a credential", other_evidence_excludes_a_credential },
        { "a frame is taken only when whole", a_frame_is_taken_only_when_whole },
        { "every truncated or lengthened body is refused", every_truncated_or_lengthened_body_is_refused },
        { "every changed bit is refused or taken as it is", every_changed_bit_is_refused_or_taken_as_it_is },
        { "impossible lengths are refused at once", impossible_lengths_are_refused_at_once },
        { "the longest fields fit", the_longest_fields_fit },
        { "too much fails the writer", too_much_fails_the_writer },
        { "values without a meaning are refused", values_without_a_meaning_are_refused },
        { "a ticket comes only with success", a_ticket_comes_only_with_success },
    };
    return SUITE_RUN("saf message", cases);
}
