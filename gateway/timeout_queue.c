#include "gateway/timeout_queue.h"

#include <stddef.h>

static void
make_empty(struct timeout_entry *head)
{
    head->next = head;
    head->previous = head;
}

static void
arm(struct timeout_queue *queue, int64_t wait_ms)
{
    struct timeval wait = { wait_ms / 1000, wait_ms % 1000 * 1000 };
    queue->armed = event_add(&queue->timer, &wait) == 0;
}

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct timeout_queue *queue = context;
    queue->armed = false;
    int64_t now = clock_monotonic_ms(queue->clock);
    struct timeout_entry *first;
    while ((first = timeout_queue_first(queue)) != NULL && first->deadline_ms <= now) {
        timeout_queue_stop(first);
        queue->expired(first);
    }
    if (first != NULL && !queue->armed)
        arm(queue, first->deadline_ms - now);
}

void
timeout_queue_init(struct timeout_queue *queue, struct event_base *base, const struct clock *clock, uint32_t timeout_ms,
                   void (*expired)(struct timeout_entry *entry))
{
    *queue = (struct timeout_queue) { .timeout_ms = timeout_ms, .clock = clock, .expired = expired };
    make_empty(&queue->waiting);
    evtimer_assign(&queue->timer, base, on_timer, queue);
}

void
timeout_queue_clear(struct timeout_queue *queue)
{
    struct timeout_entry *first;
    while ((first = timeout_queue_first(queue)) != NULL)
        timeout_queue_stop(first);
    event_del(&queue->timer);
}

void
timeout_queue_start(struct timeout_queue *queue, struct timeout_entry *entry)
{
    timeout_queue_stop(entry);
    if (queue->timeout_ms == 0)
        return;
    entry->deadline_ms = clock_monotonic_ms(queue->clock) + queue->timeout_ms;
    entry->next = &queue->waiting;
    entry->previous = queue->waiting.previous;
    entry->previous->next = entry;
    queue->waiting.previous = entry;
    /* A timer that runs already ends no later than this entry; it is set anew when it ends. */
    if (!queue->armed)
        arm(queue, queue->timeout_ms);
}

void
timeout_queue_stop(struct timeout_entry *entry)
{
    if (entry->next == NULL)
        return;
    entry->next->previous = entry->previous;
    entry->previous->next = entry->next;
    entry->next = NULL;
    entry->previous = NULL;
}

struct timeout_entry *
timeout_queue_first(const struct timeout_queue *queue)
{
    return queue->waiting.next != &queue->waiting ? queue->waiting.next : NULL;
}

void
timeout_queue_move(struct timeout_queue *queue, struct timeout_entry *head)
{
    if (timeout_queue_first(queue) == NULL) {
        make_empty(head);
        return;
    }
    *head = queue->waiting;
    head->next->previous = head;
    head->previous->next = head;
    make_empty(&queue->waiting);
}
