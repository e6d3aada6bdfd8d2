/* One EXTDTA on its way: a DSS of continuation segments (layer B) whose length is known when it begins, written a piece at a time as far as
 * there is room, out of a large object. Sources: DDM term EXTDTA; DRDA volume 3, layer B. */
#pragma once

#include "drda/dss.h"
#include "drda/sql/lob.h"

struct extdta_object {
    uint64_t offset; /* bytes of the large object that are written */
    uint64_t left;   /* of it */
    size_t segment;  /* bytes that the present segment still has room for */
};

/* What comes behind the object in its chain. */
enum extdta_next { EXTDTA_LAST, EXTDTA_CHAINED, EXTDTA_FOLLOWED /* by one of the same command */ };

enum { EXTDTA_SIZE_MAX = 0x7FFFFFFD }; /* its length has 31 bits, and there may be an indicator before the data and a status behind them */

/* Writes the headers for `size` bytes, and an indicator before them when the value might have been NULL. The flags must be right from the
 * beginning: when the end is written, the header may have been sent. */
void extdta_object_begin(struct extdta_object *object, struct dss_writer *dss, uint16_t correlation_id, enum extdta_next next,
                         uint64_t size, bool nullable);

/* Writes on until all is written, which is true, or until `end` bytes are in the buffer. When the large object cannot be read, the writer
 * fails: half an object cannot be taken back. */
MUST_CHECK bool extdta_object_put(struct extdta_object *object, struct wire_writer *writer, struct sql_lob *lob, size_t end);
