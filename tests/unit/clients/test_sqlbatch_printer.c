#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clients/sqlbatch/printer.h"
#include "tests/support/suite.h"

static struct sql_value
text_value(const char *text)
{
    return (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
}

static struct sql_value
integer_value(int64_t integer)
{
    return (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = integer };
}

static struct sql_value
real_value(double real)
{
    return (struct sql_value) { .kind = SQL_VALUE_REAL, .real = real };
}

static const struct sql_value null_value = { .kind = SQL_VALUE_NULL };

/* What a form makes of `count` rows, in memory the caller frees. */
static char *
print_rows_as(const struct printer_format *format, const struct sql_column *columns, size_t column_count, const struct sql_value *values,
              size_t count)
{
    static char *output; /* not on the stack, whose end gcc would fear for when it inlines this */
    static size_t size;
    FILE *out = open_memstream(&output, &size);
    struct printer printer;
    printer_init(&printer, format, out);
    printer_begin(&printer, columns, column_count);
    for (size_t row = 0; row < count; row++)
        printer_row(&printer, values + row * column_count);
    printer_end(&printer);
    CU_ASSERT_TRUE(printer_is_good(&printer));
    printer_clear(&printer);
    fclose(out);
    return output;
}

static char *
print_rows(const struct sql_column *columns, size_t column_count, const struct sql_value *values, size_t count)
{
    return print_rows_as(&printer_table, columns, column_count, values, count);
}

static void
columns_are_aligned_and_null_is_shown(void)
{
    static const struct sql_column columns[] = {
        { .name = "ID", .type = SQL_TYPE_INTEGER },
        { .name = "NAME", .type = SQL_TYPE_VARCHAR },
        { .name = "PRICE", .type = SQL_TYPE_DECIMAL },
        { .name = "T", .type = SQL_TYPE_VARCHAR },
    };
    const struct sql_value values[] = {
        integer_value(1), text_value("one"), text_value("12.34"), text_value("x"), integer_value(-20), null_value,
        null_value,       null_value,        null_value,          text_value(""),  text_value("0.50"), text_value("longer"),
    };
    char *output = print_rows(columns, 4, values, 3);
    CU_ASSERT_STRING_EQUAL(output, "   ID | NAME | PRICE | T\n"
                                   "------+------+-------+-------\n"
                                   "    1 | one  | 12.34 | x\n"
                                   "  -20 | NULL |  NULL | NULL\n"
                                   " NULL |      |  0.50 | longer\n"
                                   "3 rows\n");
    free(output);
}

static void
an_empty_result_has_its_header(void)
{
    static const struct sql_column columns[] = { { .name = "A", .type = SQL_TYPE_INTEGER }, { .name = "", .type = SQL_TYPE_CHAR } };
    char *output = print_rows(columns, 2, NULL, 0);
    CU_ASSERT_STRING_EQUAL(output, " A | 2\n---+--\n0 rows\n");
    free(output);
}

static const struct shown {
    enum sql_type type;
    struct sql_value value;
    const char *text;
} shown[] = {
    { SQL_TYPE_BIGINT, { .kind = SQL_VALUE_INTEGER, .integer = INT64_MIN }, "-9223372036854775808" },
    { SQL_TYPE_BOOLEAN, { .kind = SQL_VALUE_INTEGER, .integer = 1 }, "TRUE" },
    { SQL_TYPE_BOOLEAN, { .kind = SQL_VALUE_INTEGER, .integer = 0 }, "FALSE" },
    { SQL_TYPE_DOUBLE, { .kind = SQL_VALUE_REAL, .real = 2 }, "2.0" },
    { SQL_TYPE_DOUBLE, { .kind = SQL_VALUE_REAL, .real = 0.1 }, "0.1" },
    { SQL_TYPE_DOUBLE, { .kind = SQL_VALUE_REAL, .real = 0.1 + 0.2 }, "0.30000000000000004" },
    { SQL_TYPE_DOUBLE, { .kind = SQL_VALUE_REAL, .real = 1e100 }, "1e+100" },
    { SQL_TYPE_DOUBLE, { .kind = SQL_VALUE_REAL, .real = -INFINITY }, "-inf" },
    { SQL_TYPE_REAL, { .kind = SQL_VALUE_REAL, .real = (double)0.1f }, "0.1" },
    { SQL_TYPE_REAL, { .kind = SQL_VALUE_REAL, .real = (double)16777217.0f }, "16777216.0" },
    { SQL_TYPE_VARCHAR_BIT, { .kind = SQL_VALUE_BYTES, .data = { (const uint8_t *)"\x00\xFE", 2 } }, "X'00FE'" },
    { SQL_TYPE_VARCHAR, { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"a\nb\t\x1B[2J\x7F\0z", 10 } }, "a\\nb\\t\\x1B[2J\\x7F\\x00" },
    { SQL_TYPE_VARCHAR, { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"\xC2\x9B\xC3\xA9\xFF", 5 } }, "\\xC2\\x9B\xC3\xA9\\xFF" },
    { SQL_TYPE_VARCHAR, { .kind = SQL_VALUE_TEXT, .data = { NULL, 0 } }, "" },
};

