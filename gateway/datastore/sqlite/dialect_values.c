#include "gateway/datastore/sqlite/dialect_values.h"

/* What SQLite takes behind SELECT only. */
static bool
begins_order(const struct sql_token *token)
{
    static const char *const words[] = { "ORDER", "LIMIT", "OFFSET", "FETCH", NULL };
    return sql_token_is_one_of(token, words);
}

/* What cannot be part of a value, outside of parentheses. */
static bool
ends_list(const struct sql_token *token)
{
    static const char *const words[] = { ")", ";", "UNION", "INTERSECT", "EXCEPT", "ON", "RETURNING", "FOR", "WITH", NULL };
    return sql_token_is_one_of(token, words) || begins_order(token);
}

/* Moves behind one token, or behind the parenthesis that closes what it opens. */
static bool
skip(struct sql_text *text, struct sql_token *token)
{
    struct sql_token inner;
    if (!sql_token_next(text, token))
        return false;
    for (unsigned depth = sql_token_is(token, "("); depth > 0 && sql_token_next(text, &inner);) {
        depth += sql_token_is(&inner, "(");
        depth -= sql_token_is(&inner, ")");
    }
    return true;
}

static bool
is_followed_by_values(struct sql_text text)
{
    struct sql_token token;
    return sql_token_next(&text, &token) && !ends_list(&token);
}

static bool
is_ordered(struct sql_text text)
{
    struct sql_token token;
    while (skip(&text, &token))
        if (ends_list(&token))
            return begins_order(&token);
    return false;
}

/* Whether the text begins with a row that has its parentheses; (1) + 1 has not, nor has (SELECT 1). */
static bool
is_row(struct sql_text text)
{
    static const char *const queries[] = { "SELECT", "VALUES", "WITH", NULL };
    struct sql_text inside = text;
    struct sql_token first, next;
    if (!skip(&text, &first) || !sql_token_is(&first, "("))
        return false;
    (void)sql_token_next(&inside, &first);
    if (sql_token_next(&inside, &next) && sql_token_is_one_of(&next, queries))
        return false;
    return !sql_token_next(&text, &next) || sql_token_is(&next, ",") || ends_list(&next);
}

static const char *
open_row(struct dialect_values *values, struct sql_text rest)
{
    bool opens = !is_row(rest);
    values->lists[values->count - 1].opened = opens;
    return opens ? "(" : "";
}

static bool
is_in_list(const struct dialect_values *values, unsigned depth)
{
    return values->count > 0 && values->lists[values->count - 1].depth == depth;
}

static const char *
close_list(struct dialect_values *values)
{
    static const char *const ends[] = { "", ")", "))" };
    values->count--;
    return ends[values->lists[values->count].opened + values->lists[values->count].selected];
}

const char *
dialect_values_before(struct dialect_values *values, const struct sql_token *token, struct sql_text rest, unsigned depth)
{
    if (is_in_list(values, depth) && sql_token_is(token, ","))
        return values->lists[values->count - 1].opened ? ")" : "";
    if (is_in_list(values, depth) && ends_list(token))
        return close_list(values);
    if (!sql_token_is(token, "VALUES") || values->count == DIALECT_VALUES_MAX || !is_followed_by_values(rest))
        return "";
    values->lists[values->count].depth = depth;
    values->lists[values->count].selected = is_ordered(rest);
    return values->lists[values->count++].selected ? "SELECT * FROM (" : "";
}

const char *
dialect_values_behind(struct dialect_values *values, const struct sql_token *token, struct sql_text rest, unsigned depth)
{
    bool begins = sql_token_is(token, "VALUES") && is_followed_by_values(rest);
    if (is_in_list(values, depth) && (begins || sql_token_is(token, ",")))
        return open_row(values, rest);
    return "";
}

const char *
dialect_values_end(struct dialect_values *values)
{
    return values->count > 0 ? close_list(values) : NULL;
}
