#include "security/saf/safd_login.h"

#include <event2/event_struct.h>
#include <stddef.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/secret.h"
#include "security/passticket/name.h"
#include "security/saf/safd_report.h"

enum { ENTRIES = SAFD_LOGINS_MAX + SAFD_BATCH_MAX };

struct safd_login {
    TAILQ_ENTRY(safd_login) entry; /* of the one list that it is in: spare, waiting or decided */
    struct safd_logins *logins;
    struct safd_link *link; /* NULL: closed meanwhile */
    uint32_t id;
    struct saf_verify verify; /* without the credential once the decision has begun */
    struct racroute_decision decision;
    struct throttle_key key;
    struct event hold;
    struct worker_job comparison;
    struct replay_request request;
};

TAILQ_HEAD(login_list, safd_login);

struct safd_logins {
    struct safd_login_parts parts;
    struct login_list spare;
    struct login_list waiting;
    struct login_list decided;
    size_t waiting_count;
    size_t decided_count;
    size_t held_count;   /* of the waiting */
    size_t entries_used; /* entries beyond were never touched */
    bool claims_failing;
    bool busy; /* told to the operator */
    struct safd_login entries[ENTRIES];
};

struct safd_logins *
safd_logins_new(const struct safd_login_parts *parts)
{
    struct safd_logins *logins = calloc(1, sizeof *logins);
    if (logins == NULL)
        return NULL;
    logins->parts = *parts;
    TAILQ_INIT(&logins->spare);
    TAILQ_INIT(&logins->waiting);
    TAILQ_INIT(&logins->decided);
    return logins;
}

void
safd_logins_free(struct safd_logins *logins)
{
    if (logins == NULL)
        return;
    struct safd_login *login;
    TAILQ_FOREACH (login, &logins->waiting, entry)
        if (event_initialized(&login->hold))
            event_del(&login->hold);
    secret_wipe(logins->entries, logins->entries_used * sizeof logins->entries[0]);
    free(logins);
}

bool
safd_logins_under_way(const struct safd_logins *logins)
{
    return logins->waiting_count + logins->decided_count > 0;
}

/* There is always one: those who begin a login have checked both lists. */
static struct safd_login *
take_entry(struct safd_logins *logins)
{
    struct safd_login *login = TAILQ_FIRST(&logins->spare);
    if (login != NULL)
        TAILQ_REMOVE(&logins->spare, login, entry);
    else
        login = &logins->entries[logins->entries_used++];
    return login;
}

/* A user known by other means than a credential has guessed nothing. */
static bool
is_throttled(const struct safd_login *login)
{
    return login->verify.evidence == SAF_EVIDENCE_CREDENTIAL;
}

/* Failures count from the moment they are known, so that the next attempt of the same turn finds them; a success counts once nothing can
 * turn it into a refusal any more. */
static void
tell_throttle_of_failure(struct safd_login *login)
{
    struct safd_logins *logins = login->logins;
    if (is_throttled(login) && login->decision.answer.result.saf != SAF_OK && login->decision.facts.wrong_credential)
        throttle_failed(logins->parts.throttle, &login->key, clock_monotonic_ms(logins->parts.racroute->clock));
}

static void
tell_throttle_of_success(struct safd_login *login)
{
    struct safd_logins *logins = login->logins;
    if (is_throttled(login) && login->decision.answer.result.saf == SAF_OK)
        throttle_succeeded(logins->parts.throttle, &login->key, clock_monotonic_ms(logins->parts.racroute->clock));
}

