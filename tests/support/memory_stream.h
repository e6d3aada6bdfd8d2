/* A spool in memory for machines that are driven by tests. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "drda/stream.h"

enum { MEMORY_STREAM_SIZE = 1 << 20 };

struct memory_stream {
    struct drda_stream stream; /* first */
    size_t size;
    uint8_t bytes[MEMORY_STREAM_SIZE];
};

static inline bool
memory_stream_write(struct drda_stream *stream, const uint8_t *bytes, size_t size)
{
    struct memory_stream *memory = (struct memory_stream *)stream;
    if (size > MEMORY_STREAM_SIZE - memory->size)
        return false;
    memcpy(memory->bytes + memory->size, bytes, size);
    memory->size += size;
    return true;
}

static inline bool
memory_stream_read(struct drda_stream *stream, uint64_t offset, void *bytes, size_t size)
{
    struct memory_stream *memory = (struct memory_stream *)stream;
    if (offset > memory->size || size > memory->size - offset)
        return false;
    if (size > 0)
        memcpy(bytes, memory->bytes + offset, size);
    return true;
}

static inline void
memory_stream_free(struct drda_stream *stream)
{
    free(stream);
}

static inline struct drda_stream *
memory_stream_new(void)
{
    struct memory_stream *memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        abort();
    memory->stream.write = memory_stream_write;
    memory->stream.read = memory_stream_read;
    memory->stream.free = memory_stream_free;
    memory->stream.bytes_max = MEMORY_STREAM_SIZE;
    return &memory->stream;
}
