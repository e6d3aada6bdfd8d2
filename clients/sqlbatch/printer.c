#include "clients/sqlbatch/printer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

const struct printer_format *
printer_format_find(const char *name)
{
    static const struct printer_format *const formats[] = { &printer_table, &printer_vertical, &printer_csv, &printer_json };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

void
printer_init(struct printer *printer, const struct printer_format *format, FILE *out)
{
    *printer = (struct printer) { .format = format, .out = out };
}

static void
drop_columns(struct printer *printer)
{
    for (size_t i = 0; i < printer->column_count; i++)
        free(printer->columns[i].name);
    free(printer->columns);
    free(printer->cells);
    printer->columns = NULL;
    printer->cells = NULL;
    printer->column_count = 0;
}

void
printer_clear(struct printer *printer)
{
    drop_columns(printer);
    text_clear(&printer->line);
    text_clear(&printer->sample);
}

static bool
is_number(enum sql_type type)
{
    return type == SQL_TYPE_SMALLINT || type == SQL_TYPE_INTEGER || type == SQL_TYPE_BIGINT || type == SQL_TYPE_REAL ||
           type == SQL_TYPE_DOUBLE || type == SQL_TYPE_DECIMAL;
}

/* The shortest digits that read back as the same number; always recognisable as floating-point. */
static void
append_real(struct text *text, double value, bool is_float)
{
    char digits[40];
    int precision = is_float ? 6 : 15;
    do
        snprintf(digits, sizeof digits, "%.*g", precision, value);
    while (precision++ < (is_float ? 9 : 17) && (is_float ? strtof(digits, NULL) != (float)value : strtod(digits, NULL) != value));
    text_append(text, digits, strlen(digits));
    if (isfinite(value) && strpbrk(digits, ".e") == NULL)
        text_append(text, ".0", 2);
}

static void
append_hexadecimal(struct text *text, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    text_append(text, "X'", 2);
    for (size_t i = 0; i < size; i++) {
        text_append_byte(text, digits[bytes[i] >> 4]);
        text_append_byte(text, digits[bytes[i] & 15]);
    }
    text_append_byte(text, '\'');
}

/* Control characters would move the cursor or break the lines of a table. */
static void
append_escaped(struct text *text, uint8_t byte)
{
    const char *known = strchr("\tt\nn\rr", byte);
    if (byte != '\0' && known != NULL && byte < ' ')
        text_append_format(text, "\\%c", known[1]);
    else
        text_append_format(text, "\\x%02X", (unsigned)byte);
}

static void
append_characters(struct text *text, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t character;
        size_t length = utf8_decode(bytes + at, size - at, &character);
        if (length > 0 && !unicode_is_control(character)) {
            text_append(text, bytes + at, length);
            at += length;
            continue;
        }
        for (size_t end = at + (length > 0 ? length : 1); at < end; at++)
            append_escaped(text, (uint8_t)bytes[at]);
    }
}

static void
append_value(struct text *text, const struct sql_value *value, enum sql_type type, bool raw)
{
    switch (value->kind) {
    case SQL_VALUE_NULL:
    case SQL_VALUE_LOB: /* no result is one */
        break;
    case SQL_VALUE_INTEGER:
        if (type == SQL_TYPE_BOOLEAN)
            text_append_format(text, "%s", value->integer != 0 ? "TRUE" : "FALSE");
        else
            text_append_format(text, "%" PRId64, value->integer);
        break;
    case SQL_VALUE_REAL:
        append_real(text, value->real, type == SQL_TYPE_REAL);
        break;
    case SQL_VALUE_TEXT:
        if (raw)
            text_append(text, value->data.bytes, value->data.size);
        else
            append_characters(text, (const char *)value->data.bytes, value->data.size);
        break;
    case SQL_VALUE_BYTES:
        append_hexadecimal(text, value->data.bytes, value->data.size);
        break;
    }
}

static bool
copy_columns(struct printer *printer, const struct sql_column *columns, size_t count)
{
    printer->columns = calloc(count > 0 ? count : 1, sizeof *printer->columns);
    printer->cells = calloc(count > 0 ? count : 1, sizeof *printer->cells);
    if (printer->columns == NULL || printer->cells == NULL)
        return false;
    printer->column_count = count;
    for (size_t i = 0; i < count; i++) {
        struct text name = { 0 };
        append_characters(&name, columns[i].name, strlen(columns[i].name));
        if (name.size == 0)
            text_append_format(&name, "%zu", i + 1);
        printer->columns[i] = (struct printer_column) {
            .name = name.bytes,
            .is_number = is_number(columns[i].type),
            .type = columns[i].type,
        };
        if (name.failed)
            return false;
    }
    return true;
}

void
printer_begin(struct printer *printer, const struct sql_column *columns, size_t count)
{
    drop_columns(printer);
    printer->row_count = 0;
    printer->failed |= !copy_columns(printer, columns, count);
    if (!printer->failed)
        printer->format->begin(printer);
}

void
printer_row(struct printer *printer, const struct sql_value *values)
{
    text_reset(&printer->line);
    for (size_t i = 0; i < printer->column_count && !printer->failed; i++) {
        size_t before = printer->line.size;
        append_value(&printer->line, &values[i], printer->columns[i].type, printer->format->for_programs);
        printer->cells[i] = (struct printer_cell) { .size = printer->line.size - before, .is_null = values[i].kind == SQL_VALUE_NULL };
    }
    printer->failed |= printer->line.failed;
    if (printer->failed)
        return;
    const char *at = printer->line.bytes != NULL ? printer->line.bytes : "";
    for (size_t i = 0; i < printer->column_count; at += printer->cells[i++].size)
        printer->cells[i].text = at;
    printer->row_count++;
    printer->format->row(printer, printer->cells);
}

void
printer_end(struct printer *printer)
{
    if (!printer->failed)
        printer->format->end(printer);
}

bool
printer_is_good(const struct printer *printer)
{
    return !printer->failed && ferror(printer->out) == 0;
}
