#include "security/saf/safd_tickets.h"

#include <stddef.h>
#include <stdlib.h>

#include "common/secret.h"
#include "security/saf/safd_caller.h"
#include "security/saf/ticket_service.h"

enum ticket_state {
    TICKET_SPARE,
    TICKET_CLAIMING, /* the claimer has it */
    TICKET_CLAIMED,  /* granted, but not durable before the batch is committed */
    TICKET_SETTLED,  /* to be recorded and answered */
};

struct safd_ticket {
    enum ticket_state state;
    struct safd_tickets *tickets;
    struct safd_link *link; /* NULL: closed meanwhile */
    uint32_t id;
    enum saf_message_type type;
    struct ticket_decision decision;
    struct replay_request request;
};

struct safd_tickets {
    struct replay_claimer claimer; /* what safd_tickets_claimer gives away */
    struct safd_ticket_parts parts;
    size_t under_way;
    struct safd_ticket entries[SAFD_TICKETS_MAX];
};

static void
pass_claim_on(struct replay_claimer *claimer, struct replay_request *request)
{
    struct safd_tickets *tickets = (struct safd_tickets *)((char *)claimer - offsetof(struct safd_tickets, claimer));
    tickets->parts.claimer->claim(tickets->parts.claimer, request);
}

static void
pass_look_up_on(struct replay_claimer *claimer, struct replay_request *request)
{
    struct safd_tickets *tickets = (struct safd_tickets *)((char *)claimer - offsetof(struct safd_tickets, claimer));
    tickets->parts.claimer->look_up(tickets->parts.claimer, request);
}

static bool
commit_batch(struct replay_claimer *claimer)
{
    struct safd_tickets *tickets = (struct safd_tickets *)((char *)claimer - offsetof(struct safd_tickets, claimer));
    bool durable = tickets->parts.claimer->commit(tickets->parts.claimer);
    for (size_t i = 0; i < SAFD_TICKETS_MAX; i++) {
        struct safd_ticket *ticket = &tickets->entries[i];
        if (ticket->state != TICKET_CLAIMED)
            continue;
        if (!durable)
            ticket_service_fail(&ticket->decision, SAF_TICKET_NOT_VALID, SAF_EXPLAIN_REPLAY_STORE);
        ticket->state = TICKET_SETTLED;
    }
    return durable;
}

struct safd_tickets *
safd_tickets_new(const struct safd_ticket_parts *parts)
{
    struct safd_tickets *tickets = calloc(1, sizeof *tickets);
    if (tickets == NULL)
        return NULL;
    tickets->parts = *parts;
    tickets->claimer = (struct replay_claimer) { .claim = pass_claim_on, .look_up = pass_look_up_on, .commit = commit_batch };
    return tickets;
}

void
safd_tickets_free(struct safd_tickets *tickets)
{
    if (tickets == NULL)
        return;
    secret_wipe(tickets->entries, sizeof tickets->entries);
    free(tickets);
}

struct replay_claimer *
safd_tickets_claimer(struct safd_tickets *tickets)
{
    return &tickets->claimer;
}

bool
safd_tickets_under_way(const struct safd_tickets *tickets)
{
    return tickets->under_way > 0;
}

static bool
any_in(const struct safd_tickets *tickets, enum ticket_state state)
{
    for (size_t i = 0; i < SAFD_TICKETS_MAX; i++)
        if (tickets->entries[i].state == state)
            return true;
    return false;
}

static bool
write_audit(struct safd_tickets *tickets)
{
    int64_t now_us = clock_utc_us(tickets->parts.racroute->clock);
    for (size_t i = 0; i < SAFD_TICKETS_MAX; i++) {
        const struct safd_ticket *ticket = &tickets->entries[i];
        if (ticket->state == TICKET_SETTLED)
            audit_ticket(tickets->parts.audit, now_us,
                         ticket->type == SAF_MESSAGE_GENERATE ? AUDIT_TICKET_GENERATED : AUDIT_TICKET_EVALUATED, &ticket->decision);
    }
    return audit_flush(tickets->parts.audit);
}

static void
answer(struct safd_ticket *ticket, bool recorded)
{
    bool generates = ticket->type == SAF_MESSAGE_GENERATE;
    if (!recorded && ticket->decision.answer.result.saf == SAF_OK)
        ticket_service_fail(&ticket->decision, generates ? SAF_TICKET_NOT_GENERATED : SAF_TICKET_NOT_VALID, SAF_EXPLAIN_AUDIT);
    if (ticket->link != NULL) {
        saf_ticket_answer_encode(&ticket->link->output, ticket->id, ticket->type, &ticket->decision.answer);
        ticket->link->under_way--;
    }
    secret_wipe(&ticket->decision.answer, sizeof ticket->decision.answer);
    ticket->state = TICKET_SPARE;
    ticket->tickets->under_way--;
}

