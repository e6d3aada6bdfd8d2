/* Growing memory behind a wire_writer. Whatever leaves such a buffer is wiped, because SECCHK and verify requests pass
 * through it. */
#pragma once

#include "common/wire.h"

/* An empty writer that takes memory when something is written. */
struct wire_writer buffer_writer(void);

/* Wipes and frees; the writer is empty again and can be used anew. */
void buffer_clear(struct wire_writer *writer);

/* Moves `size` bytes into new memory of `room` bytes, wiping and freeing the old. NULL when memory is short (the old bytes stay). */
uint8_t *buffer_resize(uint8_t *bytes, size_t size, size_t old_room, size_t room);

/* Wipes and frees memory got from buffer_resize; NULL is harmless. */
void buffer_free(uint8_t *bytes, size_t room);
