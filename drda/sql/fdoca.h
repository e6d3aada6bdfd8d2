/* Descriptions of data by FD:OCA: the triplets of QRYDSC and FDODSC, and the table of types behind them.
 * Source: DRDA volume 1, FD:OCA, early and late environmental descriptors; SQLTYPE as in SQLDA of Db2. */
#pragma once

#include "common/wire.h"
#include "drda/sql/value.h"
#include "drda/typdef.h"

/* FD:OCA types without the bit that says nullable (the odd ones are nullable). */
enum fdoca_type {
    FDOCA_INTEGER = 0x02,
    FDOCA_SMALLINT = 0x04,
    FDOCA_TINYINT = 0x06,
    FDOCA_FLOAT8 = 0x0A,
    FDOCA_FLOAT4 = 0x0C,
    FDOCA_DECIMAL = 0x0E,
    FDOCA_ZONED = 0x10,
    FDOCA_BIGINT = 0x16,
    FDOCA_BLOB_LOCATOR = 0x18,
    FDOCA_CLOB_LOCATOR = 0x1A,
    FDOCA_DBCLOB_LOCATOR = 0x1C,
    FDOCA_DATE = 0x20,
    FDOCA_TIME = 0x22,
    FDOCA_TIMESTAMP = 0x24,
    FDOCA_BYTES = 0x26,
    FDOCA_VARBYTES = 0x28,
    FDOCA_LONG_VARBYTES = 0x2A,
    FDOCA_CHAR = 0x30,
    FDOCA_VARCHAR = 0x32,
    FDOCA_LONG = 0x34,
    FDOCA_GRAPHIC = 0x36,
    FDOCA_VARGRAPHIC = 0x38,
    FDOCA_LONG_VARGRAPHIC = 0x3A,
    FDOCA_MIX = 0x3C,
    FDOCA_VARMIX = 0x3E,
    FDOCA_LONGMIX = 0x40,
    FDOCA_BOOLEAN = 0xBE,
    FDOCA_LOB_BYTES = 0xC8,
    FDOCA_LOB_SBCS = 0xCA,
    FDOCA_LOB_DBCS = 0xCC,
    FDOCA_LOB_MIXED = 0xCE,
    FDOCA_NULLABLE = 0x01,
};

/* One field as its triplet describes it; DECIMAL has the precision in the high byte of the length, the scale in the low one. */
struct fdoca_field {
    uint8_t type;
    uint16_t length;
};

/* What all parts of the codec know of an SQL type. */
struct fdoca_mapping {
    uint8_t type;          /* FD:OCA type, not nullable */
    uint16_t sqltype;      /* SQLTYPE, not nullable */
    uint8_t precision;     /* as SQLDARDs tell it; 0: it depends on the column */
    uint8_t scale;         /* likewise, where it does not depend on the column */
    uint16_t fixed_length; /* of data and descriptions; 0: the column's own */
    bool is_text;          /* carries a CCSID */
    const char *name;      /* for messages, "INTEGER" */
};

const struct fdoca_mapping *fdoca_mapping(enum sql_type type);

/* The length of a LOB field: its value is a length in 4 bytes, and the data follow the row as EXTDTA. */
enum { FDOCA_LOB_LENGTH = 0x8004 };

/* How a column travels. */
struct fdoca_field fdoca_field_of(const struct sql_column *column);

bool fdoca_is_lob(enum sql_type type);

/* The type behind the SQLTYPE (without the nullable bit) of a description; false for types that this codec does not know. */
MUST_CHECK bool fdoca_type_of_sqltype(uint16_t sqltype, uint32_t length, bool has_ccsid, enum sql_type *type);

/* The SQL type and length of a field a server described; false for types that this codec cannot read. */
MUST_CHECK bool fdoca_column_of(struct fdoca_field field, struct sql_column *column);

/* Writes the groups of a descriptor: begin, a field at a time (more than 84 continue in CPT triplets), then one of the ends. */
struct fdoca_describer {
    struct wire_writer *writer;
    size_t group;   /* offset of the triplet being written */
    size_t fields;  /* in it */
    uint8_t opener; /* its type: N-GDA or CPT */
};
struct fdoca_describer fdoca_describe(struct wire_writer *writer);
void fdoca_describe_field(struct fdoca_describer *describer, struct fdoca_field field);
void fdoca_describe_end_rows(struct fdoca_describer *describer);       /* rows with an SQLCAGRP each: QRYDSC, FDODSC of SQLDTARD */
void fdoca_describe_end_parameters(struct fdoca_describer *describer); /* one row without: FDODSC of SQLDTA */

/* Reads a descriptor of either kind field by field, without memory of its own. */
struct fdoca_reader {
    struct wire_reader rest;
    struct wire_reader group;
    bool layout_seen; /* the fields are over */
    bool failed;
};
struct fdoca_reader fdoca_reader(struct wire_reader descriptor);
/* False after the last field, and on damage (reader->failed). */
MUST_CHECK bool fdoca_next(struct fdoca_reader *reader, struct fdoca_field *field);

/* Outcome of reading a value. */
enum fdoca_read {
    FDOCA_VALUE,
    FDOCA_EXTERNAL,      /* the value follows as EXTDTA */
    FDOCA_LOCATOR,       /* it is what is behind a locator */
    FDOCA_INCOMPLETE,    /* the data end within it */
    FDOCA_UNSUPPORTED,   /* no such type, or a length it cannot have */
    FDOCA_NOT_DECIMAL,   /* half bytes of a decimal that are no digits */
    FDOCA_NOT_CHARACTER, /* text that is malformed in its CCSID */
    FDOCA_NOT_CONVERTED, /* text in a CCSID that is not known */
    FDOCA_NO_ROOM,       /* text that is too long in UTF-8 */
};

enum { FDOCA_SIZE_UNKNOWN = -1 };

/* Reads the value of a field that is represented as its sender has said. Bytes and UTF-8 are borrowed from `data`; decimals, timestamps and
 * text in other CCSIDs become text in `scratch`, which must not move: fdoca_scratch_size says how much is enough for a row. Decimals and
 * lengths are the same in every representation. For FDOCA_EXTERNAL *external is the size announced in bytes, or FDOCA_SIZE_UNKNOWN; for
 * FDOCA_LOCATOR the locator. */
MUST_CHECK enum fdoca_read fdoca_value_read(struct wire_reader *data, const struct fdoca_field *field,
                                            const struct drda_representation *from, struct wire_writer *scratch, struct sql_value *value,
                                            int64_t *external);

/* Enough for the values of one row, when they and their EXTDTA are not more than `data_size` bytes. */
size_t fdoca_scratch_size(struct wire_reader descriptor, const struct drda_representation *from, size_t data_size);

/* The CCSID that the text of a field is in. */
uint16_t fdoca_ccsid(struct fdoca_field field, const struct drda_representation *from);

/* The value of a LOB field from the bytes of its EXTDTA. */
MUST_CHECK enum fdoca_read fdoca_external_read(struct wire_reader bytes, struct fdoca_field field, const struct drda_representation *from,
                                               struct wire_writer *scratch, struct sql_value *value);
