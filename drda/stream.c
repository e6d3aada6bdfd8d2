#include "drda/stream.h"

#include <stdlib.h>

#include "drda/codepoint.h"

enum {
    SEGMENT_HEADER_SIZE = 2,
    OBJECT_HEADER_SIZE = 4,
    CONTINUED = 0x8000,
    EXTENDED = 0x8000,
    FLAGS = DSS_CHAINED | DSS_CONTINUE_ON_ERROR | DSS_SAME_CORRELATION,
    SYNERRCD_OBJECT_LENGTH = 0x08,
    SYNERRCD_EXTENDED_LENGTH = 0x0C,
    SYNERRCD_TOO_MANY = 0x0F,
    SYNERRCD_ORDER = 0x17,
};

enum step { STEP_DSS, STEP_SEGMENT, STEP_OBJECT, STEP_DATA };

bool
drda_stream_may_begin(const uint8_t *bytes, size_t available, size_t *head_size)
{
    *head_size = 0;
    for (size_t offset = 0; available - offset >= DSS_HEADER_SIZE + OBJECT_HEADER_SIZE;) {
        struct wire_reader reader = wire_reader(bytes + offset, DSS_HEADER_SIZE + OBJECT_HEADER_SIZE);
        uint16_t length = wire_u16(&reader);
        (void)wire_u8(&reader);
        uint8_t format = wire_u8(&reader);
        (void)wire_u32(&reader); /* correlation ID, length of the object */
        uint16_t codepoint = wire_u16(&reader);
        bool streamable = codepoint == CP_EXCSQLSTT || codepoint == CP_OPNQRY;
        if (offset == 0 && !streamable)
            return false;
        if (offset > 0 && (format & DSS_TYPE_MASK) == DSS_OBJECT && codepoint == CP_EXTDTA) {
            *head_size = offset;
            return true;
        }
        if ((length & CONTINUED) != 0 || (format & DSS_SAME_CORRELATION) == 0 || length > available - offset)
            return false;
        offset += length;
    }
    return false;
}

bool
drda_stream_begin(struct drda_stream *stream, const uint8_t *head, size_t size)
{
    uint8_t *copy = malloc(size);
    if (copy == NULL)
        return false;
    memcpy(copy, head, size);
    stream->head = (struct wire_writer) { .start = copy, .used = size, .size = size };
    for (size_t offset = 0; offset < size;) {
        struct wire_reader reader = wire_reader(copy + offset, DSS_HEADER_SIZE);
        stream->last_header = offset;
        offset += wire_u16(&reader);
        (void)wire_u16(&reader);
        stream->correlation_id = wire_u16(&reader);
    }
    stream->step = STEP_DSS;
    return true;
}

/* Gathers `wanted` bytes of a header; true when they are there. */
static bool
gather(struct drda_stream *stream, struct wire_reader *input, size_t wanted)
{
    size_t missing = wanted - stream->gathered_size;
    size_t size = missing < input->left ? missing : input->left;
    struct wire_writer gathered = wire_writer(stream->gathered, sizeof stream->gathered);
    gathered.used = stream->gathered_size;
    wire_put_bytes(&gathered, wire_take(input, size), size);
    stream->gathered_size = gathered.used;
    return stream->gathered_size == wanted;
}

static bool
damaged(uint8_t *fault, uint8_t synerrcd)
{
    *fault = synerrcd;
    return false;
}

