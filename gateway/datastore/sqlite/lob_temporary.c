#include "gateway/datastore/sqlite/lob_temporary.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/datastore/temporary_file.h"

enum { MEMORY_MAX = 16 * 1024 * 1024, /* of one session; the rest of the small ones is in the file too */ SMALL_LEAST = 256 };

void
lob_space_init(struct lob_space *space, const char *path, uint64_t bytes_max)
{
    *space = (struct lob_space) { .path = path, .bytes_max = bytes_max, .fd = -1 };
}

void
lob_space_clear(struct lob_space *space)
{
    if (space->fd >= 0)
        close(space->fd);
    free(space->free_list);
    lob_space_init(space, space->path, space->bytes_max);
}

/* Room in an array of piece numbers. */
static bool
reserve(uint32_t **list, size_t *room, size_t needed)
{
    if (needed <= *room)
        return true;
    size_t larger = *room > 0 ? *room * 2 : 16;
    uint32_t *list_moved = reallocarray(*list, larger, sizeof **list);
    if (list_moved == NULL)
        return false;
    *list = list_moved;
    *room = larger;
    return true;
}

static bool
add_piece(struct lob_space *space, struct lob_contents *contents)
{
    if (!reserve(&contents->pieces, &contents->piece_room, contents->piece_count + 1))
        return false;
    bool recycled = space->free_count > 0;
    if (!recycled && ((uint64_t)space->pieces * LOB_PIECE_SIZE >= space->bytes_max ||
                      !reserve(&space->free_list, &space->free_room, (size_t)space->pieces + 1))) /* so that giving back never fails */
        return false;
    if (space->fd < 0)
        space->fd = temporary_file_open(space->path);
    if (space->fd < 0)
        return false;
    contents->pieces[contents->piece_count++] = recycled ? space->free_list[--space->free_count] : space->pieces++;
    return true;
}

static bool
write_pieces(struct lob_space *space, struct lob_contents *contents, uint64_t offset, const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        size_t index = (size_t)(offset / LOB_PIECE_SIZE);
        size_t within = (size_t)(offset % LOB_PIECE_SIZE);
        size_t size = count < LOB_PIECE_SIZE - within ? count : LOB_PIECE_SIZE - within;
        if (index == contents->piece_count && !add_piece(space, contents))
            return false;
        if (!temporary_file_write(space->fd, bytes, size, (uint64_t)contents->pieces[index] * LOB_PIECE_SIZE + within))
            return false;
        offset += size;
        bytes += size;
        count -= size;
    }
    return true;
}

static void
drop_small(struct lob_space *space, struct lob_contents *contents)
{
    space->memory -= contents->small_room;
    free(contents->small);
    contents->small = NULL;
    contents->small_room = 0;
}

/* Memory for `size` bytes; false when the file has to take them. */
static bool
reserve_small(struct lob_space *space, struct lob_contents *contents, uint64_t size)
{
    if (contents->piece_count > 0 || size > LOB_SMALL_MAX)
        return false;
    if (size <= contents->small_room)
        return true;
    size_t room = SMALL_LEAST;
    while (room < size)
        room *= 2;
    uint8_t *moved = room <= MEMORY_MAX - space->memory ? realloc(contents->small, room) : NULL;
    if (moved == NULL)
        return false;
    space->memory += room - contents->small_room;
    contents->small = moved;
    contents->small_room = room;
    return true;
}

bool
lob_contents_write(struct lob_space *space, struct lob_contents *contents, uint64_t size, uint64_t offset, const void *bytes, size_t count)
{
    uint64_t end = offset + count;
    if (reserve_small(space, contents, end > size ? end : size)) {
        if (count > 0)
            memcpy(contents->small + offset, bytes, count);
        return true;
    }
    if (contents->small != NULL) { /* it has outgrown memory */
        if (!write_pieces(space, contents, 0, contents->small, (size_t)size))
            return false;
        drop_small(space, contents);
    }
    return write_pieces(space, contents, offset, bytes, count);
}

bool
lob_contents_read(const struct lob_space *space, const struct lob_contents *contents, uint64_t offset, void *bytes, size_t count)
{
    uint8_t *at = bytes;
    if (contents->small != NULL && count > 0)
        memcpy(at, contents->small + offset, count);
    while (contents->small == NULL && count > 0) {
        size_t within = (size_t)(offset % LOB_PIECE_SIZE);
        size_t size = count < LOB_PIECE_SIZE - within ? count : LOB_PIECE_SIZE - within;
        uint32_t piece = contents->pieces[offset / LOB_PIECE_SIZE];
        if (!temporary_file_read(space->fd, at, size, (uint64_t)piece * LOB_PIECE_SIZE + within))
            return false;
        offset += size;
        at += size;
        count -= size;
    }
    return true;
}

/* A file of which nothing is used gives its room back to the disk. */
static void
shrink_file(struct lob_space *space)
{
    if (space->pieces == 0 || space->free_count < space->pieces || ftruncate(space->fd, 0) != 0)
        return;
    space->pieces = 0;
    space->free_count = 0;
}

void
lob_contents_cut(struct lob_space *space, struct lob_contents *contents, uint64_t size)
{
    size_t needed = (size_t)((size + LOB_PIECE_SIZE - 1) / LOB_PIECE_SIZE);
    while (contents->piece_count > needed)
        space->free_list[space->free_count++] = contents->pieces[--contents->piece_count];
    if (size == 0) {
        free(contents->pieces);
        contents->pieces = NULL;
        contents->piece_room = 0;
        drop_small(space, contents);
    }
    shrink_file(space);
}
