#include "gateway/datastore/sqlite/lob_from.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* FROM while it is copied: what is not replaced stays. */
struct copying {
    struct lob_query *query;
    struct lob_from *from;
    struct sql_text text; /* what is left of it */
    const char *copied;   /* up to where it has been copied */
    sqlite3_str *out;
    sqlite3_str *outer;
};

static bool
is_name(const struct sql_token *token)
{
    return token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED;
}

bool
lob_copy_name(const struct sql_token *token, char name[static SQL_NAME_MAX + 1])
{
    size_t quotes = token->kind == SQL_TOKEN_QUOTED ? 1 : 0;
    size_t size = token->size - 2 * quotes;
    if (!is_name(token) || token->size < 2 * quotes || size > SQL_NAME_MAX)
        return false;
    memcpy(name, token->at + quotes, size);
    name[size] = '\0';
    return quotes == 0 || strchr(name, *token->at) == NULL;
}

unsigned
lob_mentions(struct sql_text text, const char *name)
{
    struct sql_token token;
    char found[SQL_NAME_MAX + 1];
    unsigned count = 0;
    while (sql_token_next(&text, &token))
        count += is_name(&token) && lob_copy_name(&token, found) && strcasecmp(found, name) == 0;
    return count;
}

void
lob_derived_free(struct lob_derived *derived)
{
    if (derived == NULL)
        return;
    for (size_t i = 0; derived->labels != NULL && i < derived->count; i++)
        free(derived->labels[i]);
    free(derived->labels);
    free(derived->marked);
    free(derived->given);
    free(derived);
}

/* Columns that have no labels yet. */
static struct lob_derived *
derived_new(size_t count)
{
    struct lob_derived *derived = calloc(1, sizeof *derived);
    if (derived == NULL)
        return NULL;
    derived->count = count;
    derived->labels = calloc(count + 1, sizeof *derived->labels);
    derived->marked = calloc(count + 1, sizeof *derived->marked);
    derived->given = calloc(count + 1, sizeof *derived->given);
    if (derived->labels != NULL && derived->marked != NULL && derived->given != NULL)
        return derived;
    lob_derived_free(derived);
    return NULL;
}

static struct lob_derived *
derived_of_shape(sqlite3_stmt *shape)
{
    struct lob_derived *derived = derived_new((size_t)sqlite3_column_count(shape));
    if (derived == NULL)
        return NULL;
    for (size_t i = 0; i < derived->count; i++) {
        derived->labels[i] = strdup(sqlite3_column_name(shape, (int)i));
        if (derived->labels[i] == NULL) {
            lob_derived_free(derived);
            return NULL;
        }
    }
    return derived;
}

struct lob_derived *
lob_derived_copy(const struct lob_derived *original)
{
    struct lob_derived *derived = derived_new(original->count);
    if (derived == NULL)
        return NULL;
    for (size_t i = 0; i < derived->count; i++) {
        derived->marked[i] = original->marked[i];
        derived->labels[i] = strdup(original->labels[i]);
        if (derived->labels[i] == NULL) {
            lob_derived_free(derived);
            return NULL;
        }
    }
    return derived;
}

size_t
lob_derived_find(const struct lob_derived *derived, const char *name)
{
    size_t found = derived->count;
    for (size_t i = 0; i < derived->count; i++) {
        if (strcasecmp(derived->labels[i], name) != 0)
            continue;
        if (found < derived->count)
            return derived->count;
        found = i;
    }
    return found;
}

/* Copies what has come up to `end`, and goes on behind `next`. */
static void
copy_up_to(struct copying *copying, const char *end, const char *next)
{
    sqlite3_str_append(copying->out, copying->copied, (int)(end - copying->copied));
    sqlite3_str_append(copying->outer, copying->copied, (int)(end - copying->copied));
    copying->copied = next;
}

struct lob_derived *
lob_derive(struct lob_query *query, struct sql_text body, char **written)
{
    sqlite3_stmt *shape = lob_query_prepare(query, body);
    struct lob_derived *derived = shape != NULL ? derived_of_shape(shape) : NULL;
    sqlite3_str *out = sqlite3_str_new(NULL);
    unsigned references = query->references;
    bool good = derived != NULL && lob_query_put(query, shape, body, true, derived->marked, out);
    bool any = false;
    for (size_t i = 0; good && i < derived->count; i++)
        any = any || derived->marked[i];
    query->spoilt = query->spoilt || (!good && query->references > references);
    *written = sqlite3_str_finish(out);
    if (!any) {
        sqlite3_free(*written);
        *written = NULL;
        if (derived != NULL)
            memset(derived->marked, 0, derived->count);
    }
    sqlite3_finalize(shape);
    return derived;
}

