/* Guessing through the real gateway: how many guesses are looked at, who is held back, and who is not. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "drda/server.h"
#include "security/throttle.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

enum {
    GUESSERS = 4,
    GUESSES = 400, /* of each guesser */
    PAIR_FAILURES = 3,
    FIRST_DELAY_MS = 500,
    LONGEST_DELAY_MS = 8000,
    HOLD_MS = 200,
};

static const struct throttle_settings settings = {
    .pair_failures = PAIR_FAILURES,
    .first_delay_ms = FIRST_DELAY_MS,
    .longest_delay_ms = LONGEST_DELAY_MS,
};

static struct gateway gateway;
static atomic_uint wrong;
static atomic_uint retry_later;

static int
log_on(struct peer *peer, const char *address, const char *user, const char *password)
{
    peer_connect_from(peer, address, gateway.port);
    int secchkcd = peer_log_on_again(peer, user, password);
    peer_close(peer);
    return secchkcd;
}

static void *
guess(void *unused)
{
    (void)unused;
    struct peer *peer = calloc(1, sizeof *peer);
    for (int i = 0; i < GUESSES; i++) {
        int secchkcd = log_on(peer, "127.0.0.1", "IMSUSR1", "LZTKEEDQ");
        atomic_fetch_add(&wrong, secchkcd == DRDA_SECCHKCD_PASSWORD_INVALID);
        atomic_fetch_add(&retry_later, secchkcd == DRDA_SECCHKCD_LOCAL_RETRYABLE);
        if (secchkcd != DRDA_SECCHKCD_PASSWORD_INVALID && secchkcd != DRDA_SECCHKCD_LOCAL_RETRYABLE)
            printf("# a guess was answered with %d\n", secchkcd);
    }
    free(peer);
    return NULL;
}

/* As many guesses as several clients can send, side by side. */
static void
guesses_let_through_stay_within_the_limit(void)
{
    pthread_t guessers[GUESSERS];
    int64_t begun_ms = clock_monotonic_ms(&clock_system);
    for (int i = 0; i < GUESSERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&guessers[i], NULL, guess, NULL), 0);
    for (int i = 0; i < GUESSERS; i++)
        pthread_join(guessers[i], NULL);
    double seconds = (double)(clock_monotonic_ms(&clock_system) - begun_ms) / 1000;
    double limit = throttle_burst(&settings, PAIR_FAILURES) + seconds * throttle_guesses_a_second(&settings);
    printf("# %u guesses in %.1f s, %u of them looked at: %.2f a second, the limit is %.0f\n", GUESSERS * GUESSES, seconds,
           atomic_load(&wrong), atomic_load(&wrong) / seconds, limit);
    CU_ASSERT(atomic_load(&wrong) >= PAIR_FAILURES);
    CU_ASSERT(atomic_load(&wrong) <= limit);
    CU_ASSERT_EQUAL(atomic_load(&wrong) + atomic_load(&retry_later), GUESSERS * GUESSES);
}

/* What the client sees is what the audit file says: each attempt is on record, and was judged or not. */
static void
each_attempt_is_on_record(void)
{
    char *audit = gateway_file(&gateway, "audit.json");
    unsigned throttled = 0;
    unsigned records = 0;
    for (char *line = audit; *line != '\0'; line = strchr(line, '\n') + 1) {
        char *end = strchr(line, '\n');
        *end = '\0';
        bool login = strstr(line, "\"record\":\"verify\"") != NULL && strstr(line, "IMSUSR1") != NULL;
        records += login;
        throttled += login && strstr(line, "\"explanation\":23") != NULL;
        *end = '\n';
    }
    free(audit);
    CU_ASSERT_EQUAL(records, GUESSERS * GUESSES);
    CU_ASSERT_EQUAL(throttled, atomic_load(&retry_later));
}

static void
the_user_logs_on_from_his_own_address(void)
{
    char ticket[9];
    static struct peer peer;
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(log_on(&peer, "127.0.0.2", "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    gateway_ticket(&gateway, "TOM", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(log_on(&peer, "127.0.0.1", "TOM", ticket), DRDA_SECCHKCD_OK);
}

/* Undefined user IDs are treated alike, or else the throttle would tell which are defined. */
static void
undefined_users_are_held_back_as_well(void)
{
    static struct peer peer;
    unsigned later = 0;
    for (int i = 0; i < 20; i++)
        later += log_on(&peer, "127.0.0.3", "NOSUCH", "LZTKEEDQ") == DRDA_SECCHKCD_LOCAL_RETRYABLE;
    CU_ASSERT(later > 0);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    char throttle[256];
    static const struct test_case cases[] = {
        { "guesses let through stay within the limit", guesses_let_through_stay_within_the_limit },
        { "each attempt is on record", each_attempt_is_on_record },
        { "the user logs on from his own address", the_user_logs_on_from_his_own_address },
        { "undefined users are held back as well", undefined_users_are_held_back_as_well },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    snprintf(throttle, sizeof throttle, "pair_failures = %d\nfirst_delay_ms = %d\nlongest_delay_ms = %d\nhold_ms = %d", PAIR_FAILURES,
             FIRST_DELAY_MS, LONGEST_DELAY_MS, HOLD_MS);
    gateway_start(&gateway, &(struct gateway_options) { .throttle = throttle, .generic_codes = true });
    return SUITE_RUN("throttle", cases);
}
