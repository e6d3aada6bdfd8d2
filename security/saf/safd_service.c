#include "security/saf/safd_service.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/secret.h"
#include "security/saf/safd_caller.h"
#include "security/saf/safd_check.h"

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

static bool
serve_command(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    /* Logins that were decided before the command are told so before it is answered; those that still wait for a comparison or a
     * claim will be decided by what is in force after it. */
    safd_logins_commit(service->logins);
    return safd_commands_serve(service->commands, link, frame);
}

static bool
serve_explain(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    safd_logins_commit(service->logins);
    return safd_explains_begin(service->explains, link, frame);
}

static bool
serve_status(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    struct racf_issuer issuer;
    uint8_t *lines = malloc(SAF_OUTPUT_MAX);
    if (frame->body.left > 0 || lines == NULL) {
        free(lines);
        return false;
    }
    struct wire_writer output = wire_writer(lines, SAF_OUTPUT_MAX);
    struct saf_command_answer answer = { .output = (const char *)lines, .return_code = SAFD_STATUS_REFUSED };
    bool known = safd_caller_identify(service->racroute.racf, service->owner, link->peer.uid, &issuer);
    if (link->gateway || (known && issuer.special)) {
        answer.return_code = 0;
        safd_check_status(service->racroute.racf, &output);
    }
    answer.size = output.used;
    saf_status_answer_encode(&link->output, frame->id, &answer);
    free(lines);
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

/* UPDATE or READ, whichever is more. */
static struct saf_access_answer
find_access(struct racf *racf, const struct saf_access *asked)
{
    static const enum racf_access levels[] = { RACF_ACCESS_UPDATE, RACF_ACCESS_READ };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        switch (racf_authorize(racf, asked->userid, asked->class_name, asked->resource, levels[i])) {
        case RACF_ALLOWED:
            return (struct saf_access_answer) { .saf = SAF_OK, .access = (uint8_t)levels[i] };
        case RACF_NOT_PROTECTED:
            return (struct saf_access_answer) { .saf = SAF_NO_DECISION };
        case RACF_DENIED:
            break;
        }
    }
    return (struct saf_access_answer) { .saf = SAF_REFUSED };
}

static bool
serve_access(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_access asked;
    struct saf_access_answer answer = { .saf = SAF_REFUSED };
    struct wire_reader body = frame->body;
    if (!saf_access_decode(&body, &asked))
        return false;
    if (link->gateway)
        answer = find_access(service->racroute.racf, &asked);
    else
        warn_not_a_gateway(link, "ACCESS");
    saf_access_answer_encode(&link->output, frame->id, &answer);
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
        { SAF_MESSAGE_VERIFY, serve_verify },     { SAF_MESSAGE_COMMAND, serve_command }, { SAF_MESSAGE_AUTHORIZE, serve_authorize },
        { SAF_MESSAGE_ACCESS, serve_access },     { SAF_MESSAGE_EXPLAIN, serve_explain }, { SAF_MESSAGE_GENERATE, serve_generate },
        { SAF_MESSAGE_EVALUATE, serve_evaluate }, { SAF_MESSAGE_STATUS, serve_status },
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
    safd_commands_forget_link(service->commands, link);
    safd_explains_forget_link(service->explains, link);
}
