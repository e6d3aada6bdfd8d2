#include "gateway/datastore/sqlite/lob_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/lob.h"
#include "gateway/datastore/sqlite/lob_memory.h"

enum { PIECE_SIZE = 64 * 1024 };

bool
lob_table_suits(struct sqlite_session *session, const char *table)
{
    int primary_key = 0;
    if (sqlite3_table_column_metadata(session->database, "main", table, "_rowid_", NULL, NULL, NULL, &primary_key, NULL) != SQLITE_OK ||
        primary_key == 0)
        return false;
    sqlite3_stmt *triggers = NULL;
    bool none = false;
    session->trusted = true;
    if (sqlite3_prepare_v2(session->database, "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", -1,
                           &triggers, NULL) == SQLITE_OK &&
        sqlite3_bind_text(triggers, 1, table, -1, SQLITE_STATIC) == SQLITE_OK)
        none = sqlite3_step(triggers) == SQLITE_DONE;
    sqlite3_finalize(triggers);
    session->trusted = false;
    return none;
}

static bool
refuse(struct sql_diagnosis *diagnosis, const char *why)
{
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", why, NULL);
    return false;
}

static bool
bind_whole(struct sqlite_session *session, sqlite3_stmt *statement, int index, struct sql_lob *lob, struct sql_diagnosis *diagnosis)
{
    if (lob->size > LOB_MEMORY_MAX)
        return refuse(diagnosis,
                      "memory: a large object of more than 64 MiB must be the value of a column behind which there are only others, "
                      "in an INSERT of one row or an UPDATE, of a table without triggers");
    uint8_t *bytes = malloc((size_t)lob->size + 1);
    if (bytes == NULL || !lob->read(lob, 0, bytes, (size_t)lob->size)) {
        free(bytes);
        return refuse(diagnosis, "memory for a large object");
    }
    int code = lob->is_text ? sqlite3_bind_text64(statement, index, (char *)bytes, lob->size, free, SQLITE_UTF8)
                            : sqlite3_bind_blob64(statement, index, bytes, lob->size, free);
    if (code != SQLITE_OK)
        unit_fail(session, code, diagnosis);
    return code == SQLITE_OK;
}

static bool
may_be_copied(const struct sqlite_session *session, const struct sqlite_lob_target *target, const struct sql_lob *lob)
{
    if (target == NULL || target->column[0] == '\0' || session->lob_write_count == LOB_WRITES_MAX)
        return false;
    if (lob->is_text ? lob->size <= LOB_TEXT_MAX : lob->size <= PIECE_SIZE && session->lob_write_count == 0)
        return false;
    return target->trailing;
}

bool
lob_bind(struct sqlite_session *session, const struct sqlite_lob_target *targets, sqlite3_stmt *statement, size_t index,
         struct sql_lob *lob, struct sql_diagnosis *diagnosis)
{
    const struct sqlite_lob_target *target = targets != NULL ? &targets[index] : NULL;
    if (!may_be_copied(session, target, lob))
        return bind_whole(session, statement, (int)index + 1, lob, diagnosis);
    if (!lob_settle(lob, target->table))
        return refuse(diagnosis, "room for a copy of a large object that comes from the table it goes to");
    sqlite3_limit(session->database, SQLITE_LIMIT_LENGTH, INT32_MAX); /* back in lob_forget */
    int code = sqlite3_bind_zeroblob64(statement, (int)index + 1, lob->size);
    if (code != SQLITE_OK) {
        unit_fail(session, code, diagnosis);
        return false;
    }
    session->lob_writes[session->lob_write_count++] = (struct sqlite_lob_write) { lob, target };
    return true;
}

void
lob_forget(struct sqlite_session *session)
{
    sqlite3_limit(session->database, SQLITE_LIMIT_LENGTH, LOB_MEMORY_MAX);
    session->lob_write_count = 0;
    free(session->rows_written);
    session->rows_written = NULL;
    session->row_count = 0;
    session->row_room = 0;
    session->rows_lost = false;
    session->row_table = NULL;
}

void
lob_note_row(struct sqlite_session *session, const char *table, sqlite3_int64 rowid)
{
    if (session->row_table == NULL || strcasecmp(session->row_table, table) != 0)
        return;
    if (session->row_count == session->row_room) {
        size_t room = session->row_room > 0 ? 2 * session->row_room : 16;
        sqlite3_int64 *more = realloc(session->rows_written, room * sizeof *more);
        session->rows_lost = session->rows_lost || more == NULL;
        if (more == NULL)
            return;
        session->rows_written = more;
        session->row_room = room;
    }
    session->rows_written[session->row_count++] = rowid;
}

/* Copies one value into one row. */
static int
copy(struct sqlite_session *session, const struct sqlite_lob_write *write, sqlite3_int64 rowid)
{
    uint8_t *piece = malloc(PIECE_SIZE);
    sqlite3_blob *blob = NULL;
    if (piece == NULL)
        return SQLITE_NOMEM;
    session->trusted = true;
    int code = sqlite3_blob_open(session->database, "main", write->target->table, write->target->column, rowid, 1, &blob);
    session->trusted = false;
    if (code == SQLITE_OK && (uint64_t)sqlite3_blob_bytes(blob) != write->lob->size)
        code = SQLITE_MISMATCH;
    for (uint64_t offset = 0; code == SQLITE_OK && offset < write->lob->size;) {
        uint64_t left = write->lob->size - offset;
        size_t size = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;
        code =
            write->lob->read(write->lob, offset, piece, size) ? sqlite3_blob_write(blob, piece, (int)size, (int)offset) : SQLITE_IOERR_READ;
        if (code == SQLITE_OK && sqlite_connection_must_stop(session))
            code = SQLITE_INTERRUPT;
        lob_moved(session, size);
        offset += size;
    }
    sqlite3_blob_close(blob);
    free(piece);
    return code;
}

static void
copy_all(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    bool one_row = section->inserts && session->row_count > 1;
    if (session->rows_lost || one_row) {
        refuse(diagnosis, one_row ? "large objects go into one row at a time" : "memory");
        return;
    }
    for (size_t row = 0; row < session->row_count; row++) {
        for (size_t i = 0; i < session->lob_write_count; i++) {
            int code = copy(session, &session->lob_writes[i], session->rows_written[row]);
            if (code == SQLITE_OK)
                continue;
            unit_fail(session, code, diagnosis);
            return;
        }
    }
}

void
lob_execute(struct sqlite_session *session, struct sqlite_section *section,
            void (*run)(struct sqlite_session *, struct sqlite_section *, struct sql_diagnosis *), struct sql_diagnosis *diagnosis)
{
    if (session->lob_write_count == 0) {
        run(session, section, diagnosis);
        return;
    }
    struct sql_diagnosis ignored;
    unit_run(session, "SAVEPOINT passgate_lob", diagnosis);
    if (diagnosis->sqlcode < 0)
        return;
    session->row_table = session->lob_writes[0].target->table;
    run(session, section, diagnosis);
    session->row_table = NULL;
    if (diagnosis->sqlcode == 0)
        copy_all(session, section, diagnosis);
    if (!session->unit_open)
        return;
    if (diagnosis->sqlcode < 0)
        unit_run(session, "ROLLBACK TO passgate_lob", &ignored);
    unit_run(session, "RELEASE passgate_lob", &ignored);
}
