#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/options.h"
#include "tests/support/suite.h"

enum { OPTION_NAME, OPTION_FLAG, OPTION_COUNT, WORDS_MAX = 10, WORD_SIZE = 32 };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_NAME] = { "name", "VALUE", "a value\nexplained" },
    [OPTION_FLAG] = { "flag", NULL, "a flag" },
};

static const struct command_line line = {
    .program = "tool",
    .operands = "[OPERAND]...",
    .summary = "What it does.",
    .afterword = "Exit codes: 0\n",
    .rows = rows,
    .row_count = OPTION_COUNT,
};

struct parsed {
    enum options_outcome outcome;
    const char *values[OPTION_COUNT];
    int first_operand;
    char words[WORDS_MAX][WORD_SIZE];
    char *argv[WORDS_MAX];
    char shown[2048]; /* what went to standard output and error */
};

/* Parses words separated by blanks, with standard output and error caught in a file. */
static void
parse(struct parsed *parsed, const char *words)
{
    int argc = 0;
    for (const char *at = words; *at != '\0'; at += strspn(at, " "), argc++) {
        size_t length = strcspn(at, " ");
        snprintf(parsed->words[argc], WORD_SIZE, "%.*s", (int)length, at);
        parsed->argv[argc] = parsed->words[argc];
        at += length;
    }
    parsed->argv[argc] = NULL;
    FILE *caught = tmpfile();
    fflush(stdout);
    int output = dup(STDOUT_FILENO);
    int errors = dup(STDERR_FILENO);
    dup2(fileno(caught), STDOUT_FILENO);
    dup2(fileno(caught), STDERR_FILENO);
    parsed->outcome = options_parse(&line, argc, parsed->argv, parsed->values, &parsed->first_operand);
    fflush(stdout);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    close(output);
    close(errors);
    rewind(caught);
    size_t size = fread(parsed->shown, 1, sizeof parsed->shown - 1, caught);
    parsed->shown[size] = '\0';
    fclose(caught);
}

static void
options_and_operands_may_be_mixed(void)
{
    struct parsed parsed;
    parse(&parsed, "tool one --name first two --flag --name=last three");
    CU_ASSERT_EQUAL(parsed.outcome, OPTIONS_PARSED);
    CU_ASSERT_STRING_EQUAL(parsed.values[OPTION_NAME], "last");
    CU_ASSERT_STRING_EQUAL(parsed.values[OPTION_FLAG], "");
    CU_ASSERT_STRING_EQUAL(parsed.argv[parsed.first_operand], "one");
    CU_ASSERT_STRING_EQUAL(parsed.argv[parsed.first_operand + 2], "three");
    CU_ASSERT_STRING_EQUAL(parsed.shown, "");
}

static void
options_not_given_are_null(void)
{
    struct parsed parsed;
    parse(&parsed, "tool -- --name");
    CU_ASSERT_EQUAL(parsed.outcome, OPTIONS_PARSED);
    CU_ASSERT_PTR_NULL(parsed.values[OPTION_NAME]);
    CU_ASSERT_PTR_NULL(parsed.values[OPTION_FLAG]);
    CU_ASSERT_STRING_EQUAL(parsed.argv[parsed.first_operand], "--name");
}

static void
wrong_options_are_named_with_a_remedy(void)
{
    static const char *const cases[][2] = {
        { "tool --wrong", "tool: --wrong: no such option, or not in this form: see 'tool --help'\n" },
        { "tool --flag=x", "tool: --flag=x: no such option, or not in this form: see 'tool --help'\n" },
        { "tool one --name", "tool: --name: the value is missing: see 'tool --help'\n" },
        { "tool -xy", "tool: -x: no such option: see 'tool --help'\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed parsed;
        parse(&parsed, cases[i][0]);
        CU_ASSERT_EQUAL(parsed.outcome, OPTIONS_WRONG);
        CU_ASSERT_STRING_EQUAL(parsed.shown, cases[i][1]);
    }
}

static void
help_and_version_come_from_the_table(void)
{
    struct parsed parsed;
    parse(&parsed, "tool --help");
    CU_ASSERT_EQUAL(parsed.outcome, OPTIONS_ANSWERED);
    CU_ASSERT_STRING_EQUAL(parsed.shown, "Usage: tool [OPTION]... [OPERAND]...\n\nWhat it does.\n\nOptions:\n"
                                         "  --name VALUE            a value\n"
                                         "                          explained\n"
                                         "  --flag                  a flag\n"
                                         "  --help                  show this help and end\n"
                                         "  --version               show the version and end\n"
                                         "\nExit codes: 0\n");
    parse(&parsed, "tool --version");
    CU_ASSERT_EQUAL(parsed.outcome, OPTIONS_ANSWERED);
    CU_ASSERT_STRING_EQUAL(parsed.shown, "tool (Passgate) " PASSGATE_VERSION "\n");
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "options and operands may be mixed", options_and_operands_may_be_mixed },
        { "options not given are null", options_not_given_are_null },
        { "wrong options are named with a remedy", wrong_options_are_named_with_a_remedy },
        { "help and version come from the table", help_and_version_come_from_the_table },
    };
    return SUITE_RUN("options", cases);
}
