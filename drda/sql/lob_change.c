#include "drda/sql/lob.h"

#include <string.h>

enum { PIECE_SIZE = 16 * 1024 };

/* A part of a value: bytes, and what they count for. */
struct part {
    struct sql_lob_place from;
    struct sql_lob_place to;
};

/* `length` bytes or units behind `position`, as many as are there; the beginning at least must be a place in the value. */
static enum sql_lob_outcome
find_part(struct sql_lob *lob, uint64_t position, uint64_t length, struct part *part)
{
    uint64_t before = position - 1;
    if (position == 0)
        return SQL_LOB_OUT_OF_RANGE;
    if (!lob->is_text) {
        if (before > lob->size)
            return SQL_LOB_OUT_OF_RANGE;
        uint64_t end = length < lob->size - before ? before + length : lob->size;
        *part = (struct part) { { before, before }, { end, end } };
        return SQL_LOB_FINE;
    }
    if (!sql_lob_find_place(lob, before, &part->from))
        return SQL_LOB_GONE;
    if (part->from.units != before)
        return part->from.units < before ? SQL_LOB_OUT_OF_RANGE : SQL_LOB_SPLIT;
    lob->last = part->from; /* the end is looked for from here */
    if (!sql_lob_find_place(lob, before + length < before ? UINT64_MAX : before + length, &part->to))
        return SQL_LOB_GONE;
    return part->to.units - before > length ? SQL_LOB_SPLIT : SQL_LOB_FINE;
}

static enum sql_lob_outcome
copy(struct sql_lob *lob, uint64_t offset, struct sql_lob *with, uint64_t size)
{
    uint8_t piece[PIECE_SIZE];
    enum sql_lob_outcome outcome = SQL_LOB_FINE;
    for (uint64_t done = 0; done < size && outcome == SQL_LOB_FINE; done += sizeof piece) {
        size_t count = size - done < sizeof piece ? (size_t)(size - done) : sizeof piece;
        outcome = with->read(with, done, piece, count) ? lob->write(lob, offset + done, piece, count) : SQL_LOB_GONE;
    }
    return outcome;
}

static enum sql_lob_outcome
move_piece(struct sql_lob *lob, uint64_t from, uint64_t to, size_t size)
{
    uint8_t piece[PIECE_SIZE];
    return lob->read(lob, from, piece, size) ? lob->write(lob, to, piece, size) : SQL_LOB_GONE;
}

/* Makes room for `more` bytes in front of what stands from `offset` on. */
static enum sql_lob_outcome
move_back(struct sql_lob *lob, uint64_t offset, uint64_t more)
{
    static const uint8_t zeros[PIECE_SIZE];
    enum sql_lob_outcome outcome = SQL_LOB_FINE;
    uint64_t end = lob->size;
    for (uint64_t done = 0; done < more && outcome == SQL_LOB_FINE; done += sizeof zeros)
        outcome = lob->write(lob, lob->size, zeros, more - done < sizeof zeros ? (size_t)(more - done) : sizeof zeros);
    while (end > offset && outcome == SQL_LOB_FINE) {
        size_t size = end - offset < PIECE_SIZE ? (size_t)(end - offset) : PIECE_SIZE;
        end -= size;
        outcome = move_piece(lob, end, end + more, size);
    }
    return outcome;
}

/* Takes `less` bytes away in front of what stands from `offset` on. */
static enum sql_lob_outcome
move_forward(struct sql_lob *lob, uint64_t offset, uint64_t less)
{
    enum sql_lob_outcome outcome = SQL_LOB_FINE;
    while (offset < lob->size && outcome == SQL_LOB_FINE) {
        size_t size = lob->size - offset < PIECE_SIZE ? (size_t)(lob->size - offset) : PIECE_SIZE;
        outcome = move_piece(lob, offset, offset - less, size);
        offset += size;
    }
    return outcome == SQL_LOB_FINE ? lob->cut(lob, lob->size - less) : outcome;
}

/* What was found out of the value before, brought to what it is now. */
static void
note_change(struct sql_lob *lob, const struct part *replaced, const struct part *with)
{
    lob->units = lob->units - (replaced->to.units - replaced->from.units) + with->to.units;
    lob->last.units = replaced->from.units + with->to.units;
    lob->last.bytes = replaced->from.bytes + with->to.bytes;
}

enum sql_lob_outcome
sql_lob_overwrite(struct sql_lob *lob, uint64_t position, struct sql_lob *with, uint64_t length)
{
    struct part given;
    struct part replaced;
    if (lob->write == NULL)
        return SQL_LOB_GONE;
    if (with == lob)
        return SQL_LOB_ITSELF;
    enum sql_lob_outcome outcome = find_part(with, 1, length, &given);
    if (outcome == SQL_LOB_FINE && given.to.units != length)
        outcome = SQL_LOB_OUT_OF_RANGE;
    if (outcome == SQL_LOB_FINE)
        outcome = find_part(lob, position, length, &replaced);
    if (outcome != SQL_LOB_FINE)
        return outcome;
    uint64_t old_size = replaced.to.bytes - replaced.from.bytes;
    uint64_t new_size = given.to.bytes;
    bool at_end = replaced.to.bytes == lob->size;
    if (!at_end && new_size > old_size)
        outcome = move_back(lob, replaced.to.bytes, new_size - old_size);
    if (outcome == SQL_LOB_FINE)
        outcome = copy(lob, replaced.from.bytes, with, new_size);
    if (outcome == SQL_LOB_FINE && new_size < old_size)
        outcome = move_forward(lob, replaced.to.bytes, old_size - new_size);
    note_change(lob, &replaced, &given);
    return outcome;
}

enum sql_lob_outcome
sql_lob_truncate(struct sql_lob *lob, uint64_t length)
{
    struct part rest;
    if (lob->cut == NULL)
        return SQL_LOB_GONE;
    if (length == UINT64_MAX)
        return SQL_LOB_OUT_OF_RANGE;
    enum sql_lob_outcome outcome = find_part(lob, length + 1, 0, &rest);
    if (outcome == SQL_LOB_FINE)
        outcome = lob->cut(lob, rest.from.bytes);
    lob->units = length;
    lob->last = (struct sql_lob_place) { 0 };
    lob->measured = lob->measured && outcome == SQL_LOB_FINE;
    return outcome;
}
