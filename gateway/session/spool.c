#include "gateway/session/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/configuration.h"
#include "gateway/datastore/temporary_file.h"

enum { MEMORY_SIZE = 64 * 1024 };

struct spool {
    struct drda_stream stream; /* first */
    int fd;                    /* -1 until the memory does not suffice */
    uint64_t size;
    char path[CONFIGURATION_PATH_MAX];
    uint8_t memory[MEMORY_SIZE]; /* the first bytes */
};

static struct spool *
spool_of(struct drda_stream *stream)
{
    return (struct spool *)stream;
}

static bool
append(struct drda_stream *stream, const uint8_t *bytes, size_t size)
{
    struct spool *spool = spool_of(stream);
    if (spool->size < MEMORY_SIZE) {
        size_t room = MEMORY_SIZE - (size_t)spool->size;
        size_t fitting = size < room ? size : room;
        memcpy(spool->memory + spool->size, bytes, fitting);
        spool->size += fitting;
        bytes += fitting;
        size -= fitting;
    }
    if (size == 0)
        return true;
    if (spool->fd < 0)
        spool->fd = temporary_file_open(spool->path);
    if (spool->fd < 0 || !temporary_file_write(spool->fd, bytes, size, spool->size))
        return false;
    spool->size += size;
    return true;
}

static bool
read_back(struct drda_stream *stream, uint64_t offset, void *bytes, size_t size)
{
    struct spool *spool = spool_of(stream);
    uint8_t *at = bytes;
    if (offset > spool->size || size > spool->size - offset)
        return false;
    if (offset < MEMORY_SIZE) {
        size_t there = MEMORY_SIZE - (size_t)offset < size ? MEMORY_SIZE - (size_t)offset : size;
        memcpy(at, spool->memory + offset, there);
        at += there;
        offset += there;
        size -= there;
    }
    return size == 0 || temporary_file_read(spool->fd, at, size, offset);
}

static void
drop(struct drda_stream *stream)
{
    struct spool *spool = spool_of(stream);
    if (spool->fd >= 0)
        close(spool->fd);
    explicit_bzero(spool->memory, sizeof spool->memory);
    free(spool);
}

struct drda_stream *
spool_new(const char *path, uint64_t bytes_max)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (spool == NULL)
        return NULL;
    snprintf(spool->path, sizeof spool->path, "%s", path);
    spool->fd = -1;
    spool->stream.write = append;
    spool->stream.read = read_back;
    spool->stream.free = drop;
    spool->stream.bytes_max = bytes_max;
    return &spool->stream;
}