static bool
take_dss_header(struct drda_stream *stream, struct wire_reader *input, uint8_t *fault)
{
    if (!gather(stream, input, DSS_HEADER_SIZE))
        return true;
    struct wire_reader header = wire_reader(stream->gathered, DSS_HEADER_SIZE);
    uint16_t length = wire_u16(&header);
    uint8_t magic = wire_u8(&header);
    stream->format = wire_u8(&header);
    stream->gathered_size = 0;
    stream->continued = (length & CONTINUED) != 0;
    stream->segment_left = (length & ~(unsigned)CONTINUED);
    if (magic != 0xD0)
        return damaged(fault, DSS_FAULT_NO_D0);
    if (stream->segment_left < DSS_HEADER_SIZE)
        return damaged(fault, DSS_FAULT_LENGTH_UNDER_6);
    if (stream->segment_left < DSS_HEADER_SIZE + OBJECT_HEADER_SIZE)
        return damaged(fault, stream->continued ? DSS_FAULT_CONTINUATION_LENGTH : SYNERRCD_OBJECT_LENGTH);
    if ((stream->format & DSS_TYPE_MASK) != DSS_OBJECT || (stream->format & ~(FLAGS | DSS_TYPE_MASK)) != 0)
        return damaged(fault, DSS_FAULT_FORMAT);
    if ((stream->format & DSS_CHAINED) == 0 && (stream->format & FLAGS) != 0)
        return damaged(fault, DSS_FAULT_SAME_CORRELATION_UNCHAINED);
    if (wire_u16(&header) != stream->correlation_id)
        return damaged(fault, DSS_FAULT_CORRELATION_MISMATCH);
    stream->segment_left -= DSS_HEADER_SIZE;
    stream->step = STEP_OBJECT;
    return true;
}

static bool
take_segment_header(struct drda_stream *stream, struct wire_reader *input, uint8_t *fault)
{
    if (!gather(stream, input, SEGMENT_HEADER_SIZE))
        return true;
    struct wire_reader reader = wire_reader(stream->gathered, SEGMENT_HEADER_SIZE);
    uint16_t length = wire_u16(&reader);
    stream->gathered_size = 0;
    stream->continued = (length & CONTINUED) != 0;
    stream->segment_left = (length & ~(unsigned)CONTINUED);
    if (stream->segment_left <= SEGMENT_HEADER_SIZE)
        return damaged(fault, DSS_FAULT_CONTINUATION_LENGTH);
    stream->segment_left -= SEGMENT_HEADER_SIZE;
    stream->step = STEP_DATA;
    return true;
}

/* LL and code point, and the extended length behind them. They stand in one segment, which is as long as they are at least. */
static bool
take_object_header(struct drda_stream *stream, struct wire_reader *input, uint8_t *fault)
{
    struct wire_reader segment = wire_reader(input->at, stream->segment_left < input->left ? stream->segment_left : input->left);
    size_t before = segment.left;
    size_t extension = 0;
    uint16_t length = 0;
    bool whole = gather(stream, &segment, OBJECT_HEADER_SIZE > stream->gathered_size ? OBJECT_HEADER_SIZE : stream->gathered_size);
    if (whole) {
        struct wire_reader header = wire_reader(stream->gathered, stream->gathered_size);
        length = wire_u16(&header);
        if (wire_u16(&header) != CP_EXTDTA)
            return damaged(fault, SYNERRCD_ORDER);
        extension = (length & EXTENDED) != 0 ? (length & ~(unsigned)EXTENDED) - OBJECT_HEADER_SIZE : 0;
        if (((length & EXTENDED) != 0 && extension != 0 && extension != 4 && extension != 6 && extension != 8) ||
            ((length & EXTENDED) == 0 && length < OBJECT_HEADER_SIZE))
            return damaged(fault, SYNERRCD_EXTENDED_LENGTH);
        whole = gather(stream, &segment, OBJECT_HEADER_SIZE + extension);
    }
    (void)wire_take(input, before - segment.left);
    stream->segment_left -= before - segment.left;
    if (!whole)
        return stream->segment_left > 0 || damaged(fault, SYNERRCD_OBJECT_LENGTH);
    struct wire_reader header = wire_reader(stream->gathered + OBJECT_HEADER_SIZE, extension);
    stream->gathered_size = 0;
    if ((length & EXTENDED) == 0)
        stream->object_left = (uint64_t)length - OBJECT_HEADER_SIZE;
    else
        stream->object_left = extension == 0 ? UINT64_MAX : wire_uint(&header, extension, false);
    if (stream->count == DSS_OBJECTS_MAX)
        return damaged(fault, SYNERRCD_TOO_MANY);
    stream->externals[stream->count++] = (struct drda_external) { .stream = stream, .offset = stream->written };
    stream->step = STEP_DATA;
    bool missing = stream->object_left != UINT64_MAX && stream->object_left > stream->segment_left;
    return !missing || stream->continued || damaged(fault, SYNERRCD_OBJECT_LENGTH);
}

