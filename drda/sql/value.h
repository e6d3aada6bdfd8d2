/* SQL types and values as they pass between a DRDA conversation and whatever executes its statements.
 * A column has a declared type; a value has the kind the executor stored it in; the encoder converts one to the other and
 * reports what does not fit, so that no client ever sees a wrong value. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sql_type {
    SQL_TYPE_SMALLINT,
    SQL_TYPE_INTEGER,
    SQL_TYPE_BIGINT,
    SQL_TYPE_REAL,
    SQL_TYPE_DOUBLE,
    SQL_TYPE_DECIMAL,
    SQL_TYPE_CHAR,
    SQL_TYPE_VARCHAR,
    SQL_TYPE_LONG_VARCHAR,
    SQL_TYPE_CHAR_BIT, /* CHAR FOR BIT DATA */
    SQL_TYPE_VARCHAR_BIT,
    SQL_TYPE_LONG_VARCHAR_BIT,
    SQL_TYPE_DATE,      /* text YYYY-MM-DD */
    SQL_TYPE_TIME,      /* text HH:MM:SS */
    SQL_TYPE_TIMESTAMP, /* text YYYY-MM-DD-HH.MM.SS.nnnnnnnnn on the wire; the executor may use ISO 8601 */
    SQL_TYPE_BOOLEAN,
    SQL_TYPE_CLOB,
    SQL_TYPE_BLOB,
    SQL_TYPE_COUNT
};

enum { SQL_NAME_MAX = 128, SQL_DECIMAL_PRECISION_MAX = 31, SQL_VARCHAR_MAX = 32672, SQL_LONG_VARCHAR_MAX = 32700 };

/* A column of a result or a parameter marker. Strings are UTF-8, may be empty, never NULL; they belong to the executor and live
 * until the section is prepared again or dropped. */
struct sql_column {
    const char *name;
    const char *table;
    const char *schema;
    enum sql_type type;
    uint32_t length;   /* bytes for character and bit types, else unused */
    uint8_t precision; /* DECIMAL: 1 to 31 */
    uint8_t scale;     /* DECIMAL: 0 to precision */
    bool nullable;
    bool updatable; /* of a cursor whose rows can be changed */
};

/* LOB: text or bytes that are not in memory, of parameters only: EXTDTA in a spool, or what is behind a locator. */
enum sql_value_kind { SQL_VALUE_NULL, SQL_VALUE_INTEGER, SQL_VALUE_REAL, SQL_VALUE_TEXT, SQL_VALUE_BYTES, SQL_VALUE_LOB };

struct sql_lob;

/* Bytes are borrowed: of the executor until the next step of the section, or of the request until it is answered. */
struct sql_value {
    enum sql_value_kind kind;
    union {
        int64_t integer;
        double real;
        struct {
            const uint8_t *bytes; /* TEXT: UTF-8, no NUL at the end */
            size_t size;
        } data;
        struct sql_lob *lob;
    };
};

enum { SQL_TOKENS_MAX = 1000 };

/* The outcome of one statement: what an SQLCA carries. */
struct sql_diagnosis {
    int32_t sqlcode;                 /* 0 fine, +100 no (more) rows, >0 warning, <0 error */
    char sqlstate[6];                /* 5 characters and NUL */
    int64_t rows;                    /* rows inserted, updated or deleted (SQLERRD(3) and (4)) */
    int64_t result_rows;             /* rows of a result, once it is known how many there are (SQLERRD(1) and (2)) */
    char tokens[SQL_TOKENS_MAX + 1]; /* SQLERRMC: UTF-8 message tokens separated by X'FF' here; the encoder writes X'14' */
};

/* Sets an error or warning; `tokens` is copied, cut to fit, and has '?' in the place of what is no UTF-8. */
void sql_diagnosis_set(struct sql_diagnosis *diagnosis, int32_t sqlcode, const char *sqlstate, const char *tokens);
void sql_diagnosis_clear(struct sql_diagnosis *diagnosis);
