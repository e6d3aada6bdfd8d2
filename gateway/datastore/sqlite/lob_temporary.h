/* Values that stand in no row: temporary LOBs, and copies of what a query has given. Small ones are memory; the others share one file of
 * the session, in pieces that are used again when a value gets shorter or goes. So many values cost no more than one file does, and
 * what they take together is bounded. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

enum { LOB_PIECE_SIZE = 64 * 1024, LOB_SMALL_MAX = 32 * 1024 };

/* What the values of one session have in common. */
struct lob_space {
    const char *path;    /* of the datastore: the file is made beside it; borrowed */
    uint64_t bytes_max;  /* of all values in the file */
    size_t memory;       /* bytes of those that are not */
    int fd;              /* -1: there is none yet */
    uint32_t pieces;     /* the file has had */
    uint32_t *free_list; /* owned; those of them that hold nothing */
    size_t free_count;
    size_t free_room;
};

/* The bytes of one value; all zero when there are none. Whoever has it knows how many there are. */
struct lob_contents {
    uint8_t *small; /* owned; NULL when it is in the file, or empty */
    size_t small_room;
    uint32_t *pieces; /* owned; where in the file, one for each LOB_PIECE_SIZE bytes */
    size_t piece_count;
    size_t piece_room;
};

void lob_space_init(struct lob_space *space, const char *path, uint64_t bytes_max);
void lob_space_clear(struct lob_space *space);

/* `offset` is at most `size`, the present one; the value is longer afterwards when more was written. False when there is no room, or the
 * disk fails: then the bytes from `offset` on are not to be relied on. */
MUST_CHECK bool lob_contents_write(struct lob_space *space, struct lob_contents *contents, uint64_t size, uint64_t offset,
                                   const void *bytes, size_t count);

/* Bytes that are there. */
MUST_CHECK bool lob_contents_read(const struct lob_space *space, const struct lob_contents *contents, uint64_t offset, void *bytes,
                                  size_t count);

/* Gives back the room of what is behind `size` bytes; all of it at 0. */
void lob_contents_cut(struct lob_space *space, struct lob_contents *contents, uint64_t size);
