/* Rows of QRYDTA and of FDODTA: an SQLCAGRP, an indicator, then a value for each column. Converts what the executor stored into
 * what the column is declared to be. What does not fit is an SQL error, never a cut or wrapped value; but digits behind the scale of a
 * DECIMAL are cut off, as SQL does it, or rounded where floating point arithmetic has made them.
 * Source: DRDA volume 1, SQLDTAGRP; drda/sql/fdoca.h for the types. */
#pragma once

#include "drda/sql/fdoca.h"

/* Writes one value. False, and an SQL error that names the column, when the value cannot be had as the column's type:
 *   -413 22003 a number out of range            -420 22018 not a number, or a fraction where there is no place for one
 *   -180 22007 not a date, time or timestamp    -433 22001 text or bytes longer than the column (or than 32700 bytes)
 *   -305 22002 NULL in a column that is never NULL       -330 22021 text that is not UTF-8
 * What was written of the value must then be taken back by whoever knows where the row began. */
MUST_CHECK bool row_put_value(struct wire_writer *writer, const struct sql_column *column, const struct sql_value *value,
                              struct sql_diagnosis *diagnosis);

/* The same of several columns, up to the first that fails. */
MUST_CHECK bool row_put_values(struct wire_writer *writer, const struct sql_column *columns, const struct sql_value *values, size_t count,
                               struct sql_diagnosis *diagnosis);

/* The locator of a CLOB or BLOB, and the length of one that follows as EXTDTA; false, with the diagnosis, when it is too long for
 * the requester (-433 22001) or may not be NULL. `present` is false for NULL. */
MUST_CHECK bool row_put_locator(struct wire_writer *writer, const struct sql_column *column, bool present, uint32_t locator,
                                struct sql_diagnosis *diagnosis);
MUST_CHECK bool row_put_lob_length(struct wire_writer *writer, const struct sql_column *column, bool present, uint64_t size,
                                   struct sql_diagnosis *diagnosis);

/* Whether row_put_value would write the value; the diagnosis says why not. CLOB and BLOB: of any length up to that of the column. */
MUST_CHECK bool row_value_fits(const struct sql_column *column, const struct sql_value *value, struct sql_diagnosis *diagnosis);

/* Before the values of a row that has nothing to report. */
void row_put_head(struct wire_writer *writer);
/* A row of which no data were wanted. */
void row_put_without_data(struct wire_writer *writer);
/* An SQLCA in the place of a row: the end of the data (+100), or an error. */
void row_put_sqlca(struct wire_writer *writer, const struct sql_diagnosis *diagnosis);

enum row_read {
    ROW_READ_VALUES,     /* the values are those of a row; diagnosis may have a warning */
    ROW_READ_END,        /* SQLCODE +100 */
    ROW_READ_FAILED,     /* the diagnosis says why; no more rows will come */
    ROW_READ_INCOMPLETE, /* the row goes on in the next block, or the block is empty: the reader has not moved */
    ROW_READ_DAMAGED,
};

/* How the rows of a query are read: what their fields are, and where those values go that cannot be borrowed from the block. */
struct row_reader {
    const struct fdoca_field *fields; /* as QRYDSC has them; the owner's */
    size_t count;
    const struct drda_representation *from;
    struct wire_writer *scratch; /* as for fdoca_value_read */
    /* LOBs that follow rows as EXTDTA: the bodies that have come and belong to no earlier row, each behind its size in 4 bytes. Those of
     * a row are taken from it, and the row is INCOMPLETE until all of them are there. */
    struct wire_reader *externals;
};

/* Reads the next row of a query block; `values` has room for all fields. */
MUST_CHECK enum row_read row_read(const struct row_reader *reader, struct wire_reader *block, struct sql_value *values,
                                  struct sql_diagnosis *diagnosis);
