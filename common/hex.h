/* Hexadecimal text, as keys are entered and bytes are shown. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

/* Decodes `digits` characters (either case) into digits / 2 bytes. False on an odd count or any other character; the bytes
 * are then wiped. */
MUST_CHECK bool hex_decode(const char *text, size_t digits, uint8_t *bytes);

/* Writes 2 * size upper-case digits and a NUL. */
void hex_encode(const uint8_t *bytes, size_t size, char *text);
