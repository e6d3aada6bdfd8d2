#include "gateway/datastore/sqlite/lob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drda/sql/number.h"
#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/lob_memory.h"
#include "gateway/datastore/sqlite/lob_store.h"

enum { CHANGED_MAX = 1 << 16 };

/* A value where it stands, or one that belongs to no row. */
struct sqlite_lob {
    struct sql_lob lob; /* first */
    uint32_t locator;
    struct sqlite_session *session;
    bool changed; /* the row is not what it was any more */
    bool late;    /* the unit of work had changed rows before: this may be what one of them was changed to */
    sqlite3_int64 rowid;
    char *table; /* owned, as is the next; NULL: it belongs to no row */
    char *column;
    struct lob_contents contents; /* of one that does not */
    UT_hash_handle hh;
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
    lob_moved(lob->session, size);
    return !lob->changed;
}

static bool
read_contents(struct sql_lob *base, uint64_t offset, void *bytes, size_t size)
{
    struct sqlite_lob *lob = (struct sqlite_lob *)base;
    return lob_contents_read(&lob->session->lob_space, &lob->contents, offset, bytes, size);
}

static enum sql_lob_outcome
write_contents(struct sql_lob *base, uint64_t offset, const void *bytes, size_t size)
{
    struct sqlite_lob *lob = (struct sqlite_lob *)base;
    if (offset + size > INT64_MAX / 2 || !lob_contents_write(&lob->session->lob_space, &lob->contents, base->size, offset, bytes, size))
        return SQL_LOB_FULL;
    if (offset + size > base->size)
        base->size = offset + size;
    return SQL_LOB_FINE;
}

static enum sql_lob_outcome
cut_contents(struct sql_lob *base, uint64_t size)
{
    struct sqlite_lob *lob = (struct sqlite_lob *)base;
    lob_contents_cut(&lob->session->lob_space, &lob->contents, size);
    base->size = size;
    return SQL_LOB_FINE;
}

static void
forget_row(struct sqlite_lob *lob)
{
    if (lob->session->blob_of == lob)
        close_blob(lob->session);
    free(lob->table);
    free(lob->column);
    lob->table = NULL;
    lob->column = NULL;
    lob->lob.read = read_contents;
    lob->lob.write = write_contents;
    lob->lob.cut = cut_contents;
}

/* Copies the first `size` bytes of the row's value, which is its own from then on. */
static enum sql_lob_outcome
leave_row(struct sqlite_lob *lob, uint64_t size)
{
    uint8_t *piece = malloc(LOB_PIECE_SIZE);
    enum sql_lob_outcome outcome = piece != NULL ? SQL_LOB_FINE : SQL_LOB_FULL;
    for (uint64_t offset = 0; offset < size && outcome == SQL_LOB_FINE; offset += LOB_PIECE_SIZE) {
        size_t count = size - offset < LOB_PIECE_SIZE ? (size_t)(size - offset) : LOB_PIECE_SIZE;
        if (!read_blob(&lob->lob, offset, piece, count))
            outcome = SQL_LOB_GONE;
        else if (!lob_contents_write(&lob->session->lob_space, &lob->contents, offset, offset, piece, count))
            outcome = SQL_LOB_FULL;
    }
    free(piece);
    if (outcome != SQL_LOB_FINE) {
        lob_contents_cut(&lob->session->lob_space, &lob->contents, 0);
        return outcome;
    }
    forget_row(lob);
    lob->lob.size = size;
    return SQL_LOB_FINE;
}

static enum sql_lob_outcome
write_blob(struct sql_lob *base, uint64_t offset, const void *bytes, size_t size)
{
    enum sql_lob_outcome outcome = leave_row((struct sqlite_lob *)base, base->size);
    return outcome == SQL_LOB_FINE ? write_contents(base, offset, bytes, size) : outcome;
}

static enum sql_lob_outcome
cut_blob(struct sql_lob *base, uint64_t size)
{
    return leave_row((struct sqlite_lob *)base, size);
}

static bool
refuse_room(struct sql_diagnosis *diagnosis)
{
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", "locators and room behind them; end the unit of work, or release some", NULL);
    return false;
}

/* An empty value that belongs to no row, with a number; NULL with a diagnosis. */
static struct sqlite_lob *
add(struct sqlite_session *session, bool is_text, struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = HASH_COUNT(session->lobs) < LOBS_MAX ? calloc(1, sizeof *lob) : NULL;
    if (lob != NULL) {
        unsigned before = HASH_COUNT(session->lobs);
        lob->session = session;
        lob->lob.is_text = is_text;
        forget_row(lob);
        session->last_locator = session->last_locator < INT32_MAX ? session->last_locator + 1 : 1;
        lob->locator = session->last_locator;
        HASH_ADD(hh, session->lobs, locator, sizeof lob->locator, lob);
        if (HASH_COUNT(session->lobs) > before)
            return lob;
    }
    free(lob);
    refuse_room(diagnosis);
    return NULL;
}

bool
lob_create(struct sqlite_session *session, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = add(session, is_text, diagnosis);
    *locator = lob != NULL ? lob->locator : 0;
    return lob != NULL;
}

