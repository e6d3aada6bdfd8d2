#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/catalog.h"
#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/tokens.h"

enum { TIMEOUT_SECONDS_MAX = 1000000, LOCK_TIMEOUT_SECONDS_MAX = 32767, MS_PER_SECOND = 1000 };

/* A SET statement behind the name of its register. */
struct assignment {
    struct sql_text value; /* all of it */
    struct sql_text text;  /* what of it is not taken yet */
    const struct sql_value *parameters;
    size_t parameter_count;
};

static void
refuse(const struct assignment *assignment, const char *expected, struct sql_diagnosis *diagnosis)
{
    char shown[SQL_NAME_MAX + 1];
    struct sql_text rest = assignment->value;
    const char *end = rest.at + rest.left;
    struct sql_token token = { .at = "" };
    bool missing = sql_text_is_blank(rest) || !sql_token_next(&rest, &token);
    snprintf(shown, sizeof shown, "%.*s", missing ? 0 : (int)(end - token.at), token.at);
    sqlite_diagnosis_tokens(diagnosis, -104, "42601", missing ? "END-OF-STATEMENT" : shown, expected);
}

static bool
take_number(struct assignment *assignment, uint32_t most, uint32_t *number)
{
    struct sql_token token;
    *number = 0;
    if (!sql_token_next(&assignment->text, &token) || token.kind != SQL_TOKEN_NUMBER)
        return false;
    for (size_t i = 0; i < token.size; i++) {
        if (token.at[i] < '0' || token.at[i] > '9')
            return false;
        *number = *number * 10 + (uint32_t)(token.at[i] - '0');
        if (*number > most)
            return false;
    }
    return true;
}

/* The value of the marker in the text; false when it is no text. */
static bool
parameter_text(const struct assignment *assignment, char *name, size_t room)
{
    const struct sql_value *value = assignment->parameters;
    if (assignment->parameter_count == 0 || value->kind != SQL_VALUE_TEXT || value->data.size >= room)
        return false;
    memcpy(name, value->data.bytes, value->data.size);
    name[value->data.size] = '\0';
    return true;
}

static bool
take_user(struct assignment *assignment)
{
    static const char *const current_user[] = { "CURRENT", "USER", NULL };
    struct sql_text *text = &assignment->text;
    return sql_text_take(text, "USER") || sql_text_take(text, "SESSION_USER") || sql_text_take(text, "CURRENT_USER") ||
           sql_text_take_phrase(text, current_user);
}

static bool
take_schema(struct sqlite_session *session, struct assignment *assignment, char *name, size_t room)
{
    struct sql_token token;
    if (take_user(assignment))
        return (size_t)snprintf(name, room, "%s", session->userid) < room;
    if (!sql_token_next(&assignment->text, &token))
        return false;
    return token.kind == SQL_TOKEN_MARKER ? parameter_text(assignment, name, room) : sql_token_text(&token, name, room);
}

static void
set_schema(struct sqlite_session *session, struct assignment *assignment, struct sql_diagnosis *diagnosis)
{
    char name[SQL_NAME_MAX + 1];
    if (!take_schema(session, assignment, name, sizeof name) || !sql_text_is_blank(assignment->text))
        refuse(assignment, "the name of a schema is expected", diagnosis);
    else if (strcasecmp(name, CATALOG_SCHEMA) == 0)
        snprintf(session->schema, sizeof session->schema, "%s", CATALOG_SCHEMA);
    else if (strcasecmp(name, session->userid) == 0)
        snprintf(session->schema, sizeof session->schema, "%s", session->userid);
    else
        sqlite_diagnosis_tokens(diagnosis, -204, "42704", name, "there is no such schema");
}

/* Every unit of work is serializable, which is at least what any level asks for. */
static void
set_isolation(struct sqlite_session *session, struct assignment *assignment, struct sql_diagnosis *diagnosis)
{
    static const char *const levels[][3] = {
        { "UR" },
        { "CS" },
        { "RS" },
        { "RR" },
        { "RESET" },
        { "DIRTY", "READ" },
        { "READ", "UNCOMMITTED" },
        { "CURSOR", "STABILITY" },
        { "READ", "COMMITTED" },
        { "REPEATABLE", "READ" },
        { "SERIALIZABLE" },
    };
    (void)session;
    sql_text_take(&assignment->text, "TO");
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (sql_text_take_phrase(&assignment->text, levels[i]) && sql_text_is_blank(assignment->text))
            return;
    refuse(assignment, "UR, CS, RS, RR or another name of a level is expected", diagnosis);
}

