/* Values that a requester sends with a statement: SQLDTA (FDODSC and FDODTA) and the EXTDTA objects of long ones.
 * Source: DDM terms SQLDTA, FDODSC, FDODTA, EXTDTA. */
#pragma once

#include "drda/dss.h"
#include "drda/reply.h"
#include "drda/sql/fdoca.h"

enum { PARAMETERS_MAX = 32767, PARAMETERS_FEW = 32, PARAMETERS_SCRATCH = 2048 };

/* Room for values; small statements need no memory besides. Bytes belong to the command or to this room. Must not be moved. */
struct parameters {
    struct sql_value *values;
    size_t count;
    void *memory; /* owned; NULL when the few suffice */
    struct sql_value few[PARAMETERS_FEW];
    uint8_t scratch[PARAMETERS_SCRATCH];
};

/* Reads the SQLDTA of a command; a command without one has no parameters. Text of type TIMESTAMP comes as in drda/sql/datetime.h,
 * decimals as text, booleans as integers. False when the objects are damaged: *fault is SYNTAXRM, DSCINVRM (a description that is
 * wrong), DTAMCHRM (data that do not match it) or RSCLMTRM (no memory). parameters_clear is due in either case. */
MUST_CHECK bool parameters_read(const struct dss_command *command, bool little_endian, struct parameters *parameters,
                                struct drda_fault *fault);
void parameters_clear(struct parameters *parameters);

/* Writes an SQLDTA object for values of any kind: integers as BIGINT, reals as DOUBLE, text as LONGMIX, bytes as LONG VARCHAR FOR BIT
 * DATA. False, and nothing written, when one is longer than 32767 bytes or there are more than PARAMETERS_MAX. */
MUST_CHECK bool parameters_put(struct wire_writer *writer, const struct sql_value *values, size_t count);
