/* Large objects that are read a piece at a time: results behind a locator or on their way as EXTDTA.
 * A CLOB is UTF-8; requesters count its characters in units of UTF-16, as Java does. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

/* Two ways to say the same place in a CLOB. */
struct sql_lob_place {
    uint64_t units; /* of UTF-16 before it */
    uint64_t bytes; /* before it */
};

struct sql_lob {
    uint64_t size; /* bytes */
    bool is_text;
    /* Reads `size` bytes, which are there, from `offset` on. False when they cannot be had (any more). */
    bool (*read)(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size);
    /* What was found out of a CLOB: where the last reading ended, and its length. Zero at first. */
    struct sql_lob_place last;
    uint64_t units;
    bool measured;
};

/* Length in bytes, or of a CLOB in units of UTF-16. */
MUST_CHECK bool sql_lob_length(struct sql_lob *lob, uint64_t *length);

/* Reads from `position` (1 is the first byte or unit) at most `length` bytes or units, and at most `room` bytes. */
MUST_CHECK bool sql_lob_substring(struct sql_lob *lob, uint64_t position, uint64_t length, uint8_t *bytes, size_t room, size_t *size);

/* Finds bytes from `start` on; *position is 0 when there are none such. */
MUST_CHECK bool sql_lob_find(struct sql_lob *lob, const uint8_t *wanted, size_t wanted_size, uint64_t start, uint64_t *position);
