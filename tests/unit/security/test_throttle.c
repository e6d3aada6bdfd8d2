/* Slowing guessing down, on a clock that the test moves. */
#include "security/throttle.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"

static const struct throttle_settings settings = {
    .enabled = true,
    .pair_failures = 3,
    .address_failures = 30,
    .user_failures = 30,
    .first_delay_ms = 1000,
    .longest_delay_ms = 60000,
    .hold_ms = 2000,
};

static struct throttle *throttle;
static int64_t now_ms;

static void
start(void)
{
    now_ms = 5000000;
    throttle = throttle_new(&settings, 4711);
    CU_ASSERT_PTR_NOT_NULL_FATAL(throttle);
}

static struct throttle_key
key_of(const char *userid, const char *address)
{
    struct throttle_key key;
    throttle_key_set(throttle, userid, address, &key);
    return key;
}

static int64_t
admit(const char *userid, const char *address)
{
    struct throttle_key key = key_of(userid, address);
    return throttle_admit(throttle, &key, now_ms);
}

static void
fail(const char *userid, const char *address)
{
    struct throttle_key key = key_of(userid, address);
    throttle_failed(throttle, &key, now_ms);
}

static void
succeed(const char *userid, const char *address)
{
    struct throttle_key key = key_of(userid, address);
    throttle_succeeded(throttle, &key, now_ms);
}

/* Guesses as fast as it may, whether held back or refused, for so long; returns how many guesses were looked at. */
static unsigned
guess(const char *userid, const char *address, int64_t for_ms)
{
    unsigned evaluated = 0;
    for (int64_t end_ms = now_ms + for_ms; now_ms < end_ms;) {
        int64_t wait_ms = admit(userid, address);
        if (wait_ms == THROTTLE_REFUSE) {
            now_ms += 100;
            continue;
        }
        now_ms += wait_ms;
        fail(userid, address);
        evaluated++;
    }
    return evaluated;
}

/* The moment at which an attempt is let go without waiting, by trying often, which costs nothing. */
static int64_t
first_let_go_after_ms(const char *userid, const char *address)
{
    int64_t begun_ms = now_ms;
    int64_t wait_ms;
    while ((wait_ms = admit(userid, address)) == THROTTLE_REFUSE)
        now_ms += 1;
    now_ms += wait_ms;
    return now_ms - begun_ms;
}

static void
each_failure_doubles_the_wait(void)
{
    start();
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
        fail("TOM", "192.0.2.1");
    }
    static const int64_t waits_ms[] = { 1000, 2000, 4000, 8000, 16000 };
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        CU_ASSERT_EQUAL(first_let_go_after_ms("TOM", "192.0.2.1"), waits_ms[i]);
        fail("TOM", "192.0.2.1");
    }
    for (int i = 0; i < 100; i++)
        fail("TOM", "192.0.2.1");
    CU_ASSERT_EQUAL(first_let_go_after_ms("TOM", "192.0.2.1"), 60000);
    throttle_free(throttle);
}

/* Each that is held back has a place of its own, one behind the other; none slips past. */
static void
attempts_at_once_queue_up(void)
{
    start();
    for (int i = 0; i < 3; i++)
        fail("TOM", "192.0.2.1");
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 1000);
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 2000);
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), THROTTLE_REFUSE);
    throttle_free(throttle);
}

static void
a_success_clears(void)
{
    start();
    for (int i = 0; i < 5; i++)
        fail("TOM", "192.0.2.1");
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), THROTTLE_REFUSE);
    now_ms += 4000;
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    succeed("TOM", "192.0.2.1");
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    /* Nothing is left of them in the counts of the address and of the user either. */
    for (int i = 0; i < 29; i++)
        fail("ANN", "192.0.2.1");
    CU_ASSERT_EQUAL(admit("BOB", "192.0.2.1"), 0);
    fail("BOB", "192.0.2.1");
    CU_ASSERT_EQUAL(admit("BOB", "192.0.2.1"), 1000);
    throttle_free(throttle);
}

