#include "gateway/datastore/sqlite/dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/dialect_insert.h"
#include "gateway/datastore/sqlite/dialect_queries.h"
#include "gateway/datastore/sqlite/dialect_types.h"
#include "gateway/datastore/sqlite/dialect_values.h"
#include "gateway/datastore/sqlite/tokens.h"

enum { PHRASE_WORDS_MAX = 8, NUMBERS_MAX = 2 };

/* A word of a phrase may be one of several, parted by `|`. `#` is any number: in the replacement the first one again, and `@` there
 * the second. */
static const struct phrase {
    const char *words[PHRASE_WORDS_MAX];
    const char *replacement;
} phrases[] = {
    { { "CURRENT", "DATE" }, "CURRENT_DATE" },
    { { "CURRENT", "TIME" }, "CURRENT_TIME" },
    { { "CURRENT", "TIMESTAMP" }, "CURRENT_TIMESTAMP" },
    { { "CURRENT", "USER" }, "current_user()" },
    { { "CURRENT", "SCHEMA" }, "current_schema()" },
    { { "CURRENT", "SQLID" }, "current_schema()" },
    { { "CURRENT", "LOCK", "TIMEOUT" }, "current_lock_timeout()" },
    { { "CURRENT", "ISOLATION" }, "'RR'" },
    { { "CURRENT_USER" }, "current_user()" },
    { { "SESSION_USER" }, "current_user()" },
    { { "SYSIBM", ".", "SYSDUMMY1" }, "(SELECT 'Y' AS IBMREQD)" },
    { { "OFFSET", "#", "ROW|ROWS", "FETCH", "FIRST|NEXT", "#", "ROW|ROWS", "ONLY" }, "LIMIT @ OFFSET #" },
    { { "OFFSET", "#", "ROW|ROWS" }, "LIMIT -1 OFFSET #" },
    { { "FETCH", "FIRST|NEXT", "#", "ROW|ROWS", "ONLY" }, "LIMIT #" },
    { { "FETCH", "FIRST|NEXT", "ROW|ROWS", "ONLY" }, "LIMIT 1" },
    { { "FOR", "READ", "ONLY" }, "" },
    { { "FOR", "FETCH", "ONLY" }, "" },
    /* SQLite numbers an INTEGER PRIMARY KEY by itself. */
    { { "GENERATED", "ALWAYS", "AS", "IDENTITY" }, "" },
    { { "GENERATED", "BY", "DEFAULT", "AS", "IDENTITY" }, "" },
    /* SQLite lets no word follow the length of a type and no K, M or G be part of it, but takes any quoted text for a type. */
    { { "BLOB", "(", "#", ")" }, "\"BLOB(#)\"" },
    { { "CLOB", "(", "#", ")" }, "\"CLOB(#)\"" },
    { { "BINARY", "LARGE", "OBJECT", "(", "#", ")" }, "\"BLOB(#)\"" },
    { { "CHARACTER", "LARGE", "OBJECT", "(", "#", ")" }, "\"CLOB(#)\"" },
    { { "CHAR", "LARGE", "OBJECT", "(", "#", ")" }, "\"CLOB(#)\"" },
    { { "CHAR", "(", "#", ")", "FOR", "BIT", "DATA" }, "\"CHAR(#) FOR BIT DATA\"" },
    { { "CHARACTER", "(", "#", ")", "FOR", "BIT", "DATA" }, "\"CHAR(#) FOR BIT DATA\"" },
    { { "VARCHAR", "(", "#", ")", "FOR", "BIT", "DATA" }, "\"VARCHAR(#) FOR BIT DATA\"" },
    { { "WITH", "UR" }, "" },
    { { "WITH", "CS" }, "" },
    { { "WITH", "RS" }, "" },
    { { "WITH", "RR" }, "" },
};

static bool
is_one_of(const struct sql_token *token, const char *words)
{
    for (;;) {
        size_t size = strcspn(words, "|");
        if (token->size == size && strncasecmp(token->at, words, size) == 0)
            return true;
        if (words[size] == '\0')
            return false;
        words += size + 1;
    }
}

/* If `text` begins with the phrase, moves behind it and gives the numbers that stood for `#`. */
static bool
take_phrase(struct sql_text *text, const struct phrase *phrase, struct sql_token numbers[static NUMBERS_MAX])
{
    struct sql_text ahead = *text;
    struct sql_token token;
    size_t count = 0;
    for (size_t i = 0; i < PHRASE_WORDS_MAX && phrase->words[i] != NULL; i++) {
        if (!sql_token_next(&ahead, &token))
            return false;
        bool is_number = strcmp(phrase->words[i], "#") == 0;
        if (is_number ? token.kind != SQL_TOKEN_NUMBER : !is_one_of(&token, phrase->words[i]))
            return false;
        if (is_number && count < NUMBERS_MAX)
            numbers[count++] = token;
    }
    *text = ahead;
    return true;
}

