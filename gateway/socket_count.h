/* How many sockets the gateway has open over all its loops, held against MAXSOC, with IMS Connect's warnings: HWSS0772W at
 * WARNSOC percent and for each further WARNINC percent, HWSS0771W at the limit, HWSS0773I when the count is back below the
 * reset mark, WARNSOC - max(2 * WARNINC, 5) percent but not under half of WARNSOC, which arms the warnings again. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "config/configuration.h"

struct socket_count {
    atomic_uint open;
    atomic_uint warn_at; /* count that brings the next warning */
    uint32_t limit;      /* MAXSOC */
    uint32_t first_warning;
    uint32_t step;
    uint32_t reset_at;
    pthread_mutex_t warnings; /* guards what follows, and changes of warn_at */
    bool warned;
    bool limit_reported;
};

void socket_count_init(struct socket_count *count, const struct hwscfg *hws);
void socket_count_clear(struct socket_count *count);

/* Counts one more socket. False at the limit: the socket must be closed at once and is not counted. */
MUST_CHECK bool socket_count_take(struct socket_count *count);
void socket_count_release(struct socket_count *count);

uint32_t socket_count_open(struct socket_count *count);
