/* A command whose EXTDTA are taken while they come, however long they are: its head (the RQSDSS with SQLDTA) is kept in memory, the data
 * go to the owner's spool, without the headers of DSSs, segments and objects. When all have come, the command is executed, and what it is
 * about reads the spool. So a slow requester holds up nobody, and one that goes away leaves nothing behind.
 * The owner embeds this and provides the operations. Sources: DDM term EXTDTA; DRDA volume 3, layer B. */
#pragma once

#include "drda/dss.h"
#include "drda/sql/lob.h"

struct drda_stream;

/* One EXTDTA in the spool: with its indicator and status byte, if any. */
struct drda_external {
    struct sql_lob lob; /* first; set up by whoever reads the values */
    struct drda_stream *stream;
    uint64_t offset; /* in the spool */
    uint64_t size;
};

struct drda_stream {
    /* Appends; false when there is no room for more. */
    bool (*write)(struct drda_stream *stream, const uint8_t *bytes, size_t size);
    bool (*read)(struct drda_stream *stream, uint64_t offset, void *bytes, size_t size);
    void (*free)(struct drda_stream *stream);
    uint64_t bytes_max; /* of all EXTDTA of the command; set by the owner */

    /* Private to the machine. */
    struct wire_writer head;
    size_t last_header; /* of the last DSS in it */
    uint16_t correlation_id;
    bool overflown; /* more came than fits: the rest is passed over, and the command refused */
    uint64_t written;
    uint64_t converted; /* of these, text that was made of other text; at most bytes_max as well */
    struct drda_external externals[DSS_OBJECTS_MAX];
    size_t count;
    /* Where in the stream the next byte belongs. */
    uint8_t step;
    uint8_t gathered[16]; /* a header that is not whole yet */
    size_t gathered_size;
    uint8_t format;       /* of the present DSS */
    bool continued;       /* another segment of it follows */
    size_t segment_left;  /* bytes of the present segment */
    uint64_t object_left; /* bytes of the present object; UINT64_MAX: up to the end of the DSS */
};

/* The bytes of a command that has not come whole: if it is one that may be streamed, and an EXTDTA has begun in it, true with the size
 * of what stands before it. */
MUST_CHECK bool drda_stream_may_begin(const uint8_t *bytes, size_t available, size_t *head_size);

/* Begins with the head, which is copied. False without memory. */
MUST_CHECK bool drda_stream_begin(struct drda_stream *stream, const uint8_t *head, size_t size);

enum drda_stream_state { DRDA_STREAM_GOES_ON, DRDA_STREAM_COMPLETE, DRDA_STREAM_DAMAGED };

/* Takes what has come; *taken is less than `size` when the command ends before. DAMAGED: *fault is a SYNERRCD. */
enum drda_stream_state drda_stream_take(struct drda_stream *stream, const uint8_t *bytes, size_t size, size_t *taken, uint8_t *fault);

/* The head as a command of its own, for dss_read: the flags of its last DSS are those of the last EXTDTA. */
uint8_t *drda_stream_command(struct drda_stream *stream, size_t *size);

void drda_stream_free(struct drda_stream *stream);
