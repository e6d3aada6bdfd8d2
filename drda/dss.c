#include "drda/dss.h"

enum {
    DSS_MAGIC = 0xD0,
    DSS_CONTINUED = 0x8000,
    DSS_RESERVED = 0x88,
    SEGMENT_HEADER_SIZE = 2,
    DDM_HEADER_SIZE = 4,
    /* Not a DSS fault but a DDM one that only whoever takes a command apart can see. */
    SYNERRCD_OBJECT_MISSING = 0x0E,
};

struct dss_header {
    size_t length; /* of the first segment */
    bool continued;
    uint8_t format;
    uint16_t correlation_id;
};

/* Reads a header of which all 6 bytes are there. */
static enum dss_fault
read_header(const uint8_t *bytes, struct dss_header *header)
{
    struct wire_reader reader = wire_reader(bytes, DSS_HEADER_SIZE);
    uint16_t length = wire_u16(&reader);
    uint8_t magic = wire_u8(&reader);
    header->format = wire_u8(&reader);
    header->correlation_id = wire_u16(&reader);
    header->length = length & ~(unsigned)DSS_CONTINUED;
    header->continued = (length & DSS_CONTINUED) != 0;
    unsigned type = header->format & DSS_TYPE_MASK;
    bool chained = (header->format & DSS_CHAINED) != 0;
    if (magic != DSS_MAGIC)
        return DSS_FAULT_NO_D0;
    if (header->length < DSS_HEADER_SIZE)
        return DSS_FAULT_LENGTH_UNDER_6;
    /* LL and code point must stand in one piece: whoever looks at the code point first must see what dss_read will see. */
    if (header->continued && header->length < DSS_HEADER_SIZE + DDM_HEADER_SIZE)
        return DSS_FAULT_CONTINUATION_LENGTH;
    if ((header->format & DSS_RESERVED) != 0 || type < DSS_REQUEST || type > DSS_OBJECT)
        return DSS_FAULT_FORMAT;
    if (!chained && (header->format & DSS_SAME_CORRELATION) != 0)
        return DSS_FAULT_SAME_CORRELATION_UNCHAINED;
    if (!chained && (header->format & DSS_CONTINUE_ON_ERROR) != 0)
        return DSS_FAULT_CONTINUE_UNCHAINED;
    return DSS_FAULT_NONE;
}

/* What may follow where the same correlation ID was announced: objects, and in replies further messages. */
static enum dss_fault
check_sequence(const struct dss_progress *progress, const struct dss_header *header)
{
    if (progress->count == 0)
        return DSS_FAULT_NONE;
    if (header->correlation_id != progress->correlation_id)
        return DSS_FAULT_CORRELATION_MISMATCH;
    bool of_requester = (progress->format & DSS_TYPE_MASK) == DSS_REQUEST;
    bool object = (header->format & DSS_TYPE_MASK) == DSS_OBJECT;
    bool request = (header->format & DSS_TYPE_MASK) == DSS_REQUEST;
    if (request || (of_requester && !object))
        return DSS_FAULT_FORMAT;
    return progress->count > DSS_OBJECTS_MAX ? DSS_FAULT_TOO_MANY : DSS_FAULT_NONE;
}

/* One continuation segment. INCOMPLETE: *size is how many bytes are known to be needed. */
static enum dss_scan
scan_segment(struct dss_progress *progress, const uint8_t *bytes, size_t available, size_t *size, enum dss_fault *fault)
{
    size_t left = available - progress->seen;
    *size = progress->seen + SEGMENT_HEADER_SIZE;
    if (left < SEGMENT_HEADER_SIZE)
        return DSS_SCAN_INCOMPLETE;
    struct wire_reader reader = wire_reader(bytes + progress->seen, SEGMENT_HEADER_SIZE);
    uint16_t length = wire_u16(&reader);
    size_t segment = length & ~(unsigned)DSS_CONTINUED;
    if (segment <= SEGMENT_HEADER_SIZE) {
        *fault = DSS_FAULT_CONTINUATION_LENGTH;
        return DSS_SCAN_DAMAGED;
    }
    *size = progress->seen + segment;
    if (segment > left)
        return DSS_SCAN_INCOMPLETE;
    progress->seen += segment;
    progress->continued = (length & DSS_CONTINUED) != 0;
    return DSS_SCAN_COMPLETE;
}

