/* The requests under way on a link to safd, found by the ID that goes over the wire. An ID is the place in a table and a count of
 * how often that place was used, so that an answer that comes too late cannot be taken for another request's. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"
#include "gateway/timeout_queue.h"
#include "security/saf/message.h"

enum { SAF_REQUESTS_CHUNK = 256, SAF_REQUESTS_CHUNKS = 128 };

struct saf_request {
    struct timeout_entry timeout; /* first: the time-out queue hands this back */
    void (*answered)(void *context, struct saf_frame *answer);
    void *context;
    struct saf_link *link;    /* for its owner's use */
    uint32_t id;              /* 0 never; the low 16 bits are the place */
    struct saf_request *free; /* next free one */
};

struct saf_requests {
    struct saf_request *chunks[SAF_REQUESTS_CHUNKS];
    size_t chunk_count;
    struct saf_request *free;
};

void saf_requests_clear(struct saf_requests *requests);

/* NULL when there are too many or memory is short. */
MUST_CHECK struct saf_request *saf_requests_take(struct saf_requests *requests);
void saf_requests_give_back(struct saf_requests *requests, struct saf_request *request);

/* The request under way with that ID, or NULL. */
struct saf_request *saf_requests_find(struct saf_requests *requests, uint32_t id);
