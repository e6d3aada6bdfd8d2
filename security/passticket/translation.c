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

static int
index_of(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= '0' && character <= '9')
        return character - '0' + 26;
    return -1;
}

/* An index below 28 stands for two group values, 36 apart. 36 is a multiple of 4, so the low two bits of every group are certain,
 * and they are the high two bits of the next group, where the two candidates always differ: at most one value fits. */
bool
translation_from_characters(const char *characters, uint32_t *bits)
{
    int index[TRANSLATION_CHARACTERS];
    *bits = 0;
    for (unsigned k = 0; k < TRANSLATION_CHARACTERS; k++) {
        index[k] = index_of(characters[k]);
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
