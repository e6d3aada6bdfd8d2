#include "common/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CODE_HELP = 1000, CODE_VERSION, CODE_FIRST_ROW };
enum { HELP_COLUMN = 26 };

static const struct option_row common_rows[] = {
    { "help", NULL, "show this help and end" },
    { "version", NULL, "show the version and end" },
};

static void
print_row(const struct option_row *row)
{
    int width = printf("  --%s%s%s", row->name, row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
    if (width >= HELP_COLUMN) {
        putchar('\n');
        width = 0;
    }
    for (const char *text = row->help; *text != '\0'; width = 0) {
        size_t length = strcspn(text, "\n");
        printf("%*s%.*s\n", HELP_COLUMN - width, "", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void
print_help(const struct command_line *line)
{
    printf("Usage: %s%s%s%s\n\n%s\n\nOptions:\n", line->program, line->row_count > 0 ? " [OPTION]..." : "",
           *line->operands != '\0' ? " " : "", line->operands, line->summary);
    for (size_t i = 0; i < line->row_count; i++)
        print_row(&line->rows[i]);
    for (size_t i = 0; i < sizeof common_rows / sizeof common_rows[0]; i++)
        print_row(&common_rows[i]);
    printf("\n%s", line->afterword);
}

static void
print_version(const struct command_line *line)
{
    printf("%.*s (Passgate) %s\n", (int)strcspn(line->program, " "), line->program, PASSGATE_VERSION);
}

int
options_refuse(const struct command_line *line, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s: %s: see '%s --help'\n", line->program, text, line->program);
    return OPTIONS_EXIT_USAGE;
}

static void
fill_getopt_table(const struct command_line *line, struct option table[])
{
    size_t count = 0;
    table[count++] = (struct option) { "help", no_argument, NULL, CODE_HELP };
    table[count++] = (struct option) { "version", no_argument, NULL, CODE_VERSION };
    for (size_t i = 0; i < line->row_count; i++) {
        int argument = line->rows[i].argument != NULL ? required_argument : no_argument;
        table[count++] = (struct option) { line->rows[i].name, argument, NULL, CODE_FIRST_ROW + (int)i };
    }
    table[count] = (struct option) { 0 };
}

enum options_outcome
options_parse(const struct command_line *line, int argc, char *argv[], const char *values[], int *first_operand)
{
    assert(line->row_count <= OPTIONS_MAX);
    struct option table[OPTIONS_MAX + 3];
    fill_getopt_table(line, table);
    memset(values, 0, line->row_count * sizeof values[0]);
    opterr = 0;
    optind = 0;
    for (int code; (code = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
        switch (code) {
        case CODE_HELP:
            print_help(line);
            return OPTIONS_ANSWERED;
        case CODE_VERSION:
            print_version(line);
            return OPTIONS_ANSWERED;
        case ':':
            options_refuse(line, "%s: the value is missing", argv[optind - 1]);
            return OPTIONS_WRONG;
        case '?':
            if (optopt > 0 && optopt < CODE_HELP)
                options_refuse(line, "-%c: no such option", optopt);
            else
                options_refuse(line, "%s: no such option, or not in this form", argv[optind - 1]);
            return OPTIONS_WRONG;
        default:
            values[code - CODE_FIRST_ROW] = optarg != NULL ? optarg : "";
        }
    }
    *first_operand = optind;
    return OPTIONS_PARSED;
}
