/* An event loop's line to safd: asynchronous and pipelined. What is asked during one turn of the loop goes out in one write.
 * The line is either handed in (a socket pair with the safd that we started) or a Unix socket that is connected when needed. */
#pragma once
#include <event2/event.h>
#include <stdatomic.h>

#include "common/attributes.h"
#include "common/clock.h"
#include "security/saf/message.h"

struct saf_link;

/* What the operator was told about safd, shared by all lines so that it is told once, not once for each loop. */
struct saf_link_report {
    atomic_bool down;
    atomic_bool late;
};

/* `answer` lives during the call only; NULL: safd is gone, or did not answer in time. Never called from within saf_link_verify
 * or saf_link_authorize. */
typedef void (*saf_link_answered)(void *context, struct saf_frame *answer);

/* `path`: the socket of safd, connected on demand; NULL: wait for saf_link_attach. `report` and `path` must outlive the link. NULL
 * when memory is short. */
struct saf_link *saf_link_new(struct event_base *base, const struct clock *clock, const char *path, uint32_t timeout_ms,
                              struct saf_link_report *report);

/* Requests still under way are dropped without a call. */
void saf_link_free(struct saf_link *link);

/* Uses `fd`, a connected non-blocking stream socket, from now on and owns it. */
void saf_link_attach(struct saf_link *link, int fd);

/* Sends a request. Returns its number, or 0 when safd cannot be reached or there are too many under way. */
MUST_CHECK uint32_t saf_link_verify(struct saf_link *link, const struct saf_verify *verify, saf_link_answered answered, void *context);
MUST_CHECK uint32_t saf_link_authorize(struct saf_link *link, const struct saf_authorize *authorize, saf_link_answered answered,
                                       void *context);

MUST_CHECK uint32_t saf_link_access(struct saf_link *link, const struct saf_access *access, saf_link_answered answered, void *context);

/* Forgets a request: its answer will be ignored. */
void saf_link_cancel(struct saf_link *link, uint32_t number);