/* The header and first segment of one DSS. */
static enum dss_scan
scan_first_segment(struct dss_progress *progress, const uint8_t *bytes, size_t available, size_t *size, enum dss_fault *fault)
{
    struct dss_header header = { 0 };
    size_t left = available - progress->seen;
    *size = progress->seen + DSS_HEADER_SIZE;
    if (left < DSS_HEADER_SIZE)
        return DSS_SCAN_INCOMPLETE;
    *fault = read_header(bytes + progress->seen, &header);
    if (*fault == DSS_FAULT_NONE)
        *fault = check_sequence(progress, &header);
    if (*fault != DSS_FAULT_NONE)
        return DSS_SCAN_DAMAGED;
    *size = progress->seen + header.length;
    if (header.length > left)
        return DSS_SCAN_INCOMPLETE;
    if (progress->count++ == 0) {
        progress->format = header.format;
        progress->correlation_id = header.correlation_id;
    }
    progress->seen += header.length;
    progress->continued = header.continued;
    progress->more = (header.format & DSS_SAME_CORRELATION) != 0;
    return DSS_SCAN_COMPLETE;
}

enum dss_scan
dss_scan_on(struct dss_progress *progress, const uint8_t *bytes, size_t available, size_t *size, enum dss_fault *fault)
{
    *fault = DSS_FAULT_NONE;
    do {
        enum dss_scan outcome = progress->continued ? scan_segment(progress, bytes, available, size, fault)
                                                    : scan_first_segment(progress, bytes, available, size, fault);
        if (outcome != DSS_SCAN_COMPLETE)
            return outcome;
    } while (progress->continued || progress->more);
    return DSS_SCAN_COMPLETE;
}

enum dss_scan
dss_scan(const uint8_t *bytes, size_t available, size_t *size, enum dss_fault *fault)
{
    struct dss_progress progress = { 0 };
    return dss_scan_on(&progress, bytes, available, size, fault);
}

/* The contents of the DSS at *offset, which is moved to its end; its segments are joined in place. */
static struct wire_reader
join_segments(uint8_t *bytes, size_t size, size_t *offset, const struct dss_header *header)
{
    struct wire_writer joined = { .start = bytes, .used = size, .size = size };
    size_t start = *offset + DSS_HEADER_SIZE;
    size_t end = *offset + header->length;
    *offset = end;
    for (bool continued = header->continued; continued;) {
        struct wire_reader reader = wire_reader(bytes + *offset, size - *offset);
        uint16_t length = wire_u16(&reader);
        size_t data_size = (length & ~(unsigned)DSS_CONTINUED) - SEGMENT_HEADER_SIZE;
        continued = (length & DSS_CONTINUED) != 0;
        wire_move(&joined, end, *offset + SEGMENT_HEADER_SIZE, data_size);
        end += data_size;
        *offset += SEGMENT_HEADER_SIZE + data_size;
    }
    return wire_reader(bytes + start, end - start);
}

static bool
fail(struct dss_command *command, uint8_t fault, uint16_t codepoint)
{
    command->fault = fault;
    command->fault_codepoint = codepoint;
    return false;
}

/* Adds the DDM objects of one DSS. */
static bool
add_objects(struct dss_command *command, struct wire_reader *contents)
{
    struct ddm_object object;
    enum ddm_fault fault;
    while (ddm_next(contents, &object, &fault)) {
        if (command->object_count == DSS_OBJECTS_MAX)
            return fail(command, DSS_FAULT_TOO_MANY, object.codepoint);
        command->objects[command->object_count++] = object;
    }
    return fault == DDM_FAULT_NONE || fail(command, (uint8_t)fault, object.codepoint);
}

/* The first DSS: the command itself, and in replies perhaps objects behind it. */
static bool
read_first(struct dss_command *command, const struct dss_header *header, struct wire_reader *contents)
{
    struct ddm_object object;
    enum ddm_fault fault;
    command->format = header->format;
    command->correlation_id = header->correlation_id;
    if (!ddm_next(contents, &object, &fault))
        return fail(command, fault != DDM_FAULT_NONE ? (uint8_t)fault : SYNERRCD_OBJECT_MISSING, object.codepoint);
    command->codepoint = object.codepoint;
    command->parameters = object.body;
    if ((header->format & DSS_TYPE_MASK) == DSS_REQUEST && contents->left > 0)
        return fail(command, DSS_FAULT_LENGTH_MISMATCH, object.codepoint);
    return add_objects(command, contents);
}

