/* What chance can do: random tickets of all kinds come back to their time, and random strings pass as seldom as the theory says.
 * Bounds are five standard deviations of a binomial distribution; the values are the same every run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "security/passticket/enhanced.h"
#include "security/passticket/legacy.h"
#include "tests/support/suite.h"
#include "tests/unit/security/random.h"

enum { ROUND_TRIPS = 100000, STRINGS = 1000000, NOW_S = 1767225600, WINDOW_S = 600 };

static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@$";
static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

static void
random_names(uint64_t *state, char userid[9], char application[9])
{
    random_string(state, name_characters, sizeof name_characters - 1, userid, 1 + random_next(state) % 8);
    random_string(state, name_characters, sizeof name_characters - 1, application, 1 + random_next(state) % 8);
}

static bool
is_probable(size_t count, double tries, double odds)
{
    double expected = tries * odds;
    double deviation = sqrt(expected * (1 - odds));
    bool probable = fabs((double)count - expected) <= 5 * deviation;
    if (!probable)
        printf("# %zu of %.0f, expected %.1f, standard deviation %.1f\n", count, tries, expected, deviation);
    return probable;
}

static void
legacy_tickets_come_back_to_their_time(void)
{
    uint64_t state = 41;
    size_t wrong = 0;
    for (int i = 0; i < ROUND_TRIPS; i++) {
        char userid[9];
        char application[9];
        uint8_t bytes[PASSTICKET_LEGACY_KEY_SIZE];
        char ticket[PASSTICKET_SIZE + 1];
        uint32_t decoded = 0;
        random_names(&state, userid, application);
        random_bytes(&state, bytes, sizeof bytes);
        uint32_t time = (uint32_t)(random_next(&state) >> 32);
        struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
        wrong += !passticket_legacy_generate(key, userid, application, time, ticket) || !passticket_legacy_is_well_formed(ticket) ||
                 passticket_legacy_decode(key, userid, application, ticket, &decoded) != PASSTICKET_DECODED || decoded != time;
        passticket_legacy_key_free(key);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void
check_enhanced_round_trips(enum passticket_enhanced_type type, int bits, uint64_t state)
{
    size_t wrong = 0;
    for (int i = 0; i < ROUND_TRIPS; i++) {
        char userid[9];
        char application[9];
        uint8_t bytes[PASSTICKET_ENHANCED_KEY_MAX];
        char ticket[PASSTICKET_SIZE + 1];
        uint64_t decoded = 0;
        size_t size = PASSTICKET_ENHANCED_KEY_MIN + random_next(&state) % (PASSTICKET_ENHANCED_KEY_MAX - PASSTICKET_ENHANCED_KEY_MIN + 1);
        random_names(&state, userid, application);
        random_bytes(&state, bytes, size);
        uint64_t time = random_next(&state) >> (64 - bits);
        struct passticket_enhanced_key *key = passticket_enhanced_key_new(bytes, size);
        wrong += !passticket_enhanced_generate(key, type, userid, application, time, ticket) ||
                 !passticket_enhanced_is_well_formed(type, ticket) ||
                 passticket_enhanced_decode(key, type, userid, application, ticket, &decoded) != PASSTICKET_DECODED || decoded != time;
        passticket_enhanced_key_free(key);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void
upper_tickets_come_back_to_their_time(void)
{
    check_enhanced_round_trips(PASSTICKET_UPPER, 41, 42);
}

static void
mixed_tickets_come_back_to_their_time(void)
{
    check_enhanced_round_trips(PASSTICKET_MIXED, 48, 43);
}

/* 2^32 of 36^8 strings are well-formed; of those, the times are as good as random. */
static void
strings_pass_as_legacy_as_seldom_as_stated(void)
{
    static const uint8_t bytes[] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
    uint64_t state = 44;
    size_t well_formed = 0;
    size_t accepted = 0;
    for (int i = 0; i < STRINGS; i++) {
        char string[PASSTICKET_SIZE + 1];
        uint32_t time;
        random_string(&state, alphabet, 36, string, PASSTICKET_SIZE);
        if (passticket_legacy_decode(key, "IMSUSR1", "IMSCON1", string, &time) != PASSTICKET_DECODED)
            continue;
        well_formed++;
        accepted += llabs((int32_t)(time - (uint32_t)NOW_S)) <= WINDOW_S;
    }
    CU_ASSERT_TRUE(is_probable(well_formed, STRINGS, 4294967296.0 / pow(36, 8)));
    CU_ASSERT_EQUAL(accepted, 0); /* 4.3e-10 each */
    passticket_legacy_key_free(key);
}

