/* Tokens of sessions: who may use them, and that a session which ends is not interrupted any more. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"
#include "gateway/interrupts.h"
#include "tests/support/suite.h"

static struct interrupts interrupts;
static struct datastore_settings sample;
static struct datastore_settings other;

static void
count(void *context)
{
    atomic_fetch_add((atomic_uint *)context, 1);
}

static bool
request(const uint8_t *token, size_t size, const char *userid, const struct datastore_settings *datastore)
{
    return interrupts_request(&interrupts, wire_reader(token, size), userid, datastore);
}

static void
its_own_user_interrupts_a_session_on_its_rdb(void)
{
    atomic_uint first_count = 0, second_count = 0;
    uint8_t first_token[INTERRUPT_TOKEN_SIZE], second_token[INTERRUPT_TOKEN_SIZE];
    interrupts_init(&interrupts);
    struct interruptible *first = interrupts_add(&interrupts, "IMSUSR1", &sample, count, &first_count, first_token);
    struct interruptible *second = interrupts_add(&interrupts, "IMSUSR1", &sample, count, &second_count, second_token);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    CU_ASSERT_NOT_EQUAL(memcmp(first_token, second_token, INTERRUPT_TOKEN_SIZE), 0);
    CU_ASSERT_TRUE(request(first_token, INTERRUPT_TOKEN_SIZE, "IMSUSR1", &sample));
    CU_ASSERT_TRUE(request(first_token, INTERRUPT_TOKEN_SIZE, "IMSUSR1", NULL));
    CU_ASSERT_EQUAL(first_count, 2);
    CU_ASSERT_EQUAL(second_count, 0);
    CU_ASSERT_FALSE(request(first_token, INTERRUPT_TOKEN_SIZE, "TOM", &sample));
    CU_ASSERT_FALSE(request(first_token, INTERRUPT_TOKEN_SIZE, "", &sample));
    CU_ASSERT_FALSE(request(first_token, INTERRUPT_TOKEN_SIZE, "IMSUSR1", &other));
    CU_ASSERT_EQUAL(first_count, 2);
    interrupts_remove(&interrupts, first);
    CU_ASSERT_FALSE(request(first_token, INTERRUPT_TOKEN_SIZE, "IMSUSR1", &sample));
    CU_ASSERT_TRUE(request(second_token, INTERRUPT_TOKEN_SIZE, "IMSUSR1", &sample));
    interrupts_remove(&interrupts, second);
    interrupts_remove(&interrupts, NULL);
    interrupts_clear(&interrupts);
}

static void
every_bit_of_a_token_counts(void)
{
    atomic_uint counter = 0;
    uint8_t token[INTERRUPT_TOKEN_SIZE + 1] = { 0 };
    interrupts_init(&interrupts);
    struct interruptible *session = interrupts_add(&interrupts, "IMSUSR1", &sample, count, &counter, token);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session);
    for (size_t bit = 0; bit < (size_t)INTERRUPT_TOKEN_SIZE * 8; bit++) {
        token[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_FALSE(request(token, INTERRUPT_TOKEN_SIZE, "IMSUSR1", &sample));
        token[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t size = 0; size < INTERRUPT_TOKEN_SIZE; size++)
        CU_ASSERT_FALSE(request(token, size, "IMSUSR1", &sample));
    CU_ASSERT_FALSE(request(token, INTERRUPT_TOKEN_SIZE + 1, "IMSUSR1", &sample));
    CU_ASSERT_EQUAL(counter, 0);
    interrupts_remove(&interrupts, session);
    interrupts_clear(&interrupts);
}

/* Sessions come and go on some threads, and are interrupted by another one: what is counted is gone after interrupts_remove. */

enum { THREADS = 3, ROUNDS = 500 };

static struct {
    pthread_mutex_t lock;
    uint8_t token[INTERRUPT_TOKEN_SIZE];
} shown = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *
come_and_go(void *failed)
{
    for (int i = 0; i < ROUNDS; i++) {
        atomic_uint *counter = malloc(sizeof *counter); /* freed memory is what AddressSanitizer would see */
        uint8_t token[INTERRUPT_TOKEN_SIZE];
        atomic_init(counter, 0);
        struct interruptible *session = interrupts_add(&interrupts, "IMSUSR1", &sample, count, counter, token);
        pthread_mutex_lock(&shown.lock);
        memcpy(shown.token, token, sizeof token);
        pthread_mutex_unlock(&shown.lock);
        if (session == NULL || (i % 2 == 0 && !request(token, sizeof token, "IMSUSR1", &sample)))
            atomic_store((atomic_bool *)failed, true);
        interrupts_remove(&interrupts, session);
        free(counter);
    }
    return NULL;
}

static void
a_session_that_ends_meanwhile_is_left_alone(void)
{
    pthread_t threads[THREADS];
    atomic_bool failed = false;
    interrupts_init(&interrupts);
    for (size_t i = 0; i < THREADS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, come_and_go, &failed), 0);
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t token[INTERRUPT_TOKEN_SIZE];
        pthread_mutex_lock(&shown.lock);
        memcpy(token, shown.token, sizeof token);
        pthread_mutex_unlock(&shown.lock);
        (void)!request(token, sizeof token, "IMSUSR1", NULL);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CU_ASSERT_FALSE(failed);
    CU_ASSERT_PTR_NULL(interrupts.list);
    interrupts_clear(&interrupts);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "its own user interrupts a session on its RDB", its_own_user_interrupts_a_session_on_its_rdb },
        { "every bit of a token counts", every_bit_of_a_token_counts },
        { "a session that ends meanwhile is left alone", a_session_that_ends_meanwhile_is_left_alone },
    };
    return SUITE_RUN("interrupts", cases);
}
