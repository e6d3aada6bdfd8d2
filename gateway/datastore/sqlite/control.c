#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/tokens.h"

enum { REGISTER_WORDS_MAX = 3, TIMEOUT_SECONDS_MAX = 1000000 };

enum register_meaning { REGISTER_ACCEPTED, REGISTER_STATEMENT_TIMEOUT };

/* Schemas, locales and client information mean nothing to SQLite; its isolation is at least what any level asks for. */
static const struct {
    const char *words[REGISTER_WORDS_MAX];
    enum register_meaning meaning;
} registers[] = {
    { { "CURRENT", "SCHEMA" }, REGISTER_ACCEPTED },
    { { "SCHEMA" }, REGISTER_ACCEPTED },
    { { "CURRENT", "SQLID" }, REGISTER_ACCEPTED },
    { { "CURRENT", "LOCALE" }, REGISTER_ACCEPTED },
    { { "CURRENT", "ISOLATION" }, REGISTER_ACCEPTED },
    { { "ISOLATION" }, REGISTER_ACCEPTED },
    { { "CLIENT" }, REGISTER_ACCEPTED },
    { { "STATEMENT_TIMEOUT" }, REGISTER_STATEMENT_TIMEOUT },
};

/* Moves behind the word when it comes next. */
static bool
take(struct sql_text *text, const char *word)
{
    struct sql_text ahead = *text;
    struct sql_token token;
    if (!sql_token_next(&ahead, &token) || !sql_token_is(&token, word))
        return false;
    *text = ahead;
    return true;
}

static bool
take_name(struct sql_text *text, struct sql_token *name)
{
    return sql_token_next(text, name) && (name->kind == SQL_TOKEN_WORD || name->kind == SQL_TOKEN_QUOTED);
}

/* UNIQUE and ON ROLLBACK RETAIN CURSORS or LOCKS, which is what SQLite does anyway. */
static void
skip_savepoint_clauses(struct sql_text *text)
{
    while (take(text, "UNIQUE") ||
           (take(text, "ON") && take(text, "ROLLBACK") && take(text, "RETAIN") && (take(text, "CURSORS") || take(text, "LOCKS"))))
        continue;
}

/* What SQLite calls the same. */
static const char *
take_savepoint_verb(struct sql_text *text)
{
    if (take(text, "SAVEPOINT"))
        return "SAVEPOINT";
    if (take(text, "RELEASE")) {
        take(text, "TO");
        take(text, "SAVEPOINT");
        return "RELEASE";
    }
    if (!take(text, "ROLLBACK"))
        return NULL;
    take(text, "WORK");
    bool to = take(text, "TO");
    take(text, "SAVEPOINT");
    return to ? "ROLLBACK TO" : NULL;
}

static bool
recognise_savepoint(struct sql_text text, enum sqlite_control *control, char **words)
{
    const char *verb = take_savepoint_verb(&text);
    struct sql_token name;
    if (verb == NULL || !take_name(&text, &name))
        return true;
    skip_savepoint_clauses(&text);
    if (!sql_text_is_blank(text))
        return true;
    *control = SQLITE_CONTROL_SAVEPOINT;
    return asprintf(words, "%s %.*s", verb, (int)name.size, name.at) >= 0;
}

static bool
ends_unit(struct sql_text text, const char *verb)
{
    if (!take(&text, verb))
        return false;
    take(&text, "WORK");
    return sql_text_is_blank(text);
}

bool
control_recognise(const char *text, size_t size, enum sqlite_control *control, char **words)
{
    struct sql_text whole = sql_text(text, size);
    struct sql_text ahead = whole;
    *control = SQLITE_CONTROL_NONE;
    *words = NULL;
    if (ends_unit(whole, "COMMIT")) {
        *control = SQLITE_CONTROL_COMMIT;
        return true;
    }
    if (ends_unit(whole, "ROLLBACK")) {
        *control = SQLITE_CONTROL_ROLLBACK;
        return true;
    }
    if (!take(&ahead, "SET"))
        return recognise_savepoint(whole, control, words);
    *control = SQLITE_CONTROL_REGISTER;
    *words = strndup(text, size);
    return *words != NULL;
}

void
control_execute(struct sqlite_session *session, enum sqlite_control control, const char *words, struct sql_diagnosis *diagnosis)
{
    switch (control) {
    case SQLITE_CONTROL_NONE:
        break;
    case SQLITE_CONTROL_COMMIT:
        unit_commit(session, diagnosis);
        break;
    case SQLITE_CONTROL_ROLLBACK:
        unit_rollback(session, diagnosis);
        break;
    case SQLITE_CONTROL_SAVEPOINT:
        statement_forget_peek(session);
        unit_run(session, words, diagnosis);
        break;
    case SQLITE_CONTROL_REGISTER:
        control_set_register(session, words, strlen(words), diagnosis);
        break;
    }
}

static bool
take_seconds(struct sql_text *text, uint32_t *seconds)
{
    struct sql_token token;
    take(text, "=");
    if (!sql_token_next(text, &token) || token.kind != SQL_TOKEN_NUMBER)
        return false;
    *seconds = 0;
    for (size_t i = 0; i < token.size; i++) {
        if (token.at[i] < '0' || token.at[i] > '9')
            return false;
        *seconds = *seconds * 10 + (uint32_t)(token.at[i] - '0');
        if (*seconds > TIMEOUT_SECONDS_MAX)
            return false;
    }
    return true;
}

static void
set_timeout(struct sqlite_session *session, struct sql_text text, struct sql_diagnosis *diagnosis)
{
    uint32_t seconds;
    if (take_seconds(&text, &seconds) && sql_text_is_blank(text))
        session->statement_timeout_ms = seconds * 1000;
    else
        sqlite_diagnosis_tokens(diagnosis, -104, "42601", "STATEMENT_TIMEOUT", "a number of seconds is expected");
}

static bool
take_words(struct sql_text *text, const char *const words[REGISTER_WORDS_MAX])
{
    struct sql_text ahead = *text;
    for (size_t i = 0; i < REGISTER_WORDS_MAX && words[i] != NULL; i++) {
        if (!take(&ahead, words[i]))
            return false;
    }
    *text = ahead;
    return true;
}

void
control_set_register(struct sqlite_session *session, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    struct sql_text rest = sql_text(text, size);
    sql_diagnosis_clear(diagnosis);
    take(&rest, "SET");
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        if (!take_words(&rest, registers[i].words))
            continue;
        if (registers[i].meaning == REGISTER_STATEMENT_TIMEOUT)
            set_timeout(session, rest, diagnosis);
        return;
    }
    struct sql_token token = { .at = "", .size = 0 };
    sql_token_next(&rest, &token);
    char name[SQL_NAME_MAX + 1];
    snprintf(name, sizeof name, "%.*s", (int)token.size, token.at);
    sqlite_diagnosis_tokens(diagnosis, 10000, "01000", name, "unknown special register, not set");
}
