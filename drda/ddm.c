#include "drda/ddm.h"

enum { LENGTH_EXTENDED = 0x8000, HEADER_SIZE = 4, OBJECT_MAX = 32767, EXTENSION_WRITTEN = 4 };

/* LL with the high bit set says how many bytes after the code point hold the length of the data. */
static bool
read_extended_length(struct wire_reader *parent, uint16_t length, uint64_t *size)
{
    unsigned header_size = length & ~(unsigned)LENGTH_EXTENDED;
    if (header_size == HEADER_SIZE) {
        *size = parent->left;
        return true;
    }
    unsigned extension = header_size - HEADER_SIZE;
    if (header_size < HEADER_SIZE || (extension != 4 && extension != 6 && extension != 8) || extension > parent->left)
        return false;
    *size = wire_uint(parent, extension, false);
    return true;
}

bool
ddm_next(struct wire_reader *parent, struct ddm_object *object, enum ddm_fault *fault)
{
    *fault = DDM_FAULT_NONE;
    *object = (struct ddm_object) { 0 };
    if (parent->failed || parent->left == 0)
        return false;
    uint16_t length = wire_u16(parent);
    object->codepoint = wire_u16(parent);
    uint64_t size = (uint64_t)length - HEADER_SIZE;
    if (parent->failed)
        *fault = DDM_FAULT_LENGTH_MISMATCH;
    else if ((length & LENGTH_EXTENDED) != 0 && !read_extended_length(parent, length, &size))
        *fault = DDM_FAULT_EXTENDED_LENGTH;
    else if (length < HEADER_SIZE)
        *fault = DDM_FAULT_LENGTH_UNDER_4;
    else if (size > parent->left)
        *fault = DDM_FAULT_LENGTH_MISMATCH;
    if (*fault != DDM_FAULT_NONE) {
        parent->failed = true;
        return false;
    }
    object->body = wire_sub(parent, size);
    return true;
}

size_t
ddm_open(struct wire_writer *writer, uint16_t codepoint)
{
    size_t mark = writer->used;
    wire_put_u16(writer, 0);
    wire_put_u16(writer, codepoint);
    return mark;
}

void
ddm_close(struct wire_writer *writer, size_t mark)
{
    if (writer->failed)
        return;
    size_t length = writer->used - mark;
    if (length <= OBJECT_MAX) {
        wire_patch_u16(writer, mark, (uint16_t)length);
        return;
    }
    size_t data_size = length - HEADER_SIZE;
    if (data_size > UINT32_MAX || wire_room(writer, EXTENSION_WRITTEN) == NULL) {
        writer->failed = true;
        return;
    }
    size_t data = mark + HEADER_SIZE;
    wire_move(writer, data + EXTENSION_WRITTEN, data, data_size);
    wire_patch_u16(writer, mark, LENGTH_EXTENDED | (HEADER_SIZE + EXTENSION_WRITTEN));
    wire_patch_u32(writer, data, (uint32_t)data_size);
}

void
ddm_put_u8(struct wire_writer *writer, uint16_t codepoint, uint8_t value)
{
    size_t mark = ddm_open(writer, codepoint);
    wire_put_u8(writer, value);
    ddm_close(writer, mark);
}

void
ddm_put_u16(struct wire_writer *writer, uint16_t codepoint, uint16_t value)
{
    size_t mark = ddm_open(writer, codepoint);
    wire_put_u16(writer, value);
    ddm_close(writer, mark);
}

void
ddm_put_u32(struct wire_writer *writer, uint16_t codepoint, uint32_t value)
{
    size_t mark = ddm_open(writer, codepoint);
    wire_put_u32(writer, value);
    ddm_close(writer, mark);
}

void
ddm_put_bytes(struct wire_writer *writer, uint16_t codepoint, const void *bytes, size_t size)
{
    size_t mark = ddm_open(writer, codepoint);
    wire_put_bytes(writer, bytes, size);
    ddm_close(writer, mark);
}
