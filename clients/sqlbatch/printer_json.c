/* JSON: each result is one array of objects, a row a line, keys in the order of the columns. Numbers keep all their digits;
 * what JSON has no number for (infinity, NaN) is a string, as are dates and bytes (X'hex digits'). */
#include <string.h>

#include "clients/sqlbatch/printer.h"
#include "common/utf8.h"

static void
put_string(FILE *out, const char *text, size_t size)
{
    putc('"', out);
    for (size_t at = 0; at < size;) {
        uint32_t character;
        size_t length = utf8_decode(text + at, size - at, &character);
        if (length == 0)
            fputs("\\uFFFD", out);
        else if (character < ' ')
            fprintf(out, "\\u%04X", (unsigned)character);
        else {
            if (character == '"' || character == '\\')
                putc('\\', out);
            fwrite(text + at, 1, length, out);
        }
        at += length > 0 ? length : 1;
    }
    putc('"', out);
}

static bool
is_json_number(const struct printer_cell *cell)
{
    return cell->size > 0 && strspn(cell->text, "0123456789+-.eE") >= cell->size;
}

static void
put_value(FILE *out, const struct printer_column *column, const struct printer_cell *cell)
{
    if (cell->is_null)
        fputs("null", out);
    else if (column->type == SQL_TYPE_BOOLEAN)
        fputs(cell->size == 4 ? "true" : "false", out);
    else if (column->is_number && is_json_number(cell))
        fwrite(cell->text, 1, cell->size, out);
    else
        put_string(out, cell->text, cell->size);
}

static void
begin_json(struct printer *printer)
{
    putc('[', printer->out);
}

static void
row_of_json(struct printer *printer, const struct printer_cell *cells)
{
    fputs(printer->row_count > 1 ? ",\n{" : "\n{", printer->out);
    for (size_t i = 0; i < printer->column_count; i++) {
        if (i > 0)
            fputs(", ", printer->out);
        put_string(printer->out, printer->columns[i].name, strlen(printer->columns[i].name));
        fputs(": ", printer->out);
        put_value(printer->out, &printer->columns[i], &cells[i]);
    }
    putc('}', printer->out);
}

static void
end_json(struct printer *printer)
{
    fputs(printer->row_count > 0 ? "\n]\n" : "]\n", printer->out);
}

const struct printer_format printer_json = {
    .name = "json", .for_programs = true, .begin = begin_json, .row = row_of_json, .end = end_json
};
