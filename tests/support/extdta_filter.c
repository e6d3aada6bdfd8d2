#include "tests/support/extdta_filter.h"

#include "common/wire.h"
#include "drda/codepoint.h"

enum { DSS_HEADER = 6, SEGMENT_HEADER = 2, MAGIC = 0xD0, CONTINUED = 0x8000 };

/* Bytes of a head that must be there to understand it. */
static size_t
head_needed(const struct extdta_filter *filter)
{
    if (filter->in_segment)
        return SEGMENT_HEADER;
    if (filter->head_size < DSS_HEADER)
        return DSS_HEADER;
    struct wire_reader reader = wire_reader(filter->head, filter->head_size);
    size_t length = wire_u16(&reader) & ~(unsigned)CONTINUED;
    return length < sizeof filter->head ? length : sizeof filter->head;
}

/* The head is whole, or as much of it as tells whether this is DRDA. */
static void
understand_head(struct extdta_filter *filter)
{
    struct wire_reader reader = wire_reader(filter->head, filter->head_size);
    uint16_t length = wire_u16(&reader);
    size_t header = filter->in_segment ? SEGMENT_HEADER : DSS_HEADER;
    filter->is_no_drda = (length & ~(unsigned)CONTINUED) < header || (!filter->in_segment && wire_u8(&reader) != MAGIC);
    if (filter->is_no_drda || filter->head_size < head_needed(filter))
        return;
    filter->continued = (length & CONTINUED) != 0;
    filter->left = (length & ~(unsigned)CONTINUED) - filter->head_size;
    (void)wire_take(&reader, DSS_HEADER - 3 + 2); /* to the code point */
    if (!filter->in_segment)
        filter->skips = wire_u16(&reader) == CP_EXTDTA && !reader.failed;
}

static size_t
take_head(struct extdta_filter *filter, const uint8_t *bytes, size_t size)
{
    size_t missing = head_needed(filter) - filter->head_size;
    size_t taken = size < missing ? size : missing;
    memcpy(filter->head + filter->head_size, bytes, taken);
    filter->head_size += taken;
    if (filter->head_size >= (filter->in_segment ? SEGMENT_HEADER : DSS_HEADER))
        understand_head(filter);
    return taken;
}

void
extdta_filter_feed(struct extdta_filter *filter, const uint8_t *bytes, size_t size,
                   void (*keep)(void *context, const uint8_t *bytes, size_t size), void *context)
{
    while (size > 0 && !filter->is_no_drda) {
        size_t taken;
        bool at_head = filter->head_size < head_needed(filter);
        if (at_head) {
            taken = take_head(filter, bytes, size);
            if (filter->is_no_drda || (filter->head_size == head_needed(filter) && !filter->skips))
                keep(context, filter->head, filter->head_size);
        } else {
            taken = size < filter->left ? size : filter->left;
            filter->left -= taken;
            if (!filter->skips && taken > 0)
                keep(context, bytes, taken);
        }
        if (filter->left == 0 && filter->head_size == head_needed(filter)) {
            filter->in_segment = filter->continued;
            filter->head_size = 0;
        }
        bytes += taken;
        size -= taken;
    }
    if (size > 0)
        keep(context, bytes, size);
}

void
extdta_filter_end(struct extdta_filter *filter, void (*keep)(void *context, const uint8_t *bytes, size_t size), void *context)
{
    bool held_back = !filter->is_no_drda && filter->head_size > 0 && filter->head_size < head_needed(filter);
    if (held_back && !(filter->in_segment && filter->skips))
        keep(context, filter->head, filter->head_size);
    filter->head_size = 0;
}
