#include "config/suggestion.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { KEYWORD_MAX = 63, TOO_FAR = 99 };

struct suggestion
suggestion_for(const char *word)
{
    return (struct suggestion) { .word = word, .distance = TOO_FAR };
}

static unsigned
smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's distance, one row at a time. */
static unsigned
edit_distance(const char *one, const char *other)
{
    size_t width = strlen(other);
    if (strlen(one) > KEYWORD_MAX || width > KEYWORD_MAX)
        return TOO_FAR;
    unsigned row[KEYWORD_MAX + 1];
    for (size_t j = 0; j <= width; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; one[i] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < width; j++) {
            unsigned change = toupper((unsigned char)one[i]) != toupper((unsigned char)other[j]);
            unsigned above = row[j + 1];
            row[j + 1] = smallest(above + 1, row[j] + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[width];
}

void
suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    unsigned distance = edit_distance(suggestion->word, candidate);
    unsigned allowed = strlen(candidate) < 4 ? 1 : 2;
    if (distance > allowed || distance >= suggestion->distance)
        return;
    suggestion->best = candidate;
    suggestion->distance = distance;
}
