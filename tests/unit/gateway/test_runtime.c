#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "gateway/runtime.h"
#include "tests/support/suite.h"

enum { READERS = 4, CHANGES = 20000 };

static struct runtime_publisher publisher;
static atomic_bool ended;
static atomic_uint mixed;
static atomic_uint backwards;

/* A snapshot is whole: its number stands in each of its fields, and never goes back. */
static void *
read_snapshots(void *context)
{
    (void)context;
    uint32_t last = 0;
    while (!atomic_load(&ended)) {
        struct runtime *runtime = runtime_acquire(&publisher);
        char expected[HWS_NAME_MAX + 1];
        uint32_t number = runtime->values.idleto_hundredths;
        snprintf(expected, sizeof expected, "A%u", number);
        if (strcmp(runtime->values.odbmappl, expected) != 0 || strcmp(runtime->application, expected) != 0 ||
            runtime->values.racf != (number % 2 == 0))
            atomic_fetch_add(&mixed, 1);
        if (number < last)
            atomic_fetch_add(&backwards, 1);
        last = number;
        runtime_release(runtime);
    }
    return NULL;
}

static void
set_number(struct runtime_values *values, uint32_t number)
{
    snprintf(values->odbmappl, sizeof values->odbmappl, "A%u", number);
    values->idleto_hundredths = number;
    values->racf = number % 2 == 0;
}

static void
readers_see_whole_snapshots(void)
{
    static const struct hwscfg hws = { .id = "HWS1", .appl = "A0", .racf = true };
    pthread_t readers[READERS];
    struct runtime_values values;
    CU_ASSERT_TRUE_FATAL(runtime_publisher_init(&publisher, &hws));
    for (int i = 0; i < READERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&readers[i], NULL, read_snapshots, NULL), 0);
    struct runtime *first = runtime_acquire(&publisher);
    values = first->values;
    for (uint32_t number = 1; number <= CHANGES; number++) {
        set_number(&values, number);
        CU_ASSERT_TRUE_FATAL(runtime_publish(&publisher, &values));
    }
    CU_ASSERT_STRING_EQUAL(first->application, "A0"); /* still as it was when it was taken */
    atomic_store(&ended, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    runtime_release(first);
    runtime_publisher_clear(&publisher);
    CU_ASSERT_EQUAL(atomic_load(&mixed), 0);
    CU_ASSERT_EQUAL(atomic_load(&backwards), 0);
}

static void
without_odbmappl_the_hws_id_counts(void)
{
    static const struct hwscfg hws = { .id = "HWS1" };
    struct runtime_publisher own;
    CU_ASSERT_TRUE_FATAL(runtime_publisher_init(&own, &hws));
    struct runtime *runtime = runtime_acquire(&own);
    CU_ASSERT_STRING_EQUAL(runtime->application, "HWS1");
    CU_ASSERT_STRING_EQUAL(runtime->values.odbmappl, "");
    runtime_release(runtime);
    runtime_publisher_clear(&own);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "readers see whole snapshots, never an older one", readers_see_whole_snapshots },
        { "without ODBMAPPL the HWS ID counts", without_odbmappl_the_hws_id_counts },
    };
    return SUITE_RUN("runtime", cases);
}
