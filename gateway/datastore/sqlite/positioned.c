#include <stdio.h>
#include <string.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/tokens.h"

/* The cursor of section n of a package SYSxxxxx of dynamic SQL is SQL_CURxxxxxCn. */
static bool
is_cursor_of(const struct sql_section *section, const char *cursor)
{
    static const char prefix[] = "SYS";
    char name[SQL_NAME_MAX + 1];
    if (strncmp(section->name.package, prefix, strlen(prefix)) != 0)
        return false;
    snprintf(name, sizeof name, "SQL_CUR%sC%u", section->name.package + strlen(prefix), (unsigned)section->name.number);
    return strcmp(name, cursor) == 0;
}

/* One that came to its end is open to the client, which may still be in the midst of its rows. */
static bool
is_open(const struct sql_section *section)
{
    return section->state == SQL_SECTION_OPEN || section->state == SQL_SECTION_ENDED;
}

static void
refuse(const struct sqlite_session *session, const char *cursor, struct sql_diagnosis *diagnosis)
{
    const struct sqlite_section *section = session->sections;
    while (section != NULL && !is_cursor_of(&section->section, cursor))
        section = section->hh.next;
    if (section == NULL || !section->section.is_query)
        sqlite_diagnosis_tokens(diagnosis, -504, "34000", cursor, NULL);
    else if (!is_open(&section->section))
        sqlite_diagnosis_tokens(diagnosis, -507, "24501", cursor, NULL);
    else
        sqlite_diagnosis_tokens(diagnosis, -510, "42828", cursor, "cursors are read-only");
}

bool
positioned_check(struct sqlite_session *session, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    static const char *const where_current_of[] = { "WHERE", "CURRENT", "OF", NULL };
    struct sql_text rest = sql_text(text, size);
    struct sql_token token;
    if (!sql_text_take(&rest, "UPDATE") && !sql_text_take(&rest, "DELETE"))
        return true;
    while (!sql_text_take_phrase(&rest, where_current_of))
        if (!sql_token_next(&rest, &token))
            return true;
    char cursor[SQL_NAME_MAX + 1];
    if (!sql_token_next(&rest, &token) || !sql_token_text(&token, cursor, sizeof cursor) || !sql_text_is_blank(rest))
        return true; /* not what it looked like: a syntax error of SQLite's */
    refuse(session, cursor, diagnosis);
    return false;
}
