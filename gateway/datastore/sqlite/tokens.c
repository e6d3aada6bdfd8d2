#include "gateway/datastore/sqlite/tokens.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void
skip(struct sql_text *text, size_t count)
{
    text->at += count;
    text->left -= count;
}

static bool
starts_with(const struct sql_text *text, const char *two)
{
    return text->left >= 2 && text->at[0] == two[0] && text->at[1] == two[1];
}

/* From a comment's beginning to behind its end, or to the end of the text. */
static size_t
comment_size(const struct sql_text *text, const char *close)
{
    const char *end = memmem(text->at + 2, text->left - 2, close, strlen(close));
    return end != NULL ? (size_t)(end - text->at) + strlen(close) : text->left;
}

static void
skip_blanks(struct sql_text *text)
{
    for (;;) {
        if (text->left > 0 && isspace((unsigned char)*text->at))
            skip(text, 1);
        else if (starts_with(text, "--"))
            skip(text, comment_size(text, "\n"));
        else if (starts_with(text, "/*"))
            skip(text, comment_size(text, "*/"));
        else
            return;
    }
}

static bool
is_word_character(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || (c != '\0' && strchr("_$#@", c) != NULL);
}

/* A doubled quote stands for one and does not end the string. */
static size_t
quoted_size(const struct sql_text *text)
{
    char close = *text->at == '[' ? ']' : *text->at;
    for (size_t i = 1; i < text->left; i++) {
        if (text->at[i] != close)
            continue;
        if (close != ']' && i + 1 < text->left && text->at[i + 1] == close)
            i++;
        else
            return i + 1;
    }
    return text->left;
}

static size_t
run_size(const struct sql_text *text, size_t from)
{
    size_t size = from;
    while (size < text->left && (is_word_character(text->at[size]) || (text->at[size] == '.' && isdigit((unsigned char)*text->at))))
        size++;
    return size;
}

/* A question mark may have a number behind it, and no name: `?AND` is two tokens. */
static size_t
marker_size(const struct sql_text *text)
{
    size_t size = 1;
    while (size < text->left && isdigit((unsigned char)text->at[size]))
        size++;
    return size;
}

bool
sql_token_next(struct sql_text *text, struct sql_token *token)
{
    skip_blanks(text);
    *token = (struct sql_token) { .at = text->at };
    if (text->left == 0)
        return false;
    char c = *text->at;
    token->kind = SQL_TOKEN_OTHER;
    token->size = 1;
    if (c == '?') {
        token->kind = SQL_TOKEN_MARKER;
        token->size = marker_size(text);
    } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
        token->kind = c == '\'' ? SQL_TOKEN_STRING : SQL_TOKEN_QUOTED;
        token->size = quoted_size(text);
    } else if (c == ':' || c == '@') {
        token->kind = SQL_TOKEN_MARKER;
        token->size = run_size(text, 1);
    } else if (is_word_character(c)) {
        token->kind = isdigit((unsigned char)c) ? SQL_TOKEN_NUMBER : SQL_TOKEN_WORD;
        token->size = run_size(text, 1);
    }
    skip(text, token->size);
    return true;
}

bool
sql_token_is(const struct sql_token *token, const char *word)
{
    return token->size == strlen(word) && strncasecmp(token->at, word, token->size) == 0;
}

bool
sql_token_is_one_of(const struct sql_token *token, const char *const words[])
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (sql_token_is(token, words[i]))
            return true;
    return false;
}

bool
sql_text_take(struct sql_text *text, const char *word)
{
    struct sql_text ahead = *text;
    struct sql_token token;
    if (!sql_token_next(&ahead, &token) || !sql_token_is(&token, word))
        return false;
    *text = ahead;
    return true;
}

bool
sql_text_take_phrase(struct sql_text *text, const char *const words[])
{
    struct sql_text ahead = *text;
    for (size_t i = 0; words[i] != NULL; i++)
        if (!sql_text_take(&ahead, words[i]))
            return false;
    *text = ahead;
    return true;
}

/* A doubled quote inside stands for one. */
static bool
unquote(const struct sql_token *token, char *name, size_t room)
{
    char quote = token->at[token->size - 1];
    size_t used = 0;
    for (size_t i = 1; i + 1 < token->size; i++) {
        if (used + 1 >= room)
            return false;
        name[used++] = token->at[i];
        i += token->at[i] == quote;
    }
    name[used] = '\0';
    return token->size >= 2;
}

bool
sql_token_text(const struct sql_token *token, char *name, size_t room)
{
    if (token->kind == SQL_TOKEN_STRING || token->kind == SQL_TOKEN_QUOTED)
        return unquote(token, name, room);
    if (token->kind != SQL_TOKEN_WORD || token->size >= room)
        return false;
    for (size_t i = 0; i < token->size; i++)
        name[i] = (char)(token->at[i] >= 'a' && token->at[i] <= 'z' ? token->at[i] - 'a' + 'A' : token->at[i]);
    name[token->size] = '\0';
    return true;
}

bool
sql_token_is_same_name(const struct sql_token *one, const struct sql_token *other)
{
    size_t ones = one->kind == SQL_TOKEN_WORD ? 0 : 1;
    size_t others = other->kind == SQL_TOKEN_WORD ? 0 : 1;
    return one->size > 2 * ones && other->size > 2 * others && one->size - 2 * ones == other->size - 2 * others &&
           strncasecmp(one->at + ones, other->at + others, one->size - 2 * ones) == 0;
}

bool
sql_text_is_blank(struct sql_text text)
{
    struct sql_token token;
    while (sql_token_next(&text, &token)) {
        if (!sql_token_is(&token, ";"))
            return false;
    }
    return true;
}
