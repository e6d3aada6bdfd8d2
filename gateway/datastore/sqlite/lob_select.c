/* The second preparing of a query with LOBs. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drda/sql/fdoca.h"
#include "gateway/datastore/sqlite/lob.h"
#include "gateway/datastore/sqlite/select_list.h"
#include "gateway/datastore/sqlite/tokens.h"

enum { TABLES_MAX = 8 };

struct table {
    char name[SQL_NAME_MAX + 1];
    char alias[SQL_NAME_MAX + 1]; /* its name when it has no other */
};

struct query {
    struct sqlite_session *session;
    struct sqlite_section *section;
    struct table tables[TABLES_MAX];
    size_t table_count;
    const char *from; /* the text from FROM on */
};

static bool
is_one_of(const struct sql_token *token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (sql_token_is(token, *words))
            return true;
    return false;
}

static bool
is_name(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED;
}

/* Without its quotes; false when they are doubled inside, or it is too long. */
static bool
copy_name(const struct sql_token *token, char name[static SQL_NAME_MAX + 1])
{
    size_t quotes = token->kind == SQL_TOKEN_QUOTED ? 1 : 0;
    size_t size = token->size - 2 * quotes;
    if (!is_name(token) || token->size < 2 * quotes || size > SQL_NAME_MAX)
        return false;
    memcpy(name, token->at + quotes, size);
    name[size] = '\0';
    return quotes == 0 || strchr(name, *token->at) == NULL;
}

static bool
peek_token(struct sql_text text, struct sql_token *token)
{
    return sql_token_next(&text, token);
}

/* A table with its schema before it and its alias behind it, if any. */
static bool
take_table(struct query *query, struct sql_text *text)
{
    static const char *const no_alias[] = { "JOIN",  "INNER",  "LEFT",      "RIGHT",  "FULL",   "CROSS", "NATURAL", "OUTER",
                                            "ON",    "USING",  "WHERE",     "ORDER",  "LIMIT",  "GROUP", "INDEXED", "NOT",
                                            "UNION", "EXCEPT", "INTERSECT", "HAVING", "WINDOW", NULL };
    struct sql_token token;
    struct table *table = &query->tables[query->table_count];
    if (query->table_count == TABLES_MAX || !sql_token_next(text, &token) || !copy_name(&token, table->name))
        return false;
    if (peek_token(*text, &token) && sql_token_is(&token, ".") &&
        (!sql_token_next(text, &token) || !sql_token_next(text, &token) || !copy_name(&token, table->name)))
        return false;
    memcpy(table->alias, table->name, sizeof table->alias);
    query->table_count++;
    if (!peek_token(*text, &token) || !(sql_token_is(&token, "AS") || (is_name(&token) && !is_one_of(&token, no_alias))))
        return true;
    if (sql_token_is(&token, "AS"))
        (void)sql_token_next(text, &token);
    return sql_token_next(text, &token) && copy_name(&token, table->alias);
}

/* Reads the tables of FROM. False for what gives rows that are no rows of a table. */
static bool
take_from(struct query *query, struct sql_text text)
{
    static const char *const makers[] = { "GROUP", "HAVING", "UNION", "EXCEPT", "INTERSECT", "WINDOW", NULL };
    static const char *const leaders[] = { "FROM", "JOIN", ",", NULL };
    static const char *const ends[] = { "WHERE", "ORDER", "LIMIT", NULL };
    struct sql_token token;
    unsigned depth = 0;
    bool in_from = true;
    query->from = text.at;
    while (sql_token_next(&text, &token)) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        if (depth > 0)
            continue;
        if (is_one_of(&token, makers))
            return false;
        in_from = in_from && !is_one_of(&token, ends);
        if (in_from && is_one_of(&token, leaders) && !take_table(query, &text))
            return false;
    }
    return query->table_count > 0;
}

/* The table that a LOB column belongs to: by its qualifier, or because no other could be meant. */
static const struct table *
find_table(const struct query *query, const char *qualifier, const char *origin)
{
    const struct table *found = NULL;
    for (size_t i = 0; i < query->table_count; i++) {
        const struct table *table = &query->tables[i];
        bool meant = qualifier != NULL ? strcasecmp(table->alias, qualifier) == 0 : strcasecmp(table->name, origin) == 0;
        if (!meant)
            continue;
        if (found != NULL)
            return NULL;
        found = table;
    }
    return found != NULL && strcasecmp(found->name, origin) == 0 ? found : NULL;
}

/* Only rows of tables have rowids that can be found again; metadata of views cannot be had. */
static bool
has_rowid(const struct query *query, const char *table)
{
    int primary_key = 0;
    const char *type = NULL;
    return sqlite3_table_column_metadata(query->session->database, "main", table, "_rowid_", &type, NULL, NULL, &primary_key, NULL) ==
               SQLITE_OK &&
           primary_key != 0;
}

/* `name` or `qualifier.name`, perhaps with a label. */
static bool
take_column(struct sql_text item, char qualifier[static SQL_NAME_MAX + 1], bool *qualified)
{
    struct sql_token token;
    char name[SQL_NAME_MAX + 1];
    *qualified = false;
    if (!sql_token_next(&item, &token) || !copy_name(&token, qualifier))
        return false;
    if (peek_token(item, &token) && sql_token_is(&token, ".")) {
        *qualified = true;
        if (!sql_token_next(&item, &token) || !sql_token_next(&item, &token) || !copy_name(&token, name))
            return false;
    }
    if (!sql_token_next(&item, &token))
        return true;
    if (sql_token_is(&token, "AS") && !sql_token_next(&item, &token))
        return false;
    return is_name(&token) && sql_text_is_blank(item);
}