static void
values_of_every_kind_are_shown(void)
{
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        struct sql_column column = { .name = "C", .type = shown[i].type };
        char *output = print_rows(&column, 1, &shown[i].value, 1);
        char *row = strchr(strchr(output, '\n') + 1, '\n') + 2;
        *strchr(row, '\n') = '\0';
        CU_ASSERT_STRING_EQUAL(row, shown[i].text);
        if (strcmp(row, shown[i].text) != 0)
            printf("# %s\n", row);
        free(output);
    }
}

static void
random_numbers_read_back_exactly(void)
{
    struct sql_column column = { .name = "C", .type = SQL_TYPE_DOUBLE };
    uint64_t bits = 0x9E3779B97F4A7C15;
    for (int i = 0; i < 10000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double number;
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        struct sql_value value = real_value(number);
        char *output = print_rows(&column, 1, &value, 1);
        char *row = strchr(strchr(output, '\n') + 1, '\n') + 1;
        CU_ASSERT_EQUAL(strtod(row, NULL), number);
        free(output);
    }
}

static void
wide_and_combining_characters_keep_columns_straight(void)
{
    static const struct sql_column columns[] = { { .name = "N\xC3\xA4me", .type = SQL_TYPE_VARCHAR },
                                                 { .name = "B", .type = SQL_TYPE_VARCHAR } };
    const struct sql_value values[] = {
        text_value("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"), text_value("x"), /* three characters of two columns each */
        text_value("e\xCC\x81"), text_value("y"),                            /* e with a combining accent */
    };
    char *output = print_rows(columns, 2, values, 2);
    CU_ASSERT_STRING_EQUAL(output, " N\xC3\xA4me   | B\n"
                                   "--------+--\n"
                                   " \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E | x\n"
                                   " e\xCC\x81      | y\n"
                                   "2 rows\n");
    free(output);
}

/* Widths come from the first rows; a wider value later moves its line only. */
static void
long_results_stream(void)
{
    static const struct sql_column columns[] = { { .name = "N", .type = SQL_TYPE_INTEGER }, { .name = "T", .type = SQL_TYPE_VARCHAR } };
    size_t count = PRINTER_SAMPLE_ROWS + 2;
    struct sql_value *values = calloc(count * 2, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[2 * i] = integer_value(i < PRINTER_SAMPLE_ROWS ? 7 : 12345);
        values[2 * i + 1] = text_value("t");
    }
    char *output = print_rows(columns, 2, values, count);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "\n 7 | t\n 12345 | t\n 12345 | t\n502 rows\n"));
    size_t lines = 0;
    for (char *c = output; *c != '\0'; c++)
        lines += *c == '\n';
    CU_ASSERT_EQUAL(lines, count + 3);
    free(output);
    free(values);
}

static void
a_very_wide_value_does_not_widen_its_column(void)
{
    static const struct sql_column columns[] = { { .name = "A", .type = SQL_TYPE_VARCHAR }, { .name = "B", .type = SQL_TYPE_VARCHAR } };
    char *wide = malloc(10001);
    memset(wide, 'w', 10000);
    wide[10000] = '\0';
    const struct sql_value values[] = { text_value(wide), text_value("b"), text_value("a"), text_value("b") };
    char *output = print_rows(columns, 2, values, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, wide));
    CU_ASSERT_TRUE(strlen(output) < 10000 + 4 * (PRINTER_PAD_MAX + 10));
    free(output);
    free(wide);
}

