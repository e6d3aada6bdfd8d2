#include "clients/passgate/om_table.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

enum { COLUMN_GAP = 2, TABLE_WIDTH_MAX = 160 };
enum { STATUS_DONE = 0, STATUS_WARNING = 4, STATUS_ERROR = 8 };

/* Columns on the screen of UTF-8 text: continuation bytes take none. */
static int
text_width(const char *text, size_t size)
{
    int width = 0;
    for (size_t i = 0; i < size; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

/* Text from the gateway must not drive the terminal. */
static void
print_text(FILE *stream, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t character;
        size_t length = utf8_decode(text + at, size - at, &character);
        if (length == 0 || unicode_is_control(character))
            putc('?', stream);
        else
            fwrite(text + at, 1, length, stream);
        at += length > 0 ? length : 1;
    }
}

/* `*gap` is how many blanks stand before this cell; they are printed only when something follows, so that no line ends in blanks. */
static void
print_cell(FILE *stream, const char *text, size_t size, int width, bool right_aligned, int *gap)
{
    int padding = width - text_width(text, size);
    if (size > 0) {
        fprintf(stream, "%*s", *gap + (right_aligned ? padding : 0), "");
        print_text(stream, text, size);
        *gap = COLUMN_GAP + (right_aligned ? 0 : padding);
    } else {
        *gap += width + COLUMN_GAP;
    }
}

static int
column_width(const struct om_response *response, const struct om_column *column)
{
    int width = text_width(column->long_label, strlen(column->long_label));
    for (size_t i = 0; i < response->row_count; i++) {
        size_t size;
        const char *value = om_row_value(response, response->rows[i], column->short_label, &size);
        int value_width = value != NULL ? text_width(value, size) : 0;
        width = value_width > width ? value_width : width;
    }
    return width;
}

/* A table: headings, then a line for each row. */
static void
print_table(const struct om_response *response, const int *widths, FILE *stream)
{
    int gap = 0;
    for (size_t c = 0; c < response->column_count; c++) {
        const struct om_column *column = &response->columns[c];
        print_cell(stream, column->long_label, strlen(column->long_label), widths[c], column->right_aligned, &gap);
    }
    putc('\n', stream);
    for (size_t r = 0; r < response->row_count; r++) {
        gap = 0;
        for (size_t c = 0; c < response->column_count; c++) {
            size_t size;
            const char *value = om_row_value(response, response->rows[r], response->columns[c].short_label, &size);
            print_cell(stream, value != NULL ? value : "", size, widths[c], response->columns[c].right_aligned, &gap);
        }
        putc('\n', stream);
    }
}

/* For rows wider than a screen: a line for each value, an empty line between rows. */
static void
print_list(const struct om_response *response, FILE *stream)
{
    int widest = 0;
    for (size_t c = 0; c < response->column_count; c++) {
        int width = text_width(response->columns[c].long_label, strlen(response->columns[c].long_label));
        widest = width > widest ? width : widest;
    }
    for (size_t r = 0; r < response->row_count; r++) {
        if (r > 0)
            putc('\n', stream);
        for (size_t c = 0; c < response->column_count; c++) {
            const struct om_column *column = &response->columns[c];
            size_t size;
            int gap = 0;
            const char *value = om_row_value(response, response->rows[r], column->short_label, &size);
            print_cell(stream, column->long_label, strlen(column->long_label), widest, false, &gap);
            print_cell(stream, value != NULL ? value : "", value != NULL ? size : 0, 0, false, &gap);
            putc('\n', stream);
        }
    }
}

static void
print_rows(const struct om_response *response, FILE *stream)
{
    int *widths = calloc(response->column_count + 1, sizeof *widths);
    if (widths == NULL)
        return;
    int total = 0;
    for (size_t c = 0; c < response->column_count; c++) {
        widths[c] = column_width(response, &response->columns[c]);
        total += widths[c] + COLUMN_GAP;
    }
    if (total <= TABLE_WIDTH_MAX)
        print_table(response, widths, stream);
    else
        print_list(response, stream);
    free(widths);
}

static void
print_line(FILE *stream, const char *text)
{
    print_text(stream, text, strlen(text));
    putc('\n', stream);
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void
print_errors(const struct om_response *response, FILE *stream)
{
    for (size_t i = 0; i < response->error_count; i++) {
        const struct om_member_error *error = &response->errors[i];
        fprintf(stream, "Member ");
        print_text(stream, or_empty(error->name), strlen(or_empty(error->name)));
        fprintf(stream, ": rc=");
        print_text(stream, or_empty(error->return_code), strlen(or_empty(error->return_code)));
        fprintf(stream, " rsn=");
        print_text(stream, or_empty(error->reason_code), strlen(or_empty(error->reason_code)));
        fprintf(stream, "%s", error->text != NULL ? " " : "");
        print_line(stream, or_empty(error->text));
    }
    if (response->security_codes != NULL) {
        fprintf(stream, "Not authorized: ");
        print_line(stream, response->security_codes);
    }
}

static bool
is_zero(const char *code)
{
    return strspn(code, "0") == strlen(code);
}

void
om_table_print(const struct om_response *response, FILE *stream)
{
    if (response->column_count > 0 && response->row_count > 0)
        print_rows(response, stream);
    for (size_t i = 0; i < response->message_count; i++)
        print_line(stream, response->messages[i]);
    print_errors(response, stream);
    if (is_zero(response->return_code) && is_zero(response->reason_code))
        return;
    fprintf(stream, "rc=%s rsn=%s%s", response->return_code, response->reason_code, response->reason_text != NULL ? " " : "");
    print_line(stream, or_empty(response->reason_text));
}

int
om_exit_status(const struct om_response *response)
{
    if (is_zero(response->return_code))
        return STATUS_DONE;
    /* The first byte names the component; the last three mean the same everywhere, 000004 being a warning. */
    return strcmp(response->return_code + 2, "000004") == 0 ? STATUS_WARNING : STATUS_ERROR;
}
