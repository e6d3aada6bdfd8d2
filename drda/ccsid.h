/* Text of DDM: EBCDIC (CCSID 500, with the characters of Latin-1) and UTF-8 (CCSID 1208), from and to UTF-8. Results go to the caller's
 * memory; nothing is ever cut silently. For the text of user data see drda/typdef.h. Source: IBM CCSID table 00500. */
#pragma once

#include "common/wire.h"

enum ccsid {
    CCSID_EBCDIC_500 = 500,
    CCSID_UTF16 = 1200,
    CCSID_UTF8 = 1208,
};

enum {
    RDBNAM_PADDED_SIZE = 18, /* shorter names are filled with blanks */
    RDBNAM_SIZE_MAX = 255,
};

/* Converts `text_size` bytes to at most `room` bytes of UTF-8 (no NUL is added) and tells how many they are. An EBCDIC byte takes up
 * to 2. False (and size 0) when they do not fit, when UTF-8 is malformed (also: surrogates, overlong forms) or for other CCSIDs. */
MUST_CHECK bool ccsid_to_utf8(enum ccsid from, const uint8_t *text, size_t text_size, char *utf8, size_t room, size_t *size);

/* The same as a NUL-terminated string of a value; false (and an empty string) also when it holds a NUL. */
MUST_CHECK bool ccsid_string(enum ccsid from, const struct wire_reader *value, char *string, size_t size);

/* Writes a UTF-8 string in `to`. Characters that EBCDIC lacks become SUB (X'3F'). Malformed UTF-8 fails the writer. */
void ccsid_put(struct wire_writer *writer, enum ccsid to, const char *utf8);
/* The same, filled with blanks of that CCSID to `padded_size` bytes when it is shorter. */
void ccsid_put_padded(struct wire_writer *writer, enum ccsid to, const char *utf8, size_t padded_size);
/* A whole DDM object whose data are text. */
void ccsid_put_object(struct wire_writer *writer, uint16_t codepoint, enum ccsid to, const char *utf8);

/* RDBNAM, filled with blanks as clients expect it. */
void ccsid_put_rdbnam(struct wire_writer *writer, enum ccsid to, const char *rdbnam);

/* Which encoding a name really is in, whatever was agreed: clients announce one and send the other. For names of letters, digits and
 * $ # @ it can be told: a byte above X'7F' occurs only in EBCDIC, where all letters and digits are; a name of $ # @ alone is X'5B',
 * X'7B', X'7C' there. Undecided (empty, blanks only): `agreed`. */
enum ccsid ccsid_sniff(const struct wire_reader *name, enum ccsid agreed);

/* RDBNAM as a string: in the encoding it really is in, without trailing blanks and NULs, cut at ';' (URL attributes of Derby's client).
 * False when it does not fit or cannot be converted. */
MUST_CHECK bool ccsid_rdbnam(const struct wire_reader *rdbnam, enum ccsid agreed, char *string, size_t size);