static void
take_alias(struct copying *copying, struct lob_element *element)
{
    static const char *const no_alias[] = { "JOIN",  "INNER",  "LEFT",      "RIGHT",  "FULL",   "CROSS", "NATURAL", "OUTER",
                                            "ON",    "USING",  "WHERE",     "ORDER",  "LIMIT",  "GROUP", "INDEXED", "NOT",
                                            "UNION", "EXCEPT", "INTERSECT", "HAVING", "WINDOW", NULL };
    struct sql_token token;
    struct sql_text ahead = copying->text;
    if (!sql_token_next(&ahead, &token))
        return;
    bool as = sql_token_is(&token, "AS");
    if (as && !sql_token_next(&ahead, &token))
        return;
    if ((as || !sql_token_is_one_of(&token, no_alias)) && lob_copy_name(&token, element->alias))
        copying->text = ahead;
}

bool
lob_take_parentheses(struct sql_text *text, struct sql_text *body)
{
    struct sql_token token;
    unsigned depth = 1;
    *body = *text;
    while (sql_token_next(text, &token)) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")");
        body->left = (size_t)(token.at - body->at);
        if (depth == 0)
            return true;
    }
    return false;
}

static bool
take_subquery(struct copying *copying, struct lob_element *element)
{
    struct sql_text body;
    struct sql_text ahead;
    char *written;
    if (!lob_take_parentheses(&copying->text, &body))
        return false;
    ahead = body;
    if (!sql_text_take(&ahead, "SELECT"))
        return false;
    element->derived = lob_derive(copying->query, body, &written);
    copy_up_to(copying, body.at, body.at + body.left);
    if (written != NULL)
        sqlite3_str_appendall(copying->out, written);
    else
        sqlite3_str_append(copying->out, body.at, (int)body.left);
    sqlite3_free(written);
    take_alias(copying, element);
    return element->derived != NULL;
}

