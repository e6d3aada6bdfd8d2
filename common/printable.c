#include "common/printable.h"

#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

enum { UTF8_MAX = 4 };

/* Of what may stand as it is; 0 when the byte may not. */
static size_t
length_as_it_is(const char *at)
{
    uint32_t character;
    size_t length = utf8_decode(at, strnlen(at, UTF8_MAX), &character);
    return unicode_is_control(character) || character == '\\' ? 0 : length;
}

void
printable_copy(const char *text, char *printable, size_t size)
{
    size_t used = 0;
    while (*text != '\0') {
        char escaped[PRINTABLE_GROWTH + 1];
        size_t length = length_as_it_is(text);
        bool as_it_is = length > 0;
        if (!as_it_is)
            snprintf(escaped, sizeof escaped, "\\x%02X", (unsigned char)*text);
        size_t needed = as_it_is ? length : PRINTABLE_GROWTH;
        if (needed >= size - used)
            break;
        memcpy(printable + used, as_it_is ? text : escaped, needed);
        used += needed;
        text += as_it_is ? length : 1;
    }
    printable[used] = '\0';
}
