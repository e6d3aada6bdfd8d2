/* Programs with subcommands: one table drives the choice and the list in --help. */
#pragma once
#include <stddef.h>

struct subcommand {
    const char *name;
    int (*run)(int argc, char *argv[]); /* argv[0] is the subcommand's name; returns the exit status */
    const char *summary;
};

struct subcommand_table {
    const char *program; /* "passgate", "passgate ticket" */
    const char *summary;
    const char *afterword; /* examples, printed as they are */
    const struct subcommand *subcommands;
    size_t count;
};

/* Runs the subcommand that argv[1] names, or answers --help and --version. Returns the exit status. */
int dispatch(const struct subcommand_table *table, int argc, char *argv[]);
