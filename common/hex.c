#include "common/hex.h"

#include <string.h>

static int
digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

bool
hex_decode(const char *text, size_t digits, uint8_t *bytes)
{
    bool valid = digits % 2 == 0;
    for (size_t i = 0; valid && i < digits; i += 2) {
        int high = digit_value(text[i]);
        int low = digit_value(text[i + 1]);
        valid = high >= 0 && low >= 0;
        if (valid)
            bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    if (!valid)
        explicit_bzero(bytes, digits / 2);
    return valid;
}

void
hex_encode(const uint8_t *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}
