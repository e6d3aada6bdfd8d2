/* Cursors whose rows UPDATE and DELETE WHERE CURRENT OF may change: behind the columns that the client asked for, the query gives the
 * rowid of each row. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/tokens.h"

/* What the text of a query tells: SELECT columns FROM table [[AS] alias] rest. */
struct simple_query {
    struct sql_text columns; /* behind SELECT, up to FROM */
    const char *from;        /* the text from FROM on */
    char table[SQL_NAME_MAX + 1];
    char alias[SQL_NAME_MAX + 1]; /* its name when it has no other */
};

/* Moves behind FOR UPDATE. */
static bool
find_for_update(struct sql_text *text)
{
    static const char *const for_update[] = { "FOR", "UPDATE", NULL };
    struct sql_token token;
    if (!sql_text_take(text, "SELECT"))
        return false;
    while (!sql_text_take_phrase(text, for_update))
        if (!sql_token_next(text, &token))
            return false;
    return true;
}

/* The names of OF at the beginning of what follows FOR UPDATE, a NUL behind each and another behind the last. NULL without memory. */
static char *
list_columns(struct sql_text rest)
{
    struct sql_token token;
    size_t room = rest.left + 2;
    size_t used = 0;
    char *list = calloc(1, room);
    if (list == NULL)
        return NULL;
    bool more = sql_text_take(&rest, "OF");
    while (more && sql_token_next(&rest, &token) && sql_token_text(&token, list + used, room - used)) {
        used += strlen(list + used) + 1;
        more = sql_text_take(&rest, ",");
    }
    list[used] = '\0';
    return list;
}

bool
updatable_is_wanted(struct sqlite_section *section, const char *text, size_t size)
{
    struct sql_text rest = sql_text(text, size);
    if (!find_for_update(&rest) && !section->section.for_update)
        return false;
    free(section->row_columns);
    section->row_columns = list_columns(rest);
    return section->row_columns != NULL;
}

bool
updatable_has_column(const struct sqlite_section *section, const char *column)
{
    const char *name = section->row_columns;
    while (*name != '\0' && strcasecmp(name, column) != 0)
        name += strlen(name) + 1;
    return *section->row_columns == '\0' || *name != '\0';
}

/* Up to the FROM of the outermost query. */
static bool
take_columns(struct simple_query *query, struct sql_text *text)
{
    struct sql_token token;
    unsigned depth = 0;
    query->columns.at = text->at;
    for (;;) {
        struct sql_text ahead = *text;
        if (!sql_token_next(&ahead, &token))
            return false;
        if (depth == 0 && sql_token_is(&token, "FROM"))
            break;
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        *text = ahead;
    }
    query->columns.left = (size_t)(token.at - query->columns.at);
    query->from = token.at;
    return sql_text_take(text, "FROM");
}

static bool
take_name(struct sql_text *text, char name[static SQL_NAME_MAX + 1])
{
    struct sql_token token;
    return sql_token_next(text, &token) && token.kind != SQL_TOKEN_STRING && sql_token_text(&token, name, SQL_NAME_MAX + 1);
}

/* One table, perhaps behind its schema, and its alias. */
static bool
take_table(struct simple_query *query, struct sql_text *text)
{
    if (!take_name(text, query->table) || (sql_text_take(text, ".") && !take_name(text, query->table)))
        return false;
    memcpy(query->alias, query->table, sizeof query->alias);
    struct sql_text ahead = *text;
    struct sql_token token;
    bool ends = !sql_token_next(&ahead, &token) || sql_token_is(&token, "WHERE") || sql_token_is(&token, "ORDER") ||
                sql_token_is(&token, "LIMIT") || sql_token_is(&token, ";");
    if (ends)
        return true;
    sql_text_take(text, "AS");
    return take_name(text, query->alias);
}

/* Whether what follows the table leaves each row of the result a row of it. A second table is what is left where none may stand. */
static bool
is_plain(struct sql_text rest)
{
    static const char *const makers[] = { "GROUP", "HAVING", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "JOIN", "NATURAL" };
    struct sql_token token;
    unsigned depth = 0;
    for (bool where = false; sql_token_next(&rest, &token);) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        if (depth > 0)
            continue;
        where = where || sql_token_is(&token, "WHERE") || sql_token_is(&token, "ORDER") || sql_token_is(&token, "LIMIT");
        if (!where && !sql_token_is(&token, ";"))
            return false;
        for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
            if (sql_token_is(&token, makers[i]))
                return false;
    }
    return true;
}

static bool
understand(struct simple_query *query, const char *text)
{
    struct sql_text rest = sql_text(text, strlen(text));
    if (!sql_text_take(&rest, "SELECT") || sql_text_take(&rest, "DISTINCT"))
        return false;
    sql_text_take(&rest, "ALL");
    return take_columns(query, &rest) && take_table(query, &rest) && is_plain(rest);
}

/* All columns are the table's own, and its rows have rowids, which those of views and of WITHOUT ROWID have not. */
static bool
gives_rows_of(const struct sqlite_session *session, sqlite3_stmt *statement, const char *table)
{
    int primary_key = 0;
    const char *type = NULL;
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        const char *origin = sqlite3_column_table_name(statement, i);
        if (origin == NULL || strcasecmp(origin, table) != 0)
            return false;
    }
    return sqlite3_table_column_metadata(session->database, "main", table, "_rowid_", &type, NULL, NULL, &primary_key, NULL) == SQLITE_OK &&
           primary_key != 0;
}

static const char *
text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

void
updatable_rewrite(struct sqlite_session *session, struct sqlite_section *section, const char *text)
{
    struct simple_query query;
    sqlite3_stmt *second = NULL;
    if (!section->section.is_query || section->section.scrollable || section->lob_places != NULL || !understand(&query, text) ||
        !gives_rows_of(session, section->statement, query.table))
        return;
    char *with_rowid =
        sqlite3_mprintf("SELECT %.*s, \"%w\"._rowid_ %s", (int)query.columns.left, query.columns.at, query.alias, query.from);
    if (with_rowid != NULL && sqlite3_prepare_v3(session->database, with_rowid, -1, SQLITE_PREPARE_PERSISTENT, &second, NULL) == SQLITE_OK)
        section->row_table = strdup(query.table);
    sqlite3_free(with_rowid);
    if (section->row_table == NULL) {
        sqlite3_finalize(second);
        return;
    }
    if (session->peeked == section)
        statement_forget_peek(session);
    sqlite3_finalize(section->statement);
    section->statement = second;
    section->section.updatable = true;
    for (size_t i = 0; i < section->section.column_count; i++)
        section->columns[i].updatable = updatable_has_column(section, text_or_empty(sqlite3_column_origin_name(second, (int)i)));
}

void
updatable_note_row(struct sqlite_section *section)
{
    section->on_row = true;
    section->rowid = sqlite3_column_int64(section->statement, (int)section->section.column_count);
}
