/* Large objects that are read, and some of them changed, a piece at a time: behind a locator, on their way as EXTDTA, or the values of
 * parameters. A CLOB is UTF-8; requesters count its characters in units of UTF-16, as Java does. */
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

enum sql_lob_outcome {
    SQL_LOB_FINE,
    SQL_LOB_GONE,         /* what it stood for is not there any more, or it cannot be changed */
    SQL_LOB_FULL,         /* no room for more; what it holds now is nothing to rely on */
    SQL_LOB_OUT_OF_RANGE, /* a position or length that is not within the value */
    SQL_LOB_SPLIT,        /* a position between the two units of one character */
    SQL_LOB_ITSELF,       /* a value cannot be written into itself */
};

struct sql_lob {
    uint64_t size; /* bytes */
    bool is_text;
    /* Reads `size` bytes, which are there, from `offset` on. False when they cannot be had (any more). */
    bool (*read)(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size);
    /* NULL for what cannot be changed. Writes from `offset` on, which is at most the size; beyond its end the value gets longer.
     * Changing the value behind a locator never changes the row that it came from. */
    enum sql_lob_outcome (*write)(struct sql_lob *lob, uint64_t offset, const void *bytes, size_t size);
    enum sql_lob_outcome (*cut)(struct sql_lob *lob, uint64_t size); /* to so many bytes; not more than there are */
    /* What was found out of a CLOB: where the last reading ended, and its length. Zero at first. */
    struct sql_lob_place last;
    uint64_t units;
    bool measured;
};

/* Bytes in memory as a large object that cannot be changed. */
struct sql_lob_memory {
    struct sql_lob lob; /* first */
    const uint8_t *bytes;
};
struct sql_lob_memory sql_lob_of_memory(const void *bytes, size_t size, bool is_text);

/* Length in bytes, or of a CLOB in units of UTF-16. */
MUST_CHECK bool sql_lob_length(struct sql_lob *lob, uint64_t *length);

/* Reads from `position` (1 is the first byte or unit) at most `length` bytes or units, and at most `room` bytes. */
MUST_CHECK bool sql_lob_substring(struct sql_lob *lob, uint64_t position, uint64_t length, uint8_t *bytes, size_t room, size_t *size);

/* Finds bytes from `start` on; *position is 0 when there are none such. */
MUST_CHECK bool sql_lob_find(struct sql_lob *lob, const uint8_t *wanted, size_t wanted_size, uint64_t start, uint64_t *position);

/* lob_change.c: puts the first `length` bytes or units of `with` in the place of as many from `position` on; the value gets longer where
 * there are not so many. `position` may be the one behind the last. */
MUST_CHECK enum sql_lob_outcome sql_lob_overwrite(struct sql_lob *lob, uint64_t position, struct sql_lob *with, uint64_t length);

/* Leaves the first `length` bytes or units. */
MUST_CHECK enum sql_lob_outcome sql_lob_truncate(struct sql_lob *lob, uint64_t length);

/* Where the character stands that begins `units` units behind the beginning of a CLOB, or the next one when there begins none; the end
 * when it has not so many. */
MUST_CHECK bool sql_lob_find_place(struct sql_lob *lob, uint64_t units, struct sql_lob_place *place);
