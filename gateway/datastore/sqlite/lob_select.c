/* The second preparing of a query with LOBs: see lob.h. A place goes unseen through whatever only passes a column on, so subqueries in
 * FROM, views, WITH and the parts of UNION ALL are made to give places too. Nothing may look at a place as if it were the value: where a
 * column is named for anything but to be given on, the query is left as it is. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drda/sql/fdoca.h"
#include "gateway/datastore/sqlite/lob.h"
#include "gateway/datastore/sqlite/lob_from.h"
#include "gateway/datastore/sqlite/select_list.h"
#include "gateway/datastore/sqlite/tokens.h"

enum { DEPTH_MAX = 4 };

/* One SELECT that is being written anew. */
struct part {
    struct lob_query *query;
    sqlite3_stmt *shape; /* prepared alone: its columns */
    struct lob_from from;
    struct sql_text list;  /* the columns */
    struct sql_text rest;  /* from FROM on */
    struct sql_text order; /* of the whole query; empty when there is none */
    bool labelled;         /* what is around it knows the columns by their names */
    bool compound;
    bool *marked; /* which columns give places */
};

/* The number of a column whose values may have to be found again; negative when there are too many. */
static int
add_source(struct lob_query *query, const char *table, const char *column)
{
    struct sqlite_lob_places *places = query->places;
    if (places->count == LOB_SOURCES_MAX)
        return -1;
    struct sqlite_lob_source *source = &places->sources[places->count++];
    source->table = strdup(table);
    source->column = strdup(column);
    return source->table != NULL && source->column != NULL ? (int)places->count - 1 : -1;
}

/* Only rows of tables have rowids that can be found again. */
static bool
has_rowid(const struct lob_query *query, const char *table)
{
    int primary_key = 0;
    return sqlite3_table_column_metadata(query->session->database, "main", table, "_rowid_", NULL, NULL, NULL, &primary_key, NULL) ==
               SQLITE_OK &&
           primary_key != 0;
}

sqlite3_stmt *
lob_query_prepare(const struct lob_query *query, struct sql_text text)
{
    sqlite3_stmt *statement = NULL;
    size_t with = query->views == 0 ? query->with.left : 0;
    char *whole = sqlite3_mprintf("%.*s%.*s", (int)with, query->with.at, (int)text.left, text.at);
    if (whole != NULL)
        (void)sqlite3_prepare_v3(query->session->database, whole, -1, 0, &statement, NULL);
    sqlite3_free(whole);
    return statement;
}

static bool
take_label(struct sql_text item)
{
    struct sql_token token;
    if (!sql_token_next(&item, &token))
        return true;
    if (sql_token_is(&token, "AS") && !sql_token_next(&item, &token))
        return false;
    return (token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED) && sql_text_is_blank(item);
}

/* `name` or `qualifier.name`, perhaps with a label. */
static bool
take_column(struct sql_text item, char qualifier[static SQL_NAME_MAX + 1], char name[static SQL_NAME_MAX + 1])
{
    struct sql_token token;
    qualifier[0] = '\0';
    if (!sql_token_next(&item, &token) || !lob_copy_name(&token, name))
        return false;
    if (sql_text_take(&item, ".")) {
        memcpy(qualifier, name, SQL_NAME_MAX + 1);
        if (!sql_token_next(&item, &token) || !lob_copy_name(&token, name))
            return false;
    }
    return take_label(item);
}

/* NULL, a string or X'...': never a number, which would be taken for a place. */
static bool
is_literal(struct sql_text item)
{
    struct sql_token token;
    if (!sql_token_next(&item, &token))
        return false;
    if (token.kind == SQL_TOKEN_STRING || sql_token_is(&token, "NULL"))
        return take_label(item);
    return sql_token_is(&token, "X") && item.left > 0 && *item.at == '\'' && sql_token_next(&item, &token) && take_label(item);
}

