/* Evaluation against profiles that the test makes up, enhanced keys included; the database is not asked. */
#include "security/evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

enum { NOW = 1767225600, DAY = 24 * 3600 };

static const uint8_t legacy_bytes[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
static const uint8_t other_bytes[8] = { 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0xA7, 0xB8 };
static const uint8_t enhanced_bytes[64] = { 1, 2, 3 };

static const struct evaluation_names names = { .application = "IMSCON1", .group = "SYS1", .userid = "IMSUSR1" };

static struct racf_ptktdata profiles[2];
static size_t profile_count;
static bool class_active = true;
static bool stale;
static bool folds;

struct racf_ptktdata_snapshot {
    int unused;
};

const struct racf_ptktdata_snapshot *
racf_ptktdata_in_force(const struct racf *racf)
{
    static const struct racf_ptktdata_snapshot snapshot;
    (void)racf;
    return class_active ? &snapshot : NULL;
}

size_t
racf_ptktdata_find(const struct racf_ptktdata_snapshot *snapshot, const char *application, const char *group, const char *userid,
                   const struct racf_ptktdata *found[2])
{
    (void)snapshot;
    CU_ASSERT_STRING_EQUAL(application, names.application);
    CU_ASSERT_STRING_EQUAL(group, names.group);
    CU_ASSERT_STRING_EQUAL(userid, names.userid);
    for (size_t i = 0; i < profile_count; i++)
        found[i] = &profiles[i];
    return profile_count;
}

bool
racf_ptktdata_is_stale(const struct racf *racf)
{
    (void)racf;
    return stale;
}

static struct passticket_legacy_key *legacy;
static struct passticket_legacy_key *other;
static struct passticket_enhanced_key *enhanced;

/* One profile IMSCON1 with these keys. */
static void
one_profile(struct passticket_legacy_key *legacy_key, struct passticket_enhanced_key *enhanced_key, enum passticket_enhanced_type type)
{
    profiles[0] = (struct racf_ptktdata) {
        .name = "IMSCON1", .legacy = legacy_key, .enhanced = enhanced_key, .type = type, .timeout_s = 60, .future_s = 60
    };
    profile_count = 1;
}

static struct evaluation evaluation;

static enum saf_explanation
evaluate_at(const char *credential, int64_t now_s)
{
    char *exact = strdup(credential); /* exact size: AddressSanitizer sees one byte too far */
    evaluation_run(NULL, &names, exact, folds, now_s, &evaluation);
    free(exact);
    return evaluation.explanation;
}

static enum saf_explanation
evaluate(const char *credential)
{
    return evaluate_at(credential, NOW);
}

static const char *
legacy_ticket(const struct passticket_legacy_key *key, int64_t time_s)
{
    static char ticket[PASSTICKET_SIZE + 1];
    CU_ASSERT_TRUE(passticket_legacy_generate(key, names.userid, names.application, (uint32_t)time_s, ticket));
    return ticket;
}

static const char *
enhanced_ticket(enum passticket_enhanced_type type, int64_t time_s)
{
    static char ticket[PASSTICKET_SIZE + 1];
    CU_ASSERT_TRUE(passticket_enhanced_generate(enhanced, type, names.userid, names.application, (uint64_t)time_s, ticket));
    return ticket;
}

static void
both_kinds_are_tried(void)
{
    static const char kinds[] = { [PASSTICKET_UPPER] = 'U', [PASSTICKET_MIXED] = 'M' };
    for (enum passticket_enhanced_type type = PASSTICKET_UPPER; type <= PASSTICKET_MIXED; type++) {
        one_profile(legacy, enhanced, type);
        CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW - 3)), SAF_EXPLAIN_NONE);
        CU_ASSERT_EQUAL(evaluation.kind, 'L');
        CU_ASSERT_EQUAL(evaluation.offset_s, -3);
        CU_ASSERT_EQUAL(evaluation.ticket_time_s, NOW - 3);
        CU_ASSERT_STRING_EQUAL(evaluation.profile, "IMSCON1");
        CU_ASSERT_EQUAL(evaluate(enhanced_ticket(type, NOW + 4)), SAF_EXPLAIN_NONE);
        CU_ASSERT_EQUAL(evaluation.kind, kinds[type]);
        CU_ASSERT_EQUAL(evaluation.offset_s, 4);
        CU_ASSERT_EQUAL(evaluation.ticket_time_s, NOW + 4);
    }
}

static void
the_windows_include_their_last_second(void)
{
    static const struct {
        int64_t offset_s;
        bool legacy_valid, enhanced_valid;
    } offsets[] = {
        { -601, false, false }, { -600, true, false }, { -61, true, false }, { -60, true, true },
        { 60, true, true },     { 61, true, false },   { 600, true, false }, { 601, false, false },
    };
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        int64_t offset_s = offsets[i].offset_s;
        enum saf_explanation outside = SAF_EXPLAIN_TICKET_OUT_OF_WINDOW;
        one_profile(legacy, enhanced, PASSTICKET_MIXED);
        CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW + offset_s)), offsets[i].legacy_valid ? SAF_EXPLAIN_NONE : outside);
        CU_ASSERT_EQUAL(evaluation.offset_s, offset_s);
        CU_ASSERT_EQUAL(evaluate(enhanced_ticket(PASSTICKET_MIXED, NOW + offset_s)),
                        offsets[i].enhanced_valid ? SAF_EXPLAIN_NONE : outside);
        CU_ASSERT_EQUAL(evaluation.offset_s, offset_s);
    }
}

