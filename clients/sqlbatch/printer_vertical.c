/* The form for wide rows, a line for each value:
 *
 *   -- row 1
 *   ID   | 1
 *   NAME | NULL
 *   1 row
 */
#include <inttypes.h>
#include <string.h>

#include "clients/sqlbatch/printer.h"

static void
begin_vertical(struct printer *printer)
{
    size_t widest = 0;
    for (size_t i = 0; i < printer->column_count; i++) {
        size_t width = text_display_width(printer->columns[i].name, strlen(printer->columns[i].name));
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < printer->column_count; i++)
        printer->columns[i].width = widest;
}

static void
row_of_vertical(struct printer *printer, const struct printer_cell *cells)
{
    fprintf(printer->out, "-- row %" PRId64 "\n", printer->row_count);
    for (size_t i = 0; i < printer->column_count; i++) {
        const struct printer_column *column = &printer->columns[i];
        fputs(column->name, printer->out);
        for (size_t width = text_display_width(column->name, strlen(column->name)); width < column->width; width++)
            putc(' ', printer->out);
        fputs(" | ", printer->out);
        fwrite(cells[i].is_null ? "NULL" : cells[i].text, 1, cells[i].is_null ? 4 : cells[i].size, printer->out);
        putc('\n', printer->out);
    }
}

static void
end_vertical(struct printer *printer)
{
    fprintf(printer->out, "%" PRId64 " %s\n", printer->row_count, printer->row_count == 1 ? "row" : "rows");
}

const struct printer_format printer_vertical = { .name = "vertical", .begin = begin_vertical, .row = row_of_vertical, .end = end_vertical };