static void
a_stranger_locks_nobody_out(void)
{
    start();
    guess("TOM", "203.0.113.9", 3600000);
    CU_ASSERT_EQUAL(admit("TOM", "203.0.113.9"), THROTTLE_REFUSE);
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0); /* new there */
    succeed("TOM", "192.0.2.1");
    /* Many strangers: where he is known he is not held back, where nobody failed yet not soon. */
    char address[32];
    for (int i = 0; i < 250; i++) {
        snprintf(address, sizeof address, "198.51.100.%d", i);
        fail("TOM", address);
    }
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.2"), 0);
    CU_ASSERT_NOT_EQUAL(admit("TOM", "198.51.100.7"), 0); /* one failure, but of very many */
    for (int i = 0; i < 250; i++) {
        snprintf(address, sizeof address, "198.18.0.%d", i);
        fail("TOM", address);
    }
    CU_ASSERT_NOT_EQUAL(admit("TOM", "192.0.2.2"), 0);
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    CU_ASSERT_EQUAL(admit("ANN", "192.0.2.2"), 0); /* other users have nothing to do with it */
    throttle_free(throttle);
}

/* Trying one password on many users. */
static void
an_address_is_slowed_down_whoever_it_tries(void)
{
    start();
    char userid[12];
    unsigned evaluated = 0;
    for (int i = 0; i < 200; i++) {
        snprintf(userid, sizeof userid, "U%d", i);
        if (admit(userid, "203.0.113.9") == 0) {
            evaluated++;
            fail(userid, "203.0.113.9");
        }
    }
    CU_ASSERT_EQUAL(evaluated, settings.address_failures);
    CU_ASSERT_EQUAL(admit("U1", "192.0.2.1"), 0);
    throttle_free(throttle);
}

static void
an_address_is_four_bytes_or_the_first_eight(void)
{
    start();
    static const struct {
        const char *one;
        const char *other;
        bool same;
    } rows[] = {
        { "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true },
        { "2001:db8:1:2::1", "2001:db8:1:3::1", false },
        { "192.0.2.1", "::ffff:192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.2", false },
        { "c000:201::", "192.0.2.1", false },
        { "", "not an address", true },
        { "", "0.0.0.0", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct throttle_key one = key_of("TOM", rows[i].one);
        struct throttle_key other = key_of("TOM", rows[i].other);
        CU_ASSERT_EQUAL(memcmp(&one, &other, sizeof one) == 0, rows[i].same);
    }
    struct throttle_key none = key_of("", "192.0.2.1");
    struct throttle_key eight = key_of("ABCDEFGH", "192.0.2.1");
    CU_ASSERT_NOT_EQUAL(memcmp(&none, &eight, sizeof none), 0);
    CU_ASSERT_EQUAL(memcmp(eight.userid, "ABCDEFGH", 8), 0);
    throttle_free(throttle);
}

/* Full tables: what was used longest ago is forgotten, what is in use is not. */
static void
full_tables_forget_the_oldest(void)
{
    start();
    char userid[9];
    char address[46];
    succeed("TOM", "192.0.2.1");
    for (int i = 0; i < 3; i++)
        fail("OLD", "192.0.2.9");
    CU_ASSERT_NOT_EQUAL(admit("OLD", "192.0.2.9"), 0);
    for (unsigned i = 0; i < 2 * THROTTLE_PAIRS_MAX; i++) {
        snprintf(userid, sizeof userid, "V%05u", i % 100000);
        snprintf(address, sizeof address, "2001:db8:%x:%x::1", i >> 8, i & 255);
        fail(userid, address);
        if (i % 1000 == 0)
            CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0); /* keeps it in use */
    }
    CU_ASSERT_EQUAL(admit("OLD", "192.0.2.9"), 0);
    for (int i = 0; i < 400; i++) {
        snprintf(address, sizeof address, "198.18.%d.%d", i / 256, i % 256);
        fail("TOM", address);
    }
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0); /* still known */
    CU_ASSERT_NOT_EQUAL(admit("TOM", "192.0.2.2"), 0);
    throttle_free(throttle);
}

