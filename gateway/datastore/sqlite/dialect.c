#include "gateway/datastore/sqlite/dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/tokens.h"

enum { PHRASE_WORDS_MAX = 8 };

/* `#` in a phrase is any number; in the replacement it is that number again. */
static const struct phrase {
    const char *words[PHRASE_WORDS_MAX];
    const char *replacement;
} phrases[] = {
    { { "CURRENT", "DATE" }, "CURRENT_DATE" },
    { { "CURRENT", "TIME" }, "CURRENT_TIME" },
    { { "CURRENT", "TIMESTAMP" }, "CURRENT_TIMESTAMP" },
    { { "CURRENT", "USER" }, "current_user()" },
    { { "CURRENT_USER" }, "current_user()" },
    { { "SESSION_USER" }, "current_user()" },
    { { "SYSIBM", ".", "SYSDUMMY1" }, "(SELECT 'Y' AS IBMREQD)" },
    { { "FETCH", "FIRST", "#", "ROWS", "ONLY" }, "LIMIT #" },
    { { "FETCH", "FIRST", "#", "ROW", "ONLY" }, "LIMIT #" },
    { { "FETCH", "FIRST", "ROW", "ONLY" }, "LIMIT 1" },
    { { "FOR", "READ", "ONLY" }, "" },
    { { "FOR", "FETCH", "ONLY" }, "" },
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

/* If `text` begins with the phrase, moves behind it and gives the number that stood for `#`. */
static bool
take_phrase(struct sql_text *text, const struct phrase *phrase, struct sql_token *number)
{
    struct sql_text ahead = *text;
    struct sql_token token;
    for (size_t i = 0; i < PHRASE_WORDS_MAX && phrase->words[i] != NULL; i++) {
        if (!sql_token_next(&ahead, &token))
            return false;
        bool is_number = strcmp(phrase->words[i], "#") == 0;
        if (is_number ? token.kind != SQL_TOKEN_NUMBER : !sql_token_is(&token, phrase->words[i]))
            return false;
        if (is_number)
            *number = token;
    }
    *text = ahead;
    return true;
}

static const struct phrase *
find_phrase(struct sql_text *text, struct sql_token *number)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (take_phrase(text, &phrases[i], number))
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
put_replacement(FILE *output, const char *replacement, const struct sql_token *number)
{
    size_t before = strcspn(replacement, "#");
    if (replacement[before] == '\0')
        return put(output, replacement, before);
    const char *after = replacement + before + 1;
    return put(output, replacement, before) && put(output, number->at, number->size) && put(output, after, strlen(after));
}

/* A name behind a dot is somebody's column, whatever it is called. */
static bool
translate(struct sql_text text, FILE *output)
{
    bool after_dot = false;
    for (;;) {
        const char *from = text.at;
        struct sql_text ahead = text;
        struct sql_token token;
        if (!sql_token_next(&ahead, &token))
            return put(output, from, text.left);
        size_t blanks = (size_t)(token.at - from);
        if (!put(output, from, blanks))
            return false;
        struct sql_text at_token = sql_text(token.at, text.left - blanks);
        struct sql_token number = { 0 };
        const struct phrase *phrase = token.kind == SQL_TOKEN_WORD && !after_dot ? find_phrase(&at_token, &number) : NULL;
        bool written =
            phrase != NULL ? put_replacement(output, phrase->replacement, &number) : fwrite(token.at, 1, token.size, output) == token.size;
        if (!written)
            return false;
        after_dot = sql_token_is(&token, ".");
        text = phrase != NULL ? at_token : ahead;
    }
}

char *
dialect_translate(const char *text, size_t size)
{
    char *translated = NULL;
    size_t translated_size = 0;
    FILE *output = open_memstream(&translated, &translated_size);
    if (output == NULL)
        return NULL;
    bool good = translate(sql_text(text, size), output);
    if (fclose(output) == 0 && good)
        return translated;
    free(translated);
    return NULL;
}
