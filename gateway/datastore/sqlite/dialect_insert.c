#include "gateway/datastore/sqlite/dialect_insert.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/datastore/sqlite/tokens.h"

enum { ITEMS_MAX = 2000 }; /* as many columns as SQLite has */

struct list {
    struct sql_text items[ITEMS_MAX];
    size_t count;
};

/* What stands in parentheses, parted by commas. */
static bool
take_list(struct sql_text *text, struct list *list)
{
    struct sql_token token;
    unsigned depth = 1;
    list->count = 0;
    if (!sql_text_take(text, "("))
        return false;
    for (const char *start = text->at; depth > 0;) {
        if (!sql_token_next(text, &token))
            return false;
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")");
        bool ends = depth == 0 || (depth == 1 && sql_token_is(&token, ","));
        if (!ends)
            continue;
        if (list->count == ITEMS_MAX)
            return false;
        list->items[list->count++] = sql_text(start, (size_t)(token.at - start));
        start = text->at;
    }
    return true;
}

static bool
is_default(struct sql_text item)
{
    return sql_text_take(&item, "DEFAULT") && sql_text_is_blank(item);
}

static bool
skip_table(struct sql_text *text)
{
    struct sql_token token;
    return sql_text_take(text, "INSERT") && sql_text_take(text, "INTO") && sql_token_next(text, &token) &&
           (!sql_text_take(text, ".") || sql_token_next(text, &token));
}

static void
put_kept(FILE *output, const struct list *list, const struct list *values)
{
    const char *before = "(";
    for (size_t i = 0; i < list->count; i++) {
        if (is_default(values->items[i]))
            continue;
        fprintf(output, "%s%.*s", before, (int)list->items[i].left, list->items[i].at);
        before = ",";
    }
    fputc(')', output);
}

static size_t
count_defaults(const struct list *values)
{
    size_t count = 0;
    for (size_t i = 0; i < values->count; i++)
        count += is_default(values->items[i]);
    return count;
}

struct insert {
    struct list columns;
    struct list values;
};

static char *
rewrite(const char *text, size_t size, struct insert *insert)
{
    struct sql_text rest = sql_text(text, size);
    if (!skip_table(&rest))
        return NULL;
    size_t head = (size_t)(rest.at - text);
    if (!take_list(&rest, &insert->columns) || !sql_text_take(&rest, "VALUES") || !take_list(&rest, &insert->values) ||
        !sql_text_is_blank(rest))
        return NULL;
    size_t defaults = count_defaults(&insert->values);
    if (defaults == 0 || insert->columns.count != insert->values.count)
        return NULL;
    char *rewritten = NULL;
    size_t rewritten_size = 0;
    FILE *output = open_memstream(&rewritten, &rewritten_size);
    if (output == NULL)
        return NULL;
    fprintf(output, "%.*s ", (int)head, text);
    if (defaults < insert->values.count) {
        put_kept(output, &insert->columns, &insert->values);
        fputs(" VALUES ", output);
        put_kept(output, &insert->values, &insert->values);
    } else {
        fputs("DEFAULT VALUES", output);
    }
    if (fclose(output) == 0)
        return rewritten;
    free(rewritten);
    return NULL;
}

static bool
may_have_defaults(struct sql_text text)
{
    struct sql_token token;
    if (!sql_text_take(&text, "INSERT"))
        return false;
    while (sql_token_next(&text, &token))
        if (sql_token_is(&token, "DEFAULT"))
            return true;
    return false;
}

char *
dialect_insert_defaults(const char *text, size_t size)
{
    struct insert *insert = may_have_defaults(sql_text(text, size)) ? malloc(sizeof *insert) : NULL;
    char *rewritten = insert != NULL ? rewrite(text, size, insert) : NULL;
    free(insert);
    return rewritten;
}
