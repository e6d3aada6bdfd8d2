/* The SQL communications area on the wire: SQLCARD objects, and the SQLCAGRP at the head of SQLDARDs and of rows of QRYDTA.
 * Source: DRDA volume 1, SQLCAGRP, SQLCAXGRP (SQLAM 7). */
#pragma once

#include "common/wire.h"
#include "drda/sql/value.h"
#include "drda/typdef.h"

/* Writes an SQLCAGRP; integers are big-endian, as this server's TYPDEFNAM says. */
void sqlca_put(struct wire_writer *writer, const struct sql_diagnosis *diagnosis);
/* The SQLCAGRP that says "nothing to report": one byte. */
void sqlca_put_null(struct wire_writer *writer);
/* A whole SQLCARD object. */
void sqlcard_put(struct wire_writer *writer, const struct sql_diagnosis *diagnosis);

/* Reads an SQLCAGRP from any server, represented as it has said: *present is false for the null one, and the diagnosis then is clear.
 * Message tokens come back separated by X'FF', in UTF-8 unless their CCSID is not known. False when it is damaged. */
MUST_CHECK bool sqlca_read(struct wire_reader *reader, const struct drda_representation *from, struct sql_diagnosis *diagnosis,
                           bool *present);
