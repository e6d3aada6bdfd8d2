#include "drda/sql/extdta.h"

#include <stdlib.h>

#include "drda/codepoint.h"

enum {
    SEGMENT_HEADER_SIZE = 2,
    SEGMENT_CONTINUED = 0x8000,
    LENGTH_EXTENDED = 0x8008, /* LL of an object whose length follows the code point in 4 bytes */
    OBJECT_HEADER_SIZE = 8,
    INDICATOR_PRESENT = 0x00,
    PIECE_SIZE = 16 * 1024,
};

bool
extdta_add(struct sql_target *target, uint32_t locator, bool nullable)
{
    if (target->externals == NULL)
        target->externals = calloc(1, sizeof *target->externals);
    struct sql_externals *externals = target->externals;
    if (externals == NULL || externals->count == SQL_EXTERNALS_MAX)
        return false;
    externals->nullable[externals->count] = nullable;
    externals->locators[externals->count++] = locator;
    return true;
}

void
extdta_begin(struct sql_target *target, uint16_t correlation_id, bool chained)
{
    if (target->externals == NULL)
        return;
    target->externals->correlation_id = correlation_id;
    target->externals->chained = chained;
}

void
extdta_drop(struct sql_target *target)
{
    struct sql_externals *externals = target->externals;
    for (size_t i = 0; externals != NULL && i < externals->count; i++)
        target->operations->release_lob(target, externals->locators[i]);
    free(externals);
    target->externals = NULL;
}

/* The flags must be right from the beginning: when the end is written, the header may be with the requester. */
static void
begin_object(struct dss_writer *reply, struct sql_externals *externals, const struct sql_lob *lob)
{
    bool nullable = externals->nullable[externals->next];
    uint64_t data = lob->size + (nullable ? 1 : 0);
    uint64_t size = DSS_HEADER_SIZE + OBJECT_HEADER_SIZE + data;
    bool more = externals->next + 1 < externals->count;
    dss_begin(reply, DSS_OBJECT, externals->correlation_id);
    if (more)
        dss_leave_followed(reply);
    else if (externals->chained)
        dss_leave_chained(reply);
    bool continued = size > DSS_SEGMENT_MAX;
    wire_patch_u16(reply->wire, reply->header, (uint16_t)(continued ? SEGMENT_CONTINUED | DSS_SEGMENT_MAX : size));
    wire_put_u16(reply->wire, LENGTH_EXTENDED);
    wire_put_u16(reply->wire, CP_EXTDTA);
    wire_put_u32(reply->wire, (uint32_t)data);
    if (nullable)
        wire_put_u8(reply->wire, INDICATOR_PRESENT);
    externals->begun = true;
    externals->offset = 0;
    externals->left = lob->size;
    externals->segment = DSS_SEGMENT_MAX - DSS_HEADER_SIZE - OBJECT_HEADER_SIZE - (nullable ? 1 : 0);
}

static void
begin_segment(struct wire_writer *writer, struct sql_externals *externals)
{
    const uint64_t whole = DSS_SEGMENT_MAX - SEGMENT_HEADER_SIZE;
    bool last = externals->left <= whole;
    uint64_t data = last ? externals->left : whole;
    wire_put_u16(writer, (uint16_t)((last ? 0 : SEGMENT_CONTINUED) | (data + SEGMENT_HEADER_SIZE)));
    externals->segment = (size_t)data;
}

/* One reading of the LOB, straight into the reply. */
static void
put_piece(struct wire_writer *writer, struct sql_externals *externals, struct sql_lob *lob)
{
    if (externals->segment == 0)
        begin_segment(writer, externals);
    uint64_t size = externals->left < externals->segment ? externals->left : externals->segment;
    if (size > PIECE_SIZE)
        size = PIECE_SIZE;
    uint8_t *room = wire_room(writer, (size_t)size);
    if (room == NULL || !lob->read(lob, externals->offset, room, (size_t)size)) {
        writer->failed = true;
        return;
    }
    externals->offset += size;
    externals->left -= size;
    externals->segment -= (size_t)size;
}

/* Goes on with the one that is being sent; true when it is over. */
static bool
put_one(struct dss_writer *reply, struct sql_target *target, size_t end)
{
    struct sql_externals *externals = target->externals;
    struct sql_lob *lob = target->operations->find_lob(target, externals->locators[externals->next]);
    if (lob == NULL) {
        reply->wire->failed = true;
        return false;
    }
    if (!externals->begun)
        begin_object(reply, externals, lob);
    while (externals->left > 0 && reply->wire->used < end && !reply->wire->failed)
        put_piece(reply->wire, externals, lob);
    return externals->left == 0;
}

void
extdta_put(struct dss_writer *reply, struct sql_target *target, size_t room)
{
    size_t end = reply->wire->used + room;
    while (target->externals != NULL && reply->wire->used < end && !reply->wire->failed) {
        struct sql_externals *externals = target->externals;
        if (!put_one(reply, target, end))
            continue;
        target->operations->release_lob(target, externals->locators[externals->next]);
        externals->locators[externals->next++] = 0;
        externals->begun = false;
        if (externals->next == externals->count)
            extdta_drop(target);
    }
}
