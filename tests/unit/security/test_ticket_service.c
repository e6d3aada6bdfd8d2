/* The PassTicket service's decisions: who may ask, with which key, and every return code of R_ticketserv that can come. */
#include "security/saf/ticket_service.h"

#include "tests/unit/security/racf_fixture.h"

static const char set_up[] = "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                             "ADDUSER (BATCH1 TOM) PASSWORD(X)\n"
                             "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977))\n"
                             "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(NONE)\n"
                             "PERMIT IRRPTAUTH.IMSCON1.* CLASS(PTKTDATA) ID(BATCH1) ACCESS(UPDATE)\n"
                             "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.TOM UACC(NONE)\n"
                             "PERMIT IRRPTAUTH.IMSCON1.TOM CLASS(PTKTDATA) ID(BATCH1) ACCESS(READ)\n"
                             "RDEFINE PTKTDATA IRRPTAUTH.NOKEY.* UACC(UPDATE)\n"
                             "SETROPTS RACLIST(PTKTDATA) REFRESH\n";

struct service {
    struct fixture *fixture;
    struct passticket_seconds *seconds;
    struct ticket_decision decision;
};

static struct service
service_new(void)
{
    struct problem problem;
    struct service service = { .fixture = fixture_new(), .seconds = passticket_seconds_open(NULL, 4, &problem) };
    CU_ASSERT_PTR_NOT_NULL_FATAL(service.seconds);
    CU_ASSERT(fixture_script(service.fixture, set_up) <= 4);
    return service;
}

static void
service_free(struct service *service)
{
    passticket_seconds_close(service->seconds);
    fixture_free(service->fixture);
}

/* The caller; an empty one is unknown to RACF. */
static void
call_as(struct service *service, const char *caller)
{
    service->decision = (struct ticket_decision) { .now_s = FIXTURE_NOW_S, .caller_known = caller[0] != '\0' };
    snprintf(service->decision.caller.userid, sizeof service->decision.caller.userid, "%s", caller);
}

static const struct saf_result *
generate(struct service *service, const char *caller, const char *userid, const char *application)
{
    struct saf_generate generate = { 0 };
    snprintf(generate.userid, sizeof generate.userid, "%s", userid);
    snprintf(generate.application, sizeof generate.application, "%s", application);
    call_as(service, caller);
    ticket_service_generate(service->fixture->racf, service->seconds, &generate, &service->decision);
    CU_ASSERT_EQUAL(service->decision.answer.result.saf == SAF_OK, strlen(service->decision.answer.ticket) == SAF_TICKET_SIZE);
    return &service->decision.answer.result;
}

static const struct saf_result *
evaluate(struct service *service, const char *caller, const char *userid, const char *application, const char *ticket,
         enum ticket_step step)
{
    struct saf_evaluate evaluate = { 0 };
    snprintf(evaluate.userid, sizeof evaluate.userid, "%s", userid);
    snprintf(evaluate.application, sizeof evaluate.application, "%s", application);
    snprintf(evaluate.ticket, sizeof evaluate.ticket, "%s", ticket);
    call_as(service, caller);
    CU_ASSERT_EQUAL(ticket_service_evaluate(service->fixture->racf, &evaluate, &service->decision), step);
    CU_ASSERT_STRING_EQUAL(service->decision.answer.ticket, "");
    return &service->decision.answer.result;
}

static bool
is(const struct saf_result *result, int saf, int racf, int reason, enum saf_explanation explanation)
{
    bool same = result->saf == saf && result->racf == racf && result->reason == reason && result->explanation == explanation;
    if (!same)
        printf("# %d/%d/%d %s\n", result->saf, result->racf, result->reason, saf_explanation_text(result->explanation));
    return same;
}

static void
a_ticket_is_made_for_the_permitted(void)
{
    struct service service = service_new();
    char ticket[SAF_TICKET_SIZE + 1];
    uint8_t key[PASSTICKET_LEGACY_KEY_SIZE] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    struct passticket_legacy_key *made = passticket_legacy_key_new(key);
    CU_ASSERT_TRUE(is(generate(&service, "BATCH1", "batch1", "imscon1"), 0, 0, 0, SAF_EXPLAIN_NONE));
    CU_ASSERT_TRUE(passticket_legacy_generate(made, "BATCH1", "IMSCON1", FIXTURE_NOW_S, ticket));
    CU_ASSERT_STRING_EQUAL(service.decision.answer.ticket, ticket);
    CU_ASSERT_EQUAL(service.decision.kind, 'L');
    CU_ASSERT_STRING_EQUAL(service.decision.profile, "IMSCON1");
    /* The next one in the same second is another one. */
    CU_ASSERT_TRUE(is(generate(&service, "BATCH1", "BATCH1", "IMSCON1"), 0, 0, 0, SAF_EXPLAIN_NONE));
    CU_ASSERT_TRUE(passticket_legacy_generate(made, "BATCH1", "IMSCON1", FIXTURE_NOW_S - 1, ticket));
    CU_ASSERT_STRING_EQUAL(service.decision.answer.ticket, ticket);
    CU_ASSERT_EQUAL(service.decision.answer.result.ticket_offset_s, -1);
    /* Users that are not defined, or revoked, get one as well: VERIFY turns them away. */
    CU_ASSERT_TRUE(is(generate(&service, "BATCH1", "GHOST", "IMSCON1"), 0, 0, 0, SAF_EXPLAIN_NONE));
    CU_ASSERT_EQUAL(fixture_command(service.fixture, "ALTUSER BATCH1 REVOKE"), 0);
    CU_ASSERT_TRUE(is(generate(&service, "BATCH1", "BATCH1", "IMSCON1"), 0, 0, 0, SAF_EXPLAIN_NONE));
    passticket_legacy_key_free(made);
    service_free(&service);
}