/* Who knows the form guesses among 2^32: tickets made with another key pass 1201 times in 2^32. Wider windows pass in proportion. */
static void
tickets_of_another_key_pass_as_seldom_as_stated(void)
{
    enum { WIDE = 1 << 22, WIDER = 1 << 28 };
    static const uint8_t bytes[] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    static const uint8_t other_bytes[] = { 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0xA7, 0xB8 };
    struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
    struct passticket_legacy_key *other = passticket_legacy_key_new(other_bytes);
    size_t accepted = 0;
    size_t wide = 0;
    size_t wider = 0;
    for (uint32_t i = 0; i < STRINGS; i++) {
        char ticket[PASSTICKET_SIZE + 1];
        uint32_t time = 0;
        CU_ASSERT_TRUE_FATAL(passticket_legacy_generate(other, "IMSUSR1", "IMSCON1", NOW_S + i, ticket));
        CU_ASSERT_EQUAL_FATAL(passticket_legacy_decode(key, "IMSUSR1", "IMSCON1", ticket, &time), PASSTICKET_DECODED);
        int64_t offset_s = llabs((int32_t)(time - (uint32_t)NOW_S));
        accepted += offset_s <= WINDOW_S;
        wide += offset_s <= WIDE;
        wider += offset_s <= WIDER;
    }
    CU_ASSERT_TRUE(accepted <= 5); /* 0.28 expected; more than five once in 1.5 million such tests */
    CU_ASSERT_TRUE(is_probable(wide, STRINGS, (2.0 * WIDE + 1) / 4294967296.0));
    CU_ASSERT_TRUE(is_probable(wider, STRINGS, (2.0 * WIDER + 1) / 4294967296.0));
    passticket_legacy_key_free(key);
    passticket_legacy_key_free(other);
}

/* `well_formed_odds`: of a random string; `wide_s`: a window wide enough to be hit often; `odds`: of hitting it. */
static void
check_enhanced_strings(enum passticket_enhanced_type type, uint64_t state, double well_formed_odds, int64_t wide_s, double odds)
{
    uint8_t bytes[64];
    random_bytes(&state, bytes, sizeof bytes);
    struct passticket_enhanced_key *key = passticket_enhanced_key_new(bytes, sizeof bytes);
    size_t well_formed = 0;
    size_t accepted = 0;
    size_t wide = 0;
    for (int i = 0; i < STRINGS; i++) {
        char string[PASSTICKET_SIZE + 1];
        uint64_t time;
        random_string(&state, alphabet, type == PASSTICKET_UPPER ? 36 : 64, string, PASSTICKET_SIZE);
        if (passticket_enhanced_decode(key, type, "IMSUSR1", "IMSCON1", string, &time) != PASSTICKET_DECODED)
            continue;
        int64_t offset_s = llabs((int64_t)time - NOW_S);
        well_formed++;
        accepted += offset_s <= WINDOW_S;
        wide += offset_s <= wide_s;
    }
    CU_ASSERT_TRUE(is_probable(well_formed, STRINGS, well_formed_odds));
    CU_ASSERT_TRUE(is_probable(wide, STRINGS, odds));
    CU_ASSERT_EQUAL(accepted, 0);
    passticket_enhanced_key_free(key);
}

/* 77.95 % of strings are well-formed; a window of 2 * n + 1 seconds is hit with odds (2 * n + 1) / 36^8. */
static void
strings_pass_as_upper_as_seldom_as_stated(void)
{
    const int64_t wide_s = INT64_C(1) << 30;
    check_enhanced_strings(PASSTICKET_UPPER, 45, pow(2, 41) / pow(36, 8), wide_s, (2.0 * (double)wide_s + 1) / pow(36, 8));
}

/* All strings are well-formed; what lies before 1970 cannot be hit. */
static void
strings_pass_as_mixed_as_seldom_as_stated(void)
{
    const int64_t wide_s = INT64_C(1) << 38;
    check_enhanced_strings(PASSTICKET_MIXED, 46, 1, wide_s, ((double)NOW_S + (double)wide_s + 1) / pow(2, 48));
}

/* Strings of any bytes and length, on exactly sized blocks. */
static void
no_string_is_too_odd(void)
{
    static const uint8_t bytes[64] = { 1, 2, 3 };
    struct passticket_legacy_key *legacy = passticket_legacy_key_new(bytes);
    struct passticket_enhanced_key *enhanced = passticket_enhanced_key_new(bytes, sizeof bytes);
    uint64_t state = 47;
    for (int i = 0; i < STRINGS / 10; i++) {
        size_t length = random_next(&state) % 20;
        char *string = malloc(length + 1);
        uint32_t legacy_time;
        uint64_t time;
        for (size_t k = 0; k < length; k++)
            string[k] = (char)(1 + (random_next(&state) >> 40) % 255);
        string[length] = '\0';
        bool decoded = passticket_legacy_decode(legacy, "TOM", "HWS1", string, &legacy_time) == PASSTICKET_DECODED;
        decoded = passticket_enhanced_decode(enhanced, PASSTICKET_UPPER, "TOM", "HWS1", string, &time) == PASSTICKET_DECODED || decoded;
        decoded = passticket_enhanced_decode(enhanced, PASSTICKET_MIXED, "TOM", "HWS1", string, &time) == PASSTICKET_DECODED || decoded;
        CU_ASSERT_TRUE(!decoded || length == PASSTICKET_SIZE);
        free(string);
    }
    passticket_legacy_key_free(legacy);
    passticket_enhanced_key_free(enhanced);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "legacy tickets come back to their time", legacy_tickets_come_back_to_their_time },
        { "UPPER tickets come back to their time", upper_tickets_come_back_to_their_time },
        { "MIXED tickets come back to their time", mixed_tickets_come_back_to_their_time },
        { "strings pass as legacy as seldom as stated", strings_pass_as_legacy_as_seldom_as_stated },
        { "tickets of another key pass as seldom as stated", tickets_of_another_key_pass_as_seldom_as_stated },
        { "strings pass as UPPER as seldom as stated", strings_pass_as_upper_as_seldom_as_stated },
        { "strings pass as MIXED as seldom as stated", strings_pass_as_mixed_as_seldom_as_stated },
        { "no string is too odd", no_string_is_too_odd },
    };
    return SUITE_RUN("passticket odds", cases);
}
