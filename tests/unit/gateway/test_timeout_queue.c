#include <stdlib.h>

#include "gateway/timeout_queue.h"
#include "tests/support/suite.h"

enum { ENTRIES = 5 };

static struct timeout_entry entries[ENTRIES];
static int order[ENTRIES];
static int expired_count;

static void
note_expired(struct timeout_entry *entry)
{
    CU_ASSERT_PTR_NULL(entry->next);
    order[expired_count++] = (int)(entry - entries);
}

/* Runs the loop until the queue has nothing more to do. */
static void
run(struct event_base *base)
{
    event_base_dispatch(base);
}

static void
entries_expire_in_their_order(void)
{
    struct event_base *base = event_base_new();
    struct timeout_queue queue;
    expired_count = 0;
    timeout_queue_init(&queue, base, &clock_system, 20, note_expired);
    for (int i = 0; i < ENTRIES; i++)
        timeout_queue_start(&queue, &entries[i]);
    timeout_queue_stop(&entries[1]);
    timeout_queue_stop(&entries[1]);
    timeout_queue_start(&queue, &entries[0]); /* to the end */
    int64_t begin = clock_monotonic_ms(&clock_system);
    run(base);
    CU_ASSERT_TRUE(clock_monotonic_ms(&clock_system) - begin >= 19);
    CU_ASSERT_EQUAL(expired_count, 4);
    CU_ASSERT_EQUAL(order[0], 2);
    CU_ASSERT_EQUAL(order[3], 0);
    CU_ASSERT_PTR_NULL(timeout_queue_first(&queue));
    timeout_queue_clear(&queue);
    event_base_free(base);
}

static void
no_time_means_for_ever(void)
{
    struct event_base *base = event_base_new();
    struct timeout_queue queue;
    struct timeout_queue finite;
    expired_count = 0;
    timeout_queue_init(&queue, base, &clock_system, 0, note_expired);
    timeout_queue_init(&finite, base, &clock_system, 1, note_expired);
    timeout_queue_start(&finite, &entries[0]);
    timeout_queue_start(&queue, &entries[0]); /* leaves the other queue */
    run(base);
    CU_ASSERT_EQUAL(expired_count, 0);
    CU_ASSERT_PTR_NULL(entries[0].next);
    timeout_queue_clear(&queue);
    timeout_queue_clear(&finite);
    event_base_free(base);
}

static void
a_moved_ring_keeps_its_order(void)
{
    struct event_base *base = event_base_new();
    struct timeout_queue queue;
    struct timeout_entry ring;
    timeout_queue_init(&queue, base, &clock_system, 1000, note_expired);
    timeout_queue_move(&queue, &ring);
    CU_ASSERT_PTR_EQUAL(ring.next, &ring);
    for (int i = 0; i < ENTRIES; i++)
        timeout_queue_start(&queue, &entries[i]);
    timeout_queue_move(&queue, &ring);
    CU_ASSERT_PTR_NULL(timeout_queue_first(&queue));
    timeout_queue_stop(&entries[2]);
    for (int i = 0; i < ENTRIES; i++) {
        if (i == 2)
            continue;
        CU_ASSERT_PTR_EQUAL(ring.next, &entries[i]);
        timeout_queue_stop(ring.next);
    }
    CU_ASSERT_PTR_EQUAL(ring.next, &ring);
    timeout_queue_clear(&queue);
    event_base_free(base);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "entries expire in their order", entries_expire_in_their_order },
        { "no time means for ever", no_time_means_for_ever },
        { "a moved ring keeps its order", a_moved_ring_keeps_its_order },
    };
    return SUITE_RUN("time-out queue", cases);
}