static void
who_is_not_permitted_gets_none(void)
{
    struct service service = service_new();
    static const struct {
        const char *caller;
        const char *userid;
        const char *application;
        int reason;
        enum saf_explanation explanation;
    } cases[] = {
        { "TOM", "TOM", "IMSCON1", 16, SAF_EXPLAIN_NOT_PERMITTED },       /* not even for himself */
        { "BATCH1", "TOM", "IMSCON1", 16, SAF_EXPLAIN_NOT_PERMITTED },    /* READ */
        { "BATCH1", "BATCH1", "IMSCON2", 16, SAF_EXPLAIN_NOT_PERMITTED }, /* no profile */
        { "IBMUSER", "TOM", "IMSCON1", 16, SAF_EXPLAIN_NOT_PERMITTED },   /* SPECIAL gives no access */
        { "", "TOM", "IMSCON1", 16, SAF_EXPLAIN_CALLER_UNKNOWN },
        { "BATCH1", "", "IMSCON1", 4, SAF_EXPLAIN_NAME },
        { "BATCH1", "BATCH1", "", 4, SAF_EXPLAIN_NAME },
        { "BATCH1", "A.B", "IMSCON1", 4, SAF_EXPLAIN_NAME },
        { "BATCH1", "BATCH1", "A*", 4, SAF_EXPLAIN_NAME },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_TRUE(
            is(generate(&service, cases[i].caller, cases[i].userid, cases[i].application), 8, 8, cases[i].reason, cases[i].explanation));
    CU_ASSERT_EQUAL(fixture_command(service.fixture, "SETROPTS NOCLASSACT(PTKTDATA)"), 0);
    CU_ASSERT_TRUE(is(generate(&service, "BATCH1", "BATCH1", "IMSCON1"), 8, 8, 16, SAF_EXPLAIN_NOT_PERMITTED));
    service_free(&service);
}

static void
without_a_usable_key_none_is_made(void)
{
    struct service service = service_new();
    CU_ASSERT_TRUE(is(generate(&service, "TOM", "TOM", "NOKEY"), 8, 16, 28, SAF_EXPLAIN_NO_PROFILE));
    /* A qualified profile is for evaluation alone. */
    CU_ASSERT(fixture_script(service.fixture, "RDEFINE PTKTDATA NOKEY.TOM SSIGNON(KEYMASKED(E001193519561977))\n"
                                              "SETROPTS RACLIST(PTKTDATA) REFRESH\n") <= 4);
    CU_ASSERT_TRUE(is(generate(&service, "TOM", "TOM", "NOKEY"), 8, 16, 28, SAF_EXPLAIN_NO_PROFILE));
    fixture_command(service.fixture, "RDEFINE PTKTDATA NOKEY SSIGNON(KEYMASKED(E001193519561977))");
    CU_ASSERT_TRUE(is(generate(&service, "TOM", "TOM", "NOKEY"), 8, 16, 28, SAF_EXPLAIN_NOT_REFRESHED));
    CU_ASSERT(fixture_command(service.fixture, "SETROPTS RACLIST(PTKTDATA) REFRESH") <= 4);
    CU_ASSERT_TRUE(is(generate(&service, "TOM", "TOM", "NOKEY"), 0, 0, 0, SAF_EXPLAIN_NONE));
    CU_ASSERT(fixture_script(service.fixture, "RALTER PTKTDATA NOKEY SSIGNON(EPTKEYLABEL(MISSING.LABEL))\n"
                                              "SETROPTS RACLIST(PTKTDATA) REFRESH\n") <= 8);
    CU_ASSERT_TRUE(is(generate(&service, "TOM", "TOM", "NOKEY"), 8, 16, 28, SAF_EXPLAIN_KEY_UNAVAILABLE));
    service_free(&service);
}

static void
seconds_run_out(void)
{
    struct service service = service_new();
    int made = 0;
    while (made < 5000 && generate(&service, "BATCH1", "BATCH1", "IMSCON1")->saf == SAF_OK)
        made++;
    CU_ASSERT_EQUAL(made, 1081);
    CU_ASSERT_TRUE(is(&service.decision.answer.result, 8, 16, 28, SAF_EXPLAIN_NO_SECOND));
    CU_ASSERT_TRUE(service.decision.answer.result.retryable);
    /* Where tickets may be used again the present second serves all. */
    CU_ASSERT(fixture_script(service.fixture, "RALTER PTKTDATA IMSCON1 APPLDATA('NO REPLAY PROTECTION')\n"
                                              "SETROPTS RACLIST(PTKTDATA) REFRESH\n") <= 4);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(generate(&service, "BATCH1", "BATCH1", "IMSCON1")->saf, SAF_OK);
        CU_ASSERT_EQUAL(service.decision.answer.result.ticket_offset_s, 0);
    }
    service_free(&service);
}

