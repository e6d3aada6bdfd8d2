/* The last step of the legacy PassTicket: 32 bits to 8 characters of A-Z 0-9 through overlapping groups of six bits, and back. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"

enum { TRANSLATION_CHARACTERS = 8 };

/* Writes 8 characters, no NUL. */
void translation_to_characters(uint32_t bits, char characters[TRANSLATION_CHARACTERS]);

/* False when no 32 bits translate to these 8 characters; otherwise exactly one value does. Stops at a NUL. */
MUST_CHECK bool translation_from_characters(const char *characters, uint32_t *bits);
