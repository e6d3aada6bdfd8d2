#include "clients/passgate/dispatch.h"

#include <stdio.h>
#include <string.h>

#include "common/options.h"

enum { SUMMARY_COLUMN = 12 };

static void
print_help(const struct subcommand_table *table)
{
    printf("Usage: %s SUBCOMMAND [OPTION]... [OPERAND]...\n\n%s\n\nSubcommands:\n", table->program, table->summary);
    for (size_t i = 0; i < table->count; i++)
        printf("  %-*s%s\n", SUMMARY_COLUMN, table->subcommands[i].name, table->subcommands[i].summary);
    printf("\nEach has its own help: %s SUBCOMMAND --help\n\n%s", table->program, table->afterword);
}

static int
refuse(const struct subcommand_table *table, const char *what, const char *why)
{
    fprintf(stderr, "%s: %s%s: choose one of", table->program, what, why);
    for (size_t i = 0; i < table->count; i++)
        fprintf(stderr, " %s", table->subcommands[i].name);
    fprintf(stderr, "; see '%s --help'\n", table->program);
    return OPTIONS_EXIT_USAGE;
}

int
dispatch(const struct subcommand_table *table, int argc, char *argv[])
{
    if (argc < 2)
        return refuse(table, "", "the subcommand is missing");
    if (strcmp(argv[1], "--help") == 0) {
        print_help(table);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("passgate (Passgate) %s\n", PASSGATE_VERSION);
        return 0;
    }
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(argv[1], table->subcommands[i].name) == 0)
            return table->subcommands[i].run(argc - 1, argv + 1);
    return refuse(table, argv[1], ": there is no such subcommand");
}
