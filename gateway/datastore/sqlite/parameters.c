/* Which column a parameter marker is compared with or stored in, told from the text: SQLite does not say. A wrong guess does no
 * harm, because any marker takes any value; a right one lets a client send a value in the column's own form. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drda/sql/fdoca.h"

#include "gateway/datastore/sqlite/conversion.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob_store.h"
#include "gateway/datastore/sqlite/tokens.h"
#include "gateway/datastore/sqlite/types.h"

enum { TABLES_MAX = 8, LISTED_MAX = 256 };

struct scan {
    struct sqlite_session *session;
    struct sql_text text;
    struct sql_token token;
    struct sql_token before;             /* the token before it */
    struct sql_token earlier;            /* and the one before that */
    struct sql_token tables[TABLES_MAX]; /* the first is the one of INSERT */
    size_t table_count;
    struct sql_token listed[LISTED_MAX]; /* INSERT INTO t (these) */
    size_t listed_count;
    bool inserts;
    bool in_values;
    bool in_set;              /* UPDATE t SET: until WHERE */
    unsigned depth;           /* of parentheses */
    size_t position;          /* in the list of VALUES */
    struct sql_column column; /* the last column named, while only operators follow it */
    bool inexact;             /* it keeps decimals as floating point, which has not digits enough */
    struct sql_column *parameters;
    struct sqlite_use *uses;
    struct sqlite_lob_target *lob_targets;
    bool has_conflict;                  /* ON CONFLICT: which columns a row gets is not certain */
    bool has_rows;                      /* VALUES of several rows: neither is which row gets a value */
    char column_name[SQL_NAME_MAX + 1]; /* of the column found last */
    size_t count;
    size_t found; /* markers so far */
};

static bool
advance(struct scan *scan)
{
    scan->earlier = scan->before;
    scan->before = scan->token;
    return sql_token_next(&scan->text, &scan->token);
}

static bool
is_name(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED;
}

/* A name as SQLite wants it: without the quotes around it. */
static bool
copy_name(const struct sql_token *token, char name[SQL_NAME_MAX + 1])
{
    size_t quotes = token->kind == SQL_TOKEN_QUOTED ? 1 : 0;
    if (token->size < 2 * quotes || token->size - 2 * quotes > SQL_NAME_MAX)
        return false;
    size_t size = token->size - 2 * quotes;
    memcpy(name, token->at + quotes, size);
    name[size] = '\0';
    return true;
}

/* A column that a marker belongs to. */
static struct sql_column
column_declared(struct scan *scan, const char *declared)
{
    struct sql_column column = { .type = SQL_TYPE_COUNT };
    scan->inexact = false;
    if (declared == NULL)
        return column;
    sqlite_type_declared(declared, &column);
    scan->inexact = conversion_is_text(&column) && strcasestr(declared, "TEXT") == NULL;
    return column;
}

/* The declared type of a column of one of the tables; SQL_TYPE_COUNT when none of them has it. */
static struct sql_column
find_column(struct scan *scan, const struct sql_token *token)
{
    struct sql_column column = { .type = SQL_TYPE_COUNT };
    char name[SQL_NAME_MAX + 1];
    char table[SQL_NAME_MAX + 1];
    for (size_t i = 0; i < scan->table_count && copy_name(token, name); i++) {
        const char *declared = NULL;
        if (!copy_name(&scan->tables[i], table) ||
            sqlite3_table_column_metadata(scan->session->database, NULL, table, name, &declared, NULL, NULL, NULL, NULL) != SQLITE_OK)
            continue;
        column = column_declared(scan, declared);
        memcpy(scan->column_name, name, sizeof name);
        break;
    }
    return column;
}

static void
collect_tables(struct scan *scan)
{
    static const char *const leaders[] = { "INTO", "UPDATE", "FROM", "JOIN", NULL };
    bool expected = false;
    struct sql_text whole = scan->text;
    while (advance(scan) && scan->table_count < TABLES_MAX) {
        bool named = expected && is_name(&scan->token);
        bool qualified = sql_token_is(&scan->before, ".") && scan->table_count > 0 && is_name(&scan->token) && expected;
        if (qualified)
            scan->tables[scan->table_count - 1] = scan->token;
        else if (named)
            scan->tables[scan->table_count++] = scan->token;
        expected = sql_token_is_one_of(&scan->token, leaders) || (named && scan->text.left > 0 && *scan->text.at == '.') ||
                   (expected && sql_token_is(&scan->token, "."));
    }
    scan->text = whole;
    scan->token = (struct sql_token) { 0 };
}

