#include <stdlib.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"

void
cursor_open(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
            struct sql_diagnosis *diagnosis)
{
    if (!statement_begin(session, section, diagnosis))
        return;
    if (section->procedure != NULL) {
        catalog_open(session, section, parameters, count, diagnosis);
        return;
    }
    if (!section->section.is_query) {
        sqlite_diagnosis_tokens(diagnosis, -517, "07005", "the statement returns no rows", NULL);
        return;
    }
    if (session->peeked != section)
        statement_forget_peek(session);
    if (!unit_begin(session, diagnosis) || !exact_refresh(session, section, diagnosis))
        return;
    if (!checks_ensure(session, section)) {
        sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", NULL);
        return;
    }
    if (!binding_copy(session, section, section->statement, parameters, count, diagnosis))
        return;
    if (section->section.scrollable && !scroll_open(session, section, diagnosis))
        return;
    section->cursor_open = true;
    section->section.state = SQL_SECTION_OPEN;
}

/* After a change of the schema SQLite prepares again by itself, and SELECT * may then have other columns. The rows of one cursor all
 * have the same ones. */
static bool
has_its_columns(const struct sqlite_section *section)
{
    return section->rows_given > 0 ||
           (size_t)sqlite3_data_count(section->statement) == section->section.column_count + (section->row_table != NULL);
}

static enum sql_step
give_row(const struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    uint32_t limit = session->datastore->limits.result_rows;
    if (!has_its_columns(section)) {
        sqlite_diagnosis_tokens(diagnosis, -518, "07003", "the table has changed since the statement was prepared", NULL);
        return SQL_STEP_FAILED;
    }
    if (section->row_table != NULL)
        updatable_note_row(section);
    section->rows_given++;
    if (limit == 0 || section->rows_given <= limit)
        return SQL_STEP_ROW;
    sqlite_diagnosis_tokens(diagnosis, -905, "57014", "result_rows of the datastore", NULL);
    return SQL_STEP_FAILED;
}

enum sql_step
cursor_fetch(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    sql_diagnosis_clear(diagnosis);
    if (!section->cursor_open) {
        sqlite_diagnosis_tokens(diagnosis, -501, "24501", "the cursor is not open", NULL);
        return SQL_STEP_FAILED;
    }
    if (statement_is_interrupted(session, diagnosis))
        return SQL_STEP_FAILED;
    int code = SQLITE_ROW;
    session->misfit = false;
    section->on_row = false;
    if (session->peeked == section)
        session->peeked = NULL; /* its first row is there */
    else
        code = sqlite3_step(section->statement);
    if (code == SQLITE_ROW)
        return give_row(session, section, diagnosis);
    if (code == SQLITE_DONE) {
        sqlite_diagnosis_tokens(diagnosis, 100, "02000", "", NULL);
        return SQL_STEP_END;
    }
    unit_fail(session, code, diagnosis);
    return SQL_STEP_FAILED;
}

/* One look at the column, and then at its value: each sqlite3_column_ function would look anew. A connection is used by one thread
 * at a time and has no mutex, so that nothing protects, or needs to protect, the value of a column. */
static void
take_value(sqlite3_value *column, struct sql_value *value)
{
    switch (sqlite3_value_type(column)) {
    case SQLITE_INTEGER:
        value->kind = SQL_VALUE_INTEGER;
        value->integer = sqlite3_value_int64(column);
        break;
    case SQLITE_FLOAT:
        value->kind = SQL_VALUE_REAL;
        value->real = sqlite3_value_double(column);
        break;
    case SQLITE_TEXT:
        value->kind = SQL_VALUE_TEXT;
        value->data.bytes = sqlite3_value_text(column);
        value->data.size = (size_t)sqlite3_value_bytes(column);
        break;
    case SQLITE_BLOB:
        value->kind = SQL_VALUE_BYTES;
        value->data.bytes = sqlite3_value_blob(column);
        value->data.size = (size_t)sqlite3_value_bytes(column);
        break;
    default:
        value->kind = SQL_VALUE_NULL;
        break;
    }
}

void
cursor_values(const struct sqlite_section *section, size_t first, size_t count, struct sql_value *values)
{
    int first_column;
    sqlite3_stmt *statement = scroll_row(section, &first_column);
    for (size_t i = 0; i < count; i++)
        take_value(sqlite3_column_value(statement, first_column + (int)(first + i)), &values[i]);
}

void
cursor_close(struct sqlite_session *session, struct sqlite_section *section)
{
    if (!section->cursor_open)
        return;
    if (session->peeked == section)
        session->peeked = NULL;
    scroll_close(section);
    sqlite3_reset(section->statement);
    sqlite3_clear_bindings(section->statement);
    section->cursor_open = false;
    section->rows_given = 0;
    section->on_row = false;
    section->section.state = SQL_SECTION_PREPARED;
    sql_section_drop_rest(&section->section);
}
