#include "gateway/login.h"
#include "tests/support/suite.h"

struct expectation {
    uint8_t saf;
    uint8_t racf;
    enum saf_explanation explanation;
    bool retryable;
    unsigned plain;   /* SECCHKCD with RACFGENRC=N */
    unsigned generic; /* with RACFGENRC=Y */
};

static const struct expectation expectations[] = {
    { 0, 0x00, SAF_EXPLAIN_NONE, false, 0x00, 0x00 },
    { 8, 0x04, SAF_EXPLAIN_USER_NOT_DEFINED, false, 0x13, 0x0F },
    { 4, 0x04, SAF_EXPLAIN_USER_NOT_DEFINED, false, 0x13, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_TICKET_OTHER_KEY, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_TICKET_REPLAYED, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_TICKET_OUT_OF_WINDOW, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_TICKET_LENGTH, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_NO_PROFILE, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_THROTTLED, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_CREDENTIAL_MISSING, false, 0x10, 0x10 },
    { 8, 0x04, SAF_EXPLAIN_USERID_MISSING, false, 0x12, 0x12 },
    { 8, 0x0C, SAF_EXPLAIN_PASSWORD_EXPIRED, false, 0x0E, 0x0E },
    { 8, 0x10, SAF_EXPLAIN_PASSWORD, false, 0x0F, 0x0F },
    { 8, 0x14, SAF_EXPLAIN_GROUP, false, 0x0F, 0x0F },
    { 8, 0x1C, SAF_EXPLAIN_USER_REVOKED, false, 0x14, 0x14 },
    { 8, 0x20, SAF_EXPLAIN_CLASS_INACTIVE, false, 0x0A, 0x0A },
    { 8, 0x24, SAF_EXPLAIN_GROUP, false, 0x0F, 0x0F },
    { 8, 0x34, SAF_EXPLAIN_APPL_REFUSED, false, 0x0F, 0x0F },
    { 8, 0x08, SAF_EXPLAIN_REPLAY_STORE, true, 0x09, 0x09 },
    { 8, 0x00, SAF_EXPLAIN_SERVER_UNAVAILABLE, false, 0x0A, 0x0A },
    { 8, 0x08, SAF_EXPLAIN_AUDIT, false, 0x0A, 0x0A },
    { 8, 0x08, SAF_EXPLAIN_INTERNAL, false, 0x0A, 0x0A },
    { 8, 0x08, SAF_EXPLAIN_KEY_UNAVAILABLE, false, 0x0A, 0x0F },
    { 8, 0x00, SAF_EXPLAIN_NONE, false, 0x0A, 0x0A },
    { 4, 0x00, SAF_EXPLAIN_NONE, false, 0x0A, 0x0A },
    { 0, 0x08, SAF_EXPLAIN_NONE, false, 0x0F, 0x0F },
    { 8, 0x7F, SAF_EXPLAIN_NONE, false, 0x0A, 0x0A },
};

static void
decisions_become_the_right_code(void)
{
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        const struct expectation *e = &expectations[i];
        const struct saf_result result = { .saf = e->saf, .racf = e->racf, .explanation = e->explanation, .retryable = e->retryable };
        CU_ASSERT_EQUAL(login_secchkcd(&result, false), e->plain);
        CU_ASSERT_EQUAL(login_secchkcd(&result, true), e->generic);
    }
}

/* Whatever safd says, only SAF 0 with RACF 0 lets a user in. */
static void
nothing_else_is_a_success(void)
{
    for (unsigned saf = 0; saf < 256; saf++)
        for (unsigned racf = 0; racf < 256; racf++)
            for (unsigned explanation = 0; explanation <= SAF_EXPLAIN_INTERNAL + 1; explanation++) {
                const struct saf_result result = { .saf = (uint8_t)saf,
                                                   .racf = (uint8_t)racf,
                                                   .explanation = (enum saf_explanation)explanation };
                if ((login_secchkcd(&result, explanation % 2 == 0) == DRDA_SECCHKCD_OK) != (saf == 0 && racf == 0))
                    CU_FAIL("a refusal became a success");
            }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "decisions become the right SECCHKCD", decisions_become_the_right_code },
        { "nothing but SAF 0, RACF 0 is a success", nothing_else_is_a_success },
    };
    return SUITE_RUN("SECCHKCD", cases);
}
