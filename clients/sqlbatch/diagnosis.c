#include "clients/sqlbatch/diagnosis.h"

#include <stdio.h>
#include <string.h>

#include "common/printable.h"

enum { TOKEN_SEPARATOR = 0xFF };

/* SQLSTATE classes; the first that the SQLSTATE begins with. Source: SQL standard, SQLSTATE classes; Db2's additions. */
static const struct hint {
    const char *sqlstate;
    const char *text;
} hints[] = {
    { "08", "the connection is gone: run the batch again" },
    { "0A", "the server does not have this feature: write the statement without it" },
    { "22", "a value does not fit where it is used: correct the value" },
    { "23", "a row breaks a constraint or a key: correct the data" },
    { "25", "this statement is not allowed here in a unit of work: COMMIT or ROLLBACK before it" },
    { "28", "the user may not do this: ask for the authority" },
    { "40", "a deadlock or time-out undid the unit of work: run the batch again" },
    { "425", "the user may not do this: ask for the authority" },
    { "42", "the statement is wrong or names what is not there: correct it" },
    { "54", "a limit of the server is exceeded: make the statement smaller" },
    { "56", "a column of this type cannot be had here: cast it to VARCHAR" },
    { "57", "the server has no room or was told to stop: try later" },
    { "58", "the server has a problem: see its log" },
};

static const char *
find_hint(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (strncmp(sqlstate, hints[i].sqlstate, strlen(hints[i].sqlstate)) == 0)
            return hints[i].text;
    return "see the server's documentation of this SQLSTATE";
}

/* The tokens as they can be shown: separated by commas, without trailing separators. Servers quote in them what strangers stored. */
static void
show_tokens(const char *tokens, char *shown, size_t room)
{
    char separated[2 * SQL_TOKENS_MAX + 1];
    size_t used = 0;
    for (; *tokens != '\0' && used + 2 < sizeof separated; tokens++) {
        bool separator = (unsigned char)*tokens == TOKEN_SEPARATOR;
        separated[used++] = separator ? ',' : *tokens;
        if (separator)
            separated[used++] = ' ';
    }
    while (used > 0 && (separated[used - 1] == ' ' || separated[used - 1] == ','))
        used--;
    separated[used] = '\0';
    printable_copy(separated, shown, room);
}

void
diagnosis_describe(const struct sql_diagnosis *diagnosis, struct problem *description)
{
    char tokens[PROBLEM_TEXT_SIZE / 2];
    show_tokens(diagnosis->tokens, tokens, sizeof tokens);
    problem_set(description, "SQLCODE=%d, SQLSTATE=%s%s%s%s: %s", diagnosis->sqlcode, diagnosis->sqlstate,
                tokens[0] != '\0' ? ", tokens '" : "", tokens, tokens[0] != '\0' ? "'" : "", find_hint(diagnosis->sqlstate));
}