static void
a_full_disk_is_noticed(void)
{
    FILE *full = fopen("/dev/full", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    setvbuf(full, NULL, _IONBF, 0);
    struct sql_column column = { .name = "C", .type = SQL_TYPE_INTEGER };
    struct printer printer;
    printer_init(&printer, &printer_table, full);
    printer_begin(&printer, &column, 1);
    printer_end(&printer);
    CU_ASSERT_FALSE(printer_is_good(&printer));
    printer_clear(&printer);
    fclose(full);
}

/* Two rows that need quoting, escaping and NULL. */
static void
check_form(const char *name, const char *expected)
{
    static const struct sql_column columns[] = {
        { .name = "N", .type = SQL_TYPE_INTEGER },
        { .name = "TEXT, \"it\"", .type = SQL_TYPE_VARCHAR },
        { .name = "D", .type = SQL_TYPE_DECIMAL },
        { .name = "B", .type = SQL_TYPE_BOOLEAN },
    };
    const struct sql_value values[] = {
        integer_value(1),
        text_value("a\n\"b\", c"),
        text_value("12345678901234567890.10"),
        integer_value(1),
        null_value,
        text_value(""),
        null_value,
        null_value,
    };
    const struct printer_format *format = printer_format_find(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(format);
    char *output = print_rows_as(format, columns, 4, values, 2);
    CU_ASSERT_STRING_EQUAL(output, expected);
    free(output);
}

static void
csv_quotes_what_needs_it(void)
{
    check_form("csv", "N,\"TEXT, \"\"it\"\"\",D,B\r\n1,\"a\n\"\"b\"\", c\",12345678901234567890.10,TRUE\r\n,\"\",,\r\n");
}

static void
json_keeps_digits_and_types(void)
{
    check_form("json", "[\n{\"N\": 1, \"TEXT, \\\"it\\\"\": \"a\\u000A\\\"b\\\", c\", \"D\": 12345678901234567890.10, \"B\": true},\n"
                       "{\"N\": null, \"TEXT, \\\"it\\\"\": \"\", \"D\": null, \"B\": null}\n]\n");
    static const struct sql_column columns[] = { { .name = "R", .type = SQL_TYPE_DOUBLE } };
    const struct sql_value infinite = real_value(INFINITY);
    char *output = print_rows_as(&printer_json, columns, 1, &infinite, 1);
    CU_ASSERT_STRING_EQUAL(output, "[\n{\"R\": \"inf\"}\n]\n");
    free(output);
    output = print_rows_as(&printer_json, columns, 1, NULL, 0);
    CU_ASSERT_STRING_EQUAL(output, "[]\n");
    free(output);
}

static void
vertical_shows_a_value_a_line(void)
{
    check_form("vertical",
               "-- row 1\nN          | 1\nTEXT, \"it\" | a\\n\"b\", c\nD          | 12345678901234567890.10\nB          | TRUE\n"
               "-- row 2\nN          | NULL\nTEXT, \"it\" | \nD          | NULL\nB          | NULL\n2 rows\n");
    CU_ASSERT_PTR_NULL(printer_format_find("xml"));
}

int
main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    static const struct test_case cases[] = {
        { "columns are aligned and NULL is shown", columns_are_aligned_and_null_is_shown },
        { "an empty result has its header", an_empty_result_has_its_header },
        { "values of every kind are shown", values_of_every_kind_are_shown },
        { "random numbers read back exactly", random_numbers_read_back_exactly },
        { "wide and combining characters keep columns straight", wide_and_combining_characters_keep_columns_straight },
        { "long results stream", long_results_stream },
        { "a very wide value does not widen its column", a_very_wide_value_does_not_widen_its_column },
        { "a full disk is noticed", a_full_disk_is_noticed },
        { "CSV quotes what needs it", csv_quotes_what_needs_it },
        { "JSON keeps digits and types", json_keeps_digits_and_types },
        { "vertical shows a value a line", vertical_shows_a_value_a_line },
    };
    return SUITE_RUN("sqlbatch printer", cases);
}