static void
legacy_tickets_are_valid_past_2038_and_over_the_wrap_of_2106(void)
{
    one_profile(legacy, NULL, PASSTICKET_MIXED);
    static const int64_t nows[] = { 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x100000064 };
    for (size_t i = 0; i < sizeof nows / sizeof nows[0]; i++)
        for (int64_t offset_s = -600; offset_s <= 600; offset_s += 100) {
            CU_ASSERT_EQUAL(evaluate_at(legacy_ticket(legacy, nows[i] + offset_s), nows[i]), SAF_EXPLAIN_NONE);
            CU_ASSERT_EQUAL(evaluation.offset_s, offset_s);
            CU_ASSERT_EQUAL(evaluation.ticket_time_s, nows[i] + offset_s);
        }
    CU_ASSERT_NOT_EQUAL(evaluate_at(legacy_ticket(legacy, 0x7FFFFFFF), 0xFFFFFFFF), SAF_EXPLAIN_NONE);
    CU_ASSERT_NOT_EQUAL(evaluate_at(legacy_ticket(legacy, 0x80000000), 0), SAF_EXPLAIN_NONE);
}

static void
the_qualified_profile_comes_before_the_unqualified(void)
{
    one_profile(other, NULL, PASSTICKET_MIXED);
    profiles[1] = profiles[0];
    profiles[1].legacy = legacy;
    memcpy(profiles[0].name, "IMSCON1.IMSUSR1", sizeof "IMSCON1.IMSUSR1");
    profiles[0].legacy_replay = true;
    profile_count = 2;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(other, NOW)), SAF_EXPLAIN_NONE);
    CU_ASSERT_STRING_EQUAL(evaluation.profile, "IMSCON1.IMSUSR1");
    CU_ASSERT_TRUE(evaluation.replay_allowed);
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_NONE);
    CU_ASSERT_STRING_EQUAL(evaluation.profile, "IMSCON1");
    CU_ASSERT_FALSE(evaluation.replay_allowed);
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(other, NOW - 700)), SAF_EXPLAIN_TICKET_OUT_OF_WINDOW);
    CU_ASSERT_STRING_EQUAL(evaluation.profile, "IMSCON1.IMSUSR1");
}

static void
each_kind_has_its_own_leave_to_be_used_again(void)
{
    one_profile(legacy, enhanced, PASSTICKET_UPPER);
    profiles[0].enhanced_replay = true;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_NONE);
    CU_ASSERT_FALSE(evaluation.replay_allowed);
    CU_ASSERT_EQUAL(evaluate(enhanced_ticket(PASSTICKET_UPPER, NOW)), SAF_EXPLAIN_NONE);
    CU_ASSERT_TRUE(evaluation.replay_allowed);
    profiles[0].enhanced_replay = false;
    profiles[0].legacy_replay = true;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_NONE);
    CU_ASSERT_TRUE(evaluation.replay_allowed);
    CU_ASSERT_EQUAL(evaluate(enhanced_ticket(PASSTICKET_UPPER, NOW)), SAF_EXPLAIN_NONE);
    CU_ASSERT_FALSE(evaluation.replay_allowed);
}

static void
causes_are_told_apart(void)
{
    one_profile(legacy, NULL, PASSTICKET_MIXED);
    CU_ASSERT_EQUAL(evaluate(""), SAF_EXPLAIN_TICKET_LENGTH);
    CU_ASSERT_EQUAL(evaluate("ABCDEFGHI"), SAF_EXPLAIN_TICKET_LENGTH);
    CU_ASSERT_EQUAL(evaluate("LZTKEEDQ"), SAF_EXPLAIN_TICKET_NOT_WELL_FORMED);
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(other, NOW)), SAF_EXPLAIN_TICKET_OTHER_KEY);
    CU_ASSERT_EQUAL(evaluation.kind, 0);
    CU_ASSERT_STRING_EQUAL(evaluation.profile, "IMSCON1");
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW + 2 * DAY)), SAF_EXPLAIN_TICKET_OUT_OF_WINDOW);
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW + 2 * DAY + 1)), SAF_EXPLAIN_TICKET_OTHER_KEY);
    stale = true;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(other, NOW)), SAF_EXPLAIN_NOT_REFRESHED);
    CU_ASSERT_EQUAL(evaluate("LZTKEEDQ"), SAF_EXPLAIN_TICKET_NOT_WELL_FORMED);
    profile_count = 0;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_NOT_REFRESHED);
    stale = false;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_NO_PROFILE);
    CU_ASSERT_STRING_EQUAL(evaluation.profile, "");
    class_active = false;
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_CLASS_INACTIVE);
    class_active = true;
}

