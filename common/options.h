/* The command line of a program, described by one table: it drives parsing, --help and --version alike.
 * Only long options: `--name VALUE`, `--name=VALUE`, or `--name` alone for a flag; options and operands may be mixed, "--" ends the
 * options. --help and --version need no row. */
#pragma once
#include <stddef.h>

#include "common/attributes.h"

enum { OPTIONS_MAX = 30, OPTIONS_EXIT_USAGE = 2 };

struct option_row {
    const char *name;     /* without the dashes */
    const char *argument; /* what the value is called in the help; NULL for a flag */
    const char *help;     /* lines after the first are indented under it */
};

struct command_line {
    const char *program;   /* how error messages begin: "passgate racf" */
    const char *operands;  /* for the first line of the help: "[COMMAND]..."; may be empty */
    const char *summary;   /* what it does, one paragraph */
    const char *afterword; /* examples and exit codes, printed as they are */
    const struct option_row *rows;
    size_t row_count;
};

enum options_outcome {
    OPTIONS_PARSED,
    OPTIONS_ANSWERED, /* --help or --version was printed to standard output: end with 0 */
    OPTIONS_WRONG,    /* the error was printed to standard error: end with OPTIONS_EXIT_USAGE */
};

/* values[i] belongs to rows[i]: NULL when the option was not given, "" for a flag that was, else its (last) value, borrowed from
 * argv. Operands are moved to the end of argv and begin at *first_operand. */
MUST_CHECK enum options_outcome options_parse(const struct command_line *line, int argc, char *argv[], const char *values[],
                                              int *first_operand);

/* Says on standard error `program: what: why: see 'program --help'`; returns OPTIONS_EXIT_USAGE for main to return. */
int options_refuse(const struct command_line *line, const char *format, ...) PRINTF_LIKE(2, 3);
