#include "security/saf/safd_explain.h"

#include <stddef.h>
#include <stdlib.h>

#include "common/secret.h"
#include "security/saf/explain_service.h"
#include "security/saf/safd_caller.h"

/* One that waits for what the claimer says of its ticket. */
struct safd_explain {
    struct safd_explains *explains;
    bool waiting;
    struct safd_link *link; /* NULL: closed meanwhile */
    uint32_t id;
    uid_t uid; /* who asks */
    struct saf_explain question;
    struct replay_claim claim;
    struct replay_request request;
};

struct safd_explains {
    struct safd_explain_parts parts;
    struct safd_explain entries[SAFD_EXPLAINS_MAX];
    uint8_t output[SAF_OUTPUT_MAX];
};

struct safd_explains *
safd_explains_new(const struct safd_explain_parts *parts)
{
    struct safd_explains *explains = calloc(1, sizeof *explains);
    if (explains != NULL)
        explains->parts = *parts;
    return explains;
}

void
safd_explains_free(struct safd_explains *explains)
{
    if (explains == NULL)
        return;
    secret_wipe(explains->entries, sizeof explains->entries);
    free(explains);
}

/* Answers, with what is known of the use of its ticket, and wipes it. */
static void
answer(struct safd_explain *explain, const struct explain_use *use)
{
    struct safd_explains *explains = explain->explains;
    const struct safd_explain_parts *parts = &explains->parts;
    struct racf_issuer issuer;
    struct wire_writer output = wire_writer(explains->output, sizeof explains->output);
    bool known = safd_caller_identify(parts->racroute->racf, parts->owner, explain->uid, &issuer);
    struct saf_command_answer given = { .output = (const char *)explains->output };
    given.return_code =
        explain_service(parts->racroute, parts->audit, known ? &issuer : NULL, explain->uid, &explain->question, use, &output);
    given.size = output.used;
    if (explain->link != NULL)
        saf_explain_answer_encode(&explain->link->output, explain->id, &given);
    secret_wipe(explain->question.credential, sizeof explain->question.credential);
}

static void
looked_up(struct replay_request *request, enum replay_outcome outcome)
{
    struct safd_explain *explain = (struct safd_explain *)((char *)request - offsetof(struct safd_explain, request));
    const struct explain_use use = { .outcome = outcome, .first_use = request->first_use };
    answer(explain, &use);
    if (explain->link != NULL)
        explain->link->under_way--;
    explain->waiting = false;
}

/* Only for those who may know; others are refused by explain_service. */
static bool
wants_claim(const struct safd_explain *explain, struct replay_claim *claim)
{
    const struct safd_explain_parts *parts = &explain->explains->parts;
    struct racf_issuer issuer;
    return safd_caller_identify(parts->racroute->racf, parts->owner, explain->uid, &issuer) && issuer.special &&
           explain_ticket_wants_claim(parts->racroute, &explain->question, claim);
}

static struct safd_explain *
find_spare(struct safd_explains *explains)
{
    for (size_t i = 0; i < SAFD_EXPLAINS_MAX; i++)
        if (!explains->entries[i].waiting)
            return &explains->entries[i];
    return NULL;
}

bool
safd_explains_begin(struct safd_explains *explains, struct safd_link *link, const struct saf_frame *frame)
{
    struct safd_explain now = { .explains = explains, .link = link, .id = frame->id, .uid = link->peer.uid };
    struct wire_reader body = frame->body;
    if (!saf_explain_decode(&body, &now.question))
        return false;
    struct safd_explain *explain = wants_claim(&now, &now.claim) ? find_spare(explains) : NULL;
    if (explain == NULL) {
        answer(&now, NULL);
        return true;
    }
    *explain = now;
    secret_wipe(now.question.credential, sizeof now.question.credential);
    explain->waiting = true;
    explain->request = (struct replay_request) { .claim = &explain->claim, .claimed = looked_up };
    link->under_way++;
    explains->parts.claimer->look_up(explains->parts.claimer, &explain->request);
    return true;
}

void
safd_explains_forget_link(struct safd_explains *explains, const struct safd_link *link)
{
    for (size_t i = 0; i < SAFD_EXPLAINS_MAX; i++)
        if (explains->entries[i].link == link)
            explains->entries[i].link = NULL;
}
