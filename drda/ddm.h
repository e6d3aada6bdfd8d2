/* DDM objects inside a DSS: LL (2 bytes, counting itself), code point (2 bytes), data.
 * Source of the layout: DDM architecture, terms LL and OBJECT; extended lengths: drda spec, layer B. */
#pragma once

#include "common/wire.h"

struct ddm_object {
    uint16_t codepoint;
    struct wire_reader body; /* the data without LL and code point */
};

/* Why an object could not be read; becomes the SYNERRCD of a SYNTAXRM. */
enum ddm_fault {
    DDM_FAULT_NONE = 0,
    DDM_FAULT_LENGTH_UNDER_4 = 0x07,  /* object LL below 4 */
    DDM_FAULT_LENGTH_MISMATCH = 0x08, /* object longer than what contains it */
    DDM_FAULT_EXTENDED_LENGTH = 0x0C, /* extended length field of a wrong size or value */
};

/* Reads the next object of `parent` into `object`. False at the end (*fault NONE) and on damage (*fault says which, and
 * parent->failed is set). Extended lengths of 0 (the object reaches to the end of parent), 4, 6 and 8 bytes are understood. */
MUST_CHECK bool ddm_next(struct wire_reader *parent, struct ddm_object *object, enum ddm_fault *fault);

/* Opens an object and returns the mark to close it with; the length is filled in by ddm_close. An object that turns out to be
 * longer than 32767 bytes gets a 4-byte extended length when it is closed. */
size_t ddm_open(struct wire_writer *writer, uint16_t codepoint);
void ddm_close(struct wire_writer *writer, size_t mark);

/* Whole objects in one call. */
void ddm_put_u8(struct wire_writer *writer, uint16_t codepoint, uint8_t value);
void ddm_put_u16(struct wire_writer *writer, uint16_t codepoint, uint16_t value);
void ddm_put_u32(struct wire_writer *writer, uint16_t codepoint, uint32_t value);
void ddm_put_bytes(struct wire_writer *writer, uint16_t codepoint, const void *bytes, size_t size);
