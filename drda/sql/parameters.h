/* Values that a requester sends with a statement: SQLDTA (FDODSC and FDODTA) and the EXTDTA objects of long ones.
 * Source: DDM terms SQLDTA, FDODSC, FDODTA, EXTDTA. */
#pragma once

#include "drda/dss.h"
#include "drda/reply.h"
#include "drda/sql/fdoca.h"
#include "drda/sql/target.h"

enum { PARAMETERS_MAX = 32767, PARAMETERS_FEW = 32, PARAMETERS_SCRATCH = 2048 };

/* Room for values; small statements need no memory besides. Bytes belong to the command or to this room. Must not be moved. */
struct parameters {
    struct sql_value *values;
    size_t count;
    void *memory; /* owned; NULL when the few suffice */
    struct sql_value few[PARAMETERS_FEW];
    uint8_t scratch[PARAMETERS_SCRATCH];
};

/* Reads the SQLDTA of a command, represented as `from` says; a command without one has no parameters. Timestamps come as in
 * drda/sql/datetime.h, decimals as text, booleans as integers. False when the command is damaged (fault->reply is set) or a value is
 * unusable (the diagnosis is):
 *   -804 07002 a type this server does not know      -310 22023 a decimal without decimal digits
 *   -330 22021 text that is not in its encoding      -302 22001 EXTDTA that its sender could not complete
 *   -332 57017 text in a CCSID that is not known     -423 0F001 a locator of `target` that stands for nothing (any more)
 *   -904 57011 no memory, or more EXTDTA than there is room for
 * Values behind locators come as SQL_VALUE_LOB, which are the target's; `target` NULL: there are no locators. EXTDTA that went through a
 * stream (drda/stream.h) come as SQL_VALUE_LOB, text as UTF-8; this may read and write the spool. parameters_clear is due in either case.
 */
MUST_CHECK bool parameters_read(const struct dss_command *command, const struct drda_representation *from, struct sql_target *target,
                                struct parameters *parameters, struct sql_diagnosis *diagnosis, struct drda_fault *fault);
void parameters_clear(struct parameters *parameters);

/* Writes an SQLDTA object for values of any kind: integers as BIGINT, reals as DOUBLE, text as LONGMIX, bytes as LONG VARCHAR FOR BIT
 * DATA. Of a large object it has the length alone: an EXTDTA for each that is not empty has to follow. False, and nothing written, when
 * text or bytes are longer than 32767 bytes, a large object is longer than EXTDTA_SIZE_MAX, or there are more than PARAMETERS_MAX. */
MUST_CHECK bool parameters_put(struct wire_writer *writer, const struct sql_value *values, size_t count);
