/* Dates, times and timestamps as text. On the wire a timestamp is YYYY-MM-DD-HH.MM.SS.nnnnnnnnn; everything above the codec sees
 * YYYY-MM-DD HH:MM:SS.nnnnnn, which sorts, and which SQL functions of executors understand. */
#pragma once

#include "common/wire.h"

enum { DATE_SIZE = 10, TIME_SIZE = 8, TIMESTAMP_WIRE_SIZE = 29, TIMESTAMP_TEXT_MAX = 32 };

/* Reads YYYY-MM-DD, HH:MM:SS (also HH.MM.SS), or a timestamp in either form with 0 to 12 digits of fraction or none of the time at
 * all, and writes what belongs on the wire. False when it is none, or no day of the calendar (the year 0000 included). */
MUST_CHECK bool date_to_wire(const uint8_t *text, size_t size, uint8_t wire[static DATE_SIZE]);
MUST_CHECK bool time_to_wire(const uint8_t *text, size_t size, uint8_t wire[static TIME_SIZE]);
/* Picoseconds are cut to nanoseconds. */
MUST_CHECK bool timestamp_to_wire(const uint8_t *text, size_t size, uint8_t wire[static TIMESTAMP_WIRE_SIZE]);

/* Writes YYYY-MM-DD HH:MM:SS with 6 digits of fraction, or 9 or 12 where 6 would lose something. */
MUST_CHECK bool timestamp_from_wire(const uint8_t *wire, size_t size, char text[static TIMESTAMP_TEXT_MAX], size_t *text_size);