static void
failures_are_forgotten_one_by_one(void)
{
    start();
    for (int i = 0; i < 10; i++)
        fail("TOM", "192.0.2.1");
    now_ms += 7 * 60000; /* 3 left */
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 1000);
    now_ms += 60000;
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
    throttle_free(throttle);
}

/* What docs/security.md promises: a burst, and then throttle_guesses_a_second. */
static void
guesses_stay_within_the_limit(void)
{
    enum { DAY_MS = 86400000 };
    start();
    double limit = throttle_guesses_a_second(&settings);
    CU_ASSERT_DOUBLE_EQUAL(limit, 1 / 60.0, 1e-9);
    unsigned burst = throttle_burst(&settings, settings.pair_failures);
    CU_ASSERT_EQUAL(burst, 3 + 7); /* after which 1, 2, 4, 8, 16, 32 and 60 seconds */
    unsigned evaluated = guess("TOM", "203.0.113.9", DAY_MS);
    printf("# one user, one address: %u guesses in a day, limit %.0f\n", evaluated, burst + limit * DAY_MS / 1000);
    CU_ASSERT(evaluated <= burst + limit * DAY_MS / 1000);
    CU_ASSERT(evaluated > limit * DAY_MS / 1000 * 0.8);

    /* A thousand addresses that guess one user. */
    unsigned many = 0;
    int64_t end_ms = now_ms + DAY_MS;
    char address[32];
    for (int i = 0; now_ms < end_ms; i = (i + 1) % 1000) {
        snprintf(address, sizeof address, "198.18.%d.%d", i / 250, i % 250);
        int64_t wait_ms = admit("ANN", address);
        if (wait_ms != THROTTLE_REFUSE) {
            now_ms += wait_ms;
            fail("ANN", address);
            many++;
        }
        now_ms += 50;
    }
    burst = throttle_burst(&settings, THROTTLE_FRESH_FACTOR * settings.user_failures);
    printf("# one user, 1000 addresses: %u guesses in a day, limit %.0f\n", many, burst + limit * DAY_MS / 1000);
    CU_ASSERT(many <= burst + limit * DAY_MS / 1000);

    /* One address that guesses everybody. */
    unsigned spread = 0;
    char userid[9];
    end_ms = now_ms + DAY_MS;
    for (int i = 0; now_ms < end_ms; i = (i + 1) % 5000) {
        snprintf(userid, sizeof userid, "W%d", i);
        int64_t wait_ms = admit(userid, "203.0.113.77");
        if (wait_ms != THROTTLE_REFUSE) {
            now_ms += wait_ms;
            fail(userid, "203.0.113.77");
            spread++;
        }
        now_ms += 50;
    }
    burst = throttle_burst(&settings, settings.address_failures);
    printf("# 5000 users, one address: %u guesses in a day, limit %.0f\n", spread, burst + limit * DAY_MS / 1000);
    CU_ASSERT(spread <= burst + limit * DAY_MS / 1000);
    throttle_free(throttle);
}

static void
it_can_be_switched_off(void)
{
    struct throttle_settings off = settings;
    off.enabled = false;
    throttle = throttle_new(&off, 1);
    for (int i = 0; i < 1000; i++) {
        CU_ASSERT_EQUAL(admit("TOM", "192.0.2.1"), 0);
        fail("TOM", "192.0.2.1");
    }
    throttle_free(throttle);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each failure doubles the wait", each_failure_doubles_the_wait },
        { "attempts at once queue up", attempts_at_once_queue_up },
        { "a success clears", a_success_clears },
        { "a stranger locks nobody out", a_stranger_locks_nobody_out },
        { "an address is slowed down whoever it tries", an_address_is_slowed_down_whoever_it_tries },
        { "an address is 4 bytes or the first 8", an_address_is_four_bytes_or_the_first_eight },
        { "full tables forget the oldest", full_tables_forget_the_oldest },
        { "failures are forgotten one by one", failures_are_forgotten_one_by_one },
        { "guesses stay within the limit", guesses_stay_within_the_limit },
        { "it can be switched off", it_can_be_switched_off },
    };
    return SUITE_RUN("throttle", cases);
}
