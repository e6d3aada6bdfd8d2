#include "gateway/socket_count.h"

#include "common/log.h"

static uint32_t
percent_of(uint32_t limit, uint32_t percent)
{
    return (uint32_t)((uint64_t)limit * percent / 100);
}

void
socket_count_init(struct socket_count *count, const struct hwscfg *hws)
{
    *count = (struct socket_count) { .limit = hws->maxsoc };
    uint32_t below = 2 * hws->warninc_percent > 5 ? 2 * hws->warninc_percent : 5;
    count->first_warning = percent_of(hws->maxsoc, hws->warnsoc_percent);
    count->step = percent_of(hws->maxsoc, hws->warninc_percent);
    if (count->step == 0)
        count->step = 1;
    uint32_t half = hws->warnsoc_percent / 2; /* of any WARNSOC and WARNINC: a mark that can be reached while ports listen */
    count->reset_at = percent_of(hws->maxsoc, hws->warnsoc_percent > half + below ? hws->warnsoc_percent - below : half);
    atomic_init(&count->open, 0);
    atomic_init(&count->warn_at, count->first_warning);
    pthread_mutex_init(&count->warnings, NULL);
}

void
socket_count_clear(struct socket_count *count)
{
    pthread_mutex_destroy(&count->warnings);
}

static void
warn(struct socket_count *count, uint32_t open)
{
    pthread_mutex_lock(&count->warnings);
    uint32_t warn_at = atomic_load(&count->warn_at);
    if (open >= warn_at) {
        log_message("HWSS0772W", "THE NUMBER OF SOCKETS IS %u, MAXSOC=%u: raise MAXSOC before it is reached", open, count->limit);
        while (warn_at <= open)
            warn_at += count->step;
        atomic_store(&count->warn_at, warn_at);
        count->warned = true;
    }
    pthread_mutex_unlock(&count->warnings);
}

static void
report_limit(struct socket_count *count)
{
    pthread_mutex_lock(&count->warnings);
    if (!count->limit_reported)
        log_message("HWSS0771W", "MAXSOC=%u IS REACHED: new connections are closed until others end", count->limit);
    count->limit_reported = true;
    count->warned = true;
    pthread_mutex_unlock(&count->warnings);
}

bool
socket_count_take(struct socket_count *count)
{
    uint32_t open = atomic_fetch_add(&count->open, 1) + 1;
    if (open > count->limit) {
        atomic_fetch_sub(&count->open, 1);
        report_limit(count);
        return false;
    }
    if (open >= atomic_load(&count->warn_at))
        warn(count, open);
    return true;
}

void
socket_count_release(struct socket_count *count)
{
    uint32_t open = atomic_fetch_sub(&count->open, 1) - 1;
    if (open != count->reset_at)
        return;
    /* Every count is passed on the way down, so the mark itself is the only one to look at. */
    pthread_mutex_lock(&count->warnings);
    if (count->warned)
        log_message("HWSS0773I", "THE NUMBER OF SOCKETS IS %u, BELOW THE RESET LEVEL; MAXSOC=%u", open, count->limit);
    count->warned = false;
    count->limit_reported = false;
    atomic_store(&count->warn_at, count->first_warning);
    pthread_mutex_unlock(&count->warnings);
}

uint32_t
socket_count_open(struct socket_count *count)
{
    return atomic_load(&count->open);
}
