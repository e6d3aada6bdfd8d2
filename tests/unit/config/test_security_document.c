/* docs/security.md publishes how long guessing takes: computed here from the default settings, and looked for word by word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "security/evaluation.h"
#include "tests/support/suite.h"

static struct passgate_settings settings;

#define SECONDS_A_YEAR (365.25 * 86400)

static const struct {
    const char *ticket;
    const char *profile;
    int window_s;
    int well_formed_bits;
} rows[] = {
    { "legacy", "", EVALUATION_LEGACY_WINDOW_S, 32 },  { "UPPER", "TIMEOUT(60), the default", 60, 41 },
    { "UPPER", "TIMEOUT(600), the longest", 600, 41 }, { "MIXED", "TIMEOUT(60), the default", 60, 48 },
    { "MIXED", "TIMEOUT(600), the longest", 600, 48 },
};

/* In the largest unit that there is one of. */
static void
put_time(FILE *stream, double seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {
        { "million years", 1e6 * SECONDS_A_YEAR },
        { "thousand years", 1e3 * SECONDS_A_YEAR },
        { "years", SECONDS_A_YEAR },
        { "days", 86400 },
        { "minutes", 60 },
    };
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof units[0] && seconds < units[i].seconds)
        i++;
    double count = seconds / units[i].seconds;
    fprintf(stream, count < 10 ? "%.1f %s" : "%.0f %s", count, units[i].name);
}

static void
write_tickets(FILE *stream)
{
    double rate = throttle_guesses_a_second(&settings.throttle);
    fprintf(
        stream,
        "| ticket | profile | w | n | one guess in ... is right | expected time with the throttle | without, at 1000 guesses a second |\n"
        "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double odds = (2.0 * rows[i].window_s + 1) / (double)(UINT64_C(1) << rows[i].well_formed_bits);
        fprintf(stream, "| %s | %s | %d | 2^%d | %.0f | ", rows[i].ticket, rows[i].profile, rows[i].window_s, rows[i].well_formed_bits,
                1 / odds);
        put_time(stream, 1 / (odds * rate));
        fprintf(stream, " | ");
        put_time(stream, 1 / (odds * 1000));
        fprintf(stream, " |\n");
    }
}

static void
write_count(FILE *stream, const char *name, const char *what, uint32_t failures)
{
    double rate = throttle_guesses_a_second(&settings.throttle);
    fprintf(stream, "| %s | %s | %u | %.0f |\n", name, what, throttle_burst(&settings.throttle, failures), rate * 86400);
}

static void
write_counts(FILE *stream)
{
    const struct throttle_settings *throttle = &settings.throttle;
    fprintf(stream, "| count | guesses at | at once, at most | then a day |\n|---|---|---|---|\n");
    write_count(stream, "pair_failures", "one user from one address", throttle->pair_failures);
    write_count(stream, "address_failures", "all users from one address", throttle->address_failures);
    write_count(stream, "user_failures", "one user, from addresses that have failures", throttle->user_failures);
    write_count(stream, "ten times user_failures", "one user, from addresses that have none",
                THROTTLE_FRESH_FACTOR * throttle->user_failures);
}

static void
expect_in_document(void (*write)(FILE *stream))
{
    char *expected = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&expected, &size);
    write(stream);
    fclose(stream);
    static char document[1 << 17];
    FILE *file = fopen(DOCS "/security.md", "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    document[fread(document, 1, sizeof document - 1, file)] = '\0';
    fclose(file);
    CU_ASSERT_PTR_NOT_NULL(strstr(document, expected));
    if (strstr(document, expected) == NULL)
        printf("# docs/security.md should say:\n%s", expected);
    free(expected);
}

static void
the_times_follow_from_the_defaults(void)
{
    expect_in_document(write_tickets);
}

static void
the_counts_follow_from_the_defaults(void)
{
    expect_in_document(write_counts);
}

int
main(void)
{
    struct problem_list problems = { 0 };
    static const struct test_case cases[] = {
        { "the expected times follow from the default settings", the_times_follow_from_the_defaults },
        { "the bursts follow from the default settings", the_counts_follow_from_the_defaults },
    };
    if (!settings_parse("defaults", "", 0, &settings, &problems))
        return 1;
    problem_list_clear(&problems);
    return SUITE_RUN("security document", cases);
}
