#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/tokens.h"

/* The cursor of section n of a package SYSxxxxx of dynamic SQL is SQL_CURxxxxxCn. */
static void
name_cursor(const struct sql_section *section, char name[static SQL_NAME_MAX + 1])
{
    static const char prefix[] = "SYS";
    bool dynamic = strncmp(section->name.package, prefix, strlen(prefix)) == 0;
    snprintf(name, SQL_NAME_MAX + 1, "SQL_CUR%sC%u", section->name.package + (dynamic ? strlen(prefix) : 0),
             (unsigned)section->name.number);
}

static struct sqlite_section *
find_cursor(const struct sqlite_session *session, const char *cursor)
{
    char name[SQL_NAME_MAX + 1];
    for (struct sqlite_section *section = session->sections; section != NULL; section = section->hh.next) {
        name_cursor(&section->section, name);
        if (section->section.is_query && strcmp(name, cursor) == 0)
            return section;
    }
    return NULL;
}

/* One that came to its end is open to the client, which may still be in the midst of its rows. */
static bool
is_open(const struct sql_section *section)
{
    return section->state == SQL_SECTION_OPEN || section->state == SQL_SECTION_ENDED;
}

/* UPDATE table or DELETE FROM table, up to WHERE CURRENT OF cursor at the end. */
struct positioned {
    char table[SQL_NAME_MAX + 1];
    char cursor[SQL_NAME_MAX + 1];
    struct sql_text assignments; /* of UPDATE, from SET on */
    size_t before_where;         /* bytes of the text */
};

static bool
take_name(struct sql_text *text, char name[static SQL_NAME_MAX + 1])
{
    struct sql_token token;
    return sql_token_next(text, &token) && sql_token_text(&token, name, SQL_NAME_MAX + 1);
}

static bool
recognise(const char *text, size_t size, struct positioned *positioned)
{
    static const char *const where_current_of[] = { "WHERE", "CURRENT", "OF", NULL };
    struct sql_text rest = sql_text(text, size);
    struct sql_token token;
    bool deletes = sql_text_take(&rest, "DELETE");
    if (deletes ? !sql_text_take(&rest, "FROM") : !sql_text_take(&rest, "UPDATE"))
        return false;
    if (!take_name(&rest, positioned->table) || (sql_text_take(&rest, ".") && !take_name(&rest, positioned->table)))
        return false;
    positioned->assignments = deletes ? sql_text("", 0) : rest;
    for (;;) {
        positioned->before_where = (size_t)(rest.at - text);
        if (sql_text_take_phrase(&rest, where_current_of))
            break;
        if (!sql_token_next(&rest, &token))
            return false;
    }
    if (!deletes)
        positioned->assignments.left = (size_t)(text + positioned->before_where - positioned->assignments.at);
    return take_name(&rest, positioned->cursor) && sql_text_is_blank(rest);
}

/* The first column behind SET, name = value or (names) = (values), that may not be changed through the cursor. */
static bool
find_foreign_column(const struct sqlite_section *cursor, struct sql_text text, char column[static SQL_NAME_MAX + 1])
{
    struct sql_token token;
    unsigned depth = 0;
    bool names = false; /* what comes is a name, or names in parentheses */
    while (sql_token_next(&text, &token)) {
        bool opens = sql_token_is(&token, "(");
        bool closes = sql_token_is(&token, ")");
        depth += opens;
        depth -= closes && depth > 0;
        if (sql_token_is(&token, ",") || sql_token_is(&token, "SET"))
            names = names || depth == 0;
        else if (names && !opens && !closes && sql_token_text(&token, column, SQL_NAME_MAX + 1) && !updatable_has_column(cursor, column))
            return true;
        if (depth == 0 && !opens && !sql_token_is(&token, ",") && !sql_token_is(&token, "SET"))
            names = false;
    }
    return false;
}

/* Tells why the cursor's rows cannot be changed by the statement; false when they can. */
static bool
refuse(const struct sqlite_section *cursor, const struct positioned *positioned, struct sql_diagnosis *diagnosis)
{
    char column[SQL_NAME_MAX + 1];
    if (cursor == NULL)
        sqlite_diagnosis_tokens(diagnosis, -504, "34000", positioned->cursor, NULL);
    else if (!is_open(&cursor->section))
        sqlite_diagnosis_tokens(diagnosis, -507, "24501", positioned->cursor, NULL);
    else if (cursor->row_table == NULL)
        sqlite_diagnosis_tokens(diagnosis, -510, "42828", positioned->cursor, "the cursor is read-only");
    else if (strcasecmp(cursor->row_table, positioned->table) != 0)
        sqlite_diagnosis_tokens(diagnosis, -509, "42827", positioned->table, positioned->cursor);
    else if (find_foreign_column(cursor, positioned->assignments, column))
        sqlite_diagnosis_tokens(diagnosis, -503, "42912", column, positioned->cursor);
    else
        return false;
    return true;
}

bool
positioned_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size, char **rewritten,
                   struct sql_diagnosis *diagnosis)
{
    struct positioned positioned;
    *rewritten = NULL;
    if (!recognise(text, size, &positioned))
        return true;
    if (refuse(find_cursor(session, positioned.cursor), &positioned, diagnosis))
        return false;
    section->cursor = strdup(positioned.cursor);
    if (section->cursor == NULL || asprintf(rewritten, "%.*s WHERE _rowid_ = ?", (int)positioned.before_where, text) < 0) {
        *rewritten = NULL;
        sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", NULL);
        return false;
    }
    return true;
}

bool
positioned_bind(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    const struct sqlite_section *cursor = find_cursor(session, section->cursor);
    if (cursor == NULL || !is_open(&cursor->section) || cursor->row_table == NULL)
        sqlite_diagnosis_tokens(diagnosis, -507, "24501", section->cursor, NULL);
    else if (!cursor->on_row)
        sqlite_diagnosis_tokens(diagnosis, -508, "24504", section->cursor, NULL);
    else
        return sqlite3_bind_int64(section->statement, (int)section->section.parameter_count + 1, cursor->rowid) == SQLITE_OK;
    return false;
}

void
positioned_judge(struct sqlite_session *session, const struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    struct sqlite_section *cursor = find_cursor(session, section->cursor);
    bool gone = diagnosis->sqlcode == 100; /* deleted by others, or with another rowid by now */
    if (gone)
        sqlite_diagnosis_tokens(diagnosis, -508, "24504", section->cursor, NULL);
    bool deleted = diagnosis->sqlcode == 0 && *section->written == '\0'; /* no rows are written by DELETE */
    if (cursor != NULL && (gone || deleted))
        cursor->on_row = false;
}
