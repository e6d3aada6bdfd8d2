#include "drda/sql/value.h"

#include <assert.h>
#include <string.h>

enum { SQLSTATE_SIZE = 5 };

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
}