/* The columns between INSERT INTO t and VALUES. */
static void
note_listed(struct scan *scan)
{
    if (scan->depth == 1 && is_name(&scan->token) && scan->listed_count < LISTED_MAX)
        scan->listed[scan->listed_count++] = scan->token;
}

/* Without a list the columns are those of the table, in its order. */
static struct sql_column
nth_column(struct scan *scan, size_t position)
{
    struct sql_column column = { .type = SQL_TYPE_COUNT };
    char table[SQL_NAME_MAX + 1];
    if (scan->table_count == 0 || !copy_name(&scan->tables[0], table))
        return column;
    char *query = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
    sqlite3_stmt *statement = NULL;
    if (query != NULL && sqlite3_prepare_v3(scan->session->database, query, -1, 0, &statement, NULL) == SQLITE_OK) {
        const char *declared = position < INT32_MAX ? sqlite3_column_decltype(statement, (int)position) : NULL;
        column = column_declared(scan, declared);
        snprintf(scan->column_name, sizeof scan->column_name, "%s", declared != NULL ? sqlite3_column_name(statement, (int)position) : "");
    }
    sqlite3_finalize(statement);
    sqlite3_free(query);
    return column;
}

static struct sql_column
column_of_value(struct scan *scan)
{
    if (scan->listed_count == 0)
        return nth_column(scan, scan->position);
    if (scan->position < scan->listed_count)
        return find_column(scan, &scan->listed[scan->position]);
    return (struct sql_column) { .type = SQL_TYPE_COUNT };
}

/* Whether nothing but the marker makes up the value: the next token ends it. */
static bool
ends_value(const struct scan *scan)
{
    static const char *const ends[] = { ",", ")", ";", "WHERE", "FROM", "RETURNING", NULL };
    struct sql_text ahead = scan->text;
    struct sql_token token;
    return !sql_token_next(&ahead, &token) || sql_token_is_one_of(&token, ends);
}

/* Whether all columns behind this one are LOBs. */
static bool
is_trailing(const struct scan *scan, const char *table, const char *name)
{
    char *query = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
    sqlite3_stmt *statement = NULL;
    bool trailing = false;
    if (query != NULL && sqlite3_prepare_v3(scan->session->database, query, -1, 0, &statement, NULL) == SQLITE_OK) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            struct sql_column column = { .type = SQL_TYPE_VARCHAR };
            const char *declared = sqlite3_column_decltype(statement, i);
            if (declared != NULL)
                sqlite_type_declared(declared, &column);
            trailing = strcasecmp(sqlite3_column_name(statement, i), name) == 0 || (trailing && fdoca_is_lob(column.type));
        }
    }
    sqlite3_finalize(statement);
    sqlite3_free(query);
    return trailing;
}

/* Notes where a large object goes; without memory it will be bound as a whole. */
static void
note_lob(struct scan *scan)
{
    struct sqlite_lob_target target = { .trailing = false };
    if (scan->lob_targets == NULL)
        scan->lob_targets = calloc(scan->count, sizeof *scan->lob_targets);
    if (scan->lob_targets == NULL || scan->table_count != 1 || !copy_name(&scan->tables[0], target.table) ||
        !lob_table_suits(scan->session, target.table))
        return;
    memcpy(target.column, scan->column_name, sizeof target.column);
    target.trailing = is_trailing(scan, target.table, target.column);
    scan->lob_targets[scan->found] = target;
}

/* SQL_CAST(?, 'TYPE'), which is what CAST has become. */
static struct sql_column
column_of_cast(struct scan *scan)
{
    char declared[SQL_NAME_MAX + 1];
    struct sql_column column = { .type = SQL_TYPE_COUNT };
    struct sql_text ahead = scan->text;
    struct sql_token token;
    if (sql_token_next(&ahead, &token) && sql_token_is(&token, ",") && sql_token_next(&ahead, &token) && token.kind == SQL_TOKEN_STRING &&
        token.size >= 2 && token.size - 2 <= SQL_NAME_MAX) {
        snprintf(declared, sizeof declared, "%.*s", (int)token.size - 2, token.at + 1);
        sqlite_type_declared(declared, &column);
    }
    return column;
}

