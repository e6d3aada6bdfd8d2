/* Logins under way: what happens to them while they wait, in any order. The claimer answers when the test says so; passwords are
 * compared on real threads. */
#include "security/saf/safd_login.h"

#include <event2/event.h>
#include <stdio.h>

#include "security/passticket/legacy.h"
#include "tests/unit/security/racf_fixture.h"

static const uint8_t key_bytes[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };

static const char setup[] = "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                            "ADDUSER TOM DFLTGRP(SYS1) PASSWORD(SECRET01)\n"
                            "ALTUSER TOM PASSWORD(SECRET01) NOEXPIRED\n"
                            "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977))\n"
                            "SETROPTS RACLIST(PTKTDATA) REFRESH\n";

struct late_claimer {
    struct replay_claimer claimer;
    struct replay_request *requests[SAFD_LOGINS_MAX];
    size_t count;
    bool durable; /* what commit says */
};

static struct fixture *fixture;
static struct late_claimer late;
static struct event_base *base;
static struct workers *workers;
static struct throttle *throttle;
static struct audit *audit;
static struct racroute racroute;
static struct safd_logins *logins;
static struct safd_link link_to_gateway;
static uint8_t answers[SAFD_LOGINS_MAX * SAFD_LOGIN_ANSWER_MAX];

static void
claim_later(struct replay_claimer *claimer, struct replay_request *request)
{
    (void)claimer;
    late.requests[late.count++] = request;
}

static bool
commit(struct replay_claimer *claimer)
{
    (void)claimer;
    return late.durable;
}

static void
start(void)
{
    static const struct throttle_settings no_throttle = { .enabled = false };
    char path[64];
    struct problem problem = { "" };
    fixture = fixture_new();
    CU_ASSERT_TRUE(fixture_script(fixture, setup) <= 4);
    snprintf(path, sizeof path, "%s/audit", fixture->folder);
    audit = audit_open(&(struct audit_settings) { .file = path }, &problem);
    late = (struct late_claimer) { .claimer = { .claim = claim_later, .commit = commit }, .durable = true };
    racroute = (struct racroute) { .racf = fixture->racf, .clock = &fixture->clock.clock };
    base = event_base_new();
    workers = workers_new(base, 2, 64, &problem);
    throttle = throttle_new(&no_throttle, 1);
    logins = safd_logins_new(&(struct safd_login_parts) {
        .base = base,
        .racroute = &racroute,
        .claimer = &late.claimer,
        .throttle = throttle,
        .audit = audit,
        .workers = workers,
    });
    CU_ASSERT_FATAL(audit != NULL && workers != NULL && logins != NULL);
    link_to_gateway = (struct safd_link) { .gateway = true, .output = wire_writer(answers, sizeof answers) };
}

static void
finish(void)
{
    workers_free(workers);
    safd_logins_free(logins);
    throttle_free(throttle);
    event_base_free(base);
    audit_close(audit);
    fixture_free(fixture);
}

static void
begin(uint32_t id, const char *credential)
{
    struct saf_verify verify = { .userid = "TOM", .application = "IMSCON1", .address = "192.0.2.7", .mixed_case = 'R' };
    uint8_t bytes[512];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    struct saf_frame frame;
    size_t size;
    snprintf(verify.credential, sizeof verify.credential, "%s", credential);
    saf_verify_encode(&writer, id, &verify);
    CU_ASSERT_EQUAL_FATAL(saf_frame_next(bytes, writer.used, &frame, &size), 1);
    CU_ASSERT_TRUE(safd_logins_begin(logins, &link_to_gateway, &frame));
}

static void
begin_with_ticket(uint32_t id)
{
    char ticket[PASSTICKET_SIZE + 1];
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    CU_ASSERT_TRUE(passticket_legacy_generate(key, "TOM", "IMSCON1", FIXTURE_NOW_S, ticket));
    passticket_legacy_key_free(key);
    begin(id, ticket);
}

static void
answer_claim(size_t which, enum replay_outcome outcome)
{
    late.requests[which]->claimed(late.requests[which], outcome);
}

