#include "drda/sql/unicode.h"

enum { SURROGATE_FIRST = 0xD800, SURROGATE_LOW = 0xDC00, SURROGATE_LAST = 0xDFFF, PLANE_1 = 0x10000, CHARACTER_LAST = 0x10FFFF };

void
utf8_put(struct wire_writer *writer, uint32_t c)
{
    if (c < 0x80) {
        wire_put_u8(writer, (uint8_t)c);
        return;
    }
    unsigned shift = c < 0x800 ? 6 : c < PLANE_1 ? 12 : 18;
    uint8_t lead = shift == 6 ? 0xC0 : shift == 12 ? 0xE0 : 0xF0;
    wire_put_u8(writer, (uint8_t)(lead | c >> shift));
    while (shift > 0) {
        shift -= 6;
        wire_put_u8(writer, (uint8_t)(0x80 | (c >> shift & 0x3F)));
    }
}

bool
utf16_put_utf8(struct wire_writer *writer, struct wire_reader utf16)
{
    while (utf16.left >= 2) {
        uint32_t c = wire_u16(&utf16);
        if (c >= SURROGATE_LOW && c <= SURROGATE_LAST)
            return false;
        if (c >= SURROGATE_FIRST && c < SURROGATE_LOW) {
            uint32_t low = wire_u16(&utf16);
            if (low < SURROGATE_LOW || low > SURROGATE_LAST)
                return false;
            c = PLANE_1 + ((c - SURROGATE_FIRST) << 10) + (low - SURROGATE_LOW);
        }
        utf8_put(writer, c);
    }
    return utf16.left == 0 && !utf16.failed && !writer->failed;
}

static bool
are_ascii(const uint8_t eight[sizeof(uint64_t)])
{
    const uint64_t high_bits = 0x8080808080808080;
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    return (word & high_bits) == 0;
}

/* How many bytes at the start of the text are ASCII, as far as they are seen eight at a time. The last eight overlap those before. */
static size_t
ascii_prefix(const uint8_t *text, size_t size)
{
    size_t i = 0;
    while (size - i >= sizeof(uint64_t) && are_ascii(text + i))
        i += sizeof(uint64_t);
    bool to_the_end = i > 0 && size - i < sizeof(uint64_t) && are_ascii(text + size - sizeof(uint64_t));
    return to_the_end ? size : i;
}

/* Bytes of the character that begins with `lead`; 0 when none does. */
static unsigned
character_size(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

bool
utf8_is_valid(const uint8_t *text, size_t size)
{
    static const uint32_t first[] = { 0, 0, 0x80, 0x800, PLANE_1 };
    for (size_t i = ascii_prefix(text, size); i < size;) {
        unsigned length = character_size(text[i]);
        if (length == 0 || length > size - i)
            return false;
        uint32_t c = length == 1 ? text[i] : text[i] & (0x7Fu >> length);
        for (unsigned k = 1; k < length; k++) {
            if ((text[i + k] & 0xC0) != 0x80)
                return false;
            c = c << 6 | (text[i + k] & 0x3Fu);
        }
        if (c < first[length] || c > CHARACTER_LAST || (c >= SURROGATE_FIRST && c <= SURROGATE_LAST))
            return false;
        i += length;
    }
    return true;
}

size_t
utf8_length(const uint8_t *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++)
        length += ((text[i] & 0xC0) != 0x80 ? 1u : 0u) + (text[i] >= 0xF0 ? 1u : 0u);
    return length;
}
