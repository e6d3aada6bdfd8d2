#include "gateway/saf_requests.h"

#include <stdlib.h>

enum { PLACE_MASK = 0xFFFF, USE_STEP = 0x10000 };

void
saf_requests_clear(struct saf_requests *requests)
{
    for (size_t i = 0; i < requests->chunk_count; i++)
        free(requests->chunks[i]);
    *requests = (struct saf_requests) { .free = NULL };
}

static void
add_chunk(struct saf_requests *requests)
{
    if (requests->chunk_count == SAF_REQUESTS_CHUNKS)
        return;
    struct saf_request *chunk = calloc(SAF_REQUESTS_CHUNK, sizeof *chunk);
    if (chunk == NULL)
        return;
    uint32_t place = (uint32_t)requests->chunk_count * SAF_REQUESTS_CHUNK;
    requests->chunks[requests->chunk_count++] = chunk;
    for (uint32_t i = 0; i < SAF_REQUESTS_CHUNK; i++) {
        chunk[i].id = place + i;
        chunk[i].free = i + 1 < SAF_REQUESTS_CHUNK ? &chunk[i + 1] : NULL;
    }
    requests->free = chunk;
}

struct saf_request *
saf_requests_take(struct saf_requests *requests)
{
    if (requests->free == NULL)
        add_chunk(requests);
    struct saf_request *request = requests->free;
    if (request == NULL)
        return NULL;
    requests->free = request->free;
    request->id += USE_STEP;
    if (request->id < USE_STEP) /* the count went round; ID 0 means none */
        request->id += USE_STEP;
    return request;
}

void
saf_requests_give_back(struct saf_requests *requests, struct saf_request *request)
{
    request->answered = NULL;
    request->context = NULL;
    request->free = requests->free;
    requests->free = request;
}

struct saf_request *
saf_requests_find(struct saf_requests *requests, uint32_t id)
{
    uint32_t place = id & PLACE_MASK;
    if (place / SAF_REQUESTS_CHUNK >= requests->chunk_count)
        return NULL;
    struct saf_request *request = &requests->chunks[place / SAF_REQUESTS_CHUNK][place % SAF_REQUESTS_CHUNK];
    return request->id == id && request->answered != NULL ? request : NULL;
}
