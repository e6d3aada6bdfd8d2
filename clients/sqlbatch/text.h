/* Growing text, and the little of UTF-8 that reading and printing it needs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

/* Bytes in memory of their own. Failure (no memory) is sticky, as in a wire_writer: append freely, ask `failed` once. */
struct text {
    char *bytes; /* NULL while empty; NUL-terminated otherwise */
    size_t size; /* without the NUL */
    size_t capacity;
    bool failed;
};

void text_append(struct text *text, const void *bytes, size_t size);
void text_append_byte(struct text *text, char byte);
void text_append_format(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* Empties the text and keeps its memory; the old bytes are wiped, for they may have held a password. */
void text_reset(struct text *text);
void text_clear(struct text *text);

/* Columns that a character takes on a terminal, by the locale in force: 0, 1 or 2. */
size_t utf8_width(uint32_t character);

/* Columns that text takes; bytes that are not UTF-8 count as one each. */
size_t text_display_width(const char *text, size_t size);
