/* SQLSTT and SQLATTR: the text of a statement and its attributes, each two strings with lengths of 4 bytes of which one is null.
 * Source: DRDA volume 1, SQLSTTGRP, SQLATTRGRP (SQLAM 7). */
#pragma once

#include "common/wire.h"

/* Reads the text, borrowed from `body`: in the CCSID of mixed data when it is the first string, of single-byte data when it is the other.
 * False when it is damaged, both strings are null, or both are there. */
MUST_CHECK bool sqlstt_read(struct wire_reader body, struct wire_reader *text, bool *mixed);

/* Writes a whole object; `codepoint` is CP_SQLSTT or CP_SQLATTR. */
void sqlstt_put(struct wire_writer *writer, uint16_t codepoint, const void *text, size_t size);
