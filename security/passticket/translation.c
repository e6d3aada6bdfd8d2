#include "security/passticket/translation.h"

enum { ALPHABET_SIZE = 36, GROUP_VALUES = 64 };

/* Group k (0 to 7) holds the six bits that end at bit 4k + 4 of the value, counted from 1 at the left, cyclically: its low four
 * bits are its own, its high two are the low two of the group before. */
static uint32_t
group_of(uint32_t bits, unsigned k)
{
    unsigned turn = 4 * k + 4;
    uint32_t turned = turn == 32 ? bits : bits << turn | bits >> (32 - turn);
    return turned & (GROUP_VALUES - 1);
}

void
translation_to_characters(uint32_t bits, char characters[TRANSLATION_CHARACTERS])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (unsigned k = 0; k < TRANSLATION_CHARACTERS; k++)
        characters[k] = alphabet[group_of(bits, k) % ALPHABET_SIZE];
}

/* Index in the alphabet plus one; 0 for any other character. */
/* clang-format off */
static const uint8_t number_of[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,  ['I'] = 9,
    ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
    ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26,
    ['0'] = 27, ['1'] = 28, ['2'] = 29, ['3'] = 30, ['4'] = 31, ['5'] = 32, ['6'] = 33, ['7'] = 34, ['8'] = 35, ['9'] = 36,
};
/* clang-format on */

/* An index below 28 stands for two group values, 36 apart. 36 is a multiple of 4, so the low two bits of every group are certain,
 * and they are the high two bits of the next group, where the two candidates always differ: at most one value fits. */
bool
translation_from_characters(const char *characters, uint32_t *bits)
{
    int index[TRANSLATION_CHARACTERS];
    *bits = 0;
    for (unsigned k = 0; k < TRANSLATION_CHARACTERS; k++) {
        index[k] = number_of[(uint8_t)characters[k]] - 1;
        if (index[k] < 0)
            return false;
    }
    uint32_t value = 0;
    for (unsigned k = 0; k < TRANSLATION_CHARACTERS; k++) {
        int high = index[(k + TRANSLATION_CHARACTERS - 1) % TRANSLATION_CHARACTERS] & 3;
        int group = index[k] >> 4 == high ? index[k] : index[k] + ALPHABET_SIZE;
        if (group >> 4 != high)
            return false;
        value = value << 4 | (uint32_t)(group & 15);
    }
    *bits = value;
    return true;
}
