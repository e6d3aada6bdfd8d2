#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/passgate/command_reader.h"
#include "clients/passgate/prompt.h"
#include "clients/passgate/secret_prompt.h"
#include "tests/support/suite.h"

enum { COMMANDS_MAX = 16 };

struct found {
    char *commands[COMMANDS_MAX];
    unsigned long lines[COMMANDS_MAX];
    bool blank[COMMANDS_MAX];
    size_t count;
    enum command_read last;
};

/* Reads all commands of a text that comes through a pipe, as standard input does. */
static void
read_commands(const char *text, size_t size, struct found *found)
{
    static struct command_reader reader;
    static struct command_file file;
    FILE *input = tmpfile();
    fwrite(text, 1, size, input);
    rewind(input);
    file = (struct command_file) { .descriptor = fileno(input) };
    reader = (struct command_reader) { .source = command_file_line, .context = &file };
    *found = (struct found) { 0 };
    while ((found->last = command_reader_next(&reader)) == COMMAND_READ && found->count < COMMANDS_MAX) {
        found->lines[found->count] = reader.first_line;
        found->blank[found->count] = reader.blank;
        found->commands[found->count++] = strdup(reader.text);
    }
    fclose(input);
}

static void
free_found(struct found *found)
{
    for (size_t i = 0; i < found->count; i++)
        free(found->commands[i]);
}

static void
one_line_is_one_command(void)
{
    static const char text[] = "LISTUSER IBMUSER\n  RLIST APPL X  \r\nSETROPTS LIST";
    struct found found;
    read_commands(text, sizeof text - 1, &found);
    CU_ASSERT_EQUAL_FATAL(found.count, 3);
    CU_ASSERT_EQUAL(found.last, COMMAND_END);
    CU_ASSERT_STRING_EQUAL(found.commands[0], "LISTUSER IBMUSER");
    CU_ASSERT_STRING_EQUAL(found.commands[1], "  RLIST APPL X");
    CU_ASSERT_STRING_EQUAL(found.commands[2], "SETROPTS LIST");
    CU_ASSERT_EQUAL(found.lines[2], 3);
    free_found(&found);
}

static void
commands_go_on_after_a_sign_and_in_a_comment(void)
{
    static const char text[] = "ADDUSER A -  \n  NAME('X') +\n  SPECIAL\n/* one\n two - it's\n three */\nLU B /* open\n closed */ C\nEND\n";
    struct found found;
    read_commands(text, sizeof text - 1, &found);
    CU_ASSERT_EQUAL_FATAL(found.count, 4);
    CU_ASSERT_STRING_EQUAL(found.commands[0], "ADDUSER A -  \n  NAME('X') +\n  SPECIAL");
    CU_ASSERT_TRUE(found.blank[1]);
    CU_ASSERT_EQUAL(found.lines[1], 4);
    CU_ASSERT_STRING_EQUAL(found.commands[2], "LU B /* open\n closed */ C");
    CU_ASSERT_FALSE(found.blank[2]);
    CU_ASSERT_STRING_EQUAL(found.commands[3], "END");
    free_found(&found);
}

static void
quotes_hide_comments(void)
{
    static const char text[] = "RDEF APPL X DATA('/* no comment')\nLU A\n\n   \n/**/\n";
    struct found found;
    read_commands(text, sizeof text - 1, &found);
    CU_ASSERT_EQUAL_FATAL(found.count, 5);
    CU_ASSERT_STRING_EQUAL(found.commands[1], "LU A");
    CU_ASSERT(!found.blank[0] && !found.blank[1] && found.blank[2] && found.blank[3] && found.blank[4]);
    free_found(&found);
}

static void
an_end_inside_a_command_is_told(void)
{
    static const char *const texts[] = { "LU A\nLU B -\n", "LU A\nLU B /* open", "LU A\n/*\n\n" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct found found;
        read_commands(texts[i], strlen(texts[i]), &found);
        CU_ASSERT_EQUAL(found.count, 1);
        CU_ASSERT_EQUAL(found.last, COMMAND_UNFINISHED);
        free_found(&found);
    }
    struct found found;
    /* A sign that no line end follows joins nothing. */
    read_commands("LU B -", 6, &found);
    CU_ASSERT_EQUAL(found.count, 1);
    CU_ASSERT_EQUAL(found.last, COMMAND_END);
    free_found(&found);
}

static void
too_long_commands_are_refused(void)
{
    char *text = malloc(2 * SAF_COMMAND_MAX);
    struct found found;
    memset(text, 'A', 2 * SAF_COMMAND_MAX);
    text[SAF_COMMAND_MAX - 1] = '\n';
    read_commands(text, SAF_COMMAND_MAX, &found);
    CU_ASSERT_EQUAL(found.count, 1);
    CU_ASSERT_EQUAL(found.last, COMMAND_END);
    free_found(&found);
    memset(text, 'A', 2 * SAF_COMMAND_MAX);
    read_commands(text, 2 * SAF_COMMAND_MAX, &found);
    CU_ASSERT_EQUAL(found.count, 0);
    CU_ASSERT_EQUAL(found.last, COMMAND_TOO_LONG);
    /* Many lines that are one command. */
    for (size_t i = 0; i + 4 <= 2 * SAF_COMMAND_MAX; i += 4)
        memcpy(text + i, "AA-\n", 4);
    read_commands(text, 2 * SAF_COMMAND_MAX, &found);
    CU_ASSERT_EQUAL(found.count, 0);
    CU_ASSERT_EQUAL(found.last, COMMAND_TOO_LONG);
    free(text);
}

