/* SQLDARD: the description of a statement's columns or parameters, in the form of SQLAM 7 that Apache Derby speaks.
 * Source: DRDA volume 1, SQLDARD, SQLDHGRP, SQLDOPTGRP, SQLDXGRP. */
#pragma once

#include "common/wire.h"
#include "drda/sql/value.h"
#include "drda/typdef.h"

enum sqldard_mode { SQLDARD_COLUMN = 0, SQLDARD_IN = 1, SQLDARD_INOUT = 2, SQLDARD_OUT = 4 };

/* Writes the body of an SQLDARD: the head, then `count` times a column. Between ddm_open(CP_SQLDARD) and ddm_close. */
void sqldard_put_head(struct wire_writer *writer, const struct sql_diagnosis *diagnosis, bool with_hold, size_t count);
/* The head without the SQLCA before it, as SQLCINRD begins. */
void sqldard_put_group(struct wire_writer *writer, bool with_hold, size_t count);
/* LOBs are described as LONG VARCHAR where they are columns, as such where they are parameters. */
void sqldard_put_column(struct wire_writer *writer, const struct sql_column *column, enum sqldard_mode mode);

/* A column as read. The strings in `column` are empty; the names are borrowed from the reader, as the server has written them. */
struct sqldard_column {
    struct sql_column column;
    struct wire_reader name;
    uint16_t name_ccsid;
    struct wire_reader table;
    struct wire_reader schema;
    enum sqldard_mode mode;
};

/* Read the head, then *count times a column. False when it is damaged or describes what this codec does not know. */
MUST_CHECK bool sqldard_read_head(struct wire_reader *reader, const struct drda_representation *from, struct sql_diagnosis *diagnosis,
                                  size_t *count);
MUST_CHECK bool sqldard_read_column(struct wire_reader *reader, const struct drda_representation *from, struct sqldard_column *column);