static void
tell_settled(struct safd_tickets *tickets)
{
    if (!any_in(tickets, TICKET_SETTLED))
        return;
    bool recorded = write_audit(tickets);
    for (size_t i = 0; i < SAFD_TICKETS_MAX; i++)
        if (tickets->entries[i].state == TICKET_SETTLED)
            answer(&tickets->entries[i], recorded);
}

static struct safd_ticket *
find_spare(struct safd_tickets *tickets)
{
    for (size_t i = 0; i < SAFD_TICKETS_MAX; i++)
        if (tickets->entries[i].state == TICKET_SPARE)
            return &tickets->entries[i];
    return NULL;
}

static void
refuse_busy(struct safd_link *link, const struct saf_frame *frame)
{
    const struct saf_ticket_answer answer = {
        .result = { .saf = SAF_REFUSED,
                    .racf = SAF_TICKET_FAILED,
                    .reason = frame->type == SAF_MESSAGE_GENERATE ? SAF_TICKET_NOT_GENERATED : SAF_TICKET_NOT_VALID,
                    .explanation = SAF_EXPLAIN_BUSY,
                    .retryable = true },
    };
    saf_ticket_answer_encode(&link->output, frame->id, frame->type, &answer);
}

/* An entry for the request, with who asks; NULL when there is none, which has been answered. */
static struct safd_ticket *
begin(struct safd_tickets *tickets, struct safd_link *link, const struct saf_frame *frame)
{
    /* The batch of claims is not committed here: logins that are not told yet may have theirs in it. */
    if (tickets->under_way == SAFD_TICKETS_MAX)
        tell_settled(tickets);
    struct safd_ticket *ticket = find_spare(tickets);
    if (ticket == NULL) {
        refuse_busy(link, frame);
        return NULL;
    }
    *ticket = (struct safd_ticket) { .state = TICKET_SETTLED, .tickets = tickets, .link = link, .id = frame->id, .type = frame->type };
    ticket->decision.now_s = clock_utc_seconds(tickets->parts.racroute->clock);
    ticket->decision.caller_uid = link->peer.uid;
    ticket->decision.caller_known =
        safd_caller_identify(tickets->parts.racroute->racf, tickets->parts.owner, link->peer.uid, &ticket->decision.caller);
    link->under_way++;
    tickets->under_way++;
    return ticket;
}

bool
safd_tickets_generate(struct safd_tickets *tickets, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_generate generate;
    struct wire_reader body = frame->body;
    if (!saf_generate_decode(&body, &generate))
        return false;
    struct safd_ticket *ticket = begin(tickets, link, frame);
    if (ticket != NULL)
        ticket_service_generate(tickets->parts.racroute->racf, tickets->parts.seconds, &generate, &ticket->decision);
    return true;
}

static void
claim_answered(struct replay_request *request, enum replay_outcome outcome)
{
    struct safd_ticket *ticket = (struct safd_ticket *)((char *)request - offsetof(struct safd_ticket, request));
    ticket_service_claimed(&ticket->decision, outcome, &request->first_use);
    ticket->state = outcome == REPLAY_CLAIMED ? TICKET_CLAIMED : TICKET_SETTLED;
}

bool
safd_tickets_evaluate(struct safd_tickets *tickets, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_evaluate evaluate;
    struct wire_reader body = frame->body;
    if (!saf_evaluate_decode(&body, &evaluate))
        return false;
    struct safd_ticket *ticket = begin(tickets, link, frame);
    if (ticket != NULL && ticket_service_evaluate(tickets->parts.racroute->racf, &evaluate, &ticket->decision) == TICKET_WANTS_CLAIM) {
        ticket->state = TICKET_CLAIMING;
        ticket->request = (struct replay_request) { .claim = &ticket->decision.claim, .claimed = claim_answered };
        tickets->parts.claimer->claim(tickets->parts.claimer, &ticket->request);
    }
    secret_wipe(evaluate.ticket, sizeof evaluate.ticket);
    return true;
}

void
safd_tickets_commit(struct safd_tickets *tickets)
{
    if (tickets->under_way == 0)
        return;
    if (any_in(tickets, TICKET_CLAIMED))
        (void)commit_batch(&tickets->claimer);
    tell_settled(tickets);
}

void
safd_tickets_forget_link(struct safd_tickets *tickets, const struct safd_link *link)
{
    for (size_t i = 0; i < SAFD_TICKETS_MAX; i++)
        if (tickets->entries[i].link == link)
            tickets->entries[i].link = NULL;
}