/* What stands for a column of a table: its place when the value is long, and never a number of its own. */
static bool
put_place(struct part *part, sqlite3_str *text, const char *alias, const char *table, const char *column)
{
    int source = add_source(part->query, table, column);
    if (source < 0)
        return false;
    sqlite3_str_appendf(text,
                        "CASE WHEN typeof(\"%w\".\"%w\") = 'blob' AND length(\"%w\".\"%w\") > %d AND \"%w\"._rowid_ BETWEEN %lld AND %lld "
                        "THEN \"%w\"._rowid_ * %d + %d WHEN typeof(\"%w\".\"%w\") IN ('integer', 'real') "
                        "THEN CAST(\"%w\".\"%w\" AS TEXT) ELSE \"%w\".\"%w\" END",
                        alias, column, alias, column, LOB_INLINE_MAX, alias, -LOB_PLACE_ROWID_MAX, LOB_PLACE_ROWID_MAX, alias,
                        LOB_SOURCES_MAX, source, alias, column, alias, column, alias, column);
    return true;
}

static bool
put_column(struct part *part, sqlite3_str *text, size_t index, const char *qualifier, const char *name, bool by_name)
{
    struct lob_element *element = lob_from_find(part->query, &part->from, qualifier, name);
    if (element == NULL)
        return false;
    if (by_name)
        lob_from_give(&part->from, name);
    if (element->derived != NULL) {
        size_t column = lob_derived_find(element->derived, name);
        part->marked[index] = element->derived->marked[column];
        sqlite3_str_appendf(text, "\"%w\".\"%w\"", element->alias, name);
    } else {
        const char *database = sqlite3_column_database_name(part->shape, (int)index);
        const char *table = sqlite3_column_table_name(part->shape, (int)index);
        if (database == NULL || table == NULL || strcmp(database, "main") != 0 || strcasecmp(table, element->name) != 0 ||
            !has_rowid(part->query, table) || !put_place(part, text, element->alias, table, name))
            return false;
        part->marked[index] = true;
    }
    if (part->labelled || element->derived != NULL)
        sqlite3_str_appendf(text, " AS \"%w\"", sqlite3_column_name(part->shape, (int)index));
    return true;
}

/* SELECT * of one table, view or subquery: its columns by name. */
static bool
put_all_columns(struct part *part, sqlite3_str *text, const bool *wanted)
{
    if (part->from.count != 1)
        return false;
    const struct lob_element *element = &part->from.elements[0];
    for (int i = 0; i < sqlite3_column_count(part->shape); i++) {
        const char *name = element->derived != NULL ? sqlite3_column_name(part->shape, i) : sqlite3_column_origin_name(part->shape, i);
        if (name == NULL)
            return false;
        if (i > 0)
            sqlite3_str_appendchar(text, 1, ',');
        if (wanted[i] && !put_column(part, text, (size_t)i, "", name, false))
            return false;
        if (!wanted[i])
            sqlite3_str_appendf(text, "\"%w\".\"%w\"", element->alias, name);
    }
    return true;
}

static bool
put_items(struct part *part, sqlite3_str *text, const bool *wanted)
{
    struct select_list list = { .rest = part->list };
    struct sql_text item;
    char qualifier[SQL_NAME_MAX + 1];
    char name[SQL_NAME_MAX + 1];
    size_t count = (size_t)sqlite3_column_count(part->shape);
    size_t i = 0;
    for (; select_list_next(&list, &item) && i < count; i++) {
        bool is_column = wanted[i] && take_column(item, qualifier, name) && sqlite3_column_origin_name(part->shape, (int)i) != NULL;
        if (i > 0)
            sqlite3_str_appendchar(text, 1, ',');
        if (is_column && !put_column(part, text, i, qualifier, name, true))
            return false;
        if (!is_column && wanted[i] && part->compound) {
            part->marked[i] = is_literal(item); /* no place, and none that could be taken for one */
            if (!part->marked[i])
                return false;
        }
        if (!is_column)
            sqlite3_str_append(text, item.at, (int)item.left);
    }
    return i == count;
}

/* Whether a term of ORDER BY is the number of a column that gives places. */
static bool
orders_by_number(const struct part *part)
{
    struct sql_text rest = part->order;
    struct sql_token token;
    bool at_term = false;
    while (sql_token_next(&rest, &token)) {
        unsigned long number = at_term && token.kind == SQL_TOKEN_NUMBER ? strtoul(token.at, NULL, 10) : 0;
        if (number > 0 && number <= (unsigned long)sqlite3_column_count(part->shape) && part->marked[number - 1])
            return true;
        at_term = sql_token_is(&token, "BY") || sql_token_is(&token, ",");
    }
    return false;
}

