#include "clients/passgate/audit_record.h"

#include <stdlib.h>
#include <string.h>

#include "clients/passgate/audit_filter.h"
#include "tests/support/suite.h"

#define LOGIN                                                                                                                            \
    "{\"time\":\"2026-01-01T00:00:00.000042Z\",\"record\":\"verify\",\"event\":1,\"qualifier\":32,\"user\":\"TOM\",\"group\":\"BATCH\"," \
    "\"application\":\"IMSCON1\",\"address\":\"192.0.2.7\",\"port\":50000,\"connection\":77,\"saf\":0,\"racf\":0,\"reason\":0,"          \
    "\"ticket\":\"legacy\",\"ticket_offset_s\":-3,\"profile\":\"IMSCON1\",\"explanation\":0,\"explanation_text\":\"accepted\"}"

static const int64_t new_year_us = INT64_C(1767225600000000);
static struct audit_record record;
static char printed[4096];

static bool
parse(const char *line)
{
    struct problem problem = { "" };
    char *exact = malloc(strlen(line) + 1); /* AddressSanitizer sees one byte too far */
    memcpy(exact, line, strlen(line) + 1);
    bool parsed = audit_record_parse(exact, strlen(line), &record, &problem);
    free(exact);
    CU_ASSERT_EQUAL(parsed, problem.text[0] == '\0');
    CU_ASSERT_EQUAL(parsed, record.fields != NULL);
    return parsed;
}

/* The line for people, as far as it fits. */
static const char *
print_line(const char *line)
{
    CU_ASSERT_TRUE_FATAL(parse(line));
    memset(printed, 0, sizeof printed);
    FILE *stream = fmemopen(printed, sizeof printed - 1, "w");
    audit_record_print(&record, stream);
    fclose(stream);
    audit_record_clear(&record);
    return printed;
}

static void
a_login_is_one_line(void)
{
    CU_ASSERT_STRING_EQUAL(print_line(LOGIN), "2026-01-01 00:00:00  success  TOM      BATCH    IMSCON1  192.0.2.7:50000        N=77 1(32) "
                                              "legacy ticket -3 s, profile IMSCON1\n");
}

static void
each_kind_of_record_shows_what_it_is_about(void)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(print_line("{\"time\":\"2026-01-01T00:00:00.000042Z\",\"record\":\"verify\",\"event\":1,\"qualifier\":33,"
                                             "\"user\":\"TOM\",\"address\":\"2001:db8::1\",\"port\":1,\"saf\":8,\"racf\":8,\"ticket\":"
                                             "\"upper\",\"explanation\":14,\"explanation_text\":\"the PassTicket was used before\","
                                             "\"first_use\":\"2025-12-31T23:59:59.000000Z\",\"first_address\":\"192.0.2.9\"}"),
                                  "8/08/00 the PassTicket was used before; upper ticket +0 s, profile ; first use "
                                  "2025-12-31T23:59:59.000000Z from 192.0.2.9"));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "REPLAY"));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "[2001:db8::1]:1"));
    print_line("{\"time\":\"2026-01-01T00:00:00.000042Z\",\"record\":\"verify\",\"event\":1,\"qualifier\":7,\"user\":\"TOM\",\"saf\":8,"
               "\"racf\":8,\"ticket\":\"none\",\"explanation\":18,\"explanation_text\":\"wrong\"}");
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "8/08/00 wrong; the user ID is now revoked\n"));
    print_line("{\"time\":\"2026-01-01T00:00:00.000042Z\",\"record\":\"command\",\"user\":\"IBMUSER\",\"uid\":1000,\"command\":"
               "\"SETROPTS LIST\",\"return_code\":8}");
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "failure  IBMUSER  -        -        uid 1000               RC=8 SETROPTS LIST\n"));
    print_line("{\"time\":\"2026-01-01T00:00:00.000042Z\",\"record\":\"explain\",\"user\":\"IBMUSER\",\"uid\":0,\"subject\":\"TOM\","
               "\"application\":\"IMSCON1\",\"return_code\":4}");
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "success  IBMUSER"));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "about user TOM"));
    print_line("{\"time\":\"2030-01-01T00:00:00Z\",\"record\":\"of the future\",\"user\":\"TOM\",\"depth\":[1,{\"x\":null}]}");
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "of the future depth=[1,{\"x\":null}]\n"));
}

