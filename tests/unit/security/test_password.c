#include "security/password.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/suite.h"

static const char phrase[] = "Correct horse, battery staple!";

static bool
check(const struct password_hash *stored, const char *text, bool folds)
{
    struct password_check *check = malloc(sizeof *check); /* so that AddressSanitizer sees one byte too far */
    CU_ASSERT_PTR_NOT_NULL_FATAL(check);
    password_check_prepare(check, stored, text, folds);
    password_check_run(check);
    bool matches = check->matches;
    free(check);
    return matches;
}

static void
the_length_tells_password_from_phrase(void)
{
    char text[PHRASE_LENGTH_MAX + 2];
    memset(text, 'x', sizeof text);
    for (size_t length = 0; length < sizeof text; length++) {
        text[length] = '\0';
        enum password_form form = password_form_of(text);
        text[length] = 'x';
        enum password_form expected = length == 0 || length > PHRASE_LENGTH_MAX ? PASSWORD_FORM_NONE
                                      : length <= PASSWORD_LENGTH_MAX           ? PASSWORD_FORM_PASSWORD
                                                                                : PASSWORD_FORM_PHRASE;
        CU_ASSERT_EQUAL(form, expected);
    }
}

static void
only_the_right_text_matches(void)
{
    struct password_hash stored;
    CU_ASSERT_TRUE_FATAL(password_hash_make("SECRET01", &stored));
    CU_ASSERT_TRUE(check(&stored, "SECRET01", false));
    CU_ASSERT_FALSE(check(&stored, "secret01", false));
    CU_ASSERT_TRUE(check(&stored, "secret01", true));
    CU_ASSERT_FALSE(check(&stored, "SECRET0", true));
    CU_ASSERT_FALSE(check(&stored, "SECRET011", true));
    CU_ASSERT_TRUE_FATAL(password_hash_make(phrase, &stored));
    CU_ASSERT_TRUE(check(&stored, phrase, false));
    CU_ASSERT_FALSE(check(&stored, phrase, true));
}

static void
the_longest_phrase_counts_whole(void)
{
    struct password_hash stored;
    char text[PHRASE_LENGTH_MAX + 1];
    memset(text, 'p', sizeof text - 1);
    text[PHRASE_LENGTH_MAX] = '\0';
    CU_ASSERT_TRUE_FATAL(password_hash_make(text, &stored));
    CU_ASSERT_TRUE(check(&stored, text, false));
    text[PHRASE_LENGTH_MAX - 1] = 'q';
    CU_ASSERT_FALSE(check(&stored, text, false));
}

static void
nobody_has_a_password(void)
{
    const struct password_hash none = { .size = 0 };
    CU_ASSERT_FALSE(check(&none, "SECRET01", false));
    CU_ASSERT_FALSE(password_verify(&none, ""));
    CU_ASSERT_FALSE(password_verify(&password_hash_of_nobody, "SECRET01"));
}

static void
the_text_is_wiped(void)
{
    static const char zeros[PHRASE_LENGTH_MAX + 1];
    struct password_check check;
    const struct password_hash none = { .size = 0 };
    password_check_prepare(&check, &none, phrase, false);
    CU_ASSERT_STRING_EQUAL(check.text, phrase);
    password_check_run(&check);
    CU_ASSERT_EQUAL(memcmp(check.text, zeros, sizeof zeros), 0);
}

static int64_t
cpu_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* The fastest of a few, which other load on the machine disturbs least. */
static int64_t
cost_us(const struct password_hash *stored)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t start = cpu_us();
        CU_ASSERT_FALSE(password_verify(stored, "SECRET01"));
        int64_t took = cpu_us() - start;
        least = took < least ? took : least;
    }
    return least;
}

static void
nobody_costs_what_somebody_costs(void)
{
    struct password_hash stored;
    const struct password_hash none = { .size = 0 };
    CU_ASSERT_TRUE_FATAL(password_hash_make("SECRET02", &stored));
    int64_t wrong = cost_us(&stored);
    int64_t nobody = cost_us(&none);
    CU_ASSERT_TRUE(wrong > 1000);
    CU_ASSERT_TRUE(nobody > wrong / 2 && nobody < wrong * 2);
    printf("# compared with a hash: %lld us, with nobody's: %lld us\n", (long long)wrong, (long long)nobody);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the length tells password from phrase", the_length_tells_password_from_phrase },
        { "only the right text matches", only_the_right_text_matches },
        { "the longest phrase counts whole", the_longest_phrase_counts_whole },
        { "nobody has a password", nobody_has_a_password },
        { "the text is wiped", the_text_is_wiped },
        { "nobody costs what somebody costs", nobody_costs_what_somebody_costs },
    };
    return SUITE_RUN("password", cases);
}
