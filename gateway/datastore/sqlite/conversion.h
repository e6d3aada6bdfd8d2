/* Values on their way into columns and casts: from what a client or an expression gives to what a column of a declared type keeps.
 * DECIMAL digits behind the scale are cut off, blanks behind the length of a string too, dates, times and timestamps take the form
 * that sorts. */
#pragma once

#include "common/attributes.h"
#include "drda/sql/value.h"

/* Room for the text of a number or a moment. */
struct conversion_room {
    uint8_t text[40];
};

/* The value as the column keeps it, which may be in `room` or be `value` itself. What cannot be had as the column's type stays as it
 * is, for whoever checks it. */
struct sql_value conversion_keep(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room);

/* Whether the type must be kept as text because SQLite's numbers have not enough digits for it. */
bool conversion_is_text(const struct sql_column *column);

/* CAST: as conversion_keep, and text and bytes are cut to the length. False, and the diagnosis, where CAST is an error. */
MUST_CHECK bool conversion_cast(const struct sql_column *column, const struct sql_value *value, struct conversion_room *room,
                                struct sql_value *result, struct sql_diagnosis *diagnosis);
