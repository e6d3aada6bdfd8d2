/* The search for what a refused ticket was made for, against profiles that the test makes up; the database is not asked. */
#include "security/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "security/racroute.h"
#include "tests/support/suite.h"

enum { NOW = 1767225600, PROFILES = 4 };

struct racf_ptktdata_snapshot {
    struct racf_ptktdata profiles[PROFILES];
    size_t count;
};

static struct racf_ptktdata_snapshot in_force;
static struct racf_ptktdata_snapshot in_file;
static bool class_active;
static bool stale;
static int references;

const struct racf_ptktdata_snapshot *
racf_ptktdata_in_force(const struct racf *racf)
{
    (void)racf;
    return class_active ? &in_force : NULL;
}

struct racf_ptktdata_snapshot *
racf_ptktdata_read(struct racf *racf)
{
    (void)racf;
    references++;
    return &in_file;
}

void
racf_ptktdata_release(struct racf_ptktdata_snapshot *snapshot)
{
    references -= snapshot != NULL;
}

bool
racf_ptktdata_is_stale(const struct racf *racf)
{
    (void)racf;
    return stale;
}

/* Unqualified profiles are all that the search needs to be told apart. */
size_t
racf_ptktdata_find(const struct racf_ptktdata_snapshot *snapshot, const char *application, const char *group, const char *userid,
                   const struct racf_ptktdata *found[2])
{
    (void)group;
    (void)userid;
    for (size_t i = 0; i < snapshot->count; i++)
        if (strcmp(snapshot->profiles[i].name, application) == 0) {
            found[0] = &snapshot->profiles[i];
            return 1;
        }
    return 0;
}

const struct racf_ptktdata *
racf_ptktdata_next(const struct racf_ptktdata_snapshot *snapshot, const struct racf_ptktdata *previous)
{
    size_t next = previous == NULL ? 0 : (size_t)(previous - snapshot->profiles) + 1;
    return next < snapshot->count ? &snapshot->profiles[next] : NULL;
}

static struct passticket_legacy_key *legacy;
static struct passticket_legacy_key *other_legacy;
static struct passticket_legacy_key *unknown_legacy;
static struct passticket_enhanced_key *enhanced;

/* IMSCON1 with a legacy key, IMSCON2.TIM with another, UPPER and MIXED with the enhanced key, one by each TYPE. */
static void
start(void)
{
    in_force = (struct racf_ptktdata_snapshot) {
        .profiles = { { .name = "IMSCON1", .legacy = legacy, .timeout_s = 60, .future_s = 60 },
                      { .name = "IMSCON2.TIM", .legacy = other_legacy, .timeout_s = 60, .future_s = 60 },
                      { .name = "UPPER", .enhanced = enhanced, .type = PASSTICKET_UPPER, .timeout_s = 60, .future_s = 60 },
                      { .name = "MIXED", .enhanced = enhanced, .type = PASSTICKET_MIXED, .timeout_s = 60, .future_s = 60 } },
        .count = PROFILES,
    };
    in_file = in_force;
    class_active = true;
    stale = false;
}

static const char *
legacy_ticket(const struct passticket_legacy_key *key, const char *application, int64_t time_s)
{
    static char ticket[PASSTICKET_SIZE + 1];
    CU_ASSERT_TRUE(passticket_legacy_generate(key, "IMSUSR1", application, (uint32_t)time_s, ticket));
    return ticket;
}

static const char *
enhanced_ticket(enum passticket_enhanced_type type, const char *application, int64_t time_s)
{
    static char ticket[PASSTICKET_SIZE + 1];
    CU_ASSERT_TRUE(passticket_enhanced_generate(enhanced, type, "IMSUSR1", application, (uint64_t)time_s, ticket));
    return ticket;
}

static struct explain_finding finding;

static enum saf_explanation
search_for(const char *application, const char *other_application, const char *credential, enum saf_explanation explanation)
{
    struct evaluation_names names = { .group = "SYS1", .userid = "IMSUSR1" };
    snprintf(names.application, sizeof names.application, "%s", application);
    char *exact = strdup(credential); /* exact size: AddressSanitizer sees one byte too far */
    struct explain_question question = {
        .names = &names,
        .other_application = other_application,
        .credential = exact,
        .now_s = NOW,
        .explanation = explanation,
        .trials = EXPLAIN_TRIALS_MAX,
    };
    explain_search(NULL, &question, &finding);
    free(exact);
    CU_ASSERT_EQUAL(references, 0);
    return finding.explanation;
}

static enum saf_explanation
search(const char *application, const char *credential)
{
    return search_for(application, "", credential, SAF_EXPLAIN_TICKET_OTHER_KEY);
}

static bool
found(char kind, const char *profile, const char *application, int32_t offset_s)
{
    return finding.kind == kind && strcmp(finding.profile, profile) == 0 && strcmp(finding.application, application) == 0 &&
           finding.offset_s == offset_s;
}

