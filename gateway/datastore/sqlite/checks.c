/* What a column is declared to hold, SQLite does not enforce. Here it is, for every table whoever made it: temporary triggers of the
 * connection look at each row that is inserted or updated, and leave nothing behind in the database.
 * A trigger names the columns of its table, so it is made anew when the table has changed, and goes before ALTER and DROP. */
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/conversion.h"
#include "gateway/datastore/sqlite/functions.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/types.h"

struct sqlite_check {
    char *columns; /* owned; their names and types as the triggers know them */
    bool in_unit;  /* made in the unit of work that is open: rolling back takes the triggers along */
    UT_hash_handle hh;
    char table[]; /* the key */
};

static int
run(struct sqlite_session *session, const char *text)
{
    session->trusted = true;
    int code = sqlite3_exec(session->database, text, NULL, NULL, NULL);
    session->trusted = false;
    return code;
}

static sqlite3_stmt *
prepare_columns(struct sqlite_session *session, const char *table)
{
    sqlite3_stmt *columns = NULL;
    char *text = sqlite3_mprintf("SELECT * FROM main.\"%w\"", table);
    session->trusted = true;
    if (text != NULL && sqlite3_prepare_v2(session->database, text, -1, &columns, NULL) != SQLITE_OK)
        columns = NULL;
    session->trusted = false;
    sqlite3_free(text);
    return columns;
}

/* To be freed with sqlite3_free; NULL when memory is short. */
static char *
list_columns(sqlite3_stmt *columns)
{
    sqlite3_str *list = sqlite3_str_new(NULL);
    for (int i = 0; i < sqlite3_column_count(columns); i++)
        sqlite3_str_appendf(list, "%Q %Q,", sqlite3_column_name(columns, i), sqlite3_column_decltype(columns, i));
    return sqlite3_str_finish(list);
}

/* One column among the arguments of SQL_MISFIT. What an UPDATE leaves alone is not looked at, nor are large objects read. */
static void
put_column(sqlite3_str *text, const struct sql_column *column, const char *name, bool update)
{
    sqlite3_str_appendf(text, "%lld,%Q,", (long long)function_misfit_code(column), name);
    if (column->type == SQL_TYPE_CLOB || column->type == SQL_TYPE_BLOB)
        sqlite3_str_appendf(text, "length(NEW.\"%w\")", name);
    else if (update)
        sqlite3_str_appendf(text, "CASE WHEN NEW.\"%w\" IS NOT OLD.\"%w\" THEN NEW.\"%w\" END", name, name, name);
    else
        sqlite3_str_appendf(text, "NEW.\"%w\"", name);
}

/* The text of a trigger, to be freed with sqlite3_free; NULL when there is nothing to check, or no memory. */
static char *
trigger_text(sqlite3_stmt *columns, const char *table, bool update)
{
    const char *verb = update ? "UPDATE" : "INSERT";
    size_t checked = 0;
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendf(text, "CREATE TEMP TRIGGER \"passgate %s %w\" BEFORE %s ON main.\"%w\" WHEN SQL_MISFIT(", verb, table, verb, table);
    for (int i = 0; i < sqlite3_column_count(columns); i++) {
        const char *declared = sqlite3_column_decltype(columns, i);
        const char *name = sqlite3_column_name(columns, i);
        struct sql_column column = { .name = "", .table = "", .schema = "", .nullable = true };
        if (declared == NULL || *declared == '\0' || name == NULL)
            continue;
        sqlite_type_declared(declared, &column);
        if (checked > 0)
            sqlite3_str_appendall(text, checked % MISFIT_COLUMNS_MAX == 0 ? ") OR SQL_MISFIT(" : ",");
        put_column(text, &column, name, update);
        checked++;
    }
    sqlite3_str_appendall(text, ") BEGIN SELECT RAISE(ABORT, 'misfit'); END");
    char *whole = sqlite3_str_finish(text);
    if (checked > 0)
        return whole;
    sqlite3_free(whole);
    return NULL;
}

/* Views and virtual tables take no such triggers, and need none: whatever they write is checked where it goes. */
static void
make_triggers(struct sqlite_session *session, sqlite3_stmt *columns, const char *table)
{
    for (int update = 0; update < 2; update++) {
        char *text = trigger_text(columns, table, update != 0);
        if (text != NULL)
            (void)run(session, text);
        sqlite3_free(text);
    }
}