static bool
is_lob(const struct query *query, size_t index)
{
    return fdoca_is_lob(query->section->columns[index].type);
}

/* Writes what stands for a LOB column of `table`, and notes where its rowids lead. */
static bool
put_lob(struct query *query, sqlite3_str *text, size_t index, const struct table *table)
{
    sqlite3_stmt *statement = query->section->statement;
    const char *column = sqlite3_column_origin_name(statement, (int)index);
    struct sqlite_lob_source *source = &query->section->lob_sources[index];
    if (table == NULL || column == NULL || !has_rowid(query, table->name))
        return false;
    const char *alias = table->alias;
    sqlite3_str_appendf(text,
                        "CASE WHEN typeof(\"%w\".\"%w\") = 'blob' AND length(\"%w\".\"%w\") > %d THEN \"%w\"._rowid_ "
                        "WHEN typeof(\"%w\".\"%w\") IN ('integer', 'real') THEN CAST(\"%w\".\"%w\" AS TEXT) ELSE \"%w\".\"%w\" END",
                        alias, column, alias, column, LOB_INLINE_MAX, alias, alias, column, alias, column, alias, column);
    source->table = strdup(table->name);
    source->column = strdup(column);
    return source->table != NULL && source->column != NULL;
}

/* SELECT * of one table: its columns by name. */
static bool
put_all_columns(struct query *query, sqlite3_str *text)
{
    if (query->table_count != 1)
        return false;
    const struct table *table = &query->tables[0];
    for (size_t i = 0; i < query->section->section.column_count; i++) {
        const char *column = sqlite3_column_origin_name(query->section->statement, (int)i);
        if (column == NULL)
            return false;
        if (i > 0)
            sqlite3_str_appendchar(text, 1, ',');
        if (is_lob(query, i) && !put_lob(query, text, i, table))
            return false;
        if (!is_lob(query, i))
            sqlite3_str_appendf(text, "\"%w\".\"%w\"", table->alias, column);
    }
    return true;
}

static bool
put_items(struct query *query, sqlite3_str *text, struct select_list list)
{
    struct sql_text item;
    char qualifier[SQL_NAME_MAX + 1];
    bool qualified;
    size_t i = 0;
    for (; select_list_next(&list, &item) && i < query->section->section.column_count; i++) {
        const char *origin = sqlite3_column_table_name(query->section->statement, (int)i);
        if (i > 0)
            sqlite3_str_appendchar(text, 1, ',');
        if (!is_lob(query, i) || origin == NULL)
            sqlite3_str_append(text, item.at, (int)item.left);
        else if (!take_column(item, qualifier, &qualified) ||
                 !put_lob(query, text, i, find_table(query, qualified ? qualifier : NULL, origin)))
            return false;
    }
    return i == query->section->section.column_count;
}

/* The list up to FROM. */
static bool
skip_list(struct select_list list, struct sql_text whole, struct sql_text *from, bool *all)
{
    struct sql_token token;
    struct sql_text ahead = list.rest;
    unsigned depth = 0;
    *all = sql_token_next(&ahead, &token) && sql_token_is(&token, "*") && peek_token(ahead, &token) && sql_token_is(&token, "FROM");
    ahead = list.rest;
    while (peek_token(ahead, &token) && (depth > 0 || !sql_token_is(&token, "FROM"))) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        (void)sql_token_next(&ahead, &token);
    }
    *from = ahead;
    return ahead.left > 0 && ahead.left < whole.left;
}

static char *
make_text(struct query *query, const char *original)
{
    struct sql_text whole = sql_text(original, strlen(original));
    struct select_list list;
    struct sql_text from;
    struct sql_text ahead;
    struct sql_token token;
    bool all;
    if (!select_list_begin(&list, original, whole.left) || list.values)
        return NULL;
    ahead = whole;
    (void)sql_token_next(&ahead, &token);
    if (peek_token(ahead, &token) && sql_token_is(&token, "DISTINCT"))
        return NULL;
    if (!skip_list(list, whole, &from, &all) || !take_from(query, from))
        return NULL;
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendall(text, "SELECT ");
    bool good = all ? put_all_columns(query, text) : put_items(query, text, list);
    sqlite3_str_appendf(text, " %s", query->from);
    char *made = sqlite3_str_finish(text);
    if (good)
        return made;
    sqlite3_free(made);
    return NULL;
}

static bool
has_lobs(const struct query *query)
{
    for (size_t i = 0; i < query->section->section.column_count; i++)
        if (is_lob(query, i))
            return true;
    return false;
}

void
lob_rewrite(struct sqlite_session *session, struct sqlite_section *section, const char *original)
{
    struct query query = { .session = session, .section = section };
    if (!section->section.is_query || !has_lobs(&query) || sqlite3_stmt_readonly(section->statement) == 0)
        return;
    section->lob_sources = calloc(section->section.column_count, sizeof *section->lob_sources);
    section->lob_source_count = section->lob_sources != NULL ? section->section.column_count : 0;
    char *text = section->lob_sources != NULL ? make_text(&query, original) : NULL;
    sqlite3_stmt *second = NULL;
    if (text != NULL && sqlite3_prepare_v3(session->database, text, -1, SQLITE_PREPARE_PERSISTENT, &second, NULL) == SQLITE_OK &&
        sqlite3_column_count(second) == (int)section->section.column_count) {
        if (session->peeked == section)
            statement_forget_peek(session);
        sqlite3_finalize(section->statement);
        section->statement = second;
    } else {
        sqlite3_finalize(second);
        lob_sources_free(section);
    }
    sqlite3_free(text);
}