bool
dss_read(uint8_t *bytes, size_t size, struct dss_command *command)
{
    command->object_count = 0;
    command->codepoint = 0;
    command->correlation_id = 0;
    command->format = 0;
    command->chained = false;
    command->fault = 0;
    command->fault_codepoint = 0;
    command->stream = NULL;
    command->parameters = (struct wire_reader) { 0 };
    size_t scanned;
    enum dss_fault fault;
    if (dss_scan(bytes, size, &scanned, &fault) != DSS_SCAN_COMPLETE || scanned != size)
        return fail(command, fault != DSS_FAULT_NONE ? (uint8_t)fault : DSS_FAULT_LENGTH_MISMATCH, 0);

    struct dss_header header = { 0 };
    for (size_t offset = 0; offset < size;) {
        bool first = offset == 0;
        (void)read_header(bytes + offset, &header);
        struct wire_reader contents = join_segments(bytes, size, &offset, &header);
        if (!(first ? read_first(command, &header, &contents) : add_objects(command, &contents)))
            return false;
    }
    command->chained = (header.format & DSS_CHAINED) != 0;
    return true;
}

struct dss_writer
dss_writer(struct wire_writer *wire)
{
    return (struct dss_writer) { .wire = wire };
}

static void
set_format(struct dss_writer *writer, uint8_t format)
{
    wire_patch_u16(writer->wire, writer->header + 2, (uint16_t)(DSS_MAGIC << 8 | format));
}

/* The header of the DSS written last, as it stands in the output. */
static struct dss_header
last_header(const struct dss_writer *writer)
{
    struct dss_header header = { 0 };
    (void)read_header(writer->wire->start + writer->header, &header);
    return header;
}

void
dss_begin(struct dss_writer *writer, enum dss_type type, uint16_t correlation_id)
{
    if (writer->any && !writer->wire->failed) {
        struct dss_header last = last_header(writer);
        uint8_t same = last.correlation_id == correlation_id ? DSS_SAME_CORRELATION : 0;
        set_format(writer, last.format | DSS_CHAINED | same);
    }
    writer->header = writer->wire->used;
    writer->any = true;
    wire_put_u16(writer->wire, 0);
    wire_put_u8(writer->wire, DSS_MAGIC);
    wire_put_u8(writer->wire, (uint8_t)type);
    wire_put_u16(writer->wire, correlation_id);
}

/* Makes room for the headers of continuation segments, from the last segment to the first so that each byte is moved once. */
static void
cut_into_segments(struct wire_writer *wire, size_t header)
{
    const size_t segment_data = DSS_SEGMENT_MAX - SEGMENT_HEADER_SIZE;
    size_t rest = wire->used - header - DSS_SEGMENT_MAX;
    size_t count = (rest + segment_data - 1) / segment_data;
    if (wire_room(wire, count * SEGMENT_HEADER_SIZE) == NULL)
        return;
    for (size_t i = count; i-- > 0;) {
        size_t from = header + DSS_SEGMENT_MAX + i * segment_data;
        size_t to = from + (i + 1) * SEGMENT_HEADER_SIZE;
        size_t data_size = i + 1 == count ? rest - i * segment_data : segment_data;
        unsigned continued = i + 1 == count ? 0 : DSS_CONTINUED;
        wire_move(wire, to, from, data_size);
        wire_patch_u16(wire, to - SEGMENT_HEADER_SIZE, (uint16_t)(continued | (data_size + SEGMENT_HEADER_SIZE)));
    }
    wire_patch_u16(wire, header, DSS_CONTINUED | DSS_SEGMENT_MAX);
}

void
dss_end(struct dss_writer *writer)
{
    if (writer->wire->failed)
        return;
    size_t length = writer->wire->used - writer->header;
    if (length <= DSS_SEGMENT_MAX)
        wire_patch_u16(writer->wire, writer->header, (uint16_t)length);
    else
        cut_into_segments(writer->wire, writer->header);
}

void
dss_leave_chained(struct dss_writer *writer)
{
    if (writer->any && !writer->wire->failed)
        set_format(writer, last_header(writer).format | DSS_CHAINED);
}

void
dss_leave_followed(struct dss_writer *writer)
{
    if (writer->any && !writer->wire->failed)
        set_format(writer, last_header(writer).format | DSS_CHAINED | DSS_SAME_CORRELATION);
}
