/* Where Redis is: the addresses of its host, which a thread looks up as any program does. A look-up that takes too long cannot be
 * stopped: the next one fails until it has ended. */
#pragma once
#include <event2/event.h>
#include <netdb.h>
#include <stdint.h>

#include "common/problem.h"

struct safd_redis_host;

/* `address` lives during the call only; NULL: `why` there is none. */
typedef void safd_redis_host_found(void *context, const struct addrinfo *address, const char *why);

/* `name`, borrowed for as long as it lives, is a name or an address. NULL: *problem. */
struct safd_redis_host *safd_redis_host_new(struct event_base *base, const char *name, uint16_t port, safd_redis_host_found *found,
                                            void *context, struct problem *problem);

/* Waits for a look-up that runs; nothing is called any more. NULL is allowed. */
void safd_redis_host_free(struct safd_redis_host *host);

/* Calls back once, from within when the host is an address. A name may have several: each attempt, counted from 0, gets the next. */
void safd_redis_host_look_up(struct safd_redis_host *host, unsigned attempt);

/* What the look-up under way finds is not wanted any more. */
void safd_redis_host_give_up(struct safd_redis_host *host);
