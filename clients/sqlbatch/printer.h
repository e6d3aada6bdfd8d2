/* Prints results. How they look is a struct printer_format: aligned columns or one value a line for people, CSV or JSON for programs.
 *
 * The aligned form has the widths of the first rows (up to PRINTER_SAMPLE_ROWS or PRINTER_SAMPLE_BYTES): they are held back until
 * the widths are known, so that output of any length needs little memory. Later values that are wider push their line to the right;
 * nothing is ever cut. */
#pragma once
#include <stdio.h>

#include "clients/sqlbatch/text.h"
#include "drda/sql/value.h"

enum { PRINTER_SAMPLE_ROWS = 500, PRINTER_SAMPLE_BYTES = 1 << 20, PRINTER_PAD_MAX = 128 };

struct printer;

/* The text of a value; `is_null` apart, since formats differ in how they show NULL. */
struct printer_cell {
    const char *text;
    size_t size;
    bool is_null;
};

struct printer_format {
    const char *name;
    bool for_programs; /* text as it is, without escapes for a terminal; nothing but results belongs on the same stream */
    void (*begin)(struct printer *printer);
    void (*row)(struct printer *printer, const struct printer_cell *cells);
    void (*end)(struct printer *printer);
};

struct printer_column {
    char *name;
    size_t width; /* on the terminal */
    bool is_number;
    enum sql_type type;
};

/* Private. */
struct printer {
    const struct printer_format *format;
    FILE *out;
    struct printer_column *columns;
    size_t column_count;
    struct printer_cell *cells;
    struct text line;   /* the cells of the row being printed */
    struct text sample; /* aligned: cells of the rows held back */
    size_t sample_rows; /* how many rows those are */
    bool sampling;
    bool failed; /* no memory */
    int64_t row_count;
};

extern const struct printer_format printer_table;
extern const struct printer_format printer_vertical;
extern const struct printer_format printer_csv;
extern const struct printer_format printer_json;

/* The format of that name, or NULL. */
const struct printer_format *printer_format_find(const char *name);

/* `out` is borrowed. */
void printer_init(struct printer *printer, const struct printer_format *format, FILE *out);
void printer_clear(struct printer *printer);

/* One result: begin, its rows, end, which writes the number of rows. `columns` and `values` are not kept. */
void printer_begin(struct printer *printer, const struct sql_column *columns, size_t count);
void printer_row(struct printer *printer, const struct sql_value *values);
void printer_end(struct printer *printer);

/* False when memory ran out or `out` cannot be written. */
MUST_CHECK bool printer_is_good(const struct printer *printer);
