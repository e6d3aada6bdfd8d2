/* Unicode as user data come in: UTF-16BE (CCSID 1200) is turned into UTF-8 (CCSID 1208), UTF-8 is checked. */
#pragma once

#include "common/wire.h"

/* Appends a character, which must be one. */
void utf8_put(struct wire_writer *writer, uint32_t character);

/* Appends the text to `writer`. False when a surrogate stands alone, half a unit is left over, or the writer is full. */
MUST_CHECK bool utf16_put_utf8(struct wire_writer *writer, struct wire_reader utf16);

/* True when the bytes are well-formed UTF-8. */
MUST_CHECK bool utf8_is_valid(const uint8_t *text, size_t size);

/* Units of UTF-16 that UTF-8 text takes, which is how columns and requesters count characters: 2 of those beyond U+FFFF. */
size_t utf8_length(const uint8_t *text, size_t size);
