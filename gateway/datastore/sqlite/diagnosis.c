#include "gateway/datastore/sqlite/diagnosis.h"

#include <stdio.h>
#include <string.h>

enum { TOKEN_SEPARATOR = 0xFF };

/* Messages of SQLITE_ERROR, where the code alone does not tell. `%` is any text; the first is the token. */
static const struct {
    const char *pattern;
    int32_t sqlcode;
    const char *sqlstate;
} messages[] = {
    { "near \"%\": syntax error", -104, "42601" },
    { "incomplete input", -104, "42601" },
    { "unrecognized token: %", -104, "42601" },
    { "cannot start a transaction within a transaction", -104, "42601" },
    { "no such table: %", -204, "42704" },
    { "no such view: %", -204, "42704" },
    { "no such index: %", -204, "42704" },
    { "no such trigger: %", -204, "42704" },
    { "unknown database %", -204, "42704" },
    { "no such column: %", -206, "42703" },
    { "table % has no column named %", -206, "42703" },
    { "ambiguous column name: %", -203, "42702" },
    { "no such function: %", -440, "42884" },
    { "wrong number of arguments to function %", -440, "42884" },
    { "table % already exists", -601, "42710" },
    { "view % already exists", -601, "42710" },
    { "index % already exists", -601, "42710" },
    { "trigger % already exists", -601, "42710" },
    { "there is already % named %", -601, "42710" },
    { "duplicate column name: %", -612, "42711" },
    { "table % has % columns but % values were supplied", -117, "42802" },
    { "% values for % columns", -117, "42802" },
    { "misuse of aggregate%", -120, "42903" },
    { "cannot modify % because it is a view", -150, "42807" },
    { "cannot UPSERT a view", -150, "42807" },
    { "table % may not be modified", -150, "42807" },
    { "sub-select returns % columns%", -412, "42823" },
    { "% ORDER BY term out of range%", -125, "42805" },
    { "SELECTs to the left and right of % do not have the same number%", -421, "42826" },
    { "foreign key mismatch%", -538, "42830" },
    { "no such savepoint: %", -880, "3B001" },
    { "integer overflow", -802, "22003" },
    { "too many%", -101, "54001" },
    { "% is not constant", -574, "42894" },
};

/* `code` is an extended code; a primary code stands for all its extensions that have no row of their own. */
static const struct {
    int code;
    int32_t sqlcode;
    const char *sqlstate;
} codes[] = {
    { SQLITE_CONSTRAINT_UNIQUE, -803, "23505" },
    { SQLITE_CONSTRAINT_PRIMARYKEY, -803, "23505" },
    { SQLITE_CONSTRAINT_ROWID, -803, "23505" },
    { SQLITE_CONSTRAINT_NOTNULL, -407, "23502" },
    { SQLITE_CONSTRAINT_FOREIGNKEY, -530, "23503" },
    { SQLITE_CONSTRAINT_CHECK, -545, "23513" },
    { SQLITE_CONSTRAINT_DATATYPE, -408, "42821" },
    { SQLITE_CONSTRAINT_TRIGGER, -438, "38000" },
    { SQLITE_CONSTRAINT, -545, "23513" },
    { SQLITE_MISMATCH, -408, "42821" },
    { SQLITE_LOCKED, -950, "55006" },
    { SQLITE_BUSY, -911, "40001" },
    { SQLITE_INTERRUPT, -952, "57014" },
    { SQLITE_FULL, -904, "57011" },
    { SQLITE_NOMEM, -904, "57011" },
    { SQLITE_IOERR, -904, "57011" },
    { SQLITE_CANTOPEN, -904, "57011" },
    { SQLITE_READONLY, -817, "25000" },
    { SQLITE_PERM, -817, "25000" },
    { SQLITE_AUTH, -551, "42501" },
    { SQLITE_TOOBIG, -101, "54001" },
    { SQLITE_RANGE, -313, "07001" },
};

