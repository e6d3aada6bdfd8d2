/* Bounds-checked cursors over bytes that cross a process or network border; the only code that touches such bytes.
 * Failure is sticky: a failed read yields zeros and makes every later read fail, so that a decoder reads a whole structure
 * and asks once, at the end, whether it was all there. Integers are big-endian unless a name says otherwise. */
#pragma once
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/attributes.h"

struct wire_reader {
    const uint8_t *at;
    size_t left; /* bytes */
    bool failed;
};

/* Writes into the owner's memory. When the room is used up, `grow` (may be NULL) is asked to make `size` at least `needed`;
 * if it cannot, the writer fails and stays failed. */
struct wire_writer {
    uint8_t *start;
    size_t used; /* bytes written */
    size_t size; /* bytes at start */
    bool failed;
    bool little_endian; /* what wire_put_value writes; all else is big-endian */
    bool (*grow)(struct wire_writer *writer, size_t needed);
};

static inline struct wire_reader
wire_reader(const void *bytes, size_t size)
{
    return (struct wire_reader) { .at = bytes, .left = size };
}

/* The one bounds check: `n > left`, never `at + n > end`, so no sum can wrap. */
static inline const uint8_t *
wire_take(struct wire_reader *r, size_t n)
{
    if (r->failed || n > r->left) {
        r->failed = true;
        r->left = 0;
        return NULL;
    }
    const uint8_t *p = r->at;
    if (n > 0)
        r->at += n;
    r->left -= n;
    return p;
}

static inline uint8_t
wire_u8(struct wire_reader *r)
{
    const uint8_t *p = wire_take(r, 1);
    return p != NULL ? p[0] : 0;
}

static inline uint16_t
wire_u16(struct wire_reader *r)
{
    const uint8_t *p = wire_take(r, 2);
    if (p == NULL)
        return 0;
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t
wire_u32(struct wire_reader *r)
{
    const uint8_t *p = wire_take(r, 4);
    return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t
wire_u64(struct wire_reader *r)
{
    uint64_t high = wire_u32(r);
    return high << 32 | wire_u32(r);
}

/* An unsigned integer of 1 to 8 bytes in either byte order; little-endian occurs only in QTDSQLX86 user data. */
static inline uint64_t
wire_uint(struct wire_reader *r, size_t n, bool little_endian)
{
    const uint8_t *p = wire_take(r, n);
    uint64_t value = 0;
    if (p == NULL)
        return 0;
    switch (n) { /* the usual sizes as one load each */
    case sizeof(uint16_t):
        memcpy(&value, p, sizeof(uint16_t));
        break;
    case sizeof(uint32_t):
        memcpy(&value, p, sizeof(uint32_t));
        break;
    case sizeof(uint64_t):
        memcpy(&value, p, sizeof(uint64_t));
        break;
    default:
        memcpy(&value, p, n);
        break;
    }
    return little_endian ? le64toh(value) : be64toh(value) >> (64 - 8 * n);
}

/* A reader over the next n bytes alone; a nested length can therefore never leave its parent. */
static inline struct wire_reader
wire_sub(struct wire_reader *r, size_t n)
{
    const uint8_t *p = wire_take(r, n);
    return (struct wire_reader) { .at = p, .left = p != NULL ? n : 0, .failed = p == NULL };
}

/* True when all was read and nothing is left over. */
static inline bool
wire_done(const struct wire_reader *r)
{
    return !r->failed && r->left == 0;
}

static inline struct wire_writer
wire_writer(void *memory, size_t size)
{
    return (struct wire_writer) { .start = memory, .size = size };
}

/* Room for n more bytes, or NULL (and the writer has failed). */
static inline uint8_t *
wire_room(struct wire_writer *w, size_t n)
{
    if (!w->failed && n > w->size - w->used)
        w->failed = n > SIZE_MAX - w->used || w->grow == NULL || !w->grow(w, w->used + n);
    if (w->failed)
        return NULL;
    uint8_t *p = w->start + w->used;
    w->used += n;
    return p;
}

static inline void
wire_put_uint(struct wire_writer *w, uint64_t value, size_t n, bool little_endian)
{
    uint8_t *p = wire_room(w, n);
    uint64_t bytes = little_endian ? htole64(value) : htobe64(value << (64 - 8 * n));
    if (p != NULL)
        memcpy(p, &bytes, n);
}

/* An integer or the bits of a floating-point value that belongs to user data: in the byte order that both sides have agreed on for these,
 * `little_endian` of the writer. */
static inline void
wire_put_value(struct wire_writer *w, uint64_t value, size_t n)
{
    wire_put_uint(w, value, n, w->little_endian);
}

static inline void
wire_put_u8(struct wire_writer *w, uint8_t value)
{
    uint8_t *p = wire_room(w, 1);
    if (p != NULL)
        p[0] = value;
}

static inline void
wire_put_u16(struct wire_writer *w, uint16_t value)
{
    wire_put_uint(w, value, 2, false);
}

static inline void
wire_put_u32(struct wire_writer *w, uint32_t value)
{
    wire_put_uint(w, value, 4, false);
}

static inline void
wire_put_u64(struct wire_writer *w, uint64_t value)
{
    wire_put_uint(w, value, 8, false);
}

static inline void
wire_put_bytes(struct wire_writer *w, const void *bytes, size_t n)
{
    uint8_t *p = wire_room(w, n);
    if (p != NULL && n > 0)
        memcpy(p, bytes, n);
}

/* Overwrites two bytes written earlier, such as a length that is known only now. */
static inline void
wire_patch_u16(struct wire_writer *w, size_t offset, uint16_t value)
{
    if (w->failed || offset > w->used || w->used - offset < 2)
        return;
    w->start[offset] = (uint8_t)(value >> 8);
    w->start[offset + 1] = (uint8_t)value;
}

static inline void
wire_patch_u32(struct wire_writer *w, size_t offset, uint32_t value)
{
    wire_patch_u16(w, offset, (uint16_t)(value >> 16));
    wire_patch_u16(w, offset + 2, (uint16_t)value);
}

/* Moves bytes written earlier to another place in what is written, when a length turns out to need more room. */
static inline void
wire_move(struct wire_writer *w, size_t to, size_t from, size_t n)
{
    if (w->failed || to > w->used || from > w->used || n > w->used - to || n > w->used - from || n == 0 || to == from)
        return;
    memmove(w->start + to, w->start + from, n);
}

/* Two bytes length, then the bytes: strings between our own processes. Longer than 65535 bytes fails the writer. */
static inline void
wire_put_counted(struct wire_writer *w, const void *bytes, size_t n)
{
    if (n > UINT16_MAX) {
        w->failed = true;
        return;
    }
    wire_put_u16(w, (uint16_t)n);
    wire_put_bytes(w, bytes, n);
}

static inline struct wire_reader
wire_counted(struct wire_reader *r)
{
    return wire_sub(r, wire_u16(r));
}

/* Copies the rest of a reader as a NUL-terminated string. False, and an empty string, when it does not fit or holds a NUL. */
MUST_CHECK static inline bool
wire_string(const struct wire_reader *r, char *string, size_t size)
{
    string[0] = '\0';
    if (r->failed || r->left >= size || (r->left > 0 && memchr(r->at, '\0', r->left) != NULL))
        return false;
    if (r->left > 0)
        memcpy(string, r->at, r->left);
    string[r->left] = '\0';
    return true;
}
