/* WITH of a query whose columns give places: its queries are written anew where they stand, so that parameter markers keep their order.
 * Then whoever reads from one gets places; where that is not by FROM of a query that is understood, all is left as it is. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/lob_from.h"

/* name [(names)] AS [[NOT] MATERIALIZED] (query) */
struct definition {
    struct sql_text head; /* all before the query */
    struct sql_text names;
    struct sql_text body;
};

static bool
take_definition(struct sql_text *text, struct definition *definition, char name[static SQL_NAME_MAX + 1])
{
    struct sql_token token;
    if (!sql_token_next(text, &token) || !lob_copy_name(&token, name))
        return false;
    definition->head.at = token.at;
    definition->names = sql_text("", 0);
    if (sql_text_take(text, "(") && !lob_take_parentheses(text, &definition->names))
        return false;
    if (!sql_text_take(text, "AS"))
        return false;
    (void)sql_text_take(text, "NOT");
    (void)sql_text_take(text, "MATERIALIZED");
    if (!sql_text_take(text, "(") || !lob_take_parentheses(text, &definition->body))
        return false;
    definition->head.left = (size_t)(definition->body.at - definition->head.at);
    return true;
}

static bool
rename_labels(struct lob_derived *derived, struct sql_text names)
{
    struct sql_token token;
    char name[SQL_NAME_MAX + 1];
    for (size_t i = 0; i < derived->count; i++) {
        if ((i > 0 && !sql_text_take(&names, ",")) || !sql_token_next(&names, &token) || !lob_copy_name(&token, name))
            return false;
        free(derived->labels[i]);
        derived->labels[i] = strdup(name);
        if (derived->labels[i] == NULL)
            return false;
    }
    return sql_text_is_blank(names);
}

/* What the query defines is known from here on. */
static bool
put_definition(struct lob_query *query, struct lob_with *with, const struct definition *definition, sqlite3_str *out)
{
    char *written;
    struct sql_text body = definition->body;
    with->derived = lob_derive(query, body, &written);
    query->with_count++;
    sqlite3_str_append(out, definition->head.at, (int)definition->head.left);
    if (written != NULL)
        sqlite3_str_appendall(out, written);
    else
        sqlite3_str_append(out, body.at, (int)body.left);
    sqlite3_str_appendall(out, ") ");
    sqlite3_free(written);
    return with->derived != NULL && (definition->names.left == 0 || rename_labels(with->derived, definition->names));
}

bool
lob_with_put(struct lob_query *query, struct sql_text *text, sqlite3_str *out)
{
    struct definition definitions[LOB_WITHS_MAX];
    struct sql_text rest = *text;
    size_t count = 0;
    if (!sql_text_take(&rest, "WITH"))
        return true;
    do {
        if (count == LOB_WITHS_MAX || !take_definition(&rest, &definitions[count], query->withs[count].name))
            return false;
        count++;
    } while (sql_text_take(&rest, ","));
    query->with = sql_text(text->at, text->left - rest.left);
    *text = rest;
    for (size_t i = 0; i < count; i++) {
        sqlite3_str_appendall(out, i == 0 ? "WITH " : ", ");
        if (!put_definition(query, &query->withs[i], &definitions[i], out))
            return false;
    }
    return true;
}

struct lob_derived *
lob_with_refer(struct lob_query *query, const char *name)
{
    for (size_t i = 0; i < query->with_count; i++) {
        struct lob_with *with = &query->withs[i];
        if (strcasecmp(with->name, name) != 0)
            continue;
        with->references++;
        query->references++;
        return lob_derived_copy(with->derived);
    }
    return NULL;
}

bool
lob_with_is_defined(const struct lob_query *query, const char *name)
{
    for (size_t i = 0; query->views == 0 && i < query->with_count; i++)
        if (strcasecmp(query->withs[i].name, name) == 0)
            return true;
    return false;
}

bool
lob_with_hides(const struct lob_query *query, struct sql_text body)
{
    for (size_t i = 0; i < LOB_WITHS_MAX && query->withs[i].name[0] != '\0'; i++)
        if (lob_mentions(body, query->withs[i].name) > 0)
            return true;
    return false;
}

/* How often the name stands in the text, other than in front of a column's. */
static unsigned
mentions(struct sql_text text, const char *name)
{
    struct sql_token token;
    char found[SQL_NAME_MAX + 1];
    unsigned count = 0;
    while (sql_token_next(&text, &token)) {
        struct sql_text ahead = text;
        count += lob_copy_name(&token, found) && strcasecmp(found, name) == 0 && !sql_text_take(&ahead, ".");
    }
    return count;
}

bool
lob_with_is_understood(const struct lob_query *query, struct sql_text whole)
{
    for (size_t i = 0; i < query->with_count; i++) {
        const struct lob_with *with = &query->withs[i];
        bool marked = false;
        for (size_t c = 0; c < with->derived->count; c++)
            marked = marked || with->derived->marked[c];
        if (marked && mentions(whole, with->name) != 1 + with->references)
            return false;
    }
    return !query->spoilt;
}

void
lob_with_clear(struct lob_query *query)
{
    for (size_t i = 0; i < query->with_count; i++)
        lob_derived_free(query->withs[i].derived);
    query->with_count = 0;
}
