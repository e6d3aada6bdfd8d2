#include "drda/sql/value.h"

#include <assert.h>
#include <string.h>

#include "drda/sql/unicode.h"

enum { SQLSTATE_SIZE = 5, TOKEN_SEPARATOR = 0xFF, CHARACTER_MAX = 4 };

void
sql_diagnosis_clear(struct sql_diagnosis *diagnosis)
{
    diagnosis->sqlcode = 0;
    diagnosis->rows = 0;
    diagnosis->result_rows = 0;
    memset(diagnosis->sqlstate, '0', SQLSTATE_SIZE);
    diagnosis->sqlstate[SQLSTATE_SIZE] = '\0';
    diagnosis->tokens[0] = '\0';
}

/* Bytes of whole characters that the text begins with; 0 when it begins with none. */
static size_t
characters_size(const char *text)
{
    size_t size = strnlen(text, CHARACTER_MAX);
    while (size > 0 && !utf8_is_valid((const uint8_t *)text, size))
        size--;
    return size;
}

/* Tokens quote names and values, some of them cut, and bytes that were none: requesters that read UTF-8 strictly would fail over the
 * message instead of showing it. */
static void
make_valid(char *tokens)
{
    while (*tokens != '\0') {
        size_t size = (unsigned char)*tokens == TOKEN_SEPARATOR ? 1 : characters_size(tokens);
        if (size == 0)
            *tokens = '?';
        tokens += size > 0 ? size : 1;
    }
}

void
sql_diagnosis_set(struct sql_diagnosis *diagnosis, int32_t sqlcode, const char *sqlstate, const char *tokens)
{
    assert(strlen(sqlstate) == SQLSTATE_SIZE);
    sql_diagnosis_clear(diagnosis);
    diagnosis->sqlcode = sqlcode;
    memcpy(diagnosis->sqlstate, sqlstate, SQLSTATE_SIZE);
    size_t size = strlen(tokens);
    if (size > SQL_TOKENS_MAX) {
        size = SQL_TOKENS_MAX;
        /* Never half a character: step back over continuation bytes, then the byte that began them. */
        while (size > 0 && ((unsigned char)tokens[size] & 0xC0) == 0x80)
            size--;
    }
    memcpy(diagnosis->tokens, tokens, size);
    diagnosis->tokens[size] = '\0';
    make_valid(diagnosis->tokens);
}
