#include <stdlib.h>
#include <string.h>

#include "drda/sql/decimal.h"
#include "gateway/datastore/sqlite/conversion.h"
#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/dialect.h"
#include "gateway/datastore/sqlite/expressions.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"
#include "gateway/datastore/sqlite/lob_store.h"
#include "gateway/datastore/sqlite/tokens.h"

void
statement_drop(struct sqlite_session *session, struct sqlite_section *section)
{
    if (session->peeked == section)
        session->peeked = NULL;
    lob_places_free(section->lob_places);
    scroll_close(section);
    sqlite3_finalize(section->statement);
    sqlite3_finalize(section->arguments);
    free(section->columns);
    free(section->parameters);
    free(section->control_text);
    free(section->written);
    free(section->text);
    free(section->row_table);
    free(section->row_columns);
    free(section->cursor);
    free(section->lob_targets);
    free(section->inexact);
    sql_section_drop_rest(&section->section);
    /* The conversation may have set with_hold and procedure for the statement that comes. */
    struct sql_section kept = { .name = section->section.name,
                                .with_hold = section->section.with_hold,
                                .scrollable = section->section.scrollable,
                                .for_update = section->section.for_update,
                                .procedure = section->section.procedure };
    UT_hash_handle hh = section->hh;
    *section = (struct sqlite_section) { .section = kept, .hh = hh };
}

void
statement_forget_peek(struct sqlite_session *session)
{
    if (session->peeked != NULL)
        sqlite3_reset(session->peeked->statement);
    session->peeked = NULL;
}

/* True, with the diagnosis, when the statement was interrupted before it began. */
bool
statement_is_interrupted(struct sqlite_session *session, struct sql_diagnosis *diagnosis)
{
    const char *why = sqlite_connection_must_stop(session);
    if (why == NULL)
        return false;
    atomic_store(&session->interrupted, false);
    sqlite_diagnosis_tokens(diagnosis, -952, "57014", why, NULL);
    return true;
}

static void
say_short_of_memory(struct sql_diagnosis *diagnosis)
{
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", NULL);
}

bool
statement_compile(struct sqlite_session *session, struct sqlite_section *section, const char *text, struct sql_diagnosis *diagnosis)
{
    const char *tail = NULL;
    session->changes_rows = false;
    session->drops = false;
    session->alters = false;
    session->reads_views = false;
    session->misfit = false;
    checks_begin(session);
    session->refused = NULL;
    int code = sqlite3_prepare_v3(session->database, text, -1, SQLITE_PREPARE_PERSISTENT, &section->statement, &tail);
    if (code != SQLITE_OK) {
        unit_fail(session, code, diagnosis);
        return false;
    }
    if (section->statement == NULL)
        sqlite_diagnosis_tokens(diagnosis, -198, "42617", "the statement is empty", NULL);
    else if (!sql_text_is_blank(sql_text(tail, strlen(tail))))
        sqlite_diagnosis_tokens(diagnosis, -104, "42601", ";", "only one statement at a time");
    else
        return true;
    return false;
}

static bool
begins_with_insert(const char *words)
{
    struct sql_text text = sql_text(words, strlen(words));
    struct sql_token token;
    return sql_token_next(&text, &token) && (sql_token_is(&token, "INSERT") || sql_token_is(&token, "REPLACE"));
}

static bool
describe(struct sqlite_session *session, struct sqlite_section *section, const char *text, const struct syntax_type *result,
         struct sql_diagnosis *diagnosis)
{
    section->changes_rows = session->changes_rows && !session->drops;
    section->alters = session->alters;
    section->checks_generation = session->checks_generation - 1;
    section->written = checks_written(session);
    section->section.column_count = (size_t)sqlite3_column_count(section->statement);
    section->section.parameter_count = (size_t)sqlite3_bind_parameter_count(section->statement) - (section->cursor != NULL);
    section->section.is_query = section->section.column_count > 0;
    section->columns = describe_columns(session, section, result);
    section->parameters = describe_parameters(session, section, text, &section->uses, &section->lob_targets);
    section->inserts = begins_with_insert(text);
    bool good = section->written != NULL && (section->columns != NULL || section->section.column_count == 0) &&
                (section->parameters != NULL || section->section.parameter_count == 0);
    if (!good)
        say_short_of_memory(diagnosis);
    return good;
}

static bool
prepare_for_sqlite(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                   struct sql_diagnosis *diagnosis)
{
    char *translated = dialect_translate(text, size);
    if (translated == NULL) {
        say_short_of_memory(diagnosis);
        return false;
    }
    struct expressions expressions = { .text = NULL };
    bool good = sqlite_connection_open(session, diagnosis) && statement_compile(session, section, translated, diagnosis);
    const char *prepared = good ? exact_prepare(session, section, translated, &expressions) : NULL;
    good = good && describe(session, section, translated, expressions.result, diagnosis);
    if (good)
        lob_rewrite(session, section, prepared);
    if (good && updatable_is_wanted(section, text, size))
        updatable_rewrite(session, section, prepared);
    expressions_clear(&expressions);
    free(translated);
    return good;
}

/* SET SCHEMA ? has its value as a parameter. */
static bool
describe_control(struct sqlite_section *section, struct sql_text text, struct sql_diagnosis *diagnosis)
{
    struct sql_token token;
    size_t count = 0;
    while (sql_token_next(&text, &token))
        count += token.kind == SQL_TOKEN_MARKER;
    section->parameters = describe_texts(count);
    section->section.parameter_count = count;
    if (count > 0 && section->parameters == NULL)
        say_short_of_memory(diagnosis);
    return count == 0 || section->parameters != NULL;
}

