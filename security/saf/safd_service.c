#include "security/saf/safd_service.h"

#include "common/log.h"
#include "common/secret.h"
#include "security/saf/explain_service.h"
#include "security/saf/safd_caller.h"
#include "security/saf/safd_report.h"

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

static bool
serve_verify(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame)
{
    if (service->decision_count == SAFD_BATCH_MAX)
        safd_service_commit(service);
    struct safd_decision *decision = &service->decisions[service->decision_count];
    *decision = (struct safd_decision) { .link = link, .id = frame->id };
    struct wire_reader body = frame->body;
    bool decoded = saf_verify_decode(&body, &decision->verify);
    if (decoded && link->gateway) {
        struct racroute_decision decided;
        racroute_verify(&service->racroute, &decision->verify, &decided);
        decision->answer = decided.answer;
        decision->facts = decided.facts;
        service->decision_count++;
    } else if (decoded) {
        warn_not_a_gateway(link, "VERIFY");
        decision->answer.result =
            (struct saf_result) { .saf = SAF_NO_DECISION, .racf = RACF_VERIFY_NOT_ACTIVE, .explanation = SAF_EXPLAIN_SERVER_UNAVAILABLE };
        saf_verify_answer_encode(&link->output, frame->id, &decision->answer);
    }
    secret_wipe(decision->verify.credential, sizeof decision->verify.credential);
    return decoded;
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
    /* Logins that came before the command are decided by what was in force before it, and told so. */
    safd_service_commit(service);
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
    safd_service_commit(service);
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

bool
safd_service_serve(void *context, struct safd_link *link, const struct saf_frame *frame)
{
    static const struct {
        uint8_t type;
        bool (*serve)(struct safd_service *service, struct safd_link *link, const struct saf_frame *frame);
    } requests[] = {
        { SAF_MESSAGE_VERIFY, serve_verify },
        { SAF_MESSAGE_COMMAND, serve_command },
        { SAF_MESSAGE_AUTHORIZE, serve_authorize },
        { SAF_MESSAGE_EXPLAIN, serve_explain },
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        if (requests[i].type == frame->type)
            return requests[i].serve(context, link, frame);
    return false;
}

/* One message when something begins to fail, one when it works again. */
static void
note_health(bool *failing, bool works, const char *failure_id, const char *failure, const char *recovery_id, const char *recovery)
{
    if (works == !*failing)
        return;
    *failing = !works;
    log_message(works ? recovery_id : failure_id, "%s", works ? recovery : failure);
}

static void
commit_claims(struct safd_service *service)
{
    bool claimed = false;
    for (size_t i = 0; i < service->decision_count; i++)
        claimed = claimed || service->decisions[i].facts.claimed;
    bool durable = replay_store_commit(service->racroute.replay);
    if (claimed)
        note_health(&service->claims_failing, durable, "SAFD0020E",
                    "PASSTICKETS ARE REFUSED: their single use cannot be recorded; see [racf] replay, its disk space and permissions",
                    "SAFD0021I", "THE REPLAY STORE WORKS AGAIN");
    for (size_t i = 0; !durable && i < service->decision_count; i++)
        if (service->decisions[i].facts.claimed)
            racroute_claim_lost(&service->decisions[i].answer);
}

static void
write_audit(struct safd_service *service)
{
    int64_t now_us = clock_utc_us(service->racroute.clock);
    for (size_t i = 0; i < service->decision_count; i++) {
        const struct safd_decision *decision = &service->decisions[i];
        audit_verify(service->audit, now_us, &decision->verify, &decision->answer, &decision->facts);
    }
    bool written = audit_flush(service->audit);
    note_health(&service->audit_failing, written, "SAFD0022E",
                "LOGINS ARE REFUSED: their audit records cannot be written; see [racf] audit, its disk space and permissions", "SAFD0023I",
                "THE AUDIT FILE IS WRITTEN AGAIN");
    for (size_t i = 0; !written && i < service->decision_count; i++) {
        struct saf_result *result = &service->decisions[i].answer.result;
        if (result->saf == SAF_OK)
            *result = (struct saf_result) { .saf = SAF_REFUSED, .racf = RACF_VERIFY_NOT_ACTIVE, .explanation = SAF_EXPLAIN_AUDIT };
    }
}

void
safd_service_commit(struct safd_service *service)
{
    if (service->decision_count == 0)
        return;
    commit_claims(service);
    write_audit(service);
    for (size_t i = 0; i < service->decision_count; i++) {
        const struct safd_decision *decision = &service->decisions[i];
        if (decision->answer.result.saf != SAF_OK)
            safd_report_refusal(service->racroute.racf, &decision->verify, &decision->answer, &decision->facts);
        saf_verify_answer_encode(&decision->link->output, decision->id, &decision->answer);
    }
    service->decision_count = 0;
}
