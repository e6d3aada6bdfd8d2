/* Statements that a session has prepared and may prepare again: programs that close their statements after each use, as JDBC ones do,
 * would else pay for compiling the same text every time. The one used longest ago makes room. */
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/internal.h"

enum { ENTRIES_MAX = 32, TEXT_MAX = 4096 };

struct sqlite_cached {
    struct sqlite_cached *next; /* used longer ago */
    struct sqlite_section section;
};

void
cache_remember(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size)
{
    /* What was peeked at is described by the rows of this moment. */
    bool worthwhile = section->section.is_query || section->changes_rows;
    if (!worthwhile || section->procedure != NULL || session->peeked == section || size > TEXT_MAX)
        return;
    section->column_count = section->section.column_count;
    section->parameter_count = section->section.parameter_count;
    section->schema_version = connection_schema_version(session);
    section->text = section->schema_version >= 0 ? strndup(text, size) : NULL;
}

/* Everything but what names the section and what the conversation has said of the statement that comes. */
static void
move_statement(struct sqlite_section *to, struct sqlite_section *from)
{
    struct sql_section said = to->section;
    UT_hash_handle hh = to->hh;
    *to = *from;
    to->hh = hh;
    to->section.name = said.name;
    to->section.with_hold = said.with_hold;
    to->section.scrollable = said.scrollable;
    to->section.for_update = said.for_update;
    to->section.procedure = said.procedure;
    *from = (struct sqlite_section) { .section = from->section, .hh = from->hh };
    from->section.pending = NULL;
    from->section.pending_size = 0;
    from->section.pending_block = 0;
    from->section.externals = NULL;
}

static void
drop_entry(struct sqlite_session *session, struct sqlite_cached **place)
{
    struct sqlite_cached *entry = *place;
    *place = entry->next;
    statement_drop(session, &entry->section);
    free(entry);
}

void
cache_keep(struct sqlite_session *session, struct sqlite_section *section)
{
    struct sqlite_cached *entry = section->text != NULL ? malloc(sizeof *entry) : NULL;
    if (entry == NULL) {
        statement_drop(session, section);
        return;
    }
    cursor_close(session, section);
    *entry = (struct sqlite_cached) { .next = session->cached };
    move_statement(&entry->section, section);
    session->cached = entry;
    statement_drop(session, section); /* the rest of it */
    size_t count = 0;
    for (struct sqlite_cached **place = &session->cached; *place != NULL; place = &(*place)->next) {
        if (++count <= ENTRIES_MAX)
            continue;
        drop_entry(session, place);
        break;
    }
}

bool
cache_take(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size)
{
    struct sqlite_cached **place = &session->cached;
    while (*place != NULL && (strlen((*place)->section.text) != size || memcmp((*place)->section.text, text, size) != 0))
        place = &(*place)->next;
    if (*place == NULL)
        return false;
    /* Another schema may have other columns behind the same text. */
    bool valid = (*place)->section.schema_version == connection_schema_version(session);
    if (valid)
        move_statement(section, &(*place)->section);
    drop_entry(session, place);
    if (!valid)
        return false;
    section->section.state = SQL_SECTION_PREPARED;
    section->section.is_query = section->column_count > 0;
    section->section.is_call = false;
    section->section.column_count = section->column_count;
    section->section.parameter_count = section->parameter_count;
    return true;
}

void
cache_clear(struct sqlite_session *session)
{
    while (session->cached != NULL)
        drop_entry(session, &session->cached);
}
