/* Bytes as safd and its clients get them from a socket: frames one after the other, each decoded by its type. */
#include "security/saf/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode(struct saf_frame *frame)
{
    union {
        struct saf_verify verify;
        struct saf_verify_answer verify_answer;
        struct saf_command command;
        struct saf_command_answer command_answer;
        struct saf_explain explain;
        struct saf_generate generate;
        struct saf_evaluate evaluate;
        struct saf_ticket_answer ticket_answer;
        struct saf_authorize authorize;
        struct saf_authorize_answer authorize_answer;
        struct saf_access access;
        struct saf_access_answer access_answer;
    } message;
    bool decoded = false;
    switch (frame->type) {
    case SAF_MESSAGE_VERIFY:
        decoded = saf_verify_decode(&frame->body, &message.verify);
        break;
    case SAF_MESSAGE_VERIFY | SAF_MESSAGE_ANSWER:
        decoded = saf_verify_answer_decode(&frame->body, &message.verify_answer);
        break;
    case SAF_MESSAGE_COMMAND:
        decoded = saf_command_decode(&frame->body, &message.command);
        break;
    case SAF_MESSAGE_COMMAND | SAF_MESSAGE_ANSWER:
        decoded = saf_command_answer_decode(&frame->body, &message.command_answer);
        break;
    case SAF_MESSAGE_EXPLAIN:
        decoded = saf_explain_decode(&frame->body, &message.explain);
        break;
    case SAF_MESSAGE_GENERATE:
        decoded = saf_generate_decode(&frame->body, &message.generate);
        break;
    case SAF_MESSAGE_EVALUATE:
        decoded = saf_evaluate_decode(&frame->body, &message.evaluate);
        break;
    case SAF_MESSAGE_GENERATE | SAF_MESSAGE_ANSWER:
        decoded = saf_ticket_answer_decode(&frame->body, SAF_MESSAGE_GENERATE, &message.ticket_answer);
        break;
    case SAF_MESSAGE_EVALUATE | SAF_MESSAGE_ANSWER:
        decoded = saf_ticket_answer_decode(&frame->body, SAF_MESSAGE_EVALUATE, &message.ticket_answer);
        break;
    case SAF_MESSAGE_AUTHORIZE:
        decoded = saf_authorize_decode(&frame->body, &message.authorize);
        break;
    case SAF_MESSAGE_AUTHORIZE | SAF_MESSAGE_ANSWER:
        decoded = saf_authorize_answer_decode(&frame->body, &message.authorize_answer);
        break;
    case SAF_MESSAGE_ACCESS:
        decoded = saf_access_decode(&frame->body, &message.access);
        break;
    case SAF_MESSAGE_ACCESS | SAF_MESSAGE_ANSWER:
        decoded = saf_access_answer_decode(&frame->body, &message.access_answer);
        break;
    default:
        break;
    }
    (void)decoded;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct saf_frame frame;
    size_t taken;
    while (saf_frame_next(data, size, &frame, &taken) == 1) {
        decode(&frame);
        data += taken;
        size -= taken;
    }
    return 0;
}
