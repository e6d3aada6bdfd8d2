#include "gateway/buffer.h"

#include <stdlib.h>

#include "common/secret.h"

enum { SMALLEST = 1024 };

void
buffer_free(uint8_t *bytes, size_t room)
{
    if (bytes == NULL)
        return;
    secret_wipe(bytes, room);
    free(bytes);
}

uint8_t *
buffer_resize(uint8_t *bytes, size_t size, size_t old_room, size_t room)
{
    uint8_t *moved = malloc(room);
    if (moved == NULL)
        return NULL;
    if (size > 0)
        memcpy(moved, bytes, size);
    buffer_free(bytes, old_room);
    return moved;
}

static bool
grow(struct wire_writer *writer, size_t needed)
{
    size_t room = writer->size < SMALLEST ? SMALLEST : writer->size;
    while (room < needed) {
        if (room > SIZE_MAX / 2)
            return false;
        room *= 2;
    }
    uint8_t *moved = buffer_resize(writer->start, writer->used, writer->size, room);
    if (moved == NULL)
        return false;
    writer->start = moved;
    writer->size = room;
    return true;
}

struct wire_writer
buffer_writer(void)
{
    return (struct wire_writer) { .grow = grow };
}

void
buffer_clear(struct wire_writer *writer)
{
    buffer_free(writer->start, writer->size);
    *writer = buffer_writer();
}