static void
spool(struct drda_stream *stream, const uint8_t *bytes, size_t size)
{
    if (stream->overflown || size == 0)
        return;
    stream->overflown = size > stream->bytes_max - stream->written || !stream->write(stream, bytes, size);
    if (stream->overflown)
        return;
    stream->written += size;
    stream->externals[stream->count - 1].size += size;
}

static bool
take_data(struct drda_stream *stream, struct wire_reader *input, uint8_t *fault)
{
    uint64_t size = stream->segment_left < input->left ? stream->segment_left : input->left;
    if (size > stream->object_left)
        size = stream->object_left;
    spool(stream, wire_take(input, (size_t)size), (size_t)size);
    stream->segment_left -= (size_t)size;
    if (stream->object_left != UINT64_MAX)
        stream->object_left -= size;
    if (stream->segment_left > 0 && stream->object_left == 0) {
        stream->step = STEP_OBJECT;
        return true;
    }
    if (stream->segment_left > 0)
        return true;
    if (!stream->continued && stream->object_left != UINT64_MAX && stream->object_left > 0)
        return damaged(fault, SYNERRCD_OBJECT_LENGTH);
    return true;
}

/* The end of a DSS, and whether it is the end of the command. */
static bool
is_over(struct drda_stream *stream)
{
    bool inside = stream->step == STEP_DSS || stream->step == STEP_SEGMENT || stream->segment_left > 0;
    if (inside)
        return false;
    if (stream->continued) {
        stream->step = STEP_SEGMENT;
        return false;
    }
    stream->step = STEP_DSS;
    return (stream->format & DSS_SAME_CORRELATION) == 0;
}

enum drda_stream_state
drda_stream_take(struct drda_stream *stream, const uint8_t *bytes, size_t size, size_t *taken, uint8_t *fault)
{
    static bool (*const steps[])(struct drda_stream *, struct wire_reader *, uint8_t *) = {
        [STEP_DSS] = take_dss_header,
        [STEP_SEGMENT] = take_segment_header,
        [STEP_OBJECT] = take_object_header,
        [STEP_DATA] = take_data,
    };
    struct wire_reader input = wire_reader(bytes, size);
    enum drda_stream_state state = DRDA_STREAM_GOES_ON;
    while (input.left > 0 && state == DRDA_STREAM_GOES_ON) {
        if (!steps[stream->step](stream, &input, fault))
            state = DRDA_STREAM_DAMAGED;
        else if (is_over(stream))
            state = DRDA_STREAM_COMPLETE;
    }
    *taken = size - input.left;
    return state;
}

uint8_t *
drda_stream_command(struct drda_stream *stream, size_t *size)
{
    struct wire_reader reader = wire_reader(stream->head.start + stream->last_header + 2, 2);
    uint16_t magic_and_format = wire_u16(&reader);
    uint16_t kept = magic_and_format & (uint16_t) ~(unsigned)FLAGS;
    wire_patch_u16(&stream->head, stream->last_header + 2, kept | (stream->format & FLAGS));
    *size = stream->head.used;
    return stream->head.start;
}

void
drda_stream_free(struct drda_stream *stream)
{
    if (stream == NULL)
        return;
    free(stream->head.start);
    stream->free(stream);
}
