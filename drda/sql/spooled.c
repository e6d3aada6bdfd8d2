#include "drda/sql/spooled.h"

#include "drda/code_page.h"
#include "drda/sql/unicode.h"

enum { INDICATOR_PRESENT_MAX = 0x7F, PIECE_SIZE = 16 * 1024, CHARACTER_MAX = 4 };

static bool
read_spool(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    const struct drda_external *external = (const struct drda_external *)lob;
    return external->stream->read(external->stream, external->offset + offset, bytes, size);
}

/* Bytes at the end of a piece that begin a character and do not end it. */
static size_t
unfinished(const uint8_t *bytes, size_t size)
{
    for (size_t back = 1; back < CHARACTER_MAX && back <= size; back++) {
        uint8_t c = bytes[size - back];
        if ((c & 0xC0) == 0x80)
            continue;
        size_t needed = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        return needed > back ? back : 0;
    }
    return 0;
}

static enum fdoca_read
check_utf8(struct drda_external *external)
{
    uint8_t piece[PIECE_SIZE];
    for (uint64_t offset = 0; offset < external->size;) {
        uint64_t left = external->size - offset;
        size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
        if (!external->stream->read(external->stream, external->offset + offset, piece, size))
            return FDOCA_INCOMPLETE;
        if (size < left)
            size -= unfinished(piece, size);
        if (size == 0 || !utf8_is_valid(piece, size))
            return FDOCA_NOT_CHARACTER;
        offset += size;
    }
    return FDOCA_VALUE;
}

static bool
is_high_surrogate(const uint8_t *unit)
{
    return (unit[0] & 0xFC) == 0xD8;
}

/* Converts a piece of at most PIECE_SIZE bytes. */
typedef bool put_utf8(struct wire_writer *writer, const struct code_page *page, struct wire_reader text);

static bool
put_utf16(struct wire_writer *writer, const struct code_page *page, struct wire_reader text)
{
    (void)page;
    return utf16_put_utf8(writer, text);
}

/* Writes the text behind all that is in the spool, as UTF-8; from UTF-16 where there is no code page. */
static enum fdoca_read
convert(struct drda_external *external, const struct code_page *page)
{
    struct drda_stream *stream = external->stream;
    put_utf8 *put = page != NULL ? code_page_put_utf8 : put_utf16;
    uint8_t piece[PIECE_SIZE];
    uint8_t converted[PIECE_SIZE * CODE_PAGE_UTF8_MAX];
    uint64_t converted_offset = stream->written;
    for (uint64_t offset = 0; offset < external->size;) {
        uint64_t left = external->size - offset;
        size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
        if (!stream->read(stream, external->offset + offset, piece, size))
            return FDOCA_INCOMPLETE;
        if (page == NULL && size < left && is_high_surrogate(piece + size - 2))
            size -= 2;
        struct wire_writer writer = wire_writer(converted, sizeof converted);
        if (!put(&writer, page, wire_reader(piece, size)))
            return FDOCA_NOT_CHARACTER;
        if (writer.used > stream->bytes_max - stream->converted || !stream->write(stream, converted, writer.used))
            return FDOCA_NO_ROOM;
        stream->written += writer.used;
        stream->converted += writer.used;
        offset += size;
    }
    external->offset = converted_offset;
    external->size = stream->written - converted_offset;
    return FDOCA_VALUE;
}

static enum fdoca_read
convert_utf16(struct drda_external *external, uint16_t ccsid)
{
    if (!drda_reads_double_byte_ccsid(ccsid))
        return FDOCA_NOT_CONVERTED;
    return external->size % 2 == 0 ? convert(external, NULL) : FDOCA_NOT_CHARACTER;
}

static enum fdoca_read
convert_text(struct drda_external *external, uint16_t ccsid)
{
    struct code_page page;
    if (ccsid == CCSID_UTF8)
        return check_utf8(external);
    return code_page_load(ccsid, &page) ? convert(external, &page) : FDOCA_NOT_CONVERTED;
}

/* Cuts the indicator before the data and the status behind them off; false when the size is not what was announced. */
static bool
strip(struct drda_external *external, bool nullable, int64_t announced, bool *present, uint8_t *status)
{
    struct drda_stream *stream = external->stream;
    uint8_t indicator = 0;
    if (nullable) {
        if (external->size == 0 || !stream->read(stream, external->offset, &indicator, 1))
            return false;
        external->offset++;
        external->size--;
    }
    *present = indicator <= INDICATOR_PRESENT_MAX;
    if (!*present)
        return true;
    uint64_t size = announced == FDOCA_SIZE_UNKNOWN ? external->size - 1 : (uint64_t)announced;
    if (external->size == size)
        return true;
    if (external->size == 0 || external->size - 1 != size || !stream->read(stream, external->offset + size, status, 1))
        return false;
    external->size = size;
    return true;
}

enum fdoca_read
spooled_read(struct drda_stream *stream, size_t *next, struct fdoca_field field, const struct drda_representation *from, int64_t announced,
             struct sql_value *value, uint8_t *status)
{
    if (*next == stream->count)
        return FDOCA_INCOMPLETE;
    struct drda_external *external = &stream->externals[(*next)++];
    uint8_t type = (uint8_t)(field.type & ~(unsigned)FDOCA_NULLABLE);
    bool present;
    if (!strip(external, (field.type & FDOCA_NULLABLE) != 0, announced, &present, status))
        return FDOCA_INCOMPLETE;
    if (!present)
        return FDOCA_VALUE;
    enum fdoca_read outcome = FDOCA_VALUE;
    if (type == FDOCA_LOB_DBCS)
        outcome = convert_utf16(external, fdoca_ccsid(field, from));
    else if (type != FDOCA_LOB_BYTES)
        outcome = convert_text(external, fdoca_ccsid(field, from));
    external->lob = (struct sql_lob) { .size = external->size, .is_text = type != FDOCA_LOB_BYTES, .read = read_spool };
    value->kind = SQL_VALUE_LOB;
    value->lob = &external->lob;
    return outcome;
}
