/* Data stream structures: the 6-byte frames of a DRDA conversation, their chains and continuation segments (layer B).
 * Header: LL (2, high bit = continued), X'D0', format byte (flags and type), correlation ID (2).
 * Source: DDM term DSS; DRDA volume 3. */
#pragma once

#include "common/wire.h"
#include "drda/ddm.h"

enum dss_type { DSS_REQUEST = 1, DSS_REPLY = 2, DSS_OBJECT = 3, DSS_COMMUNICATION = 4, DSS_REQUEST_NO_REPLY = 5 };

enum {
    DSS_CHAINED = 0x40,
    DSS_CONTINUE_ON_ERROR = 0x20,
    DSS_SAME_CORRELATION = 0x10,
    DSS_TYPE_MASK = 0x0F,
    DSS_HEADER_SIZE = 6,
    DSS_SEGMENT_MAX = 32767,
};

/* SYNERRCD values for a damaged DSS. */
enum dss_fault {
    DSS_FAULT_NONE = 0,
    DSS_FAULT_LENGTH_UNDER_6 = 0x01,
    DSS_FAULT_LENGTH_MISMATCH = 0x02,
    DSS_FAULT_NO_D0 = 0x03,
    DSS_FAULT_FORMAT = 0x04,
    DSS_FAULT_CONTINUATION_MISSING = 0x05,
    DSS_FAULT_CHAIN_MISSING = 0x06,
    DSS_FAULT_TOO_MANY = 0x0F, /* objects of one command */
    DSS_FAULT_CONTINUATION_LENGTH = 0x16,
    DSS_FAULT_SAME_CORRELATION_UNCHAINED = 0x18,
    DSS_FAULT_CORRELATION_MISMATCH = 0x19,
    DSS_FAULT_CONTINUE_UNCHAINED = 0x1A,
};

enum { DSS_OBJECTS_MAX = 128 };

/* A command (RQSDSS) with the OBJDSSs that belong to it: same correlation ID, announced by DSS_SAME_CORRELATION. */
struct drda_stream;

struct dss_command {
    uint16_t codepoint;
    uint16_t correlation_id;
    uint8_t format;                /* flags and type of the RQSDSS (or RPYDSS, when a requester reads) */
    bool chained;                  /* another DSS with another correlation ID follows in this chain */
    struct wire_reader parameters; /* body of the command's DDM object */
    size_t object_count;
    struct ddm_object objects[DSS_OBJECTS_MAX];
    struct drda_stream *stream; /* has its EXTDTA, when they are not among the objects; NULL */
    /* On damage: what to say in a SYNTAXRM (SYNERRCD and CODPNT). */
    uint8_t fault;
    uint16_t fault_codepoint;
};

enum dss_scan { DSS_SCAN_COMPLETE, DSS_SCAN_INCOMPLETE, DSS_SCAN_DAMAGED };

/* Looks whether `bytes` begin with a whole command and its objects. COMPLETE: *size is how many bytes they take.
 * INCOMPLETE: *size is the least number of bytes that must be there before it is worth looking again.
 * DAMAGED: *fault says why. Header damage is found as soon as the 6 bytes are there, whatever else is missing. */
enum dss_scan dss_scan(const uint8_t *bytes, size_t available, size_t *size, enum dss_fault *fault);

/* What a look at the beginning of a command has seen. All zero before the first one. */
struct dss_progress {
    size_t seen; /* bytes, all of them whole DSSs and segments */
    unsigned count;
    uint8_t format; /* of the first DSS, with its correlation ID */
    uint16_t correlation_id;
    bool continued; /* a segment of the same DSS follows */
    bool more;      /* another DSS of the same command follows */
};

/* The same for bytes that come by and by: begins where the last look ended, so that small pieces do not cost a look at all before
 * them. `bytes` begin with the same command each time; what was seen of it is not looked at again. */
enum dss_scan dss_scan_on(struct dss_progress *progress, const uint8_t *bytes, size_t available, size_t *size, enum dss_fault *fault);

/* Takes a command apart that dss_scan found complete. Continuation segments are joined in place, which changes `bytes`: read
 * a command once. The readers in `command` point into `bytes`. False on damage: command->fault and fault_codepoint. */
MUST_CHECK bool dss_read(uint8_t *bytes, size_t size, struct dss_command *command);

/* Writes a chain of DSSs: begin/end one after the other; each begin links the one before (chain bit, and the same-correlation
 * bit when the IDs are equal). Contents over 32767 bytes are cut into continuation segments by dss_end. */
struct dss_writer {
    struct wire_writer *wire;
    size_t header; /* offset of the DSS being written or last written */
    bool any;      /* a DSS has been written by this writer */
};

struct dss_writer dss_writer(struct wire_writer *wire);
void dss_begin(struct dss_writer *writer, enum dss_type type, uint16_t correlation_id);
void dss_end(struct dss_writer *writer);
/* Marks the last DSS as chained to one that will be written later, into another buffer. */
void dss_leave_chained(struct dss_writer *writer);
/* The same, and the one that follows has the same correlation ID. */
void dss_leave_followed(struct dss_writer *writer);
