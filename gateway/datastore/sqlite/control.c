#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"
#include "gateway/datastore/sqlite/tokens.h"

static bool
take_name(struct sql_text *text, struct sql_token *name)
{
    return sql_token_next(text, name) && (name->kind == SQL_TOKEN_WORD || name->kind == SQL_TOKEN_QUOTED);
}

/* UNIQUE and ON ROLLBACK RETAIN CURSORS or LOCKS, which is what SQLite does anyway. */
static void
skip_savepoint_clauses(struct sql_text *text)
{
    while (sql_text_take(text, "UNIQUE") ||
           (sql_text_take(text, "ON") && sql_text_take(text, "ROLLBACK") && sql_text_take(text, "RETAIN") &&
            (sql_text_take(text, "CURSORS") || sql_text_take(text, "LOCKS"))))
        continue;
}

/* What SQLite calls the same. */
static const char *
take_savepoint_verb(struct sql_text *text)
{
    if (sql_text_take(text, "SAVEPOINT"))
        return "SAVEPOINT";
    if (sql_text_take(text, "RELEASE")) {
        sql_text_take(text, "TO");
        sql_text_take(text, "SAVEPOINT");
        return "RELEASE";
    }
    if (!sql_text_take(text, "ROLLBACK"))
        return NULL;
    sql_text_take(text, "WORK");
    bool to = sql_text_take(text, "TO");
    sql_text_take(text, "SAVEPOINT");
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
    if (!sql_text_take(&text, verb))
        return false;
    sql_text_take(&text, "WORK");
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
    if (!sql_text_take(&ahead, "SET"))
        return recognise_savepoint(whole, control, words);
    *control = SQLITE_CONTROL_REGISTER;
    *words = strndup(text, size);
    return *words != NULL;
}

/* What EXCSQLSET passes over is as text not a statement at all. */
static void
set_register(struct sqlite_session *session, const char *text, const struct sql_value *parameters, size_t count,
             struct sql_diagnosis *diagnosis)
{
    register_set(session, text, strlen(text), parameters, count, diagnosis);
    if (diagnosis->sqlcode != SQLCODE_REGISTER_UNKNOWN)
        return;
    char name[SQL_TOKENS_MAX + 1];
    snprintf(name, sizeof name, "%s", diagnosis->tokens);
    sqlite_diagnosis_tokens(diagnosis, -104, "42601", name, NULL);
}

void
control_execute(struct sqlite_session *session, const struct sqlite_section *section, const struct sql_value *parameters, size_t count,
                struct sql_diagnosis *diagnosis)
{
    const char *words = section->control_text;
    switch (section->control) {
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
        if (sql_text_take(&(struct sql_text) { words, strlen(words) }, "ROLLBACK"))
            lob_rows_went_back(session);
        break;
    case SQLITE_CONTROL_REGISTER:
        set_register(session, words, parameters, count, diagnosis);
        break;
    }
}