static const struct phrase *
find_phrase(struct sql_text *text, struct sql_token numbers[static NUMBERS_MAX])
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (take_phrase(text, &phrases[i], numbers))
            return &phrases[i];
    }
    return NULL;
}

static bool
put(FILE *output, const char *text, size_t size)
{
    return fwrite(text, 1, size, output) == size;
}

static bool
put_replacement(FILE *output, const char *replacement, const struct sql_token numbers[static NUMBERS_MAX])
{
    for (;;) {
        size_t before = strcspn(replacement, "#@");
        if (!put(output, replacement, before))
            return false;
        if (replacement[before] == '\0')
            return true;
        const struct sql_token *number = &numbers[replacement[before] == '#' ? 0 : 1];
        if (!put(output, number->at, number->size))
            return false;
        replacement += before + 1;
    }
}

/* Names and keywords in capitals, as SQL has it; what stands in quotes stays as it is. */
static bool
put_token(FILE *output, const struct sql_token *token)
{
    if (token->kind != SQL_TOKEN_WORD)
        return put(output, token->at, token->size);
    for (size_t i = 0; i < token->size; i++) {
        char c = token->at[i];
        if (fputc(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c, output) == EOF)
            return false;
    }
    return true;
}

enum { CASTS_MAX = 32 };

struct translation {
    FILE *output;
    struct dialect_values values;
    struct dialect_queries queries;
    bool defines;              /* CREATE or ALTER: what stands in it, other programs will read too */
    struct sql_token before;   /* the token before; a name behind a dot is somebody's column, whatever it is called */
    struct sql_token earlier;  /* the one before that */
    unsigned depth;            /* of parentheses */
    unsigned casts[CASTS_MAX]; /* depths at which the values of CAST stand */
    size_t cast_count;
};

static bool
put_one(struct translation *translation, const struct sql_token *token, struct sql_text rest)
{
    const char *instead =
        dialect_queries_replace(&translation->queries, &translation->earlier, &translation->before, token, rest, translation->depth);
    if (sql_token_is(token, "("))
        translation->depth++;
    else if (sql_token_is(token, ")") && translation->depth > 0)
        translation->depth--;
    return instead != NULL ? put(translation->output, instead, strlen(instead)) : put_token(translation->output, token);
}

static void
remember(struct translation *translation, struct sql_token token)
{
    translation->earlier = translation->before;
    translation->before = token;
}

/* CAST ( becomes SQL_CAST (, and AS type ) of it a comma and the type as a string. */
static bool
put_cast(struct translation *translation, struct sql_text *text)
{
    struct sql_token token;
    if (!sql_token_next(text, &token) || !sql_token_next(text, &token))
        return false;
    translation->casts[translation->cast_count++] = ++translation->depth;
    remember(translation, token);
    return put(translation->output, "SQL_CAST(", strlen("SQL_CAST("));
}

static bool
begins_cast(const struct translation *translation, const struct sql_token *token, struct sql_text ahead)
{
    struct sql_token next;
    return !translation->defines && translation->cast_count < CASTS_MAX && sql_token_is(token, "CAST") && sql_token_next(&ahead, &next) &&
           sql_token_is(&next, "(");
}

static bool
ends_cast(const struct translation *translation, const struct sql_token *token)
{
    return translation->cast_count > 0 && translation->casts[translation->cast_count - 1] == translation->depth &&
           sql_token_is(token, "AS");
}

/* Up to the parenthesis that closes CAST, which is left for later. */
static bool
put_cast_type(struct translation *translation, struct sql_text *text)
{
    struct sql_text ahead = *text;
    struct sql_token token;
    unsigned depth = 0;
    translation->cast_count--;
    if (!put(translation->output, ", '", strlen(", '")))
        return false;
    while (sql_token_next(&ahead, &token) && (depth > 0 || !sql_token_is(&token, ")"))) {
        depth += sql_token_is(&token, "(");
        depth -= sql_token_is(&token, ")");
        bool blank = token.at > text->at && token.kind == SQL_TOKEN_WORD;
        if (token.kind == SQL_TOKEN_STRING || (blank && !put(translation->output, " ", 1)) || !put_token(translation->output, &token))
            break;
        *text = ahead;
    }
    return put(translation->output, "'", 1);
}

