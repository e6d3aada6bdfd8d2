/* The answer to an open cursor: its description (QRYDSC) and its rows in blocks (QRYDTA).
 * A block ends before the row that does not fit; the row waits in section->pending for CNTQRY. A row that no block can hold is cut,
 * as requesters expect. The end of the data, and an error on the way, is an SQLCA in the place of a row; the cursor is closed then.
 * Source: DDM terms QRYDSC, QRYDTA, LMTBLKPRC, QRYBLKSZ. */
#pragma once

#include "drda/dss.h"
#include "drda/sql/target.h"

/* Writes QRYDSC. */
void query_put_description(struct dss_writer *reply, uint16_t correlation_id, struct sql_target *target, struct sql_section *section);

/* Whether columns of the cursor are LOBs, which is noted in section->has_lobs: then each block holds one row (FIXROWPRC), and the LOBs
 * follow it as EXTDTA (drda/sql/extdta.h) unless the requester wants locators. */
bool query_has_lobs(struct sql_target *target, struct sql_section *section);

/* Writes one QRYDTA of a cursor that is OPEN or ENDED: at most `block_size` bytes with the headers of DSS and object. */
void query_put_block(struct dss_writer *reply, uint16_t correlation_id, struct sql_target *target, struct sql_section *section,
                     size_t block_size);

/* Makes rows wait in section->pending for the next block of that size, behind what waits already. */
void query_read_ahead(struct sql_target *target, struct sql_section *section, size_t block_size);

/* What CNTQRY asks of a scrollable cursor. */
struct query_move {
    enum sql_move move;
    int64_t rows;
    bool with_data; /* QRYRTNDTA: rows are wanted, and not only the move */
    bool goes_on;   /* QRYBLKRST false: what waits of a row that a block has cut comes first, if there is any */
};

/* Writes one QRYDTA of a scrollable cursor that is OPEN: the row that the move leads to and those behind it, as many as the rowset
 * and the block have room for. An SQLCA in the place of a row says that there is none; the cursor stays open. */
void query_put_rowset(struct dss_writer *reply, uint16_t correlation_id, struct sql_target *target, struct sql_section *section,
                      size_t block_size, const struct query_move *move);

/* Closes the cursor and forgets what waited. */
void query_close(struct sql_target *target, struct sql_section *section);