/* The answers that the link got since this was asked last. */
static size_t
take_answers(struct saf_verify_answer *taken, uint32_t *ids, size_t most)
{
    size_t count = 0;
    size_t at = 0;
    struct saf_frame frame;
    for (size_t size; saf_frame_next(answers + at, link_to_gateway.output.used - at, &frame, &size) == 1; at += size) {
        CU_ASSERT_FATAL(count < most);
        ids[count] = frame.id;
        CU_ASSERT_TRUE(saf_verify_answer_decode(&frame.body, &taken[count]));
        count++;
    }
    CU_ASSERT_EQUAL(at, link_to_gateway.output.used);
    link_to_gateway.output.used = 0;
    return count;
}

static void
wait_until_all_are_decided(void)
{
    while (safd_logins_under_way(logins)) {
        event_base_loop(base, EVLOOP_ONCE);
        safd_logins_commit(logins);
    }
}

static void
claims_are_answered_in_any_order(void)
{
    struct saf_verify_answer taken[4];
    uint32_t ids[4];
    start();
    for (uint32_t id = 0; id < 4; id++)
        begin_with_ticket(id);
    CU_ASSERT_EQUAL(late.count, 4);
    safd_logins_commit(logins);
    CU_ASSERT_EQUAL(take_answers(taken, ids, 4), 0);
    CU_ASSERT_EQUAL(link_to_gateway.under_way, 4);
    answer_claim(2, REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(take_answers(taken, ids, 4), 0); /* not before the commit */
    safd_logins_commit(logins);
    CU_ASSERT_EQUAL(take_answers(taken, ids, 4), 1);
    CU_ASSERT_EQUAL(ids[0], 2);
    CU_ASSERT_EQUAL(taken[0].result.saf, SAF_OK);
    answer_claim(3, REPLAY_UNAVAILABLE);
    answer_claim(1, REPLAY_CLAIMED);
    late.requests[0]->first_use = (struct replay_use) { .utc_us = 5, .address = "192.0.2.9" };
    answer_claim(0, REPLAY_USED_BEFORE);
    late.durable = false;
    safd_logins_commit(logins);
    CU_ASSERT_EQUAL(take_answers(taken, ids, 4), 3);
    CU_ASSERT(ids[0] == 3 && taken[0].result.explanation == SAF_EXPLAIN_REPLAY_STORE && taken[0].result.retryable);
    CU_ASSERT(ids[1] == 1 && taken[1].result.explanation == SAF_EXPLAIN_REPLAY_STORE && taken[1].result.saf == SAF_REFUSED);
    CU_ASSERT(ids[2] == 0 && taken[2].result.explanation == SAF_EXPLAIN_TICKET_REPLAYED && !taken[2].result.retryable);
    CU_ASSERT_FALSE(safd_logins_under_way(logins));
    CU_ASSERT_EQUAL(link_to_gateway.under_way, 0);
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 1);
    finish();
}