static void
drop_triggers(struct sqlite_session *session, const char *table)
{
    char *text = sqlite3_mprintf("DROP TRIGGER IF EXISTS temp.\"passgate INSERT %w\"; DROP TRIGGER IF EXISTS temp.\"passgate UPDATE %w\"",
                                 table, table);
    if (text != NULL)
        (void)run(session, text);
    sqlite3_free(text);
}

static void
forget(struct sqlite_session *session, struct sqlite_check *check)
{
    HASH_DEL(session->checks, check);
    sqlite3_free(check->columns);
    free(check);
}

static bool
is_current(struct sqlite_session *session, const struct sqlite_check *check)
{
    sqlite3_stmt *columns = prepare_columns(session, check->table);
    char *list = columns != NULL ? list_columns(columns) : NULL;
    bool same = list != NULL && check->columns != NULL && strcmp(list, check->columns) == 0;
    sqlite3_free(list);
    sqlite3_finalize(columns);
    return same;
}

static bool
add(struct sqlite_session *session, const char *table)
{
    size_t size = strlen(table) + 1;
    struct sqlite_check *check = calloc(1, sizeof *check + size);
    if (check == NULL)
        return false;
    memcpy(check->table, table, size);
    check->in_unit = session->unit_open;
    unsigned before = HASH_COUNT(session->checks);
    HASH_ADD_STR(session->checks, table, check);
    if (HASH_COUNT(session->checks) == before) {
        free(check);
        return false;
    }
    sqlite3_stmt *columns = prepare_columns(session, table);
    if (columns != NULL) {
        check->columns = list_columns(columns);
        make_triggers(session, columns, table);
    }
    sqlite3_finalize(columns);
    return true;
}

void
checks_begin(struct sqlite_session *session)
{
    session->written_size = 0;
    session->written_lost = false;
}

static bool
is_noted(const struct sqlite_session *session, const char *table)
{
    for (size_t at = 0; at < session->written_size; at += strlen(session->written + at) + 1)
        if (strcmp(session->written + at, table) == 0)
            return true;
    return false;
}

void
checks_note(struct sqlite_session *session, const char *table)
{
    size_t size = strlen(table) + 1;
    if (is_noted(session, table))
        return;
    char *larger = realloc(session->written, session->written_size + size);
    if (larger == NULL) {
        session->written_lost = true;
        return;
    }
    memcpy(larger + session->written_size, table, size);
    session->written = larger;
    session->written_size += size;
}

bool
checks_ensure(struct sqlite_session *session, struct sqlite_section *section)
{
    const char *table = section->written;
    if (section->checks_generation == session->checks_generation)
        return true;
    for (; table != NULL && *table != '\0'; table += strlen(table) + 1) {
        struct sqlite_check *check;
        HASH_FIND_STR(session->checks, table, check);
        if (check == NULL && !add(session, table))
            return false;
    }
    section->checks_generation = session->checks_generation;
    return true;
}

char *
checks_written(const struct sqlite_session *session)
{
    char *list = session->written_lost ? NULL : calloc(1, session->written_size + 1);
    if (list != NULL && session->written_size > 0)
        memcpy(list, session->written, session->written_size);
    return list;
}

bool
checks_refresh(struct sqlite_session *session)
{
    struct sqlite_check *check;
    struct sqlite_check *next;
    bool changed = false;
    HASH_ITER(hh, session->checks, check, next)
    {
        if (is_current(session, check))
            continue;
        drop_triggers(session, check->table);
        forget(session, check);
        changed = true;
    }
    session->checks_generation += changed;
    return changed;
}

void
checks_drop(struct sqlite_session *session)
{
    struct sqlite_check *check;
    struct sqlite_check *next;
    HASH_ITER(hh, session->checks, check, next)
    {
        drop_triggers(session, check->table);
        forget(session, check);
    }
    session->checks_generation++;
}

void
checks_unit_ended(struct sqlite_session *session, bool rolled_back)
{
    struct sqlite_check *check;
    struct sqlite_check *next;
    HASH_ITER(hh, session->checks, check, next)
    {
        if (check->in_unit && rolled_back) {
            forget(session, check);
            session->checks_generation++;
        } else {
            check->in_unit = false;
        }
    }
}

void
checks_free(struct sqlite_session *session)
{
    struct sqlite_check *check;
    struct sqlite_check *next;
    HASH_ITER(hh, session->checks, check, next)
    forget(session, check);
    free(session->written);
}