static bool
keep_copy(struct sqlite_session *session, const struct sql_value *value, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = add(session, is_text, diagnosis);
    if (lob == NULL)
        return false;
    if (value->data.size > 0 && write_contents(&lob->lob, 0, value->data.bytes, value->data.size) != SQL_LOB_FINE) {
        lob_release(session, lob->locator);
        return refuse_room(diagnosis);
    }
    *locator = lob->locator;
    return true;
}

static bool
keep_reference(struct sqlite_session *session, const struct sqlite_lob_source *source, sqlite3_int64 rowid, bool is_text, uint32_t *locator,
               struct sql_diagnosis *diagnosis)
{
    struct sqlite_lob *lob = add(session, is_text, diagnosis);
    if (lob == NULL)
        return false;
    lob->lob = (struct sql_lob) { .is_text = is_text, .read = read_blob, .write = write_blob, .cut = cut_blob };
    lob->rowid = rowid;
    lob->late = session->rows_changed;
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

static void
note_changed(struct sqlite_lob_places *places, const char *table, sqlite3_int64 rowid)
{
    for (size_t i = 0; i < places->count && !places->changes_lost; i++) {
        if (strcasecmp(places->sources[i].table, table) != 0)
            continue;
        if (places->changed_count == places->changed_room) {
            size_t room = places->changed_room > 0 ? 2 * places->changed_room : 64;
            int64_t *more = room <= CHANGED_MAX ? reallocarray(places->changed, room, sizeof *more) : NULL;
            places->changes_lost = more == NULL;
            if (more == NULL)
                return;
            places->changed = more;
            places->changed_room = room;
        }
        places->changed[places->changed_count++] = rowid * LOB_SOURCES_MAX + (int64_t)i;
    }
}

/* Whether the row of a place may be another one than when a scrollable cursor passed it. */
static bool
may_have_changed(const struct sqlite_section *section, int64_t place)
{
    const struct sqlite_lob_places *places = section->lob_places;
    bool changed = places->changes_lost || (places->committed && scroll_is_complete(section));
    for (size_t i = 0; i < places->changed_count && !changed; i++)
        changed = places->changed[i] == place;
    return changed;
}

void
lob_places_begin(struct sqlite_lob_places *places)
{
    places->changed_count = 0;
    places->changes_lost = false;
    places->committed = false;
}

bool
lob_keep(struct sqlite_session *session, const struct sqlite_section *section, size_t index, uint32_t *locator,
         struct sql_diagnosis *diagnosis)
{
    bool is_text = section->columns[index].type == SQL_TYPE_CLOB;
    const struct sqlite_lob_places *places = section->lob_places;
    struct sql_value value;
    char number[NUMBER_TEXT_MAX];
    *locator = 0;
    cursor_values(section, index, 1, &value);
    if (value.kind == SQL_VALUE_NULL)
        return true;
    bool is_place = value.kind == SQL_VALUE_INTEGER && places != NULL && places->marked[index];
    if (is_place && section->spool != NULL && may_have_changed(section, value.integer)) {
        sqlite_diagnosis_tokens(diagnosis, -423, "0F001", "the row of a large object was changed since the cursor has passed it", NULL);
        return false;
    }
    if (is_place)
        return keep_reference(session, &places->sources[value.integer & (LOB_SOURCES_MAX - 1)], value.integer >> LOB_SOURCE_BITS, is_text,
                              locator, diagnosis);
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
    forget_row(lob);
    lob_contents_cut(&session->lob_space, &lob->contents, 0);
    HASH_DEL(session->lobs, lob);
    free(lob);
}

void
lob_release_all(struct sqlite_session *session)
{
    struct sqlite_lob *lob;
    struct sqlite_lob *next;
    HASH_ITER(hh, session->lobs, lob, next)
    lob_release(session, lob->locator);
    session->rows_changed = false;
}

void
lob_rows_went_back(struct sqlite_session *session)
{
    struct sqlite_lob *lob;
    struct sqlite_lob *next;
    HASH_ITER(hh, session->lobs, lob, next)
    lob->changed = lob->changed || (lob->table != NULL && lob->late);
    for (struct sqlite_section *section = session->sections; section != NULL; section = section->hh.next)
        if (section->spool != NULL && section->lob_places != NULL && session->rows_changed)
            section->lob_places->changes_lost = true;
}

bool
lob_settle(struct sql_lob *base, const char *table)
{
    struct sqlite_lob *lob = (struct sqlite_lob *)base;
    if (base->read != read_blob || strcasecmp(lob->table, table) != 0)
        return true;
    return leave_row(lob, base->size) == SQL_LOB_FINE;
}

static void
on_change(void *context, int action, const char *database, const char *table, sqlite3_int64 rowid)
{
    struct sqlite_session *session = context;
    (void)database;
    session->rows_changed = true;
    if (action != SQLITE_DELETE)
        lob_note_row(session, table, rowid);
    for (struct sqlite_section *section = session->scrolling > 0 ? session->sections : NULL; section != NULL; section = section->hh.next)
        if (section->spool != NULL && section->lob_places != NULL)
            note_changed(section->lob_places, table, rowid);
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
lob_places_free(struct sqlite_lob_places *places)
{
    for (size_t i = 0; places != NULL && i < places->count; i++) {
        free(places->sources[i].table);
        free(places->sources[i].column);
    }
    if (places != NULL)
        free(places->changed);
    free(places);
}