static void
a_folded_ticket_is_named_and_refused(void)
{
    char lower[PASSTICKET_SIZE + 1];
    one_profile(legacy, NULL, PASSTICKET_MIXED);
    memcpy(lower, legacy_ticket(legacy, NOW), sizeof lower);
    for (char *c = lower; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    CU_ASSERT_EQUAL(evaluate(lower), SAF_EXPLAIN_TICKET_FOLDED);
    CU_ASSERT_EQUAL(evaluation.kind, 0);
    CU_ASSERT_EQUAL(evaluate_at(lower, NOW + 601), SAF_EXPLAIN_TICKET_NOT_WELL_FORMED);
}

static void
copy_lower(const char *ticket, char lower[PASSTICKET_SIZE + 1])
{
    for (size_t i = 0; i <= PASSTICKET_SIZE; i++)
        lower[i] = ticket[i] >= 'A' && ticket[i] <= 'Z' ? (char)(ticket[i] - 'A' + 'a') : ticket[i];
}

/* Folding helps legacy and UPPER tickets; MIXED ones count as they are, and are not folded away. */
static void
a_folded_ticket_is_taken_where_passwords_are_folded(void)
{
    char lower[PASSTICKET_SIZE + 1];
    folds = true;
    one_profile(legacy, enhanced, PASSTICKET_UPPER);
    copy_lower(legacy_ticket(legacy, NOW), lower);
    CU_ASSERT_EQUAL(evaluate(lower), SAF_EXPLAIN_NONE);
    CU_ASSERT_EQUAL(evaluation.kind, 'L');
    copy_lower(enhanced_ticket(PASSTICKET_UPPER, NOW), lower);
    CU_ASSERT_EQUAL(evaluate(lower), SAF_EXPLAIN_NONE);
    CU_ASSERT_EQUAL(evaluation.kind, 'U');
    one_profile(NULL, enhanced, PASSTICKET_MIXED);
    CU_ASSERT_EQUAL(evaluate(enhanced_ticket(PASSTICKET_MIXED, NOW)), SAF_EXPLAIN_NONE);
    int accepted = 0;
    for (int64_t time_s = NOW - 60; time_s <= NOW + 60; time_s++) {
        copy_lower(enhanced_ticket(PASSTICKET_MIXED, time_s), lower);
        accepted += strcmp(lower, enhanced_ticket(PASSTICKET_MIXED, time_s)) != 0 && evaluate(lower) == SAF_EXPLAIN_NONE;
    }
    CU_ASSERT_EQUAL(accepted, 0);
    folds = false;
}

static void
a_missing_key_explains_what_no_other_key_made(void)
{
    one_profile(NULL, NULL, PASSTICKET_MIXED);
    CU_ASSERT_EQUAL(evaluate("AEPRRZ3S"), SAF_EXPLAIN_NO_PROFILE);
    profiles[0].key_unavailable = true;
    CU_ASSERT_EQUAL(evaluate("AEPRRZ3S"), SAF_EXPLAIN_KEY_UNAVAILABLE);
    profiles[0].legacy = legacy;
    CU_ASSERT_EQUAL(evaluate("AEPRRZ3S"), SAF_EXPLAIN_KEY_UNAVAILABLE);
    CU_ASSERT_EQUAL(evaluate("AEPRRZ3"), SAF_EXPLAIN_TICKET_LENGTH);
    CU_ASSERT_EQUAL(evaluate("AEPRRZ3!"), SAF_EXPLAIN_TICKET_NOT_WELL_FORMED);
    CU_ASSERT_EQUAL(evaluate(legacy_ticket(legacy, NOW)), SAF_EXPLAIN_NONE);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "both kinds are tried", both_kinds_are_tried },
        { "the windows include their last second", the_windows_include_their_last_second },
        { "legacy tickets are valid past 2038 and over the wrap of 2106", legacy_tickets_are_valid_past_2038_and_over_the_wrap_of_2106 },
        { "the qualified profile comes before the unqualified", the_qualified_profile_comes_before_the_unqualified },
        { "each kind has its own leave to be used again", each_kind_has_its_own_leave_to_be_used_again },
        { "causes are told apart", causes_are_told_apart },
        { "a folded ticket is named and refused", a_folded_ticket_is_named_and_refused },
        { "a folded ticket is taken where passwords are folded", a_folded_ticket_is_taken_where_passwords_are_folded },
        { "a missing key explains what no other key made", a_missing_key_explains_what_no_other_key_made },
    };
    legacy = passticket_legacy_key_new(legacy_bytes);
    other = passticket_legacy_key_new(other_bytes);
    enhanced = passticket_enhanced_key_new(enhanced_bytes, sizeof enhanced_bytes);
    int status = SUITE_RUN("evaluation", cases);
    passticket_legacy_key_free(legacy);
    passticket_legacy_key_free(other);
    passticket_enhanced_key_free(enhanced);
    return status;
}
