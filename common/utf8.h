/* One character of UTF-8 at a time (RFC 3629: no overlong forms, no surrogates). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the character that `bytes` begin with. Returns how many bytes it takes, or 0 when they are not UTF-8 (or size is 0). */
size_t utf8_decode(const char *bytes, size_t size, uint32_t *character);

/* Of ASCII and C1: a terminal obeys them. */
bool unicode_is_control(uint32_t character);
