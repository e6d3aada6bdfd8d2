/* The PassTicket service with profiles that the test makes up, enhanced keys included: which kind it makes, from which seconds, and
 * that it judges both. The database is not asked. */
#include <stdio.h>
#include <string.h>

#include "common/secret.h"
#include "security/saf/ticket_service.h"
#include "tests/support/suite.h"

enum { NOW = 1767225600 };

static const uint8_t legacy_bytes[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
static const uint8_t enhanced_bytes[64] = { 1, 2, 3 };

struct racf_ptktdata_snapshot {
    struct racf_ptktdata profile;
};

static struct racf_ptktdata_snapshot snapshot;
static struct passticket_seconds *seconds;
static struct ticket_decision decision;

const struct racf_ptktdata_snapshot *
racf_ptktdata_in_force(const struct racf *racf)
{
    (void)racf;
    return &snapshot;
}

size_t
racf_ptktdata_find(const struct racf_ptktdata_snapshot *in_force, const char *application, const char *group, const char *userid,
                   const struct racf_ptktdata *found[2])
{
    CU_ASSERT_STRING_EQUAL(application, "IMSCON1");
    CU_ASSERT_STRING_EQUAL(group, "");
    CU_ASSERT_STRING_EQUAL(userid, "IMSUSR1");
    found[0] = &in_force->profile;
    return 1;
}

const struct racf_ptktdata *
racf_ptktdata_unqualified(const struct racf_ptktdata_snapshot *in_force, const char *application)
{
    CU_ASSERT_STRING_EQUAL(application, "IMSCON1");
    return &in_force->profile;
}

bool
racf_ptktdata_is_stale(const struct racf *racf)
{
    (void)racf;
    return false;
}

const struct racf_user *
racf_user_find(struct racf *racf, const char *userid)
{
    (void)racf;
    (void)userid;
    return NULL;
}

enum racf_authority
racf_authorize(struct racf *racf, const char *userid, const char *class_name, const char *resource, enum racf_access access)
{
    (void)racf;
    CU_ASSERT_STRING_EQUAL(userid, "BATCH1");
    CU_ASSERT_STRING_EQUAL(class_name, "PTKTDATA");
    CU_ASSERT_STRING_EQUAL(resource, "IRRPTAUTH.IMSCON1.IMSUSR1");
    CU_ASSERT(access == RACF_ACCESS_UPDATE || access == RACF_ACCESS_READ);
    return RACF_ALLOWED;
}

/* One profile with these keys, and nothing generated yet. */
static void
begin(bool legacy, bool enhanced, enum passticket_enhanced_type type, uint16_t timeout_s)
{
    struct problem problem;
    snapshot.profile = (struct racf_ptktdata) { .name = "IMSCON1", .type = type, .timeout_s = timeout_s, .future_s = timeout_s };
    snapshot.profile.legacy = legacy ? passticket_legacy_key_new(legacy_bytes) : NULL;
    snapshot.profile.enhanced = enhanced ? passticket_enhanced_key_new(enhanced_bytes, sizeof enhanced_bytes) : NULL;
    seconds = passticket_seconds_open(NULL, 1, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seconds);
}

static void
end(void)
{
    passticket_legacy_key_free(snapshot.profile.legacy);
    passticket_enhanced_key_free(snapshot.profile.enhanced);
    passticket_seconds_close(seconds);
}

/* The ticket's time minus now; what kind it is stands in decision.kind. */
static int
generate(void)
{
    const struct saf_generate request = { .userid = "IMSUSR1", .application = "IMSCON1" };
    decision = (struct ticket_decision) { .caller = { .userid = "BATCH1" }, .caller_known = true, .now_s = NOW };
    ticket_service_generate(NULL, seconds, &request, &decision);
    return decision.answer.result.ticket_offset_s;
}

static enum ticket_step
evaluate(const char *ticket)
{
    struct saf_evaluate request = { .userid = "IMSUSR1", .application = "IMSCON1" };
    snprintf(request.ticket, sizeof request.ticket, "%s", ticket);
    decision = (struct ticket_decision) { .caller = { .userid = "BATCH1" }, .caller_known = true, .now_s = NOW };
    return ticket_service_evaluate(NULL, &request, &decision);
}

static void
the_kind_is_that_of_the_profile(void)
{
    static const struct {
        bool legacy;
        bool enhanced;
        enum passticket_enhanced_type type;
        char kind;
    } cases[] = {
        { true, false, PASSTICKET_MIXED, 'L' }, { false, true, PASSTICKET_UPPER, 'U' }, { false, true, PASSTICKET_MIXED, 'M' },
        { true, true, PASSTICKET_UPPER, 'U' },  { true, true, PASSTICKET_MIXED, 'M' },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char ticket[SAF_TICKET_SIZE + 1];
        begin(cases[i].legacy, cases[i].enhanced, cases[i].type, 60);
        CU_ASSERT_EQUAL(generate(), 0);
        CU_ASSERT_EQUAL(decision.answer.result.saf, SAF_OK);
        CU_ASSERT_EQUAL(decision.kind, cases[i].kind);
        memcpy(ticket, decision.answer.ticket, sizeof ticket);
        CU_ASSERT_EQUAL(evaluate(ticket), TICKET_WANTS_CLAIM);
        CU_ASSERT_EQUAL(decision.claim.kind, cases[i].kind);
        CU_ASSERT_EQUAL(decision.claim.ticket_time_s, NOW);
        end();
    }
}

static void
both_kinds_are_judged(void)
{
    char ticket[SAF_TICKET_SIZE + 1];
    begin(true, true, PASSTICKET_MIXED, 60);
    CU_ASSERT_TRUE(passticket_legacy_generate(snapshot.profile.legacy, "IMSUSR1", "IMSCON1", NOW - 500, ticket));
    CU_ASSERT_EQUAL(evaluate(ticket), TICKET_WANTS_CLAIM);
    CU_ASSERT_EQUAL(decision.kind, 'L');
    CU_ASSERT_EQUAL(decision.answer.result.ticket_offset_s, -500);
    CU_ASSERT_TRUE(
        passticket_enhanced_generate(snapshot.profile.enhanced, PASSTICKET_MIXED, "IMSUSR1", "IMSCON1", (uint64_t)NOW - 61, ticket));
    CU_ASSERT_EQUAL(evaluate(ticket), TICKET_DECIDED);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_TICKET_OUT_OF_WINDOW);
    end();
}

