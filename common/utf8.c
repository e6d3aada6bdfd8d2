#include "common/utf8.h"

size_t
utf8_decode(const char *bytes, size_t size, uint32_t *character)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    *character = 0;
    if (size == 0)
        return 0;
    uint8_t first = (uint8_t)bytes[0];
    size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || length > size)
        return 0;
    uint32_t value = length == 1 ? first : first & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (((uint8_t)bytes[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | ((uint8_t)bytes[i] & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *character = value;
    return length;
}

bool
unicode_is_control(uint32_t character)
{
    return character < ' ' || (character >= 0x7F && character < 0xA0);
}
