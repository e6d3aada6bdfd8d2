#include "drda/sql/extdta_object.h"

#include "drda/codepoint.h"

enum {
    SEGMENT_HEADER_SIZE = 2,
    SEGMENT_CONTINUED = 0x8000,
    LENGTH_EXTENDED = 0x8008, /* LL of an object whose length follows the code point in 4 bytes */
    OBJECT_HEADER_SIZE = 8,
    INDICATOR_PRESENT = 0x00,
    PIECE_SIZE = 16 * 1024,
};

void
extdta_object_begin(struct extdta_object *object, struct dss_writer *dss, uint16_t correlation_id, enum extdta_next next, uint64_t size,
                    bool nullable)
{
    struct wire_writer *writer = dss->wire;
    size_t indicator = nullable ? 1 : 0;
    uint64_t whole = DSS_HEADER_SIZE + OBJECT_HEADER_SIZE + indicator + size;
    dss_begin(dss, DSS_OBJECT, correlation_id);
    if (next == EXTDTA_FOLLOWED)
        dss_leave_followed(dss);
    else if (next == EXTDTA_CHAINED)
        dss_leave_chained(dss);
    bool continued = whole > DSS_SEGMENT_MAX;
    wire_patch_u16(writer, dss->header, (uint16_t)(continued ? SEGMENT_CONTINUED | DSS_SEGMENT_MAX : whole));
    wire_put_u16(writer, LENGTH_EXTENDED);
    wire_put_u16(writer, CP_EXTDTA);
    wire_put_u32(writer, (uint32_t)(size + indicator));
    if (nullable)
        wire_put_u8(writer, INDICATOR_PRESENT);
    *object = (struct extdta_object) {
        .left = size,
        .segment = DSS_SEGMENT_MAX - DSS_HEADER_SIZE - OBJECT_HEADER_SIZE - indicator,
    };
}

static void
begin_segment(struct extdta_object *object, struct wire_writer *writer)
{
    const uint64_t whole = DSS_SEGMENT_MAX - SEGMENT_HEADER_SIZE;
    bool last = object->left <= whole;
    uint64_t data = last ? object->left : whole;
    wire_put_u16(writer, (uint16_t)((last ? 0 : SEGMENT_CONTINUED) | (data + SEGMENT_HEADER_SIZE)));
    object->segment = (size_t)data;
}

/* One reading of the LOB, straight into the buffer. */
static void
put_piece(struct extdta_object *object, struct wire_writer *writer, struct sql_lob *lob)
{
    if (object->segment == 0)
        begin_segment(object, writer);
    uint64_t size = object->left < object->segment ? object->left : object->segment;
    if (size > PIECE_SIZE)
        size = PIECE_SIZE;
    uint8_t *room = wire_room(writer, (size_t)size);
    if (room == NULL || !lob->read(lob, object->offset, room, (size_t)size)) {
        writer->failed = true;
        return;
    }
    object->offset += size;
    object->left -= size;
    object->segment -= (size_t)size;
}

bool
extdta_object_put(struct extdta_object *object, struct wire_writer *writer, struct sql_lob *lob, size_t end)
{
    while (object->left > 0 && writer->used < end && !writer->failed)
        put_piece(object, writer, lob);
    return object->left == 0;
}