static void
what_is_no_record_is_refused(void)
{
    static const char *const lines[] = {
        "",
        " ",
        "x",
        "null",
        "1",
        "[]",
        "{}",
        "{",
        "\"text\"",
        "{\"time\":\"2026-01-01T00:00:00Z\"}",
        "{\"record\":\"verify\"}",
        "{\"record\":\"verify\",\"time\":1}",
        "{\"record\":7,\"time\":\"2026-01-01T00:00:00Z\"}",
        "{\"record\":\"verify\",\"time\":\"yesterday\"}",
        "{\"record\":\"verify\",\"time\":\"2026-01-01T00:00:00Z\"} trailing",
        "{\"record\":\"verify\",\"time\":\"2026-01-01T00:00:00Z\",\"record\":\"command\"}",
        "{\"record\":\"verify\",\"time\":\"2026-01-01T00:00:00Z\",\"user\":\"\xff\"}",
        "{\"record\":\"verify\",\"time\":\"2026-01-01T00:00:00Z\",\"user\":\"a\nb\"}",
        "{\"record\":\"verify\",\"time\":\"2026-01-01T00:00:00Z\",\"user\":\"a\\u0000b\"}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        CU_ASSERT_FALSE(parse(lines[i]));
    for (size_t size = 0; size < strlen(LOGIN); size++) {
        char *cut = strndup(LOGIN, size);
        CU_ASSERT_FALSE(parse(cut));
        free(cut);
    }
}

static void
fields_of_the_wrong_type_do_no_harm(void)
{
    print_line("{\"time\":\"2026-01-01T00:00:00Z\",\"record\":\"verify\",\"user\":{},\"group\":1,\"application\":[],\"address\":true,"
               "\"saf\":\"0\",\"racf\":1e300,\"reason\":-1,\"connection\":9223372036854775807,\"ticket\":9,\"first_use\":[]}");
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "failure"));
    print_line("{\"time\":\"2026-01-01T00:00:00Z\",\"record\":\"command\",\"return_code\":\"0\"}");
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "failure"));
}

static void
no_terminal_is_driven_by_a_record(void)
{
    print_line("{\"time\":\"2026-01-01T00:00:00Z\",\"record\":\"command\\u001b[2J\",\"user\":\"\\u001b]0;x\\u0007\",\"group\":\"a\\nb\","
               "\"application\":\"\\u009b1m\",\"address\":\"\\u001b[1m\",\"key\\u001b\":\"\\u001b\"}");
    for (const char *at = printed; *at != '\0'; at++)
        CU_ASSERT((unsigned char)*at >= ' ' || (*at == '\n' && at[1] == '\0'));
    CU_ASSERT_PTR_NULL(strstr(printed, "\xc2\x9b"));
}

static void
times_are_real_ones(void)
{
    static const struct {
        const char *text;
        int64_t utc_us; /* -1: none */
    } times[] = {
        { "2026-01-01", 0 },
        { "2026-01-01T00:00", 0 },
        { "2026-01-01T00:00Z", 0 },
        { "2026-01-01T00:00:01", 1000000 },
        { "2026-01-01T00:00:01.000042Z", 1000042 },
        { "2026-02-28T23:59:59", 58 * INT64_C(86400000000) + 86399 * INT64_C(1000000) },
        { "2026-02-29", -1 },
        { "2026-13-01", -1 },
        { "2026-00-01", -1 },
        { "2026-01-01T24:00", -1 },
        { "2026-01-01T00:60", -1 },
        { "2026-01-01T", -1 },
        { "2026-01-01T1:00", -1 },
        { "2026-01-01T00:00:00.1", -1 },
        { "2026-01-01 00:00", -1 },
        { "2026-01-01T00:00:00+01:00", -1 },
        { "1969-12-31", -1 },
        { "", -1 },
        { "now", -1 },
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int64_t utc_us;
        bool parsed = audit_time_parse(times[i].text, &utc_us);
        CU_ASSERT_EQUAL(parsed, times[i].utc_us >= 0);
        CU_ASSERT_EQUAL(utc_us, parsed ? new_year_us + times[i].utc_us : 0);
    }
}