/* Fills the secrets of a command from standard input; the result, or NULL. */
static const char *
fill(const char *command, const char *input)
{
    static char text[1024];
    struct problem problem;
    FILE *file = tmpfile();
    fwrite(input, 1, strlen(input), file);
    rewind(file);
    int before = dup(STDIN_FILENO);
    dup2(fileno(file), STDIN_FILENO);
    snprintf(text, sizeof text, "%s", command);
    size_t size = strlen(text);
    bool filled = secret_prompt_fill(text, &size, sizeof text - 1, true, &problem);
    dup2(before, STDIN_FILENO);
    close(before);
    fclose(file);
    text[filled ? size : 0] = '\0';
    return filled ? text : NULL;
}

static void
a_star_is_replaced_by_the_secret(void)
{
    static const struct {
        const char *command;
        const char *input;
        const char *expected;
    } cases[] = {
        { "ALTUSER A PASSWORD(*)", "SECRET1\n", "ALTUSER A PASSWORD(SECRET1)" },
        { "altuser a pass( * ) special", "SECRET1", "altuser a pass( SECRET1 ) special" },
        { "ALU A PASSWORD(*)", "it's\n", "ALU A PASSWORD('it''s')" },
        { "ALU A PHRASE(*)", "plain\n", "ALU A PHRASE('plain')" },
        { "ALU A PASSWORD(*) PHRASE(*)", "ONE\nPASSWORD(*) two\n", "ALU A PASSWORD(ONE) PHRASE('PASSWORD(*) two')" },
        { "RALT PTKTDATA A SSIGNON(KEYMASKED(*))", "E001193519561977\n", "RALT PTKTDATA A SSIGNON(KEYMASKED(E001193519561977))" },
        { "PERMIT X CLASS(APPL) ID(*) ACCESS(READ)", "", "PERMIT X CLASS(APPL) ID(*) ACCESS(READ)" },
        { "RDEF APPL X DATA('PASSWORD(*)')", "", "RDEF APPL X DATA('PASSWORD(*)')" },
        { "SEARCH MASK(*) PASSWORD(*", "", "SEARCH MASK(*) PASSWORD(*" },
        { "", "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *filled = fill(cases[i].command, cases[i].input);
        CU_ASSERT_PTR_NOT_NULL_FATAL(filled);
        CU_ASSERT_STRING_EQUAL(filled, cases[i].expected);
    }
}

static void
a_missing_or_too_long_secret_is_refused(void)
{
    char line[600];
    memset(line, 'A', sizeof line);
    line[sizeof line - 1] = '\0';
    CU_ASSERT_PTR_NULL(fill("ALU A PASSWORD(*)", ""));
    CU_ASSERT_PTR_NULL(fill("ALU A PASSWORD(*)", "\n"));
    CU_ASSERT_PTR_NULL(fill("ALU A PASSWORD(*)", line));
    line[512] = '\0';
    CU_ASSERT_PTR_NOT_NULL(fill("ALU A PASSWORD(*)", line));
    CU_ASSERT_PTR_NULL(fill("ALU A PASSWORD(*) PHRASE(*)", "ONE\n"));
}

static void
the_history_keeps_no_secrets(void)
{
    static const struct {
        const char *command;
        const char *kept; /* NULL: not at all */
    } cases[] = {
        { "LISTUSER IBMUSER", "LISTUSER IBMUSER" },
        { "rl ptktdata imscon1 ssign /* all of it */ noracf", "RLIST PTKTDATA IMSCON1 SSIGNON NORACF" },
        { "SETR RACLIST (PTKTDATA) -\n REFRESH", "SETROPTS RACLIST(PTKTDATA) REFRESH" },
        { "RALT PTKTDATA X SSIGNON(TYPE(UPPER))", "RALTER PTKTDATA X SSIGNON(TYPE(UPPER))" },
        { "/* nothing */", NULL },
        { "KEY IMPORT A VALUE(E001193519561977)", NULL },
        { "RDEFINE PTKTDATA (KEYMASKED E001193519561977)", NULL },
        { "PERMIT X CLASS(APPL) ID(Y) ACCESS(READ)", "PERMIT X CLASS(APPL) ID(Y) ACCESS(READ)" },
        { "ADDUSER X PASSWORD(SECRET)", NULL },
        { "ADDUSER X PA(SECRET)", NULL },
        { "ALU X PHRASE('a long secret')", NULL },
        { "PW PASSWORD(OLD NEW)", NULL },
        { "RALT PTKTDATA X SSIGNON(KEYMASKED(E001193519561977))", NULL },
        { "RALT PTKTDATA X SS(KEYM(E001193519561977", NULL },
        { "RALT PTKTDATA X SSIGNON(KEYMASKED(*))", NULL },
        { "ADDUSR X PASWORD(SECRET)", NULL },
    };
    char text[256];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool kept = prompt_memorable(cases[i].command, strlen(cases[i].command), text, sizeof text);
        CU_ASSERT_EQUAL(kept, cases[i].kept != NULL);
        if (kept && cases[i].kept != NULL)
            CU_ASSERT_STRING_EQUAL(text, cases[i].kept);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "one line is one command", one_line_is_one_command },
        { "commands go on after a sign and in a comment", commands_go_on_after_a_sign_and_in_a_comment },
        { "quotes hide comments", quotes_hide_comments },
        { "an end inside a command is told", an_end_inside_a_command_is_told },
        { "too long commands are refused", too_long_commands_are_refused },
        { "a star is replaced by the secret", a_star_is_replaced_by_the_secret },
        { "a missing or too long secret is refused", a_missing_or_too_long_secret_is_refused },
        { "the history keeps no secrets", the_history_keeps_no_secrets },
    };
    return SUITE_RUN("passgate command reader", cases);
}
