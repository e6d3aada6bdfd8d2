#include "gateway/datastore/sqlite/session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/sql/extdta.h"
#include "gateway/datastore/sqlite/catalog.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"

enum { LOB_BYTES_DEFAULT = 1 << 30 };

static struct sqlite_session *
session_of(struct sql_target *target)
{
    return (struct sqlite_session *)target;
}

static struct sqlite_section *
section_of(struct sql_section *section)
{
    return (struct sqlite_section *)section;
}

/* Sections are found by all bytes of their name, so those behind the text must be equal too. */
static struct sql_section_name
key_of(const struct sql_section_name *name)
{
    struct sql_section_name key;
    memset(&key, 0, sizeof key);
    memcpy(key.package, name->package, strnlen(name->package, sizeof key.package - 1));
    key.number = name->number;
    return key;
}

static struct sqlite_section *
add_section(struct sqlite_session *session, const struct sql_section_name *key)
{
    if (HASH_COUNT(session->sections) >= SQLITE_SECTIONS_MAX)
        return NULL;
    struct sqlite_section *section = calloc(1, sizeof *section);
    if (section == NULL)
        return NULL;
    memcpy(&section->section.name, key, sizeof *key);
    unsigned before = HASH_COUNT(session->sections);
    HASH_ADD(hh, session->sections, section.name, sizeof *key, section);
    if (HASH_COUNT(session->sections) > before)
        return section;
    free(section);
    return NULL;
}

static struct sql_section *
find_section(struct sql_target *target, const struct sql_section_name *name, bool create)
{
    struct sqlite_session *session = session_of(target);
    struct sql_section_name key = key_of(name);
    struct sqlite_section *section;
    HASH_FIND(hh, session->sections, &key, sizeof key, section);
    if (section == NULL && create)
        section = add_section(session, &key);
    return section != NULL ? &section->section : NULL;
}

static void
prepare(struct sql_target *target, struct sql_section *section, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    statement_prepare(session_of(target), section_of(section), text, size, diagnosis);
}

static void
describe_column(struct sql_target *target, struct sql_section *section, size_t index, struct sql_column *column)
{
    (void)target;
    assert(index < section->column_count);
    *column = section_of(section)->columns[index];
}

static void
describe_parameter(struct sql_target *target, struct sql_section *section, size_t index, struct sql_column *column)
{
    (void)target;
    assert(index < section->parameter_count);
    *column = section_of(section)->parameters[index];
}

static void
execute(struct sql_target *target, struct sql_section *section, const struct sql_value *parameters, size_t count,
        struct sql_diagnosis *diagnosis)
{
    statement_execute(session_of(target), section_of(section), parameters, count, diagnosis);
}

static void
execute_immediate(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    struct sqlite_session *session = session_of(target);
    struct sqlite_section section = { 0 };
    statement_prepare(session, &section, text, size, diagnosis);
    if (section.section.state == SQL_SECTION_PREPARED)
        statement_execute(session, &section, NULL, 0, diagnosis);
    cache_keep(session, &section);
}

static void
open_cursor(struct sql_target *target, struct sql_section *section, const struct sql_value *parameters, size_t count,
            struct sql_diagnosis *diagnosis)
{
    cursor_open(session_of(target), section_of(section), parameters, count, diagnosis);
}

static enum sql_step
fetch(struct sql_target *target, struct sql_section *section, struct sql_diagnosis *diagnosis)
{
    return cursor_fetch(session_of(target), section_of(section), diagnosis);
}

static void
get_values(struct sql_target *target, struct sql_section *section, size_t first, size_t count, struct sql_value *values)
{
    (void)target;
    cursor_values(section_of(section), first, count, values);
}

static bool
keep_lob(struct sql_target *target, struct sql_section *section, size_t index, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    return lob_keep(session_of(target), section_of(section), index, locator, diagnosis);
}

static bool
create_lob(struct sql_target *target, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    return lob_create(session_of(target), is_text, locator, diagnosis);
}

