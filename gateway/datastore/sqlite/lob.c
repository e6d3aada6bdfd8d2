#include "gateway/datastore/sqlite/lob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drda/sql/number.h"
#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/lob_store.h"

/* Either a copy of the value, or where it stands. */
struct sqlite_lob {
    struct sql_lob lob; /* first */
    uint32_t locator;
    struct sqlite_session *session;
    bool changed; /* the row is not what it was any more */
    sqlite3_int64 rowid;
    char *table; /* owned, as is the next; NULL for a copy */
    char *column;
    size_t copy_size;
    UT_hash_handle hh;
    uint8_t copy[];
};

static void
close_blob(struct sqlite_session *session)
{
    sqlite3_blob_close(session->blob);
    session->blob = NULL;
    session->blob_of = NULL;
}

/* One is open at a time: they are read one after the other. */
static bool
open_blob(struct sqlite_lob *lob)
{
    struct sqlite_session *session = lob->session;
    if (session->blob_of == lob)
        return true;
    close_blob(session);
    session->trusted = true;
    int code = sqlite3_blob_open(session->database, "main", lob->table, lob->column, lob->rowid, 0, &session->blob);
    session->trusted = false;
    if (code != SQLITE_OK) {
        close_blob(session); /* the handle of a failure is to be closed too */
        return false;
    }
    session->blob_of = lob;
    return true;
}

static bool
read_blob(struct sql_lob *base, uint64_t offset, void *bytes, size_t size)
{
    struct sqlite_lob *lob = (struct sqlite_lob *)base;
    if (lob->changed || !open_blob(lob))
        return false;
    lob->changed = sqlite3_blob_read(lob->session->blob, bytes, (int)size, (int)offset) != SQLITE_OK;
    return !lob->changed;
}

static bool
read_copy(struct sql_lob *base, uint64_t offset, void *bytes, size_t size)
{
    memcpy(bytes, ((struct sqlite_lob *)base)->copy + offset, size);
    return true;
}

/* A new one with its number, or NULL with a diagnosis. */
static struct sqlite_lob *
add(struct sqlite_session *session, size_t copy_size, struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = NULL;
    if (HASH_COUNT(session->lobs) < LOBS_MAX && copy_size <= LOB_MEMORY_MAX - session->lob_copies)
        lob = calloc(1, sizeof *lob + copy_size);
    if (lob != NULL) {
        unsigned before = HASH_COUNT(session->lobs);
        lob->session = session;
        session->last_locator = session->last_locator < INT32_MAX ? session->last_locator + 1 : 1;
        lob->locator = session->last_locator;
        HASH_ADD(hh, session->lobs, locator, sizeof lob->locator, lob);
        if (HASH_COUNT(session->lobs) > before) {
            lob->copy_size = copy_size;
            session->lob_copies += copy_size;
            return lob;
        }
    }
    free(lob);
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", "locators; end the unit of work, or release some", NULL);
    return NULL;
}

static bool
keep_copy(struct sqlite_session *session, const struct sql_value *value, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = add(session, value->data.size, diagnosis);
    if (lob == NULL)
        return false;
    if (value->data.size > 0)
        memcpy(lob->copy, value->data.bytes, value->data.size);
    lob->lob = (struct sql_lob) { .size = value->data.size, .is_text = is_text, .read = read_copy };
    *locator = lob->locator;
    return true;
}

static bool
keep_reference(struct sqlite_session *session, const struct sqlite_lob_source *source, sqlite3_int64 rowid, bool is_text, uint32_t *locator,
               struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = add(session, 0, diagnosis);
    if (lob == NULL)
        return false;
    lob->lob = (struct sql_lob) { .is_text = is_text, .read = read_blob };
    lob->rowid = rowid;
    lob->table = strdup(source->table);
    lob->column = strdup(source->column);
    if (lob->table != NULL && lob->column != NULL && open_blob(lob)) {
        lob->lob.size = (uint64_t)sqlite3_blob_bytes(session->blob);
        *locator = lob->locator;
        return true;
    }
    lob_release(session, lob->locator);
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", "a large object", sqlite3_errmsg(session->database));
    return false;
}

bool
lob_keep(struct sqlite_session *session, const struct sqlite_section *section, size_t index, uint32_t *locator,
         struct sql_diagnosis *diagnosis)
{
    bool is_text = section->columns[index].type == SQL_TYPE_CLOB;
    const struct sqlite_lob_source *source = section->lob_sources != NULL ? &section->lob_sources[index] : NULL;
    struct sql_value value;
    char number[NUMBER_TEXT_MAX];
    *locator = 0;
    statement_value(section, index, &value);
    if (value.kind == SQL_VALUE_NULL)
        return true;
    if (value.kind == SQL_VALUE_INTEGER && source != NULL && source->table != NULL)
        return keep_reference(session, source, value.integer, is_text, locator, diagnosis);
    if (value.kind == SQL_VALUE_INTEGER || value.kind == SQL_VALUE_REAL) { /* in a column of text or bytes they are told as text */
        size_t size = number_text(&value, number);
        value.data.bytes = (const uint8_t *)number;
        value.data.size = size;
    }
    return keep_copy(session, &value, is_text, locator, diagnosis);
}

static struct sqlite_lob *
find(struct sqlite_session *session, uint32_t locator)
{
    struct sqlite_lob *lob;
    HASH_FIND(hh, session->lobs, &locator, sizeof locator, lob);
    return lob;
}

struct sql_lob *
lob_find(struct sqlite_session *session, uint32_t locator)
{
    struct sqlite_lob *lob = find(session, locator);
    return lob != NULL && !lob->changed ? &lob->lob : NULL;
}

void
lob_release(struct sqlite_session *session, uint32_t locator)
{
    struct sqlite_lob *lob = find(session, locator);
    if (lob == NULL)
        return;
    if (session->blob_of == lob)
        close_blob(session);
    session->lob_copies -= lob->copy_size;
    HASH_DEL(session->lobs, lob);
    free(lob->table);
    free(lob->column);
    free(lob);
}

void
lob_release_all(struct sqlite_session *session)
{
    struct sqlite_lob *lob;
    struct sqlite_lob *next;
    HASH_ITER(hh, session->lobs, lob, next)
    lob_release(session, lob->locator);
}

static void
on_change(void *context, int action, const char *database, const char *table, sqlite3_int64 rowid)
{
    struct sqlite_session *session = context;
    (void)database;
    if (action != SQLITE_DELETE)
        lob_note_row(session, table, rowid);
    struct sqlite_lob *lob;
    struct sqlite_lob *next;
    HASH_ITER(hh, session->lobs, lob, next)
    {
        if (lob->table != NULL && lob->rowid == rowid && strcasecmp(lob->table, table) == 0)
            lob->changed = true;
    }
}

void
lob_watch(struct sqlite_session *session)
{
    sqlite3_update_hook(session->database, on_change, session);
}

void
lob_sources_free(struct sqlite_section *section)
{
    for (size_t i = 0; section->lob_sources != NULL && i < section->section.column_count; i++) {
        free(section->lob_sources[i].table);
        free(section->lob_sources[i].column);
    }
    free(section->lob_sources);
    section->lob_sources = NULL;
}