/* The text that made a view, in memory of sqlite3_malloc; NULL when there is no such view, or a temporary object hides it. */
static char *
definition_of_view(const struct lob_query *query, const char *name)
{
    sqlite3_stmt *statement = NULL;
    char *definition = NULL;
    query->session->trusted = true;
    if (sqlite3_prepare_v2(query->session->database,
                           "SELECT sql FROM main.sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE AND NOT EXISTS "
                           "(SELECT 1 FROM temp.sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE)",
                           -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        definition = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    query->session->trusted = false;
    return definition;
}

/* The query of CREATE VIEW name [(names)] AS query; *names is empty when there are none. */
static struct sql_text
split_create_view(const char *text, struct sql_text *names)
{
    struct sql_text rest = sql_text(text, strlen(text));
    struct sql_token token;
    *names = sql_text("", 0);
    while (sql_token_next(&rest, &token) && !sql_token_is(&token, "AS"))
        if (sql_token_is(&token, "(") && !lob_take_parentheses(&rest, names))
            return sql_text("", 0);
    return rest;
}

static bool
has_twins(sqlite3_stmt *shape)
{
    for (int i = 0; i < sqlite3_column_count(shape); i++)
        for (int other = 0; other < i; other++)
            if (strcasecmp(sqlite3_column_name(shape, i), sqlite3_column_name(shape, other)) == 0)
                return true;
    return false;
}

/* A query whose columns have these names, in memory of sqlite3_malloc; NULL when that cannot be said. */
static char *
rename_columns(const struct lob_query *query, struct sql_text body, struct sql_text names)
{
    sqlite3_stmt *shape = lob_query_prepare(query, body);
    sqlite3_str *text = sqlite3_str_new(NULL);
    struct sql_token token;
    char name[SQL_NAME_MAX + 1];
    bool good = shape != NULL && !has_twins(shape);
    int i = 0;
    for (; good && i < sqlite3_column_count(shape); i++) {
        good = (i == 0 || sql_text_take(&names, ",")) && sql_token_next(&names, &token) && lob_copy_name(&token, name);
        if (good)
            sqlite3_str_appendf(text, "%s\"%w\" AS \"%w\"", i == 0 ? "SELECT " : ", ", sqlite3_column_name(shape, i), name);
    }
    sqlite3_str_appendf(text, " FROM (%.*s) AS \"renamed\"", (int)body.left, body.at);
    sqlite3_finalize(shape);
    char *made = sqlite3_str_finish(text);
    if (good && sql_text_is_blank(names))
        return made;
    sqlite3_free(made);
    return NULL;
}

/* A view that gives places is written into the query. */
static void
take_view(struct copying *copying, struct lob_element *element, const char *start)
{
    char *text = definition_of_view(copying->query, element->name);
    struct sql_text names = sql_text("", 0);
    struct sql_text body = text != NULL ? split_create_view(text, &names) : sql_text("", 0);
    char *renamed = names.left > 0 ? rename_columns(copying->query, body, names) : NULL;
    char *written = NULL;
    const char *end = copying->text.at;
    if (names.left > 0)
        body = sql_text(renamed != NULL ? renamed : "", renamed != NULL ? strlen(renamed) : 0);
    if (body.left > 0 && !lob_with_hides(copying->query, body)) {
        copying->query->views++;
        element->derived = lob_derive(copying->query, body, &written);
        copying->query->views--;
    }
    take_alias(copying, element);
    if (written != NULL) {
        copy_up_to(copying, start, end);
        sqlite3_str_appendf(copying->out, "(%s)", written);
        if (copying->text.at == end)
            sqlite3_str_appendf(copying->out, " AS \"%w\"", element->alias);
    }
    sqlite3_free(written);
    sqlite3_free(renamed);
    sqlite3_free(text);
}

static bool
take_element(struct copying *copying)
{
    struct lob_from *from = copying->from;
    struct lob_element *element = &from->elements[from->count];
    struct sql_token token;
    if (from->count == LOB_ELEMENTS_MAX || !sql_token_next(&copying->text, &token))
        return false;
    from->count++;
    if (sql_token_is(&token, "("))
        return take_subquery(copying, element);
    const char *start = token.at;
    if (!lob_copy_name(&token, element->name))
        return false;
    bool qualified = sql_text_take(&copying->text, ".");
    if (qualified && (!sql_token_next(&copying->text, &token) || !lob_copy_name(&token, element->name)))
        return false;
    memcpy(element->alias, element->name, sizeof element->alias);
    if (qualified || !lob_with_is_defined(copying->query, element->name)) {
        take_view(copying, element, start);
        return true;
    }
    element->derived = lob_with_refer(copying->query, element->name);
    take_alias(copying, element);
    return element->derived != NULL;
}

static bool
copy_all(struct copying *copying)
{
    static const char *const makers[] = { "GROUP", "HAVING", "UNION", "EXCEPT", "INTERSECT", "WINDOW", NULL };
    static const char *const leaders[] = { "FROM", "JOIN", ",", NULL };
    static const char *const ends[] = { "WHERE", "ORDER", "LIMIT", NULL };
    struct sql_token token;
    unsigned depth = 0;
    bool in_from = true;
    while (sql_token_next(&copying->text, &token)) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        if (depth > 0)
            continue;
        if (sql_token_is_one_of(&token, makers))
            return false;
        in_from = in_from && !sql_token_is_one_of(&token, ends);
        copying->from->merges = copying->from->merges || (in_from && (sql_token_is(&token, "NATURAL") || sql_token_is(&token, "USING")));
        if (in_from && sql_token_is_one_of(&token, leaders) && !take_element(copying))
            return false;
    }
    copy_up_to(copying, copying->text.at, copying->text.at);
    return copying->from->count > 0;
}

bool
lob_from_read(struct lob_query *query, struct lob_from *from, struct sql_text rest)
{
    struct copying copying = { .query = query, .from = from, .text = rest, .copied = rest.at };
    copying.out = sqlite3_str_new(NULL);
    copying.outer = sqlite3_str_new(NULL);
    bool good = copy_all(&copying);
    from->text = sqlite3_str_finish(copying.out);
    from->outer = sqlite3_str_finish(copying.outer);
    return good && from->text != NULL && from->outer != NULL;
}

void
lob_from_clear(struct lob_from *from)
{
    for (size_t i = 0; i < from->count; i++)
        lob_derived_free(from->elements[i].derived);
    sqlite3_free(from->text);
    sqlite3_free(from->outer);
}

static bool
has_column(const struct lob_query *query, const struct lob_element *element, const char *name)
{
    if (element->derived != NULL)
        return lob_derived_find(element->derived, name) < element->derived->count;
    return sqlite3_table_column_metadata(query->session->database, "main", element->name, name, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

struct lob_element *
lob_from_find(const struct lob_query *query, struct lob_from *from, const char *qualifier, const char *name)
{
    struct lob_element *found = NULL;
    for (size_t i = 0; i < from->count; i++) {
        struct lob_element *element = &from->elements[i];
        if ((*qualifier != '\0' && strcasecmp(element->alias, qualifier) != 0) || !has_column(query, element, name))
            continue;
        if (found != NULL)
            return NULL;
        found = element;
    }
    return found != NULL && found->alias[0] != '\0' ? found : NULL;
}

void
lob_from_give(struct lob_from *from, const char *name)
{
    for (size_t i = 0; i < from->count; i++) {
        struct lob_derived *derived = from->elements[i].derived;
        size_t column = derived != NULL ? lob_derived_find(derived, name) : 0;
        if (derived != NULL && column < derived->count)
            derived->given[column]++;
    }
}

bool
lob_from_looks_inside(const struct lob_from *from, struct sql_text list)
{
    struct sql_text outer = sql_text(from->outer, strlen(from->outer));
    for (size_t i = 0; i < from->count; i++) {
        const struct lob_derived *derived = from->elements[i].derived;
        for (size_t c = 0; derived != NULL && c < derived->count; c++) {
            if (!derived->marked[c])
                continue;
            if (from->merges || lob_mentions(list, derived->labels[c]) + lob_mentions(outer, derived->labels[c]) > derived->given[c])
                return true;
        }
    }
    return false;
}