static struct sql_lob *
find_lob(struct sql_target *target, uint32_t locator)
{
    return lob_find(session_of(target), locator);
}

static void
release_lob(struct sql_target *target, uint32_t locator)
{
    lob_release(session_of(target), locator);
}

static enum sql_step
move_cursor(struct sql_target *target, struct sql_section *section, enum sql_move move, int64_t rows, struct sql_diagnosis *diagnosis)
{
    return scroll_move(session_of(target), section_of(section), move, rows, diagnosis);
}

static void
close_cursor(struct sql_target *target, struct sql_section *section)
{
    cursor_close(session_of(target), section_of(section));
}

static void
commit(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    unit_commit(session_of(target), diagnosis);
}

static void
rollback(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    unit_rollback(session_of(target), diagnosis);
}

static void
set_register(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    register_set(session_of(target), text, size, NULL, 0, diagnosis);
}

static const struct sql_target_operations operations = {
    .section = find_section,
    .prepare = prepare,
    .describe_column = describe_column,
    .describe_parameter = describe_parameter,
    .execute = execute,
    .execute_immediate = execute_immediate,
    .open = open_cursor,
    .fetch = fetch,
    .values = get_values,
    .keep_lob = keep_lob,
    .create_lob = create_lob,
    .find_lob = find_lob,
    .release_lob = release_lob,
    .move = move_cursor,
    .close = close_cursor,
    .commit = commit,
    .rollback = rollback,
    .set_register = set_register,
};

struct sql_target *
sqlite_session_new(const struct datastore_settings *datastore, const char *userid)
{
    struct sqlite_session *session = calloc(1, sizeof *session);
    char *name = strdup(userid);
    if (session == NULL || name == NULL) {
        free(session);
        free(name);
        return NULL;
    }
    session->target.operations = &operations;
    session->datastore = datastore;
    session->userid = name;
    session->deadline_ms = INT64_MAX;
    session->lock_timeout_ms = sqlite_connection_lock_timeout_ms(session);
    snprintf(session->schema, sizeof session->schema, "%s", CATALOG_SCHEMA);
    lob_space_init(&session->lob_space, datastore->path, LOB_BYTES_DEFAULT);
    atomic_init(&session->interrupted, false);
    atomic_init(&session->cancelled, false);
    return &session->target;
}

void
sqlite_session_free(struct sql_target *target)
{
    if (target == NULL)
        return;
    struct sqlite_session *session = session_of(target);
    struct sql_diagnosis ignored;
    extdta_drop(target);
    unit_rollback(session, &ignored);
    struct sqlite_section *section;
    struct sqlite_section *next;
    HASH_ITER(hh, session->sections, section, next)
    {
        HASH_DEL(session->sections, section);
        statement_drop(session, section);
        free(section);
    }
    cache_clear(session);
    checks_free(session);
    sqlite_connection_close(session);
    lob_space_clear(&session->lob_space);
    free(session->userid);
    free(session);
}

void
sqlite_session_set_read_only(struct sql_target *target)
{
    session_of(target)->read_only = true;
}

void
sqlite_session_prohibit_updates(struct sql_target *target)
{
    session_of(target)->no_updates = true;
}

void
sqlite_session_limit_lobs(struct sql_target *target, uint64_t bytes)
{
    session_of(target)->lob_space.bytes_max = bytes;
}

void
sqlite_session_take_command(struct sql_target *target)
{
    atomic_store(&session_of(target)->cancelled, false);
}

void
sqlite_session_begin_command(struct sql_target *target)
{
    sqlite_connection_start_clock(session_of(target));
}

void
sqlite_session_cancel(struct sql_target *target)
{
    atomic_store(&session_of(target)->cancelled, true);
}

void
sqlite_session_interrupt(struct sql_target *target)
{
    atomic_store(&session_of(target)->interrupted, true);
}

bool
sqlite_session_holds_lock(const struct sql_target *target)
{
    const struct sqlite_session *session = (const struct sqlite_session *)target;
    return session->database != NULL && sqlite3_txn_state(session->database, "main") == SQLITE_TXN_WRITE;
}