static void
another_application_is_named(void)
{
    start();
    CU_ASSERT_EQUAL(search("IMSCON1", legacy_ticket(legacy, "UPPER", NOW - 3)), SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('L', "IMSCON1", "UPPER", -3));
    CU_ASSERT_EQUAL(search_for("IMSCON1", "HWS1", legacy_ticket(legacy, "HWS1", NOW), SAF_EXPLAIN_TICKET_OTHER_KEY),
                    SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('L', "IMSCON1", "HWS1", 0));
    CU_ASSERT_EQUAL(search("IMSCON1", legacy_ticket(legacy, "HWS1", NOW)), SAF_EXPLAIN_TICKET_OTHER_KEY);
    CU_ASSERT_EQUAL(finding.kind, 0);
}

static void
another_profile_is_named(void)
{
    start();
    CU_ASSERT_EQUAL(search("IMSCON1", legacy_ticket(other_legacy, "IMSCON2", NOW + 600)), SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('L', "IMSCON2.TIM", "IMSCON2", 600));
    CU_ASSERT_EQUAL(search("IMSCON1", legacy_ticket(other_legacy, "IMSCON1", NOW)), SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('L', "IMSCON2.TIM", "IMSCON1", 0));
    CU_ASSERT_EQUAL(search("IMSCON1", enhanced_ticket(PASSTICKET_MIXED, "MIXED", NOW - 60)), SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('M', "MIXED", "MIXED", -60));
    CU_ASSERT_EQUAL(search("IMSCON1", enhanced_ticket(PASSTICKET_MIXED, "MIXED", NOW - 61)), SAF_EXPLAIN_TICKET_OTHER_KEY);
}

static void
an_application_without_a_profile_is_the_cause_itself(void)
{
    start();
    CU_ASSERT_EQUAL(search_for("NOSUCH", "", legacy_ticket(legacy, "NOSUCH", NOW), SAF_EXPLAIN_NO_PROFILE), SAF_EXPLAIN_NO_PROFILE);
    CU_ASSERT_EQUAL(search_for("NOSUCH", "", legacy_ticket(legacy, "IMSCON1", NOW), SAF_EXPLAIN_NO_PROFILE),
                    SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('L', "IMSCON1", "IMSCON1", 0));
}

static void
the_other_type_is_named(void)
{
    start();
    CU_ASSERT_EQUAL(search("UPPER", enhanced_ticket(PASSTICKET_MIXED, "UPPER", NOW)), SAF_EXPLAIN_TICKET_OTHER_KIND);
    CU_ASSERT_TRUE(found('M', "UPPER", "UPPER", 0));
    CU_ASSERT_EQUAL(search("MIXED", enhanced_ticket(PASSTICKET_UPPER, "MIXED", NOW)), SAF_EXPLAIN_TICKET_OTHER_KIND);
    CU_ASSERT_TRUE(found('U', "MIXED", "MIXED", 0));
}

static void
a_folded_ticket_is_searched_for_too(void)
{
    start();
    char lower[PASSTICKET_SIZE + 1];
    const char *ticket = legacy_ticket(other_legacy, "IMSCON2", NOW);
    for (size_t i = 0; i <= PASSTICKET_SIZE; i++)
        lower[i] = ticket[i] >= 'A' && ticket[i] <= 'Z' ? (char)(ticket[i] - 'A' + 'a') : ticket[i];
    CU_ASSERT_EQUAL(search("IMSCON1", lower), SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_TRUE(found('L', "IMSCON2.TIM", "IMSCON2", 0));
}

static void
a_missing_refresh_is_told_when_it_is_the_cause(void)
{
    start();
    stale = true;
    in_file.profiles[0].legacy = unknown_legacy;
    CU_ASSERT_EQUAL(search_for("IMSCON1", "", legacy_ticket(unknown_legacy, "IMSCON1", NOW), SAF_EXPLAIN_NOT_REFRESHED),
                    SAF_EXPLAIN_NOT_REFRESHED);
    CU_ASSERT_TRUE(found('L', "IMSCON1", "IMSCON1", 0));
    CU_ASSERT_EQUAL(search_for("IMSCON1", "", "AEPRRZ3S", SAF_EXPLAIN_NOT_REFRESHED), SAF_EXPLAIN_TICKET_OTHER_KEY);
    in_file.profiles[0].legacy = legacy;
    CU_ASSERT_EQUAL(search_for("IMSCON1", "", legacy_ticket(unknown_legacy, "IMSCON1", NOW), SAF_EXPLAIN_NOT_REFRESHED),
                    SAF_EXPLAIN_TICKET_OTHER_KEY);
}

static void
what_is_no_ticket_is_not_searched_for(void)
{
    start();
    static const char *const credentials[] = { "", "A", "AEPRRZ3", "AEPRRZ3SX", "AEPRRZ3!", "a long phrase of many words" };
    for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
        CU_ASSERT_EQUAL(search("IMSCON1", credentials[i]), SAF_EXPLAIN_TICKET_OTHER_KEY);
        CU_ASSERT_EQUAL(finding.kind, 0);
    }
    class_active = false;
    CU_ASSERT_EQUAL(search("IMSCON1", legacy_ticket(legacy, "UPPER", NOW)), SAF_EXPLAIN_TICKET_OTHER_KEY);
}