static struct sql_text
list_of(const struct part *part)
{
    return sql_text(part->list.at, (size_t)(part->rest.at - part->list.at));
}

/* Whether something in this SELECT, or in the ORDER BY around it, looks at a column that gives places. */
static bool
looks_at_places(const struct part *part)
{
    struct sql_text outer = sql_text(part->from.outer, strlen(part->from.outer));
    if (orders_by_number(part))
        return true;
    for (int i = 0; i < sqlite3_column_count(part->shape); i++) {
        const char *label = sqlite3_column_name(part->shape, i);
        const char *origin = sqlite3_column_origin_name(part->shape, i);
        if (!part->marked[i])
            continue;
        bool renamed = origin == NULL || strcasecmp(label, origin) != 0;
        if ((renamed && lob_mentions(outer, label) > 0) || ((part->labelled || part->compound) && lob_mentions(part->order, label) > 0) ||
            (part->compound && origin != NULL && lob_mentions(part->order, origin) > 0))
            return true;
    }
    return lob_from_looks_inside(&part->from, list_of(part));
}

/* Where FROM begins behind the columns. */
static bool
split(struct sql_text text, struct part *part)
{
    struct select_list list;
    struct sql_token token;
    struct sql_text ahead = text;
    if (!select_list_begin(&list, text.at, text.left) || list.values || !sql_text_take(&ahead, "SELECT") ||
        sql_text_take(&ahead, "DISTINCT"))
        return false;
    part->list = list.rest;
    ahead = list.rest;
    unsigned depth = 0;
    struct sql_text before = ahead;
    while (sql_token_next(&ahead, &token)) {
        if (depth == 0 && sql_token_is(&token, "FROM")) {
            part->rest = (struct sql_text) { token.at, before.left - (size_t)(token.at - before.at) };
            return true;
        }
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        before = ahead;
    }
    return false;
}

static bool
is_all_columns(struct sql_text list)
{
    struct sql_token token;
    return sql_text_take(&list, "*") && sql_token_next(&list, &token) && sql_token_is(&token, "FROM");
}

/* One SELECT without UNION. */
static bool
put_part(struct part *part, struct sql_text text, const bool *wanted, sqlite3_str *out)
{
    if (!split(text, part) || !lob_from_read(part->query, &part->from, part->rest))
        return false;
    sqlite3_str_appendall(out, "SELECT ");
    bool good = is_all_columns(part->list) ? put_all_columns(part, out, wanted) : put_items(part, out, wanted);
    sqlite3_str_appendf(out, " %s", part->from.text);
    return good && !looks_at_places(part);
}

/* Columns that are LOBs by their declarations. */
static void
find_lobs(sqlite3_stmt *shape, bool *wanted)
{
    for (int i = 0; i < sqlite3_column_count(shape); i++) {
        struct sql_column column = { .type = SQL_TYPE_VARCHAR };
        const char *declared = sqlite3_column_decltype(shape, i);
        if (declared != NULL)
            sqlite_type_declared(declared, &column);
        wanted[i] = fdoca_is_lob(column.type);
    }
}

/* The ORDER BY at the end of a query, outside parentheses. */
static struct sql_text
find_order(struct sql_text text)
{
    struct sql_token token;
    unsigned depth = 0;
    for (struct sql_text before = text; sql_token_next(&text, &token); before = text) {
        if (depth == 0 && sql_token_is(&token, "ORDER"))
            return before;
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
    }
    return (struct sql_text) { text.at, 0 };
}

/* Cuts the text before the next UNION ALL off; false when it is cut by another operator. */
static bool
next_arm(struct sql_text *text, struct sql_text *arm)
{
    static const char *const others[] = { "UNION", "EXCEPT", "INTERSECT", NULL };
    struct sql_token token;
    unsigned depth = 0;
    *arm = *text;
    for (struct sql_text before = *text; sql_token_next(text, &token); before = *text) {
        if (depth == 0 && sql_token_is_one_of(&token, others)) {
            arm->left -= before.left;
            return sql_token_is(&token, "UNION") && sql_text_take(text, "ALL");
        }
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
    }
    return true;
}