static void
a_ticket_is_judged_for_the_permitted(void)
{
    struct service service = service_new();
    const struct replay_use use = { .utc_us = 17, .address = "192.0.2.7" };
    char ticket[SAF_TICKET_SIZE + 1];
    CU_ASSERT_EQUAL(generate(&service, "BATCH1", "GHOST", "IMSCON1")->saf, SAF_OK);
    memcpy(ticket, service.decision.answer.ticket, sizeof ticket);
    CU_ASSERT_EQUAL(evaluate(&service, "BATCH1", "GHOST", "IMSCON1", ticket, TICKET_WANTS_CLAIM)->saf, SAF_OK);
    CU_ASSERT_STRING_EQUAL(service.decision.claim.userid, "GHOST");
    CU_ASSERT_STRING_EQUAL(service.decision.claim.application, "IMSCON1");
    CU_ASSERT_EQUAL(service.decision.claim.kind, 'L');
    CU_ASSERT_EQUAL(service.decision.claim.ticket_time_s, FIXTURE_NOW_S);
    struct ticket_decision wanting = service.decision;
    ticket_service_claimed(&service.decision, REPLAY_CLAIMED, &use);
    CU_ASSERT_TRUE(is(&service.decision.answer.result, 0, 0, 0, SAF_EXPLAIN_NONE));
    static const struct {
        enum replay_outcome outcome;
        enum saf_explanation explanation;
    } outcomes[] = {
        { REPLAY_USED_BEFORE, SAF_EXPLAIN_TICKET_REPLAYED },
        { REPLAY_UNAVAILABLE, SAF_EXPLAIN_REPLAY_STORE },
        { REPLAY_CANNOT_BE_KNOWN, SAF_EXPLAIN_CLOCK_SET_BACK },
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        service.decision = wanting;
        ticket_service_claimed(&service.decision, outcomes[i].outcome, &use);
        CU_ASSERT_TRUE(is(&service.decision.answer.result, 8, 16, 32, outcomes[i].explanation));
    }
    CU_ASSERT_TRUE(is(evaluate(&service, "BATCH1", "TOM", "IMSCON1", ticket, TICKET_DECIDED), 8, 16, 32, SAF_EXPLAIN_TICKET_OTHER_KEY));
    CU_ASSERT_TRUE(is(evaluate(&service, "BATCH1", "TOM", "IMSCON1", "short", TICKET_DECIDED), 8, 16, 32, SAF_EXPLAIN_TICKET_LENGTH));
    CU_ASSERT_TRUE(is(evaluate(&service, "TOM", "TOM", "IMSCON1", ticket, TICKET_DECIDED), 8, 8, 16, SAF_EXPLAIN_NOT_PERMITTED));
    CU_ASSERT_TRUE(is(evaluate(&service, "", "TOM", "IMSCON1", ticket, TICKET_DECIDED), 8, 8, 16, SAF_EXPLAIN_CALLER_UNKNOWN));
    CU_ASSERT_TRUE(is(evaluate(&service, "TOM", "TOM", "NOKEY", ticket, TICKET_DECIDED), 8, 16, 32, SAF_EXPLAIN_NO_PROFILE));
    CU_ASSERT_TRUE(is(evaluate(&service, "TOM", "TOM", "", ticket, TICKET_DECIDED), 8, 8, 4, SAF_EXPLAIN_NAME));
    /* Nothing of this counts against anybody. */
    CU_ASSERT_EQUAL(racf_user_find(service.fixture->racf, "TOM")->failed_attempts, 0);
    CU_ASSERT(fixture_script(service.fixture, "RALTER PTKTDATA IMSCON1 APPLDATA('NO REPLAY PROTECTION')\n"
                                              "SETROPTS RACLIST(PTKTDATA) REFRESH\n") <= 4);
    CU_ASSERT_EQUAL(evaluate(&service, "BATCH1", "GHOST", "IMSCON1", ticket, TICKET_DECIDED)->saf, SAF_OK);
    service_free(&service);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a ticket is made for the permitted", a_ticket_is_made_for_the_permitted },
        { "who is not permitted gets none", who_is_not_permitted_gets_none },
        { "without a usable key none is made", without_a_usable_key_none_is_made },
        { "seconds run out", seconds_run_out },
        { "a ticket is judged for the permitted", a_ticket_is_judged_for_the_permitted },
    };
    return SUITE_RUN("ticket service", cases);
}
