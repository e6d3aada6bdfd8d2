#include "gateway/datastore/sqlite/dialect_queries.h"

static bool
is_one_of(const struct sql_token *token, const char *const words[])
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (sql_token_is(token, words[i]))
            return true;
    return false;
}

static bool
joins_queries(const struct sql_token *token)
{
    static const char *const words[] = { "UNION", "EXCEPT", "INTERSECT", NULL };
    return is_one_of(token, words);
}

/* What the parenthesis before a text holds. */
struct inside {
    bool is_query;
    bool is_plain; /* a query that may stand without it */
    bool joined;   /* behind it another one follows */
};

static struct inside
look_inside(struct sql_text rest)
{
    static const char *const queries[] = { "SELECT", "VALUES", "WITH", "(", NULL };
    static const char *const plain[] = { "SELECT", "VALUES", NULL };
    static const char *const orders[] = { "ORDER", "LIMIT", "OFFSET", "FETCH", NULL };
    struct inside inside = { .is_query = false };
    struct sql_text ahead = rest;
    struct sql_token token;
    if (!sql_token_next(&ahead, &token))
        return inside;
    inside.is_query = is_one_of(&token, queries);
    inside.is_plain = is_one_of(&token, plain);
    unsigned depth = 1;
    while (inside.is_query && depth > 0 && sql_token_next(&rest, &token)) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")");
        if (depth == 1 && (joins_queries(&token) || is_one_of(&token, orders)))
            inside.is_plain = false;
    }
    inside.is_query = inside.is_query && depth == 0;
    inside.joined = sql_token_next(&rest, &token) && joins_queries(&token);
    return inside;
}

/* At the beginning of a statement, behind UNION, and where the query of INSERT or a view begins, stands one and nothing else. */
static bool
must_be_query(const struct dialect_queries *queries, const struct sql_token *earlier, const struct sql_token *before, unsigned depth)
{
    static const char *const words[] = { "ALL", "DISTINCT", NULL };
    bool begins = depth == 0 && !queries->begun && (queries->inserts || sql_token_is(before, "AS"));
    return before->size == 0 || begins || joins_queries(before) || (is_one_of(before, words) && joins_queries(earlier));
}

static void
note(struct dialect_queries *queries, const struct sql_token *before, const struct sql_token *token, unsigned depth)
{
    static const char *const beginnings[] = { "SELECT", "VALUES", "WITH", NULL };
    if (before->size == 0)
        queries->inserts = sql_token_is(token, "INSERT");
    if (depth == 0 && is_one_of(token, beginnings))
        queries->begun = true;
}

static const char *
open_query(struct dialect_queries *queries, const struct inside *inside, unsigned depth)
{
    if (!inside->is_plain)
        return "SELECT * FROM (";
    queries->dropped[queries->count++] = depth;
    return " ";
}

const char *
dialect_queries_replace(struct dialect_queries *queries, const struct sql_token *earlier, const struct sql_token *before,
                        const struct sql_token *token, struct sql_text rest, unsigned depth)
{
    if (queries->count > 0 && queries->dropped[queries->count - 1] + 1 == depth && sql_token_is(token, ")")) {
        queries->count--;
        return " ";
    }
    bool certain = must_be_query(queries, earlier, before, depth);
    note(queries, before, token, depth);
    if (!sql_token_is(token, "(") || depth >= DIALECT_QUERIES_MAX || queries->count == DIALECT_QUERIES_MAX ||
        (!certain && !sql_token_is(before, "(")))
        return NULL;
    struct inside inside = look_inside(rest);
    return inside.is_query && (certain || inside.joined) ? open_query(queries, &inside, depth) : NULL;
}