static void
take_marker(struct scan *scan)
{
    static const char *const counters[] = { "LIMIT", "OFFSET", NULL };
    struct sql_column column = scan->column;
    bool stands_alone = sql_token_is(&scan->before, "(") || sql_token_is(&scan->before, ",");
    bool in_set = scan->in_set && scan->depth == 0 && sql_token_is(&scan->before, "=");
    bool in_values = scan->in_values && scan->depth == 1 && stands_alone;
    if (sql_token_is(&scan->before, "(") && sql_token_is(&scan->earlier, "SQL_CAST"))
        column = column_of_cast(scan);
    else if (in_values)
        column = column_of_value(scan);
    else if (sql_token_is_one_of(&scan->before, counters))
        column.type = SQL_TYPE_BIGINT;
    if (column.type != SQL_TYPE_COUNT && scan->found < scan->count) {
        struct sql_column *parameter = &scan->parameters[scan->found];
        parameter->type = column.type;
        parameter->length = column.length;
        parameter->precision = column.precision;
        parameter->scale = column.scale;
        struct sqlite_use *use = &scan->uses[scan->found];
        use->assigned = (in_values || in_set) && ends_value(scan);
        use->loses_digits = use->assigned && scan->inexact;
        if (use->assigned && fdoca_is_lob(column.type))
            note_lob(scan);
    }
    scan->found++;
}

/* Words that may stand between a column and what it is compared with. */
static void
note_word(struct scan *scan)
{
    static const char *const operators[] = { "LIKE", "NOT", "BETWEEN", "AND", "IN", "IS", "ESCAPE", NULL };
    static const char *const inserts[] = { "INSERT", "REPLACE", NULL };
    if (scan->before.at == NULL)
        scan->inserts = sql_token_is_one_of(&scan->token, inserts);
    if (scan->inserts && !scan->in_values)
        note_listed(scan);
    if (scan->inserts && scan->depth == 0 && sql_token_is(&scan->token, "VALUES"))
        scan->in_values = true;
    scan->has_conflict = scan->has_conflict || sql_token_is(&scan->token, "CONFLICT");
    if (scan->depth == 0 && sql_token_is_one_of(&scan->token, (const char *const[]) { "SET", "WHERE", NULL }))
        scan->in_set = sql_token_is(&scan->token, "SET");
    if (!sql_token_is_one_of(&scan->token, operators))
        scan->column = find_column(scan, &scan->token);
}

static void
note_punctuation(struct scan *scan)
{
    if (sql_token_is(&scan->token, "(")) {
        if (scan->depth++ == 0)
            scan->position = 0;
    } else if (sql_token_is(&scan->token, ")")) {
        if (scan->depth > 0)
            scan->depth--;
    } else if (sql_token_is(&scan->token, ",")) {
        if (scan->depth == 1)
            scan->position++;
        if (scan->depth == 0)
            scan->column.type = SQL_TYPE_COUNT; /* inside of parentheses it may be the list of IN */
        scan->has_rows = scan->has_rows || (scan->in_values && scan->depth == 0);
    }
}

struct sql_column *
describe_texts(size_t count)
{
    struct sql_column *parameters = count > 0 ? calloc(count, sizeof *parameters + sizeof(struct sqlite_use)) : NULL;
    for (size_t i = 0; parameters != NULL && i < count; i++) {
        parameters[i] = (struct sql_column) { .name = "", .table = "", .schema = "", .nullable = true };
        sqlite_type_of_expression(SQL_TYPE_VARCHAR, &parameters[i]);
    }
    return parameters;
}

struct sql_column *
describe_parameters(struct sqlite_session *session, const struct sqlite_section *section, const char *text, struct sqlite_use **uses,
                    struct sqlite_lob_target **lob_targets)
{
    size_t count = section->section.parameter_count;
    struct sql_column *parameters = describe_texts(count);
    if (parameters == NULL)
        return NULL;
    *uses = (struct sqlite_use *)(parameters + count);
    struct scan scan = {
        .session = session,
        .text = sql_text(text, strlen(text)),
        .parameters = parameters,
        .uses = *uses,
        .count = count,
    };
    scan.column.type = SQL_TYPE_COUNT;
    collect_tables(&scan);
    while (advance(&scan)) {
        if (scan.token.kind == SQL_TOKEN_MARKER)
            take_marker(&scan);
        else if (is_name(&scan.token))
            note_word(&scan);
        else
            note_punctuation(&scan);
    }
    *lob_targets = scan.lob_targets;
    if (scan.has_conflict || scan.has_rows) {
        free(scan.lob_targets);
        *lob_targets = NULL;
    }
    return parameters;
}
