#include "gateway/input_buffer.h"

#include <stdlib.h>

#include "common/secret.h"
#include "gateway/buffer.h"

enum { ROOM_MIN = 1024 };

void
input_buffer_clear(struct input_buffer *buffer)
{
    buffer_free(buffer->input.bytes, buffer->room);
    *buffer = (struct input_buffer) { .room = 0 };
}

static bool
keep_borrowed(struct input_buffer *buffer, struct drda_input *input, bool under_way)
{
    size_t from = under_way ? 0 : input->taken;
    size_t size = input->size - from;
    uint8_t *kept = size > 0 ? malloc(size) : NULL;
    if (kept != NULL) {
        memcpy(kept, input->bytes + from, size);
        buffer->input = (struct drda_input) { .bytes = kept, .size = size, .taken = input->taken - from, .needed = input->needed };
        buffer->room = size;
    }
    secret_wipe(input->bytes, input->size);
    return kept != NULL || size == 0;
}

static void
drop_taken(struct input_buffer *buffer)
{
    struct drda_input *input = &buffer->input;
    size_t left = input->size - input->taken;
    if (left == 0) {
        input_buffer_clear(buffer);
        return;
    }
    memmove(input->bytes, input->bytes + input->taken, left);
    secret_wipe(input->bytes + left, input->taken);
    input->size = left;
    input->taken = 0;
}

static bool
make_room(struct input_buffer *buffer)
{
    struct drda_input *input = &buffer->input;
    size_t needed = input->needed > input->size ? input->needed : input->size + 1;
    if (needed <= buffer->room)
        return true;
    size_t room = needed > ROOM_MIN ? needed : ROOM_MIN;
    if (room < 2 * buffer->room) /* doubled, so that a long command is not copied for each of its segments */
        room = 2 * buffer->room;
    uint8_t *moved = buffer_resize(input->bytes, input->size, buffer->room, room);
    if (moved == NULL)
        return false;
    input->bytes = moved;
    buffer->room = room;
    return true;
}

bool
input_buffer_keep(struct input_buffer *buffer, struct drda_input *input, bool under_way)
{
    if (input != &buffer->input) {
        if (!keep_borrowed(buffer, input, under_way))
            return false;
    } else if (!under_way) {
        drop_taken(buffer);
    }
    return under_way || buffer->input.bytes == NULL || make_room(buffer);
}
