/* A connection's own input memory. A client's bytes are understood where they were received, in the event loop's buffer; only
 * what cannot be used up there is kept here: the beginning of a command whose rest is to come, or a request that is under way.
 * Whatever is left behind in either place is wiped. */
#pragma once

#include "drda/server.h"

struct input_buffer {
    struct drda_input input; /* bytes == NULL: nothing is kept */
    size_t room;             /* bytes at input.bytes; more than input.size while more input is awaited */
};

void input_buffer_clear(struct input_buffer *buffer);

/* After a step on `input`, which is either borrowed memory or &buffer->input: keeps what the machine has not taken. While a
 * request is `under_way` all bytes keep their places; else what was taken goes, and there is room for what the machine needs
 * next. False when memory is short. */
MUST_CHECK bool input_buffer_keep(struct input_buffer *buffer, struct drda_input *input, bool under_way);