/* Finds `pattern` in the whole of `message`; `first` is what the first `%` stood for. */
static bool
matches(const char *pattern, const char *message, struct sql_diagnosis *first)
{
    bool captured = false;
    first->tokens[0] = '\0';
    for (;;) {
        size_t literal = strcspn(pattern, "%");
        if (strncmp(pattern, message, literal) != 0)
            return false;
        pattern += literal;
        message += literal;
        if (*pattern == '\0')
            return *message == '\0';
        pattern++;
        size_t next = strcspn(pattern, "%");
        const char *stop = next == 0 ? message + strlen(message) : memmem(message, strlen(message), pattern, next);
        if (stop == NULL)
            return false;
        if (!captured)
            snprintf(first->tokens, sizeof first->tokens, "%.*s", (int)(stop - message), message);
        captured = true;
        message = stop;
    }
}

void
sqlite_diagnosis_tokens(struct sql_diagnosis *diagnosis, int32_t sqlcode, const char *sqlstate, const char *first, const char *second)
{
    char tokens[SQL_TOKENS_MAX + 1];
    if (second != NULL)
        snprintf(tokens, sizeof tokens, "%s%c%s", first, TOKEN_SEPARATOR, second);
    else
        snprintf(tokens, sizeof tokens, "%s", first);
    sql_diagnosis_set(diagnosis, sqlcode, sqlstate, tokens);
}

/* Of violated constraints Derby's client wants the constraint and the table as the first two tokens, and fails when there are
 * fewer. SQLite names one column or more ("T.A, T.B"), an expression, or nothing. */
static void
diagnose_constraint(int32_t sqlcode, const char *sqlstate, const char *detail, const char *message, struct sql_diagnosis *diagnosis)
{
    char tokens[SQL_TOKENS_MAX + 1];
    bool names_columns = sqlcode == -803 || sqlcode == -407;
    size_t table_size = names_columns ? strcspn(detail, ".") : 0;
    snprintf(tokens, sizeof tokens, "%s%c%.*s%c%s", detail != message ? detail : "?", TOKEN_SEPARATOR, table_size > 0 ? (int)table_size : 1,
             table_size > 0 ? detail : "?", TOKEN_SEPARATOR, message);
    sql_diagnosis_set(diagnosis, sqlcode, sqlstate, tokens);
}

/* "UNIQUE constraint failed: T.A, T.B" is about T.A, T.B; other messages without a pattern are about themselves. */
static void
diagnose_by_code(int code, const char *message, struct sql_diagnosis *diagnosis)
{
    const char *detail = strstr(message, "failed: ");
    const char *second = detail != NULL ? message : NULL;
    detail = detail != NULL ? detail + strlen("failed: ") : message;
    for (int mask = -1;; mask = 0xFF) {
        for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
            if (codes[i].code == (code & mask)) {
                if (strncmp(codes[i].sqlstate, "23", 2) == 0)
                    diagnose_constraint(codes[i].sqlcode, codes[i].sqlstate, detail, message, diagnosis);
                else
                    sqlite_diagnosis_tokens(diagnosis, codes[i].sqlcode, codes[i].sqlstate, detail, second);
                return;
            }
        }
        if (mask == 0xFF)
            break;
    }
    sqlite_diagnosis_tokens(diagnosis, -901, "58004", message, NULL);
}

void
sqlite_diagnose(int extended_code, const char *message, struct sql_diagnosis *diagnosis)
{
    struct sql_diagnosis first;
    for (size_t i = 0; (extended_code & 0xFF) == SQLITE_ERROR && i < sizeof messages / sizeof messages[0]; i++) {
        if (!matches(messages[i].pattern, message, &first))
            continue;
        const char *token = first.tokens[0] != '\0' ? first.tokens : message;
        sqlite_diagnosis_tokens(diagnosis, messages[i].sqlcode, messages[i].sqlstate, token, token != message ? message : NULL);
        return;
    }
    diagnose_by_code(extended_code, message, diagnosis);
}
