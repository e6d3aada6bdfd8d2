#include "gateway/runtime.h"

#include <stdio.h>
#include <stdlib.h>

static struct runtime_values
values_of_member(const struct hwscfg *hws)
{
    struct runtime_values values = {
        .racf = hws->racf,
        .racfgenrc = hws->racfgenrc,
        .pswdmc = hws->pswdmc,
        .odracfst = hws->odracfst,
        .oauto = hws->odbmautoconn,
        .cascade = hws->cascade,
        .rrs = hws->rrs,
        .tmracfst = hws->tmracfst,
        .uidcache = hws->uidcache,
        .multirtp = hws->multirtp,
        .sendaltp = hws->sendaltp,
        .idleto_hundredths = hws->idleto_hundredths,
    };
    snprintf(values.odbmappl, sizeof values.odbmappl, "%s", hws->appl);
    return values;
}

bool
runtime_publisher_init(struct runtime_publisher *publisher, const struct hwscfg *hws)
{
    *publisher = (struct runtime_publisher) { .current = NULL };
    pthread_mutex_init(&publisher->lock, NULL);
    snprintf(publisher->hws_id, sizeof publisher->hws_id, "%s", hws->id);
    struct runtime_values values = values_of_member(hws);
    return runtime_publish(publisher, &values);
}

void
runtime_publisher_clear(struct runtime_publisher *publisher)
{
    if (publisher->current != NULL)
        runtime_release(publisher->current);
    publisher->current = NULL;
    pthread_mutex_destroy(&publisher->lock);
}

struct runtime *
runtime_acquire(struct runtime_publisher *publisher)
{
    pthread_mutex_lock(&publisher->lock);
    struct runtime *runtime = publisher->current;
    atomic_fetch_add_explicit(&runtime->references, 1, memory_order_relaxed);
    pthread_mutex_unlock(&publisher->lock);
    return runtime;
}

void
runtime_release(struct runtime *runtime)
{
    if (atomic_fetch_sub_explicit(&runtime->references, 1, memory_order_acq_rel) == 1)
        free(runtime);
}

bool
runtime_publish(struct runtime_publisher *publisher, const struct runtime_values *values)
{
    struct runtime *next = calloc(1, sizeof *next);
    if (next == NULL)
        return false;
    next->values = *values;
    const char *application = values->odbmappl[0] != '\0' ? values->odbmappl : publisher->hws_id;
    snprintf(next->application, sizeof next->application, "%s", application);
    atomic_init(&next->references, 1);
    pthread_mutex_lock(&publisher->lock);
    struct runtime *last = publisher->current;
    publisher->current = next;
    pthread_mutex_unlock(&publisher->lock);
    if (last != NULL)
        runtime_release(last);
    return true;
}
