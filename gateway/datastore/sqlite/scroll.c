/* Scrollable cursors: the rows that a query has given so far are kept in a private database without a name, which SQLite holds in
 * a few pages of memory and beyond them in a file of its own that nobody else can open. Rows are taken from the query only as far
 * as the cursor has been moved, so that a reader who never goes back pays for no more than it reads. */
#include <assert.h>
#include <stdlib.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"

enum { SPOOL_CACHE_KIB = 512, SPOOL_PAGE_SIZE = 4096, SPOOL_BYTES_DEFAULT = 1 << 30 };

struct sqlite_spool {
    struct sqlite_session *session;
    sqlite3 *database;
    sqlite3_stmt *insert;
    sqlite3_stmt *select; /* stands on the row of the cursor when there is one */
    int64_t rows;         /* taken from the query */
    int64_t position;     /* 0 before the first row, rows + 1 behind the last */
    bool complete;        /* the query has no more rows */
};

void
scroll_close(struct sqlite_section *section)
{
    struct sqlite_spool *spool = section->spool;
    section->spool = NULL;
    if (spool == NULL)
        return;
    spool->session->scrolling--;
    sqlite3_finalize(spool->insert);
    sqlite3_finalize(spool->select);
    sqlite3_close(spool->database);
    free(spool);
}

/* "create table rows (row integer primary key, c0, c1 ...)": columns without a type keep values as they are. */
static char *
text_of_table(size_t columns)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendall(text, "create table rows (row integer primary key");
    for (size_t i = 0; i < columns; i++)
        sqlite3_str_appendf(text, ", c%d", (int)i);
    sqlite3_str_appendall(text, ")");
    return sqlite3_str_finish(text);
}

static char *
text_of_insert(size_t columns)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendall(text, "insert into rows values (?");
    for (size_t i = 0; i < columns; i++)
        sqlite3_str_appendall(text, ", ?");
    sqlite3_str_appendall(text, ")");
    return sqlite3_str_finish(text);
}

