#include "security/saf/safd_service.h"

#include "common/log.h"
#include "common/secret.h"
#include "security/saf/explain_service.h"
#include "security/saf/safd_caller.h"

enum { RETURN_CODE_WARNING = 4, RETURN_CODE_ERROR = 8, RETURN_CODE_REFUSED = 12 };

static const char cut_line[] = "SAFD0031W THE OUTPUT WAS CUT: ask for less, one profile or a mask\n";
static const char unrecorded_line[] = "SAFD0032E THE COMMAND RAN BUT ITS AUDIT RECORD COULD NOT BE WRITTEN: see safd's log\n";

static void
warn_not_a_gateway(struct safd_link *link, const char *request)
{
    if (link->warned)
        return;
    link->warned = true;
    log_message("SAFD0010W",
                "%s REFUSED, UID=%u PID=%d: only safd's own user and [saf] gateway_user may ask for it; set gateway_user if this is "
                "a gateway",
                request, link->peer.uid, link->peer.pid);
}

static void
answer_no_decision(struct safd_link *link, uint32_t id)
{
    const struct saf_verify_answer answer = {
        .result = { .saf = SAF_NO_DECISION, .racf = RACF_VERIFY_NOT_ACTIVE, .explanation = SAF_EXPLAIN_SERVER_UNAVAILABLE },
    };
    saf_verify_answer_encode(&link->output, id, &answer);
}

static bool
serve_verify(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    if (link->gateway)
        return safd_logins_begin(service->logins, link, frame);
    struct saf_verify verify;
    struct wire_reader body = frame->body;
    bool decoded = saf_verify_decode(&body, &verify);
    secret_wipe(verify.credential, sizeof verify.credential);
    if (!decoded)
        return false;
    warn_not_a_gateway(link, "VERIFY");
    answer_no_decision(link, frame->id);
    return true;
}

/* Ends the output at a line end when it did not fit. */
static void
finish_output(struct wire_writer *output, uint8_t *return_code)
{
    if (!output->failed)
        return;
    while (output->used > 0 && output->start[output->used - 1] != '\n')
        output->used--;
    output->failed = false;
    output->size = SAF_OUTPUT_MAX;
    wire_put_bytes(output, cut_line, sizeof cut_line - 1);
    if (*return_code < RETURN_CODE_WARNING)
        *return_code = RETURN_CODE_WARNING;
}

static void
record_command(struct safd_service *service, uid_t uid, const struct racf_issuer *issuer, struct wire_writer *output, uint8_t *return_code)
{
    audit_command(service->audit, clock_utc_us(service->racroute.clock), issuer->userid, uid, service->command, *return_code);
    if (audit_flush(service->audit))
        return;
    output->size = sizeof service->output;
    wire_put_bytes(output, unrecorded_line, sizeof unrecorded_line - 1);
    *return_code = *return_code < RETURN_CODE_ERROR ? RETURN_CODE_ERROR : *return_code;
}

static bool
serve_command(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_command command;
    struct wire_reader body = frame->body;
    if (!saf_command_decode(&body, &command))
        return false;
    /* Logins that were decided before the command are told so before it is answered; those that still wait for a comparison or a
     * claim will be decided by what is in force after it. */
    safd_logins_commit(service->logins);
    memcpy(service->command, command.text, command.size);
    service->command[command.size] = '\0';
    struct wire_writer output = wire_writer(service->output, sizeof service->output - sizeof cut_line - sizeof unrecorded_line);
    struct racf_issuer issuer;
    uint8_t return_code = RETURN_CODE_REFUSED;
    if (safd_caller_identify(service->racroute.racf, service->owner, link->peer.uid, &issuer))
        return_code = racf_command(service->racroute.racf, &issuer, service->command, command.size, &output);
    else
        safd_caller_refuse(service->owner, link->peer.uid, &issuer, &output);
    finish_output(&output, &return_code);
    record_command(service, link->peer.uid, &issuer, &output, &return_code);
    secret_wipe(service->command, command.size);
    struct saf_command_answer answer = { .return_code = return_code, .output = (const char *)service->output, .size = output.used };
    saf_command_answer_encode(&link->output, frame->id, &answer);
    return true;
}

static bool
serve_explain(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_explain explain;
    struct racf_issuer issuer;
    struct wire_reader body = frame->body;
    if (!saf_explain_decode(&body, &explain))
        return false;
    safd_logins_commit(service->logins);
    struct wire_writer output = wire_writer(service->output, sizeof service->output);
    bool known = safd_caller_identify(service->racroute.racf, service->owner, link->peer.uid, &issuer);
    struct saf_command_answer answer = { .output = (const char *)service->output };
    answer.return_code = explain_service(&service->racroute, service->audit, known ? &issuer : NULL, link->peer.uid, &explain, &output);
    answer.size = output.used;
    secret_wipe(explain.credential, sizeof explain.credential);
    saf_explain_answer_encode(&link->output, frame->id, &answer);
    return true;
}

static bool
serve_authorize(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_authorize authorize;
    struct saf_authorize_answer answer = { .saf = SAF_REFUSED };
    struct racf_issuer identity;
    struct wire_reader body = frame->body;
    if (!saf_authorize_decode(&body, &authorize))
        return false;
    if (!link->gateway) {
        warn_not_a_gateway(link, "AUTHORIZE");
    } else {
        if (safd_caller_may(service->racroute.racf, service->owner, authorize.uid, authorize.class_name, authorize.resource,
                            (enum racf_access)authorize.access, &identity))
            answer.saf = SAF_OK;
        memcpy(answer.userid, identity.userid, sizeof answer.userid);
    }
    saf_authorize_answer_encode(&link->output, frame->id, &answer);
    return true;
}

static bool
serve_generate(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    return safd_tickets_generate(service->tickets, link, frame);
}

static bool
serve_evaluate(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    return safd_tickets_evaluate(service->tickets, link, frame);
}

bool
safd_service_serve(void *context, struct safd_link *link, const struct saf_frame *frame)
{
    static const struct {
        uint8_t type;
        bool (*serve)(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame);
    } requests[] = {
        { SAF_MESSAGE_VERIFY, serve_verify },   { SAF_MESSAGE_COMMAND, serve_command },   { SAF_MESSAGE_AUTHORIZE, serve_authorize },
        { SAF_MESSAGE_EXPLAIN, serve_explain }, { SAF_MESSAGE_GENERATE, serve_generate }, { SAF_MESSAGE_EVALUATE, serve_evaluate },
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        if (requests[i].type == frame->type)
            return requests[i].serve(context, link, frame);
    return false;
}

void
safd_service_forget(void *context, const struct safd_link *link)
{
    struct safd_service *service = context;
    safd_logins_forget_link(service->logins, link);
    safd_tickets_forget_link(service->tickets, link);
}