/* The arms of a UNION ALL have to agree on which columns give places. */
static bool
put_arms(struct lob_query *query, struct sql_text text, bool labelled, const bool *wanted, bool *marked, size_t columns, sqlite3_str *out)
{
    struct sql_text order = find_order(text);
    struct sql_text arm;
    bool first = true;
    bool compound = false;
    while (text.left > 0) {
        if (!next_arm(&text, &arm))
            return false;
        compound = compound || text.left > 0;
        struct part part = { .query = query, .order = order, .labelled = labelled || compound, .compound = compound };
        part.marked = calloc(columns + 1, sizeof *part.marked);
        part.shape = lob_query_prepare(query, arm);
        bool good = part.marked != NULL && part.shape != NULL && (size_t)sqlite3_column_count(part.shape) == columns;
        if (good && !first)
            sqlite3_str_appendall(out, " UNION ALL ");
        good = good && put_part(&part, arm, wanted, out);
        for (size_t i = 0; good && i < columns; i++) {
            good = !compound || !wanted[i] || first || part.marked[i] == marked[i];
            marked[i] = part.marked[i];
        }
        sqlite3_finalize(part.shape);
        lob_from_clear(&part.from);
        free(part.marked);
        if (!good)
            return false;
        first = false;
    }
    return !first;
}

bool
lob_query_put(struct lob_query *query, sqlite3_stmt *shape, struct sql_text text, bool labelled, bool *marked, sqlite3_str *out)
{
    size_t columns = (size_t)sqlite3_column_count(shape);
    bool *wanted = calloc(columns + 1, sizeof *wanted);
    bool good = wanted != NULL && query->depth++ < DEPTH_MAX;
    if (good)
        find_lobs(shape, wanted);
    good = good && put_arms(query, text, labelled, wanted, marked, columns, out);
    query->depth--;
    free(wanted);
    return good;
}

static bool
has_lobs(const struct sqlite_section *section)
{
    for (size_t i = 0; i < section->section.column_count; i++)
        if (fdoca_is_lob(section->columns[i].type))
            return true;
    return false;
}

/* Places that nobody would look up are no places. */
static bool
all_are_lobs(const struct sqlite_section *section, const bool *marked)
{
    for (size_t i = 0; i < section->section.column_count; i++)
        if (marked[i] && !fdoca_is_lob(section->columns[i].type))
            return false;
    return true;
}

static sqlite3_stmt *
prepare_again(struct sqlite_session *session, struct sqlite_section *section, const char *original, struct sqlite_lob_places *places)
{
    struct lob_query query = { .session = session, .places = places, .with = sql_text("", 0) };
    struct sql_text whole = sql_text(original, strlen(original));
    struct sql_text rest = whole;
    sqlite3_str *out = sqlite3_str_new(NULL);
    sqlite3_stmt *second = NULL;
    bool good = lob_with_put(&query, &rest, out) && lob_query_put(&query, section->statement, rest, false, places->marked, out) &&
                lob_with_is_understood(&query, whole);
    char *text = sqlite3_str_finish(out);
    lob_with_clear(&query);
    if (good && text != NULL && all_are_lobs(section, places->marked) &&
        sqlite3_prepare_v3(session->database, text, -1, SQLITE_PREPARE_PERSISTENT, &second, NULL) == SQLITE_OK &&
        (sqlite3_column_count(second) != sqlite3_column_count(section->statement) ||
         sqlite3_bind_parameter_count(second) != sqlite3_bind_parameter_count(section->statement))) {
        sqlite3_finalize(second);
        second = NULL;
    }
    sqlite3_free(text);
    return second;
}

void
lob_rewrite(struct sqlite_session *session, struct sqlite_section *section, const char *original)
{
    if (!section->section.is_query || !has_lobs(section) || sqlite3_stmt_readonly(section->statement) == 0)
        return;
    struct sqlite_lob_places *places = calloc(1, sizeof *places + section->section.column_count * sizeof(bool));
    sqlite3_stmt *second = places != NULL ? prepare_again(session, section, original, places) : NULL;
    if (second == NULL) {
        lob_places_free(places);
        return;
    }
    if (session->peeked == section)
        statement_forget_peek(session);
    sqlite3_finalize(section->statement);
    section->statement = second;
    section->lob_places = places;
}
