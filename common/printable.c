#include "common/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 character at `text` (Unicode 15, table 3-7), 0 when there is none. */
static size_t
utf8_length(const unsigned char *text)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        size_t length;
    } forms[] = {
        { 0x00, 0x7F, 0, 0, 1 },       { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first_low || text[0] > forms[i].first_high)
            continue;
        if (forms[i].length > 1 && (text[1] < forms[i].second_low || text[1] > forms[i].second_high))
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if (text[k] < 0x80 || text[k] > 0xBF)
                return 0;
        return forms[i].length;
    }
    return 0;
}

/* ASCII and C1 control characters; those of one byte and of two. */
static bool
is_control(const unsigned char *text, size_t length)
{
    return (length == 1 && (text[0] < ' ' || text[0] == 0x7F)) || (length == 2 && text[0] == 0xC2 && text[1] < 0xA0);
}

void
printable_copy(const char *text, char *printable, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0;
    while (*at != '\0') {
        char escaped[PRINTABLE_GROWTH + 1];
        size_t length = utf8_length(at);
        bool as_it_is = length > 0 && *at != '\\' && !is_control(at, length);
        if (!as_it_is) {
            snprintf(escaped, sizeof escaped, "\\x%02X", *at);
            length = 1;
        }
        size_t needed = as_it_is ? length : PRINTABLE_GROWTH;
        if (needed >= size - used)
            break;
        memcpy(printable + used, as_it_is ? (const char *)at : escaped, needed);
        used += needed;
        at += length;
    }
    printable[used] = '\0';
}
