/* Text from strangers as it may stand in a record or on a terminal. */
#pragma once
#include <stddef.h>

enum { PRINTABLE_GROWTH = 4 }; /* a byte becomes at most \xHH */

/* Copies `text` as valid UTF-8 without control characters: bytes that are neither, and the backslash, become \xHH, so that what was
 * sent can be told exactly. Cut to fit into `size` bytes, the NUL included, between characters. */
void printable_copy(const char *text, char *printable, size_t size);