/* [WAIT] seconds, WAIT or -1, NOT WAIT, NULL; never longer than the datastore allows. */
static bool
take_lock_timeout(struct assignment *assignment, uint32_t allowed_ms, uint32_t *timeout_ms)
{
    static const char *const not_wait[] = { "NOT", "WAIT", NULL };
    static const char *const for_ever[] = { "-", "1", NULL };
    uint32_t seconds = 0;
    *timeout_ms = allowed_ms;
    if (sql_text_take(&assignment->text, "NULL") || sql_text_take_phrase(&assignment->text, for_ever))
        return true;
    if (!sql_text_take_phrase(&assignment->text, not_wait)) {
        if (sql_text_take(&assignment->text, "WAIT") && sql_text_is_blank(assignment->text))
            return true;
        if (!take_number(assignment, LOCK_TIMEOUT_SECONDS_MAX, &seconds))
            return false;
    }
    if (seconds < allowed_ms / MS_PER_SECOND)
        *timeout_ms = seconds * MS_PER_SECOND;
    return true;
}

static void
set_lock_timeout(struct sqlite_session *session, struct assignment *assignment, struct sql_diagnosis *diagnosis)
{
    uint32_t timeout_ms;
    if (take_lock_timeout(assignment, sqlite_connection_lock_timeout_ms(session), &timeout_ms) && sql_text_is_blank(assignment->text))
        session->lock_timeout_ms = timeout_ms;
    else
        refuse(assignment, "WAIT, NOT WAIT, NULL or seconds up to 32767 are expected", diagnosis);
}

static void
set_statement_timeout(struct sqlite_session *session, struct assignment *assignment, struct sql_diagnosis *diagnosis)
{
    uint32_t seconds;
    if (take_number(assignment, TIMEOUT_SECONDS_MAX, &seconds) && sql_text_is_blank(assignment->text))
        session->statement_timeout_ms = seconds * MS_PER_SECOND;
    else
        refuse(assignment, "a number of seconds is expected", diagnosis);
}

/* CURRENT may be left out where it is not the name's only word. NULL: accepted, whatever it says: it would change nothing of a result. */
static const struct {
    const char *words[4];
    void (*set)(struct sqlite_session *session, struct assignment *assignment, struct sql_diagnosis *diagnosis);
} registers[] = {
    { { "SCHEMA" }, set_schema },
    { { "SQLID" }, set_schema },
    { { "ISOLATION" }, set_isolation },
    { { "LOCK", "TIMEOUT" }, set_lock_timeout },
    { { "STATEMENT_TIMEOUT" }, set_statement_timeout },
    { { "LOCALE" }, NULL },
    { { "CLIENT" }, NULL },
    { { "QUERY", "OPTIMIZATION" }, NULL },
    { { "OPTIMIZATION", "PROFILE" }, NULL },
    { { "DEGREE" }, NULL },
    { { "REFRESH", "AGE" }, NULL },
};

void
register_set(struct sqlite_session *session, const char *text, size_t size, const struct sql_value *parameters, size_t count,
             struct sql_diagnosis *diagnosis)
{
    struct assignment assignment = { .text = sql_text(text, size), .parameters = parameters, .parameter_count = count };
    sql_diagnosis_clear(diagnosis);
    sql_text_take(&assignment.text, "SET");
    sql_text_take(&assignment.text, "CURRENT");
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        if (!sql_text_take_phrase(&assignment.text, registers[i].words))
            continue;
        sql_text_take(&assignment.text, "=");
        assignment.value = assignment.text;
        if (registers[i].set != NULL)
            registers[i].set(session, &assignment, diagnosis);
        return;
    }
    struct sql_token token = { .at = "", .size = 0 };
    sql_token_next(&assignment.text, &token);
    char name[SQL_NAME_MAX + 1];
    snprintf(name, sizeof name, "%.*s", (int)token.size, token.at);
    sqlite_diagnosis_tokens(diagnosis, SQLCODE_REGISTER_UNKNOWN, "01000", name, "unknown special register, not set");
}

static void
current_user(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    const struct sqlite_session *session = sqlite3_user_data(context);
    sqlite3_result_text(context, session->userid, -1, SQLITE_TRANSIENT);
}

static void
current_schema(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    const struct sqlite_session *session = sqlite3_user_data(context);
    sqlite3_result_text(context, session->schema, -1, SQLITE_TRANSIENT);
}

/* In seconds, as it is set; part of one counts as one. */
static void
current_lock_timeout(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    const struct sqlite_session *session = sqlite3_user_data(context);
    sqlite3_result_int64(context, ((sqlite3_int64)session->lock_timeout_ms + MS_PER_SECOND - 1) / MS_PER_SECOND);
}

int
registers_install(struct sqlite_session *session)
{
    static const struct {
        const char *name;
        void (*function)(sqlite3_context *context, int count, sqlite3_value **arguments);
    } functions[] = {
        { "current_user", current_user },
        { "current_schema", current_schema },
        { "current_lock_timeout", current_lock_timeout },
    };
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0] && code == SQLITE_OK; i++)
        code = sqlite3_create_function_v2(session->database, functions[i].name, 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, session,
                                          functions[i].function, NULL, NULL, NULL);
    return code;
}
