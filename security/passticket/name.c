#include "security/passticket/name.h"

#include <string.h>

enum { EBCDIC_BLANK = 0x40 };

/* Zero where a character cannot stand in a name. Lower case maps to the upper-case code points. */
/* clang-format off */
static const uint8_t ebcdic_of[256] = {
    ['#'] = 0x7B, ['$'] = 0x5B, ['@'] = 0x7C,
    ['0'] = 0xF0, ['1'] = 0xF1, ['2'] = 0xF2, ['3'] = 0xF3, ['4'] = 0xF4, ['5'] = 0xF5, ['6'] = 0xF6, ['7'] = 0xF7, ['8'] = 0xF8, ['9'] = 0xF9,
    ['A'] = 0xC1, ['B'] = 0xC2, ['C'] = 0xC3, ['D'] = 0xC4, ['E'] = 0xC5, ['F'] = 0xC6, ['G'] = 0xC7, ['H'] = 0xC8, ['I'] = 0xC9,
    ['J'] = 0xD1, ['K'] = 0xD2, ['L'] = 0xD3, ['M'] = 0xD4, ['N'] = 0xD5, ['O'] = 0xD6, ['P'] = 0xD7, ['Q'] = 0xD8, ['R'] = 0xD9,
    ['S'] = 0xE2, ['T'] = 0xE3, ['U'] = 0xE4, ['V'] = 0xE5, ['W'] = 0xE6, ['X'] = 0xE7, ['Y'] = 0xE8, ['Z'] = 0xE9,
    ['a'] = 0xC1, ['b'] = 0xC2, ['c'] = 0xC3, ['d'] = 0xC4, ['e'] = 0xC5, ['f'] = 0xC6, ['g'] = 0xC7, ['h'] = 0xC8, ['i'] = 0xC9,
    ['j'] = 0xD1, ['k'] = 0xD2, ['l'] = 0xD3, ['m'] = 0xD4, ['n'] = 0xD5, ['o'] = 0xD6, ['p'] = 0xD7, ['q'] = 0xD8, ['r'] = 0xD9,
    ['s'] = 0xE2, ['t'] = 0xE3, ['u'] = 0xE4, ['v'] = 0xE5, ['w'] = 0xE6, ['x'] = 0xE7, ['y'] = 0xE8, ['z'] = 0xE9,
};
/* clang-format on */

bool
passticket_name_encode(const char *text, struct passticket_name *name)
{
    size_t length = 0;
    memset(name->ebcdic, EBCDIC_BLANK, sizeof name->ebcdic);
    name->length = 0;
    for (; length < PASSTICKET_NAME_SIZE && text[length] != '\0'; length++) {
        name->ebcdic[length] = ebcdic_of[(unsigned char)text[length]];
        if (name->ebcdic[length] == 0)
            return false;
    }
    if (length == 0 || (length == PASSTICKET_NAME_SIZE && text[length] != '\0'))
        return false;
    name->length = (uint8_t)length;
    return true;
}

bool
passticket_name_fold(const char *text, char folded[PASSTICKET_NAME_SIZE + 1])
{
    size_t length = 0;
    bool valid = true;
    for (; length < PASSTICKET_NAME_SIZE && text[length] != '\0'; length++) {
        char c = text[length];
        valid = valid && ebcdic_of[(unsigned char)c] != 0;
        folded[length] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    valid = valid && length > 0 && (length < PASSTICKET_NAME_SIZE || text[length] == '\0');
    folded[valid ? length : 0] = '\0';
    return valid;
}
