/* Writers that grow; their memory is to be freed. */
#pragma once
#include <stdlib.h>

#include "common/wire.h"

static inline bool
growing_writer_resize(struct wire_writer *writer, size_t size)
{
    uint8_t *larger = realloc(writer->start, size);
    if (larger == NULL)
        return false;
    writer->start = larger;
    writer->size = size;
    return true;
}

static inline bool
growing_writer_double(struct wire_writer *writer, size_t needed)
{
    return growing_writer_resize(writer, 2 * needed);
}

static inline struct wire_writer
growing_writer(void)
{
    return (struct wire_writer) { .grow = growing_writer_double };
}

/* Has never more room than it was asked for: AddressSanitizer sees who writes one byte more. */
static inline struct wire_writer
exact_writer(void)
{
    return (struct wire_writer) { .grow = growing_writer_resize };
}
