#include "gateway/datastore/sqlite/select_list.h"

#include <string.h>

bool
select_list_begin(struct select_list *list, const char *text, size_t size)
{
    struct sql_token token;
    *list = (struct select_list) { .rest = sql_text(text, size) };
    if (!sql_token_next(&list->rest, &token))
        return false;
    list->values = sql_token_is(&token, "VALUES");
    if (list->values)
        return sql_token_next(&list->rest, &token) && sql_token_is(&token, "(");
    if (!sql_token_is(&token, "SELECT"))
        return false;
    struct sql_text ahead = list->rest;
    if (sql_token_next(&ahead, &token) && (sql_token_is(&token, "DISTINCT") || sql_token_is(&token, "ALL")))
        list->rest = ahead;
    return true;
}

static bool
ends_list(const struct select_list *list, const struct sql_token *token)
{
    return list->values ? sql_token_is(token, ")") : sql_token_is(token, "FROM") || sql_token_is(token, ";");
}

bool
select_list_next(struct select_list *list, struct sql_text *item)
{
    struct sql_token token;
    unsigned depth = 0;
    const char *end = list->rest.at;
    *item = list->rest;
    if (list->ended)
        return false;
    list->ended = true;
    while (sql_token_next(&list->rest, &token)) {
        if (depth == 0 && (sql_token_is(&token, ",") || ends_list(list, &token))) {
            list->ended = !sql_token_is(&token, ",");
            break;
        }
        if (depth == 0 && sql_token_is(&token, "*") && (end == item->at || end[-1] == '.'))
            return false;
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")") && depth > 0;
        end = token.at + token.size;
    }
    item->left = (size_t)(end - item->at);
    return item->left > 0;
}

/* What may follow an expression in its item: nothing, or a label. */
static bool
is_label(struct sql_text text)
{
    struct sql_token token;
    if (!sql_token_next(&text, &token))
        return true;
    if (sql_token_is(&token, "AS") && !sql_token_next(&text, &token))
        return false;
    return (token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED) && sql_text_is_blank(text);
}

bool
select_list_cast(struct sql_text item, char *type, size_t size)
{
    struct sql_token token;
    struct sql_token last = { 0 };
    unsigned depth = 1;
    if (!sql_token_next(&item, &token) || !sql_token_is(&token, "SQL_CAST") || !sql_token_next(&item, &token))
        return false;
    while (depth > 0 && sql_token_next(&item, &token)) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")");
        if (depth > 0)
            last = token;
    }
    if (depth > 0 || last.kind != SQL_TOKEN_STRING || last.size < 2 || last.size - 2 >= size || !is_label(item))
        return false;
    memcpy(type, last.at + 1, last.size - 2);
    type[last.size - 2] = '\0';
    return true;
}