static void
move_to_decided(struct safd_login *login)
{
    struct safd_logins *logins = login->logins;
    tell_throttle_of_failure(login);
    TAILQ_REMOVE(&logins->waiting, login, entry);
    logins->waiting_count--;
    TAILQ_INSERT_TAIL(&logins->decided, login, entry);
    logins->decided_count++;
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
note_rush(struct safd_logins *logins)
{
    note_health(&logins->busy, false, "SAFD0024W",
                "LOGINS ARE REFUSED AS RETRYABLE: more are under way than can be decided in time; if this is no attack, raise "
                "[racf] password_threads",
                "", "");
}

static void
note_end_of_rush(struct safd_logins *logins)
{
    if (logins->busy && logins->waiting_count < SAFD_PASSWORDS_A_THREAD / 2)
        note_health(&logins->busy, true, "", "", "SAFD0025I", "LOGINS ARE DECIDED IN TIME AGAIN");
}

static void
compare_password(struct worker_job *job)
{
    struct safd_login *login = (struct safd_login *)((char *)job - offsetof(struct safd_login, comparison));
    password_check_run(&login->decision.password);
}

static void
password_compared(struct worker_job *job)
{
    struct safd_login *login = (struct safd_login *)((char *)job - offsetof(struct safd_login, comparison));
    racroute_password_checked(login->logins->parts.racroute, &login->decision);
    move_to_decided(login);
}

static void
submit_comparison(struct safd_login *login)
{
    login->comparison = (struct worker_job) { .run = compare_password, .done = password_compared };
    if (workers_submit(login->logins->parts.workers, &login->comparison))
        return;
    racroute_give_up(&login->decision, SAF_EXPLAIN_BUSY);
    move_to_decided(login);
    note_rush(login->logins);
}

static void
claim_answered(struct replay_request *request, enum replay_outcome outcome)
{
    struct safd_login *login = (struct safd_login *)((char *)request - offsetof(struct safd_login, request));
    racroute_claimed(login->logins->parts.racroute, &login->decision, outcome, &request->first_use);
    move_to_decided(login);
}

static void
submit_claim(struct safd_login *login)
{
    struct replay_claimer *claimer = login->logins->parts.claimer;
    login->request = (struct replay_request) { .claim = &login->decision.claim, .claimed = claim_answered };
    claimer->claim(claimer, &login->request);
}

static void
decide(struct safd_login *login)
{
    enum racroute_step step = racroute_begin(login->logins->parts.racroute, &login->verify, &login->decision);
    secret_wipe(login->verify.credential, sizeof login->verify.credential);
    switch (step) {
    case RACROUTE_DECIDED:
        move_to_decided(login);
        break;
    case RACROUTE_WANTS_PASSWORD:
        submit_comparison(login);
        break;
    case RACROUTE_WANTS_CLAIM:
        submit_claim(login);
        break;
    }
}

/* What is not even looked at has its place in the records all the same: the entries of the batch are there for it. */
static void
refuse_undecided(struct safd_login *login, enum saf_explanation explanation)
{
    racroute_refuse(login->logins->parts.racroute, &login->verify, explanation, &login->decision);
    secret_wipe(login->verify.credential, sizeof login->verify.credential);
    move_to_decided(login);
}

static void
on_held_long_enough(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    struct safd_login *login = context;
    login->logins->held_count--;
    decide(login);
}

static void
hold(struct safd_login *login, int64_t wait_ms)
{
    struct safd_logins *logins = login->logins;
    const struct timeval wait = { .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 };
    evtimer_assign(&login->hold, logins->parts.base, on_held_long_enough, login);
    if (evtimer_add(&login->hold, &wait) == 0)
        logins->held_count++;
    else
        refuse_undecided(login, SAF_EXPLAIN_THROTTLED);
}

static void
admit(struct safd_login *login)
{
    struct safd_logins *logins = login->logins;
    struct throttle *throttle = logins->parts.throttle;
    int64_t wait_ms = 0;
    if (is_throttled(login)) {
        char userid[RACF_NAME_MAX + 1] = "";
        (void)passticket_name_fold(login->verify.userid, userid);
        throttle_key_set(throttle, userid, login->verify.address, &login->key);
        wait_ms = throttle_admit(throttle, &login->key, clock_monotonic_ms(logins->parts.racroute->clock));
    }
    if (wait_ms == 0)
        decide(login);
    else if (wait_ms > 0 && logins->held_count < SAFD_HELD_MAX)
        hold(login, wait_ms);
    else
        refuse_undecided(login, SAF_EXPLAIN_THROTTLED);
}

bool
safd_logins_begin(struct safd_logins *logins, struct safd_link *link, const struct saf_frame *frame)
{
    if (logins->decided_count >= SAFD_BATCH_MAX)
        safd_logins_commit(logins);
    bool full = logins->waiting_count >= SAFD_LOGINS_MAX;
    struct safd_login *login = take_entry(logins);
    struct wire_reader body = frame->body;
    if (!saf_verify_decode(&body, &login->verify)) {
        secret_wipe(login->verify.credential, sizeof login->verify.credential);
        TAILQ_INSERT_HEAD(&logins->spare, login, entry);
        return false;
    }
    login->logins = logins;
    login->link = link;
    login->id = frame->id;
    link->under_way++;
    TAILQ_INSERT_TAIL(&logins->waiting, login, entry);
    logins->waiting_count++;
    if (!full) {
        admit(login);
    } else {
        refuse_undecided(login, SAF_EXPLAIN_BUSY);
        note_rush(logins);
    }
    return true;
}

static void
commit_claims(struct safd_logins *logins)
{
    struct safd_login *login;
    bool claimed = false;
    TAILQ_FOREACH (login, &logins->decided, entry)
        claimed = claimed || login->decision.facts.claimed;
    bool durable = logins->parts.claimer->commit(logins->parts.claimer);
    if (claimed)
        note_health(&logins->claims_failing, durable, "SAFD0020E",
                    "PASSTICKETS ARE REFUSED: their single use cannot be recorded; see [racf] replay, its disk space and permissions",
                    "SAFD0021I", "THE REPLAY STORE WORKS AGAIN");
    TAILQ_FOREACH (login, &logins->decided, entry)
        if (!durable && login->decision.facts.claimed)
            racroute_claim_lost(&login->decision.answer);
}

static void
write_audit(struct safd_logins *logins)
{
    struct safd_login *login;
    int64_t now_us = clock_utc_us(logins->parts.racroute->clock);
    TAILQ_FOREACH (login, &logins->decided, entry)
        audit_verify(logins->parts.audit, now_us, &login->verify, &login->decision.answer, &login->decision.facts);
    bool written = audit_flush(logins->parts.audit);
    TAILQ_FOREACH (login, &logins->decided, entry) {
        struct saf_result *result = &login->decision.answer.result;
        if (!written && result->saf == SAF_OK)
            *result = (struct saf_result) { .saf = SAF_REFUSED, .racf = RACF_VERIFY_NOT_ACTIVE, .explanation = SAF_EXPLAIN_AUDIT };
    }
}

static void
tell(struct safd_login *login)
{
    const struct racroute_decision *decision = &login->decision;
    tell_throttle_of_success(login);
    if (decision->answer.result.saf != SAF_OK)
        safd_report_refusal(login->logins->parts.racroute->racf, &login->verify, &decision->answer, &decision->facts);
    if (login->link != NULL) {
        saf_verify_answer_encode(&login->link->output, login->id, &decision->answer);
        login->link->under_way--;
    }
}

void
safd_logins_commit(struct safd_logins *logins)
{
    struct safd_login *login;
    if (logins->decided_count == 0)
        return;
    commit_claims(logins);
    write_audit(logins);
    while ((login = TAILQ_FIRST(&logins->decided)) != NULL) {
        tell(login);
        TAILQ_REMOVE(&logins->decided, login, entry);
        TAILQ_INSERT_HEAD(&logins->spare, login, entry);
    }
    logins->decided_count = 0;
    note_end_of_rush(logins);
}

void
safd_logins_forget_link(struct safd_logins *logins, const struct safd_link *link)
{
    struct safd_login *login;
    TAILQ_FOREACH (login, &logins->waiting, entry)
        if (login->link == link)
            login->link = NULL;
    TAILQ_FOREACH (login, &logins->decided, entry)
        if (login->link == link)
            login->link = NULL;
}