/* Enhanced tickets stay well inside TIMEOUT, and as long as they can in the past. */
static void
seconds_stay_inside_the_timeout(void)
{
    begin(true, true, PASSTICKET_UPPER, 600);
    for (int i = 0; i < 200; i++)
        CU_ASSERT_EQUAL(generate(), -i);
    end();
    begin(false, true, PASSTICKET_UPPER, 8);
    for (int i = 0; i <= 4; i++)
        CU_ASSERT_EQUAL(generate(), -i);
    CU_ASSERT_EQUAL(generate(), 1);
    CU_ASSERT_EQUAL(generate(), 2);
    generate();
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_NO_SECOND);
    CU_ASSERT_STRING_EQUAL(decision.answer.ticket, "");
    end();
    begin(false, true, PASSTICKET_UPPER, 8);
    snapshot.profile.future_s = 1; /* timeout_future_s */
    for (int i = 0; i <= 4; i++)
        CU_ASSERT_EQUAL(generate(), -i);
    CU_ASSERT_EQUAL(generate(), 1);
    generate();
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_NO_SECOND);
    snapshot.profile.enhanced_replay = true;
    CU_ASSERT_EQUAL(generate(), 0);
    CU_ASSERT_EQUAL(decision.answer.result.saf, SAF_OK);
    CU_ASSERT_EQUAL(evaluate(decision.answer.ticket), TICKET_DECIDED);
    CU_ASSERT_EQUAL(decision.answer.result.saf, SAF_OK);
    end();
}

/* A profile that names a key which cannot be opened makes no ticket of its other key: it would be of the wrong kind. */
static void
a_missing_key_is_not_replaced_by_the_other(void)
{
    begin(true, false, PASSTICKET_UPPER, 60);
    snapshot.profile.key_unavailable = true;
    generate();
    CU_ASSERT_EQUAL(decision.answer.result.reason, SAF_TICKET_NOT_GENERATED);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_KEY_UNAVAILABLE);
    end();
}

int
main(void)
{
    if (!secret_memory_init(1 << 16))
        return 1;
    static const struct test_case cases[] = {
        { "the kind is that of the profile", the_kind_is_that_of_the_profile },
        { "both kinds are judged", both_kinds_are_judged },
        { "seconds stay inside the timeout", seconds_stay_inside_the_timeout },
        { "a missing key is not replaced by the other", a_missing_key_is_not_replaced_by_the_other },
    };
    return SUITE_RUN("ticket kinds", cases);
}
