#include "drda/sql/lob.h"

#include <string.h>

enum { PIECE_SIZE = 16 * 1024 };

/* Units of UTF-16 that the character takes which this byte of UTF-8 begins; none for bytes that go on with one. */
static unsigned
units_of(uint8_t byte)
{
    if ((byte & 0xC0) == 0x80)
        return 0;
    return byte >= 0xF0 ? 2 : 1;
}

/* Goes on from `place` until `units` are behind it, to the beginning of a character; or to the end. */
static bool
advance(struct sql_lob *lob, struct sql_lob_place *place, uint64_t units)
{
    uint8_t piece[PIECE_SIZE];
    while (place->bytes < lob->size) {
        uint64_t left = lob->size - place->bytes;
        size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
        if (!lob->read(lob, place->bytes, piece, size))
            return false;
        for (size_t i = 0; i < size; i++) {
            unsigned more = units_of(piece[i]);
            if (more > 0 && place->units >= units)
                return true;
            place->units += more;
            place->bytes++;
        }
    }
    return true;
}

bool
sql_lob_find_place(struct sql_lob *lob, uint64_t units, struct sql_lob_place *place)
{
    *place = units >= lob->last.units ? lob->last : (struct sql_lob_place) { 0 };
    return advance(lob, place, units);
}

static bool
read_memory(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    if (size > 0)
        memcpy(bytes, ((struct sql_lob_memory *)lob)->bytes + offset, size);
    return true;
}

struct sql_lob_memory
sql_lob_of_memory(const void *bytes, size_t size, bool is_text)
{
    return (struct sql_lob_memory) { .lob = { .size = size, .is_text = is_text, .read = read_memory }, .bytes = bytes };
}

bool
sql_lob_length(struct sql_lob *lob, uint64_t *length)
{
    *length = lob->size;
    if (!lob->is_text)
        return true;
    struct sql_lob_place end = { 0 };
    if (!lob->measured && !advance(lob, &end, UINT64_MAX))
        return false;
    if (!lob->measured)
        lob->units = end.units;
    lob->measured = true;
    *length = lob->units;
    return true;
}

/* Where whole characters of `bytes` end that are not more than `units`. */
static size_t
whole_characters(const uint8_t *bytes, size_t size, uint64_t units, uint64_t *taken)
{
    size_t end = 0;
    *taken = 0;
    for (size_t i = 0; i < size;) {
        unsigned width = units_of(bytes[i]);
        size_t next = i + 1;
        while (next < size && units_of(bytes[next]) == 0)
            next++;
        size_t needed = bytes[i] >= 0xF0 ? 4 : bytes[i] >= 0xE0 ? 3 : bytes[i] >= 0xC0 ? 2 : 1;
        if (*taken + width > units || next - i < needed)
            break;
        *taken += width;
        end = next;
        i = next;
    }
    return end;
}

static bool
text_substring(struct sql_lob *lob, uint64_t position, uint64_t length, uint8_t *bytes, size_t room, size_t *size)
{
    struct sql_lob_place place;
    uint64_t taken;
    if (!sql_lob_find_place(lob, position - 1, &place))
        return false;
    uint64_t left = lob->size - place.bytes;
    if (length < room / 4)
        room = (size_t)length * 4;
    size_t wanted = left < room ? (size_t)left : room;
    if (wanted > 0 && !lob->read(lob, place.bytes, bytes, wanted))
        return false;
    *size = whole_characters(bytes, wanted, length, &taken);
    lob->last = (struct sql_lob_place) { place.units + taken, place.bytes + *size };
    return true;
}

bool
sql_lob_substring(struct sql_lob *lob, uint64_t position, uint64_t length, uint8_t *bytes, size_t room, size_t *size)
{
    *size = 0;
    if (position == 0)
        return false;
    if (lob->is_text)
        return text_substring(lob, position, length, bytes, room, size);
    if (position > lob->size)
        return true;
    uint64_t left = lob->size - (position - 1);
    if (left > length)
        left = length;
    *size = left < room ? (size_t)left : room;
    return *size == 0 || lob->read(lob, position - 1, bytes, *size);
}

/* Looks through pieces that overlap by the size of what is wanted. */
static bool
find_bytes(struct sql_lob *lob, const uint8_t *wanted, size_t wanted_size, uint64_t offset, uint64_t *found)
{
    uint8_t piece[2 * PIECE_SIZE + 32768];
    *found = UINT64_MAX;
    if (wanted_size > sizeof piece / 2)
        return false;
    while (offset < lob->size && lob->size - offset >= wanted_size) {
        uint64_t left = lob->size - offset;
        size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
        if (!lob->read(lob, offset, piece, size))
            return false;
        const uint8_t *at = memmem(piece, size, wanted, wanted_size);
        if (at != NULL) {
            *found = offset + (uint64_t)(at - piece);
            return true;
        }
        offset += size - wanted_size + 1;
    }
    return true;
}

bool
sql_lob_find(struct sql_lob *lob, const uint8_t *wanted, size_t wanted_size, uint64_t start, uint64_t *position)
{
    struct sql_lob_place place = { .bytes = start - 1 };
    uint64_t found;
    *position = 0;
    if (start == 0 || (lob->is_text && !sql_lob_find_place(lob, start - 1, &place)))
        return false;
    if (!find_bytes(lob, wanted, wanted_size, place.bytes, &found))
        return false;
    if (found == UINT64_MAX)
        return true;
    if (!lob->is_text) {
        *position = found + 1;
        return true;
    }
    /* Count on to where it was found. */
    uint8_t piece[PIECE_SIZE];
    while (place.bytes < found) {
        uint64_t left = found - place.bytes;
        size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
        if (!lob->read(lob, place.bytes, piece, size))
            return false;
        for (size_t i = 0; i < size; i++)
            place.units += units_of(piece[i]);
        place.bytes += size;
    }
    *position = place.units + 1;
    return true;
}
