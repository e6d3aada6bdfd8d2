#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "security/racf/database.h"

void
racf_sql_fail(struct racf *racf, const char *failure)
{
    if (!racf->failed)
        snprintf(racf->failure, sizeof racf->failure, "%s", failure);
    racf->failed = true;
}

static void
bind_values(sqlite3_stmt *statement, const char *types, va_list values)
{
    for (int i = 0; types[i] != '\0'; i++) {
        switch (types[i]) {
        case 't':
            sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'l':
            sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
            break;
        case 'b': {
            const void *bytes = va_arg(values, const void *);
            sqlite3_bind_blob64(statement, i + 1, bytes, va_arg(values, size_t), SQLITE_TRANSIENT);
            break;
        }
        default:
            sqlite3_bind_int(statement, i + 1, va_arg(values, int));
            break;
        }
    }
}

static sqlite3_stmt *
prepare(struct racf *racf, const char *text, const char *types, va_list values)
{
    sqlite3_stmt *statement = NULL;
    if (racf->failed)
        return NULL;
    if (sqlite3_prepare_v2(racf->db, text, -1, &statement, NULL) != SQLITE_OK) {
        racf_sql_fail(racf, sqlite3_errmsg(racf->db));
        return NULL;
    }
    bind_values(statement, types, values);
    return statement;
}

sqlite3_stmt *
racf_sql(struct racf *racf, const char *text, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(racf, text, types, values);
    va_end(values);
    return statement;
}

bool
racf_sql_row(struct racf *racf, sqlite3_stmt **statement)
{
    if (*statement == NULL)
        return false;
    int status = racf->failed ? SQLITE_DONE : sqlite3_step(*statement);
    if (status == SQLITE_ROW)
        return true;
    if (status != SQLITE_DONE)
        racf_sql_fail(racf, sqlite3_errmsg(racf->db));
    racf_sql_end(statement);
    return false;
}

void
racf_sql_end(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
    *statement = NULL;
}

void
racf_sql_run(struct racf *racf, const char *text, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(racf, text, types, values);
    va_end(values);
    while (racf_sql_row(racf, &statement))
        continue;
}

bool
racf_sql_exists(struct racf *racf, const char *text, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = prepare(racf, text, types, values);
    va_end(values);
    bool exists = racf_sql_row(racf, &statement);
    racf_sql_end(&statement);
    return exists;
}

bool
racf_sql_succeeded(struct racf *racf)
{
    bool succeeded = !racf->failed;
    racf->failed = false;
    return succeeded;
}

void
racf_sql_begin(struct racf *racf)
{
    racf->failed = false;
    racf_sql_run(racf, "BEGIN IMMEDIATE", "");
}

bool
racf_sql_commit(struct racf *racf)
{
    racf_sql_run(racf, "COMMIT", "");
    if (racf->failed && sqlite3_get_autocommit(racf->db) == 0)
        sqlite3_exec(racf->db, "ROLLBACK", NULL, NULL, NULL);
    return racf_sql_succeeded(racf);
}

void
racf_column_text(struct racf *racf, sqlite3_stmt *statement, int column, char *text, size_t size)
{
    const unsigned char *value = sqlite3_column_text(statement, column);
    size_t bytes = value != NULL ? (size_t)sqlite3_column_bytes(statement, column) : 0;
    if (bytes >= size) {
        racf_sql_fail(racf, "a text in the database is longer than any command can have made it");
        bytes = 0;
    }
    if (bytes > 0)
        memcpy(text, value, bytes);
    text[bytes] = '\0';
}

size_t
racf_column_bytes(struct racf *racf, sqlite3_stmt *statement, int column, uint8_t *bytes, size_t size)
{
    const void *value = sqlite3_column_blob(statement, column);
    size_t used = value != NULL ? (size_t)sqlite3_column_bytes(statement, column) : 0;
    if (used > size) {
        racf_sql_fail(racf, "a value in the database is longer than any command can have made it");
        used = 0;
    }
    if (used > 0)
        memcpy(bytes, value, used);
    return used;
}
