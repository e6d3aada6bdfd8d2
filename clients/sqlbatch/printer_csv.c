/* Comma-separated values after RFC 4180: a header line, then a line for each row. NULL is an empty field, an empty string "". */
#include <string.h>

#include "clients/sqlbatch/printer.h"

static void
put_field(FILE *out, const char *text, size_t size)
{
    bool plain = size > 0;
    for (size_t i = 0; plain && i < size; i++)
        plain = strchr(",\"\r\n", text[i]) == NULL;
    if (plain) {
        fwrite(text, 1, size, out);
        return;
    }
    putc('"', out);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            putc('"', out);
        putc(text[i], out);
    }
    putc('"', out);
}

static void
begin_csv(struct printer *printer)
{
    for (size_t i = 0; i < printer->column_count; i++) {
        if (i > 0)
            putc(',', printer->out);
        put_field(printer->out, printer->columns[i].name, strlen(printer->columns[i].name));
    }
    fputs("\r\n", printer->out);
}

static void
row_of_csv(struct printer *printer, const struct printer_cell *cells)
{
    for (size_t i = 0; i < printer->column_count; i++) {
        if (i > 0)
            putc(',', printer->out);
        if (!cells[i].is_null)
            put_field(printer->out, cells[i].text, cells[i].size);
    }
    fputs("\r\n", printer->out);
}

static void
end_csv(struct printer *printer)
{
    (void)printer;
}

const struct printer_format printer_csv = { .name = "csv", .for_programs = true, .begin = begin_csv, .row = row_of_csv, .end = end_csv };
