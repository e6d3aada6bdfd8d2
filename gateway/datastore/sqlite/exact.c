#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/expressions.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"

/* SQLite would go on with types of old columns, and with what views said, when it prepares again by itself. */
static void
note_text(struct sqlite_session *session, struct sqlite_section *section, const char *text)
{
    free(section->inexact);
    section->inexact = strdup(text);
    section->exact_version = connection_schema_version(session);
}

/* Where SQLite does not take the exact text, the statement stays what it was. */
const char *
exact_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, struct expressions *expressions)
{
    sqlite3_stmt *exact = NULL;
    expressions_examine(session, section->statement, text, expressions);
    if (expressions->text == NULL ||
        sqlite3_prepare_v3(session->database, expressions->text, -1, SQLITE_PREPARE_PERSISTENT, &exact, NULL) != SQLITE_OK ||
        sqlite3_column_count(exact) != sqlite3_column_count(section->statement) ||
        sqlite3_bind_parameter_count(exact) != sqlite3_bind_parameter_count(section->statement)) {
        sqlite3_finalize(exact);
        return text;
    }
    sqlite3_finalize(section->statement);
    section->statement = exact;
    note_text(session, section, text);
    return expressions->text;
}

/* Whether the result is still what it was described as. */
static bool
is_as_before(const struct sqlite_section *section, const struct syntax_type *types)
{
    size_t count = (size_t)sqlite3_column_count(section->statement);
    size_t parameters = (size_t)sqlite3_bind_parameter_count(section->statement) - (section->cursor != NULL);
    if (count != section->section.column_count || parameters != section->section.parameter_count)
        return false;
    for (size_t i = 0; i < count && types != NULL; i++) {
        const struct sql_column *column = &section->columns[i];
        bool same = types[i].type == column->type && types[i].precision == column->precision && types[i].scale == column->scale;
        if (types[i].type != SQL_TYPE_COUNT && !same)
            return false;
    }
    return true;
}

/* What else depends on the text of a query. */
static bool
rewrite_rest(struct sqlite_session *session, struct sqlite_section *section, const char *text)
{
    bool updatable = section->row_table != NULL;
    lob_places_free(section->lob_places); /* long values come whole from now on */
    section->lob_places = NULL;
    if (!updatable)
        return true;
    free(section->row_table);
    section->row_table = NULL;
    updatable_rewrite(session, section, text);
    return section->row_table != NULL;
}

static bool
prepare_again(struct sqlite_session *session, struct sqlite_section *section, const char *text, struct sql_diagnosis *diagnosis)
{
    struct expressions expressions = { .text = NULL };
    (void)expressions_read_schema(session);
    bool good = statement_compile(session, section, text, diagnosis);
    if (good) {
        const char *exact = exact_prepare(session, section, text, &expressions);
        good = is_as_before(section, expressions.result) && rewrite_rest(session, section, exact);
        if (!good)
            sqlite_diagnosis_tokens(diagnosis, -518, "07003", "a table or view has changed since the statement was prepared", NULL);
    }
    expressions_clear(&expressions);
    return good;
}

bool
exact_refresh(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    if (section->inexact == NULL || section->exact_version == connection_schema_version(session))
        return true;
    if (session->peeked == section)
        statement_forget_peek(session);
    char *text = section->inexact;
    sqlite3_stmt *before = section->statement;
    section->inexact = NULL;
    section->statement = NULL;
    if (prepare_again(session, section, text, diagnosis)) {
        sqlite3_finalize(before);
        free(text);
        return true;
    }
    sqlite3_finalize(section->statement);
    free(section->inexact);
    section->statement = before;
    section->inexact = text;
    return false;
}