static void
who_is_revoked_meanwhile_is_refused(void)
{
    struct saf_verify_answer taken[1];
    uint32_t ids[1];
    start();
    begin_with_ticket(1);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM REVOKE"), 0);
    answer_claim(0, REPLAY_CLAIMED);
    safd_logins_commit(logins);
    CU_ASSERT_EQUAL(take_answers(taken, ids, 1), 1);
    CU_ASSERT_EQUAL(taken[0].result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(taken[0].result.racf, RACF_VERIFY_USER_REVOKED);
    finish();
}

/* Four guesses that are compared side by side count four times, the third revokes; the right password among them comes too late. */
static void
guesses_side_by_side_all_count(void)
{
    struct saf_verify_answer taken[5];
    uint32_t ids[5];
    size_t wrong = 0;
    size_t revoked = 0;
    start();
    for (uint32_t id = 0; id < 4; id++)
        begin(id, "WRONG");
    begin(4, "SECRET01");
    CU_ASSERT_EQUAL(link_to_gateway.under_way, 5);
    wait_until_all_are_decided();
    CU_ASSERT_EQUAL(take_answers(taken, ids, 5), 5);
    for (size_t i = 0; i < 5; i++) {
        wrong += taken[i].result.racf == RACF_VERIFY_PASSWORD_INVALID;
        revoked += taken[i].result.racf == RACF_VERIFY_USER_REVOKED;
    }
    CU_ASSERT(wrong == 3 && revoked == 2);
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    finish();
}

/* While the old password is compared, an administrator sets another: neither the old one nor the new one was right at its end. */
static void
a_password_changed_meanwhile_is_not_the_right_one(void)
{
    struct saf_verify_answer taken[1];
    uint32_t ids[1];
    start();
    begin(1, "SECRET01");
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM PASSWORD(SECRET02) NOEXPIRED"), 0);
    wait_until_all_are_decided();
    CU_ASSERT_EQUAL(take_answers(taken, ids, 1), 1);
    CU_ASSERT_EQUAL(taken[0].result.racf, RACF_VERIFY_PASSWORD_INVALID);
    begin(2, "SECRET02");
    wait_until_all_are_decided();
    CU_ASSERT_EQUAL(take_answers(taken, ids, 1), 1);
    CU_ASSERT_EQUAL(taken[0].result.saf, SAF_OK);
    finish();
}

static void
a_link_may_go(void)
{
    start();
    begin_with_ticket(1);
    begin(2, "SECRET01");
    begin_with_ticket(3);
    safd_logins_forget_link(logins, &link_to_gateway);
    answer_claim(1, REPLAY_CLAIMED);
    answer_claim(0, REPLAY_CLAIMED);
    wait_until_all_are_decided();
    CU_ASSERT_EQUAL(link_to_gateway.output.used, 0);
    finish();
}

static void
the_table_is_bounded(void)
{
    static struct saf_verify_answer taken[SAFD_LOGINS_MAX];
    static uint32_t ids[SAFD_LOGINS_MAX];
    start();
    for (uint32_t id = 0; id < SAFD_LOGINS_MAX; id++)
        begin_with_ticket(id);
    for (uint32_t id = 0; id < 3 * SAFD_BATCH_MAX; id++)
        begin_with_ticket(SAFD_LOGINS_MAX + id);
    safd_logins_commit(logins);
    CU_ASSERT_EQUAL(take_answers(taken, ids, SAFD_LOGINS_MAX), 3 * SAFD_BATCH_MAX);
    for (size_t i = 0; i < 3 * SAFD_BATCH_MAX; i++)
        CU_ASSERT(taken[i].result.explanation == SAF_EXPLAIN_BUSY && taken[i].result.retryable && taken[i].result.saf == SAF_REFUSED);
    for (size_t i = 0; i < SAFD_LOGINS_MAX; i++)
        answer_claim(i, REPLAY_CLAIMED);
    safd_logins_commit(logins);
    CU_ASSERT_EQUAL(take_answers(taken, ids, SAFD_LOGINS_MAX), SAFD_LOGINS_MAX);
    CU_ASSERT_EQUAL(taken[SAFD_LOGINS_MAX - 1].result.saf, SAF_OK);
    CU_ASSERT_FALSE(safd_logins_under_way(logins));
    finish();
}

static void
logins_that_wait_at_the_end_are_forgotten(void)
{
    start();
    begin_with_ticket(1);
    for (uint32_t id = 2; id < 20; id++)
        begin(id, "SECRET01");
    finish();
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "claims are answered in any order", claims_are_answered_in_any_order },
        { "who is revoked meanwhile is refused", who_is_revoked_meanwhile_is_refused },
        { "guesses side by side all count", guesses_side_by_side_all_count },
        { "a password changed meanwhile is not the right one", a_password_changed_meanwhile_is_not_the_right_one },
        { "a link may go", a_link_may_go },
        { "the table is bounded", the_table_is_bounded },
        { "logins that wait at the end are forgotten", logins_that_wait_at_the_end_are_forgotten },
    };
    return SUITE_RUN("safd logins", cases);
}
