/* Finds the known keyword that a misspelt one was probably meant to be. */
#pragma once

#include <stddef.h>

struct suggestion {
    const char *word; /* what was written */
    const char *best; /* the nearest candidate so far; NULL when none is near */
    unsigned distance;
};

struct suggestion suggestion_for(const char *word);

/* Case does not count. At most two letters may be wrong, in short candidates one. */
void suggestion_offer(struct suggestion *suggestion, const char *candidate);