/* FOR UPDATE [OF columns]: cursors are read-only whatever is asked for, and clients are told so when they open one. */
static bool
skip_for_update(struct sql_text *text)
{
    static const char *const for_update[] = { "FOR", "UPDATE", NULL };
    struct sql_token name;
    if (!sql_text_take_phrase(text, for_update))
        return false;
    bool more = sql_text_take(text, "OF");
    while (more && sql_token_next(text, &name))
        more = sql_text_take(text, ",");
    return true;
}

/* Numbers that SQLite would round, and types that it would not keep. */
static bool
put_special(struct translation *translation, struct sql_text *text, bool *done)
{
    char replaced[DIALECT_TYPE_MAX];
    struct sql_token first;
    struct sql_text ahead = *text;
    *done = true;
    if (!sql_token_next(&ahead, &first))
        return true;
    if (!translation->defines && skip_for_update(text))
        return true;
    if (begins_cast(translation, &first, ahead))
        return put_cast(translation, text);
    if (ends_cast(translation, &first)) {
        *text = ahead;
        return put_cast_type(translation, text);
    }
    if (translation->defines && dialect_column_type(text, &translation->before, replaced))
        return put(translation->output, replaced, strlen(replaced));
    if (!translation->defines && dialect_exact_number(text, &translation->before, replaced))
        return put(translation->output, replaced, strlen(replaced));
    *done = false;
    return true;
}

static bool
put_phrase_or_token(struct translation *translation, struct sql_text *text, bool after_dot)
{
    struct sql_token numbers[NUMBERS_MAX] = { 0 };
    struct sql_token token;
    struct sql_text ahead = *text;
    if (!sql_token_next(&ahead, &token))
        return true;
    const struct phrase *phrase = token.kind == SQL_TOKEN_WORD && !after_dot ? find_phrase(text, numbers) : NULL;
    if (phrase != NULL)
        return put_replacement(translation->output, phrase->replacement, numbers);
    *text = ahead;
    return put_one(translation, &token, ahead);
}

/* The token that comes next, or the phrase that begins with it. */
static bool
put_next(struct translation *translation, const struct sql_token *token, struct sql_text ahead, struct sql_text *text)
{
    bool after_dot = sql_token_is(&translation->before, ".");
    bool done = false;
    const char *before = after_dot ? "" : dialect_values_before(&translation->values, token, ahead, translation->depth);
    if (!put(translation->output, before, strlen(before)) || (!after_dot && !put_special(translation, text, &done)) ||
        (!done && !put_phrase_or_token(translation, text, after_dot)))
        return false;
    const char *behind = after_dot ? "" : dialect_values_behind(&translation->values, token, *text, translation->depth);
    return put(translation->output, behind, strlen(behind));
}

/* What is left open is closed before what may be a comment. */
static bool
put_end(struct translation *translation, struct sql_text text)
{
    for (const char *end; (end = dialect_values_end(&translation->values)) != NULL;)
        if (!put(translation->output, end, strlen(end)))
            return false;
    return put(translation->output, text.at, text.left);
}

static bool
translate(struct translation *translation, struct sql_text text)
{
    for (;;) {
        struct sql_text ahead = text;
        struct sql_token token;
        if (!sql_token_next(&ahead, &token))
            return put_end(translation, text);
        size_t blanks = (size_t)(token.at - text.at);
        if (!put(translation->output, text.at, blanks))
            return false;
        text = sql_text(token.at, text.left - blanks);
        if (!put_next(translation, &token, ahead, &text))
            return false;
        remember(translation, token);
    }
}

/* CREATE or ALTER. */
static bool
is_definition(struct sql_text text)
{
    struct sql_token token;
    return sql_token_next(&text, &token) && (sql_token_is(&token, "CREATE") || sql_token_is(&token, "ALTER"));
}

static char *
translate_text(const char *text, size_t size)
{
    char *translated = NULL;
    size_t translated_size = 0;
    FILE *output = open_memstream(&translated, &translated_size);
    if (output == NULL)
        return NULL;
    struct translation translation = { .output = output, .defines = is_definition(sql_text(text, size)) };
    bool good = translate(&translation, sql_text(text, size));
    if (fclose(output) == 0 && good)
        return translated;
    free(translated);
    return NULL;
}

char *
dialect_translate(const char *text, size_t size)
{
    char *without_defaults = dialect_insert_defaults(text, size);
    char *translated = without_defaults != NULL ? translate_text(without_defaults, strlen(without_defaults)) : translate_text(text, size);
    free(without_defaults);
    return translated;
}