/* Frees the text. */
static int
run_once(sqlite3 *database, char *text)
{
    int code = text != NULL ? sqlite3_exec(database, text, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(text);
    return code;
}

static int
prepare(sqlite3 *database, char *text, sqlite3_stmt **statement)
{
    int code = text != NULL ? sqlite3_prepare_v2(database, text, -1, statement, NULL) : SQLITE_NOMEM;
    sqlite3_free(text);
    return code;
}

static int
make_spool(struct sqlite_spool *spool, size_t columns, uint64_t bytes_max)
{
    int code = sqlite3_open_v2("", &spool->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return code;
    /* Nothing here outlives the cursor: no journal, no waiting for disks, and one transaction without an end. */
    code = run_once(spool->database, sqlite3_mprintf("pragma journal_mode = off; pragma synchronous = off; pragma page_size = %d; "
                                                     "pragma cache_size = -%d; pragma max_page_count = %lld; begin",
                                                     SPOOL_PAGE_SIZE, SPOOL_CACHE_KIB, (long long)(bytes_max / SPOOL_PAGE_SIZE + 2)));
    if (code == SQLITE_OK)
        code = run_once(spool->database, text_of_table(columns));
    if (code == SQLITE_OK)
        code = prepare(spool->database, text_of_insert(columns), &spool->insert);
    if (code == SQLITE_OK)
        code = prepare(spool->database, sqlite3_mprintf("select * from rows where row = ?"), &spool->select);
    return code;
}

static void
fail(struct sqlite_section *section, int code, struct sql_diagnosis *diagnosis)
{
    const char *why = sqlite3_errstr(code);
    if ((code & 0xFF) == SQLITE_FULL)
        why = "the rows of a scrollable cursor are more than scrollable_bytes of the datastore or the disk allows";
    scroll_close(section);
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", why, NULL);
}

bool
scroll_open(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    assert(section->spool == NULL);
    section->spool = calloc(1, sizeof *section->spool);
    uint64_t bytes_max = session->datastore->limits.scrollable_bytes;
    int code = SQLITE_NOMEM;
    if (section->spool != NULL) {
        section->spool->session = session;
        session->scrolling++;
        code = make_spool(section->spool, section->section.column_count, bytes_max > 0 ? bytes_max : SPOOL_BYTES_DEFAULT);
    }
    if (section->lob_places != NULL)
        lob_places_begin(section->lob_places);
    if (code == SQLITE_OK)
        return true;
    fail(section, code, diagnosis);
    return false;
}

static int
keep_row(struct sqlite_spool *spool, sqlite3_stmt *query, size_t columns)
{
    int code = sqlite3_bind_int64(spool->insert, 1, spool->rows + 1);
    for (int i = 0; code == SQLITE_OK && i < (int)columns; i++)
        code = sqlite3_bind_value(spool->insert, i + 2, sqlite3_column_value(query, i));
    if (code == SQLITE_OK) {
        (void)sqlite3_step(spool->insert);
        code = sqlite3_reset(spool->insert);
    }
    if (code == SQLITE_OK)
        spool->rows++;
    return code;
}

/* Takes rows from the query until there are `rows`, or all. */
static bool
take_rows(struct sqlite_session *session, struct sqlite_section *section, int64_t rows, struct sql_diagnosis *diagnosis)
{
    struct sqlite_spool *spool = section->spool;
    while (!spool->complete && spool->rows < rows) {
        enum sql_step step = cursor_fetch(session, section, diagnosis);
        if (step == SQL_STEP_FAILED)
            return false;
        spool->complete = step == SQL_STEP_END;
        int code = spool->complete ? SQLITE_OK : keep_row(spool, section->statement, section->section.column_count);
        if (code != SQLITE_OK) {
            fail(section, code, diagnosis);
            return false;
        }
    }
    return true;
}

/* Where the move leads, before it is known how many rows there are: negative and zero are before the first. */
static bool
find_target(struct sqlite_session *session, struct sqlite_section *section, enum sql_move move, int64_t rows, int64_t *target,
            struct sql_diagnosis *diagnosis)
{
    struct sqlite_spool *spool = section->spool;
    bool from_the_end = move == SQL_MOVE_BEHIND_LAST || (move == SQL_MOVE_ABSOLUTE && rows < 0);
    if (from_the_end && !take_rows(session, section, INT64_MAX, diagnosis))
        return false;
    switch (move) {
    case SQL_MOVE_RELATIVE:
        if (__builtin_add_overflow(spool->position, rows, target))
            *target = rows < 0 ? 0 : INT64_MAX;
        break;
    case SQL_MOVE_ABSOLUTE:
        *target = rows >= 0 ? rows : spool->rows + 1 + rows;
        break;
    case SQL_MOVE_BEHIND_LAST:
        *target = spool->rows + 1;
        break;
    case SQL_MOVE_BEFORE_FIRST:
        *target = 0;
        break;
    }
    return take_rows(session, section, *target, diagnosis);
}

enum sql_step
scroll_move(struct sqlite_session *session, struct sqlite_section *section, enum sql_move move, int64_t rows,
            struct sql_diagnosis *diagnosis)
{
    int64_t target;
    sql_diagnosis_clear(diagnosis);
    if (section->spool == NULL || !section->cursor_open) {
        sqlite_diagnosis_tokens(diagnosis, -501, "24501", "the cursor is not open", NULL);
        return SQL_STEP_FAILED;
    }
    sqlite3_reset(section->spool->select);
    if (!find_target(session, section, move, rows, &target, diagnosis))
        return SQL_STEP_FAILED;
    struct sqlite_spool *spool = section->spool;
    sql_diagnosis_clear(diagnosis);
    diagnosis->result_rows = spool->complete ? spool->rows : 0;
    if (target < 1 || target > spool->rows) {
        spool->position = target < 1 ? 0 : spool->rows + 1;
        sqlite_diagnosis_tokens(diagnosis, 100, "02000", "", NULL);
        diagnosis->result_rows = spool->complete ? spool->rows : 0;
        return SQL_STEP_END;
    }
    spool->position = target;
    int code = sqlite3_bind_int64(spool->select, 1, target);
    if (code == SQLITE_OK)
        code = sqlite3_step(spool->select);
    if (code == SQLITE_ROW)
        return SQL_STEP_ROW;
    fail(section, code, diagnosis);
    return SQL_STEP_FAILED;
}

bool
scroll_is_complete(const struct sqlite_section *section)
{
    return section->spool->complete;
}

sqlite3_stmt *
scroll_row(const struct sqlite_section *section, int *first_column)
{
    *first_column = section->spool != NULL ? 1 : 0;
    return section->spool != NULL ? section->spool->select : section->statement;
}
