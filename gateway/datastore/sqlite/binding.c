#include "drda/sql/decimal.h"
#include "gateway/datastore/sqlite/conversion.h"
#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob_store.h"

/* A null pointer would bind NULL, not an empty value. */
static const char *
bytes_of(const struct sql_value *value)
{
    return value->data.size > 0 ? (const char *)value->data.bytes : "";
}

/* Values of an open cursor must outlive the request that carried them. */
static int
bind_value(sqlite3_stmt *statement, int index, const struct sql_value *value, sqlite3_destructor_type lifetime)
{
    switch (value->kind) {
    case SQL_VALUE_NULL:
        return sqlite3_bind_null(statement, index);
    case SQL_VALUE_INTEGER:
        return sqlite3_bind_int64(statement, index, value->integer);
    case SQL_VALUE_REAL:
        return sqlite3_bind_double(statement, index, value->real);
    case SQL_VALUE_TEXT:
        return sqlite3_bind_text64(statement, index, bytes_of(value), value->data.size, lifetime, SQLITE_UTF8);
    case SQL_VALUE_BYTES:
        return sqlite3_bind_blob64(statement, index, bytes_of(value), value->data.size, lifetime);
    case SQL_VALUE_LOB: /* lob_bind */
        break;
    }
    return SQLITE_MISUSE;
}

/* What the column of a marker keeps of the value. Copied, as it may stand in memory of this function alone. */
static int
bind_converted(sqlite3_stmt *statement, int index, const struct sql_column *column, const struct sql_value *value,
               sqlite3_destructor_type lifetime)
{
    struct conversion_room room;
    struct sql_value kept = conversion_keep(column, value, &room);
    bool in_room = (kept.kind == SQL_VALUE_TEXT || kept.kind == SQL_VALUE_BYTES) && kept.data.bytes == room.text;
    return bind_value(statement, index, &kept, in_room ? SQLITE_TRANSIENT : lifetime);
}

/* A decimal of more digits than the floating point number that its column would make of it. */
static bool
would_lose_digits(const struct sqlite_use *use, const struct sql_column *column, const struct sql_value *value)
{
    enum { DIGITS_KEPT = 15 };
    return use->loses_digits && column->type == SQL_TYPE_DECIMAL && value->kind == SQL_VALUE_TEXT &&
           decimal_significant_digits(value->data.bytes, value->data.size) > DIGITS_KEPT;
}

/* Bytes that need not be text, for a CLOB. */
static bool
is_no_text(const struct sqlite_section *section, size_t i, const struct sql_value *value)
{
    bool into_clob = section->uses != NULL && section->uses[i].assigned && section->parameters[i].type == SQL_TYPE_CLOB;
    return into_clob && (value->kind == SQL_VALUE_BYTES || (value->kind == SQL_VALUE_LOB && !value->lob->is_text));
}

static int
bind_one(struct sqlite_section *section, sqlite3_stmt *statement, size_t i, const struct sql_value *value, sqlite3_destructor_type lifetime)
{
    bool assigned = section->uses != NULL && section->uses[i].assigned;
    return assigned ? bind_converted(statement, (int)i + 1, &section->parameters[i], value, lifetime)
                    : bind_value(statement, (int)i + 1, value, lifetime);
}

static bool
bind_parameters(struct sqlite_session *session, struct sqlite_section *section, sqlite3_stmt *statement, const struct sql_value *parameters,
                size_t count, sqlite3_destructor_type lifetime, struct sql_diagnosis *diagnosis)
{
    if (count != section->section.parameter_count) {
        sqlite_diagnosis_tokens(diagnosis, -313, "07001", "the number of values is not the number of parameter markers", NULL);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (section->uses != NULL && would_lose_digits(&section->uses[i], &section->parameters[i], &parameters[i])) {
            sqlite_diagnosis_tokens(diagnosis, -413, "22003", "a decimal of more digits than its table keeps", NULL);
            return false;
        }
        if (is_no_text(section, i, &parameters[i])) {
            sqlite_diagnosis_tokens(diagnosis, -408, "42821", "a CLOB takes character strings, not binary ones", NULL);
            return false;
        }
        if (parameters[i].kind == SQL_VALUE_LOB) {
            const struct sqlite_lob_target *targets = lifetime == SQLITE_STATIC ? section->lob_targets : NULL;
            if (!lob_bind(session, targets, statement, i, parameters[i].lob, diagnosis))
                return false;
            continue;
        }
        int code = bind_one(section, statement, i, &parameters[i], lifetime);
        if (code != SQLITE_OK) {
            unit_fail(session, code, diagnosis);
            return false;
        }
    }
    return true;
}

bool
binding_copy(struct sqlite_session *session, struct sqlite_section *section, sqlite3_stmt *statement, const struct sql_value *parameters,
             size_t count, struct sql_diagnosis *diagnosis)
{
    return bind_parameters(session, section, statement, parameters, count, SQLITE_TRANSIENT, diagnosis);
}

bool
binding_lend(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
             struct sql_diagnosis *diagnosis)
{
    return bind_parameters(session, section, section->statement, parameters, count, SQLITE_STATIC, diagnosis);
}