static bool
passes(const struct audit_filter *filter, const char *line)
{
    CU_ASSERT_TRUE_FATAL(parse(line));
    bool matches = audit_filter_matches(filter, &record);
    audit_record_clear(&record);
    return matches;
}

static void
filters_take_what_they_name(void)
{
    static const char question[] = "{\"time\":\"2026-01-01T00:00:00Z\",\"record\":\"explain\",\"user\":\"IBMUSER\",\"subject\":\"TOM\"}";
    static const char replay[] = "{\"time\":\"2026-01-01T00:00:00Z\",\"record\":\"verify\",\"saf\":8,\"explanation\":14}";
    CU_ASSERT_TRUE(passes(&(struct audit_filter) { 0 }, LOGIN));
    CU_ASSERT_TRUE(passes(&(struct audit_filter) { .user = "tom", .application = "IMS*" }, LOGIN));
    CU_ASSERT_TRUE(passes(&(struct audit_filter) { .user = "T?M" }, question));
    CU_ASSERT_FALSE(passes(&(struct audit_filter) { .user = "TO" }, LOGIN));
    CU_ASSERT_FALSE(passes(&(struct audit_filter) { .application = "IMSCON2" }, LOGIN));
    CU_ASSERT_FALSE(passes(&(struct audit_filter) { .application = "*1" }, question));
    CU_ASSERT_TRUE(passes(&(struct audit_filter) { .since_us = new_year_us + 42 }, LOGIN));
    CU_ASSERT_FALSE(passes(&(struct audit_filter) { .since_us = new_year_us + 43 }, LOGIN));
    struct audit_filter filter = { 0 };
    CU_ASSERT_FALSE(audit_filter_outcome(&filter, "Success"));
    CU_ASSERT_TRUE(audit_filter_outcome(&filter, "success"));
    CU_ASSERT_TRUE(passes(&filter, LOGIN));
    CU_ASSERT_FALSE(passes(&filter, replay));
    CU_ASSERT_TRUE(audit_filter_outcome(&filter, "failure"));
    CU_ASSERT_FALSE(passes(&filter, LOGIN));
    CU_ASSERT_TRUE(passes(&filter, replay));
    CU_ASSERT_TRUE(audit_filter_outcome(&filter, "replay"));
    CU_ASSERT_TRUE(passes(&filter, replay));
}

static void
ages_count_back_from_now(void)
{
    static const struct {
        const char *text;
        int64_t age_s; /* -1: refused */
    } ages[] = {
        { "90s", 90 },
        { "10m", 600 },
        { "1h", 3600 },
        { "2d", 172800 },
        { "0s", 0 },
        { "1", -1 },
        { "h", -1 },
        { "-1h", -1 },
        { "1w", -1 },
        { "1h ", -1 },
        { " 1h", -1 },
        { "99999999999999999999s", -1 },
        { "9223372036854775807d", -1 },
    };
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        struct audit_filter filter = { 0 };
        CU_ASSERT_EQUAL(audit_filter_since(&filter, ages[i].text, new_year_us), ages[i].age_s >= 0);
        CU_ASSERT_EQUAL(filter.since_us, ages[i].age_s >= 0 ? new_year_us - ages[i].age_s * 1000000 : 0);
    }
    struct audit_filter filter = { 0 };
    CU_ASSERT_TRUE(audit_filter_since(&filter, "9223372036854775807s", new_year_us));
    CU_ASSERT_EQUAL(filter.since_us, 0);
    CU_ASSERT_TRUE(audit_filter_since(&filter, "2026-01-01T00:00", 0));
    CU_ASSERT_EQUAL(filter.since_us, new_year_us);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a login is one line", a_login_is_one_line },
        { "each kind of record shows what it is about", each_kind_of_record_shows_what_it_is_about },
        { "what is no record is refused", what_is_no_record_is_refused },
        { "fields of the wrong type do no harm", fields_of_the_wrong_type_do_no_harm },
        { "no terminal is driven by a record", no_terminal_is_driven_by_a_record },
        { "times are real ones", times_are_real_ones },
        { "filters take what they name", filters_take_what_they_name },
        { "ages count back from now", ages_count_back_from_now },
    };
    return SUITE_RUN("passgate audit record", cases);
}
