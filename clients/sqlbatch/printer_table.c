/* The aligned form:
 *
 *    ID | NAME
 *   ----+------
 *     1 | one
 *     2 | NULL
 *   2 rows
 */
#include <inttypes.h>
#include <string.h>

#include "clients/sqlbatch/printer.h"

static const char null_text[] = "NULL";

static void
put_repeated(FILE *out, char c, size_t count)
{
    while (count-- > 0)
        putc(c, out);
}

/* Columns that begin later than PRINTER_PAD_MAX are not worth the blanks. */
static void
widen(struct printer_column *column, size_t width)
{
    if (width > PRINTER_PAD_MAX)
        width = PRINTER_PAD_MAX;
    if (width > column->width)
        column->width = width;
}

static void
put_cell(struct printer *printer, size_t index, const char *text, size_t size)
{
    const struct printer_column *column = &printer->columns[index];
    bool last = index + 1 == printer->column_count;
    size_t width = text_display_width(text, size);
    size_t padding = width < column->width ? column->width - width : 0;
    fputs(index > 0 ? " | " : " ", printer->out);
    if (column->is_number)
        put_repeated(printer->out, ' ', padding);
    fwrite(text, 1, size, printer->out);
    if (!column->is_number && !last)
        put_repeated(printer->out, ' ', padding);
    if (last)
        putc('\n', printer->out);
}

static void
put_row(struct printer *printer, const struct printer_cell *cells)
{
    for (size_t i = 0; i < printer->column_count; i++) {
        const struct printer_cell *cell = &cells[i];
        put_cell(printer, i, cell->is_null ? null_text : cell->text, cell->is_null ? sizeof null_text - 1 : cell->size);
    }
}

static void
put_header(struct printer *printer)
{
    for (size_t i = 0; i < printer->column_count; i++)
        put_cell(printer, i, printer->columns[i].name, strlen(printer->columns[i].name));
    for (size_t i = 0; i < printer->column_count; i++) {
        fputs(i > 0 ? "+" : "", printer->out);
        put_repeated(printer->out, '-', printer->columns[i].width + (i + 1 < printer->column_count ? 2 : 1));
    }
    putc('\n', printer->out);
}

/* A row held back is, for each cell, its struct printer_cell and its bytes. */
static void
hold_back(struct printer *printer, const struct printer_cell *cells)
{
    for (size_t i = 0; i < printer->column_count; i++) {
        text_append(&printer->sample, &cells[i], sizeof cells[i]);
        text_append(&printer->sample, cells[i].text, cells[i].size);
        widen(&printer->columns[i], cells[i].is_null ? sizeof null_text - 1 : text_display_width(cells[i].text, cells[i].size));
    }
    printer->failed |= printer->sample.failed;
    printer->sample_rows++;
}

static void
release_sample(struct printer *printer)
{
    put_header(printer);
    const char *at = printer->sample.bytes;
    for (size_t row = 0; row < printer->sample_rows; row++) {
        for (size_t i = 0; i < printer->column_count; i++) {
            memcpy(&printer->cells[i], at, sizeof printer->cells[i]);
            printer->cells[i].text = at + sizeof printer->cells[i];
            at += sizeof printer->cells[i] + printer->cells[i].size;
        }
        put_row(printer, printer->cells);
    }
    text_reset(&printer->sample);
    printer->sampling = false;
}

static void
begin_table(struct printer *printer)
{
    printer->sampling = true;
    printer->sample_rows = 0;
    text_reset(&printer->sample);
    for (size_t i = 0; i < printer->column_count; i++)
        widen(&printer->columns[i], text_display_width(printer->columns[i].name, strlen(printer->columns[i].name)));
}

static void
row_of_table(struct printer *printer, const struct printer_cell *cells)
{
    if (!printer->sampling) {
        put_row(printer, cells);
        return;
    }
    hold_back(printer, cells);
    if (!printer->failed && (printer->sample_rows == PRINTER_SAMPLE_ROWS || printer->sample.size >= PRINTER_SAMPLE_BYTES))
        release_sample(printer);
}

static void
end_table(struct printer *printer)
{
    if (printer->sampling)
        release_sample(printer);
    fprintf(printer->out, "%" PRId64 " %s\n", printer->row_count, printer->row_count == 1 ? "row" : "rows");
}

const struct printer_format printer_table = { .name = "table", .begin = begin_table, .row = row_of_table, .end = end_table };