/* UPDATE and DELETE WHERE CURRENT OF have other words for SQLite. */
static bool
prepare_statement(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                  struct sql_diagnosis *diagnosis)
{
    char *positioned;
    if (!positioned_prepare(session, section, text, size, &positioned, diagnosis))
        return false;
    bool good = positioned != NULL ? prepare_for_sqlite(session, section, positioned, strlen(positioned), diagnosis)
                                   : prepare_for_sqlite(session, section, text, size, diagnosis);
    free(positioned);
    return good;
}

static bool
prepare_any(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    if (!control_recognise(text, size, &section->control, &section->control_text)) {
        say_short_of_memory(diagnosis);
        return false;
    }
    if (catalog_is_call(text, size))
        return catalog_prepare(session, section, text, size, diagnosis);
    if (section->control != SQLITE_CONTROL_NONE)
        return describe_control(section, sql_text(text, size), diagnosis);
    return prepare_statement(session, section, text, size, diagnosis);
}

/* Whether the text may be looked at at all. */
static bool
is_acceptable(struct sqlite_session *session, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    if (statement_is_interrupted(session, diagnosis))
        return false;
    if (memchr(text, '\0', size) != NULL)
        sqlite_diagnosis_tokens(diagnosis, -7, "42601", "X'00'", NULL);
    else if (size > sqlite_connection_statement_bytes(session))
        sqlite_diagnosis_tokens(diagnosis, -101, "54001", "its text is longer than statement_bytes of the datastore allows", NULL);
    else
        return true;
    return false;
}

void
statement_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                  struct sql_diagnosis *diagnosis)
{
    sql_diagnosis_clear(diagnosis);
    statement_forget_peek(session);
    cache_keep(session, section);
    if (!is_acceptable(session, text, size, diagnosis))
        return;
    /* What is kept gives no rowids. */
    if (!section->section.for_update && cache_take(session, section, text, size))
        return;
    if (!prepare_any(session, section, text, size, diagnosis)) {
        statement_drop(session, section);
        return;
    }
    section->section.state = SQL_SECTION_PREPARED;
    if (section->control == SQLITE_CONTROL_NONE && section->cursor == NULL && section->row_table == NULL)
        cache_remember(session, section, text, size);
}

bool
statement_begin(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    sql_diagnosis_clear(diagnosis);
    if (section->section.state == SQL_SECTION_EMPTY) {
        sqlite_diagnosis_tokens(diagnosis, -514, "26501", "the section holds no prepared statement", NULL);
        return false;
    }
    if (section->cursor_open) {
        sqlite_diagnosis_tokens(diagnosis, -502, "24502", "the cursor is open already", NULL);
        return false;
    }
    return !statement_is_interrupted(session, diagnosis);
}

static int
step_to_end(sqlite3_stmt *statement)
{
    int code;
    do
        code = sqlite3_step(statement);
    while (code == SQLITE_ROW);
    return code;
}

/* Where the table was changed behind the back of the checks, they are made anew and the statement tried again. */
static int
step_checked(struct sqlite_session *session, struct sqlite_section *section)
{
    session->misfit = false;
    int code = step_to_end(section->statement);
    bool prepared_again = sqlite3_stmt_status(section->statement, SQLITE_STMTSTATUS_REPREPARE, 1) > 0;
    bool suspect = code == SQLITE_DONE ? prepared_again : (code & 0xFF) == SQLITE_ERROR || session->misfit;
    if (*section->written == '\0' || !suspect || !checks_refresh(session) || code == SQLITE_DONE)
        return code;
    sqlite3_reset(section->statement);
    session->misfit = false;
    return checks_ensure(session, section) ? step_to_end(section->statement) : SQLITE_NOMEM;
}

static void
run_to_end(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    sqlite3_int64 before = sqlite3_total_changes64(session->database);
    int code = step_checked(session, section);
    /* The count of changes is that of the last statement that changed rows, which need not be this one. */
    bool changed = sqlite3_total_changes64(session->database) != before;
    if (code != SQLITE_DONE)
        unit_fail(session, code, diagnosis);
    else if (section->changes_rows && !changed)
        sqlite_diagnosis_tokens(diagnosis, 100, "02000", "", NULL);
    else if (section->changes_rows)
        diagnosis->rows = sqlite3_changes64(session->database);
    sqlite3_reset(section->statement);
}

void
statement_execute(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
                  struct sql_diagnosis *diagnosis)
{
    if (!statement_begin(session, section, diagnosis))
        return;
    if (section->control != SQLITE_CONTROL_NONE) {
        control_execute(session, section, parameters, count, diagnosis);
        return;
    }
    if (section->procedure != NULL) { /* nobody wants its rows */
        catalog_open(session, section, parameters, count, diagnosis);
        cursor_close(session, section);
        return;
    }
    statement_forget_peek(session);
    if (!exact_refresh(session, section, diagnosis) || !unit_begin(session, diagnosis))
        return;
    if (section->alters)
        checks_drop(session);
    if (!checks_ensure(session, section))
        say_short_of_memory(diagnosis);
    else if (binding_lend(session, section, parameters, count, diagnosis) &&
             (section->cursor == NULL || positioned_bind(session, section, diagnosis)))
        lob_execute(session, section, run_to_end, diagnosis);
    if (section->cursor != NULL)
        positioned_judge(session, section, diagnosis);
    lob_forget(session);
    sqlite3_clear_bindings(section->statement); /* the values are gone with the request */
}