static void
searches_are_rationed(void)
{
    struct explain_budget budget = { 0 };
    for (int second = 5; second < 8; second++) {
        CU_ASSERT_EQUAL(explain_budget_left(&budget, second * 1000), EXPLAIN_TRIALS_MAX);
        explain_budget_spend(&budget, EXPLAIN_TRIALS_A_SECOND - 3);
        CU_ASSERT_EQUAL(explain_budget_left(&budget, second * 1000 + 900), 3);
        explain_budget_spend(&budget, 3);
        CU_ASSERT_EQUAL(explain_budget_left(&budget, second * 1000 + 999), 0);
    }
}

static const char *
detail_of(enum saf_explanation explanation, int32_t offset_s)
{
    static char detail[EXPLAIN_DETAIL_SIZE];
    struct racroute_facts facts = {
        .profile = "IMSCON2.TIM",
        .other_application = "IMSCON2",
        .ticket_kind = 'L',
        .first_use = { .utc_us = NOW * INT64_C(1000000), .address = "192.0.2.7" },
    };
    struct saf_result result = { .saf = SAF_REFUSED, .explanation = explanation, .ticket_offset_s = offset_s };
    explain_detail(&result, &facts, detail);
    return detail;
}

static void
details_say_what_to_look_at(void)
{
    CU_ASSERT_STRING_EQUAL(detail_of(SAF_EXPLAIN_TICKET_OTHER_KEY, 0), "");
    CU_ASSERT_STRING_EQUAL(detail_of(SAF_EXPLAIN_TICKET_OUT_OF_WINDOW, -601), "; its time is -601 s from now");
    static const int32_t zones[] = { 3600, -3600, 3540, 3660, -19800, 20700, 43200, -900, 960 };
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(detail_of(SAF_EXPLAIN_TICKET_OUT_OF_WINDOW, zones[i]), "set to a local time"));
    static const int32_t drifts[] = { 601, -601, 3661, 3539, 1200, 60, -60, 1 };
    for (size_t i = 0; i < sizeof drifts / sizeof drifts[0]; i++)
        CU_ASSERT_PTR_NULL(strstr(detail_of(SAF_EXPLAIN_TICKET_OUT_OF_WINDOW, drifts[i]), "local time"));
    CU_ASSERT_STRING_EQUAL(detail_of(SAF_EXPLAIN_TICKET_REPLAYED, -7), "; first use 2026-01-01T00:00:00Z from 192.0.2.7");
    CU_ASSERT_STRING_EQUAL(detail_of(SAF_EXPLAIN_TICKET_OTHER_APPLICATION, 0),
                           "; it is a legacy ticket for application IMSCON2, made with the key of profile IMSCON2.TIM");
    CU_ASSERT_STRING_EQUAL(detail_of(SAF_EXPLAIN_TICKET_OTHER_KIND, 0),
                           "; it is a legacy ticket, made with the key of profile IMSCON2.TIM");
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "another application is named", another_application_is_named },
        { "another profile is named", another_profile_is_named },
        { "an application without a profile is the cause itself", an_application_without_a_profile_is_the_cause_itself },
        { "the other TYPE is named", the_other_type_is_named },
        { "a folded ticket is searched for too", a_folded_ticket_is_searched_for_too },
        { "a missing REFRESH is told when it is the cause", a_missing_refresh_is_told_when_it_is_the_cause },
        { "what is no ticket is not searched for", what_is_no_ticket_is_not_searched_for },
        { "searches are rationed", searches_are_rationed },
        { "details say what to look at", details_say_what_to_look_at },
    };
    static const uint8_t keys[3][8] = { { 0xE0, 0x01, 0x19, 0x35 }, { 0xA1, 0xB2, 0xC3, 0xD4 }, { 0x11, 0x22, 0x33, 0x44 } };
    static const uint8_t enhanced_bytes[64] = { 1, 2, 3 };
    legacy = passticket_legacy_key_new(keys[0]);
    other_legacy = passticket_legacy_key_new(keys[1]);
    unknown_legacy = passticket_legacy_key_new(keys[2]);
    enhanced = passticket_enhanced_key_new(enhanced_bytes, sizeof enhanced_bytes);
    int status = SUITE_RUN("explain", cases);
    passticket_legacy_key_free(legacy);
    passticket_legacy_key_free(other_legacy);
    passticket_legacy_key_free(unknown_legacy);
    passticket_enhanced_key_free(enhanced);
    return status;
}
