#include "drda/sql/sqlca.h"

#include "drda/code_page.h"
#include "drda/codepoint.h"
#include "drda/ddm.h"

enum {
    INDICATOR_PRESENT = 0x00,
    INDICATOR_NULL = 0xFF,
    SQLSTATE_SIZE = 5,
    SQLERRPROC_SIZE = 8,
    SQLWARN_SIZE = 11,
    TOKEN_SEPARATOR_WIRE = 0x14,
    TOKEN_SEPARATOR = 0xFF,
};

/* SQLERRP names the product, as Db2 and Derby do. */
static const char product[SQLERRPROC_SIZE + 1] = "PASSGATE";
static const char blanks[SQLWARN_SIZE + 1] = "           ";

void
sqlca_put_null(struct wire_writer *writer)
{
    wire_put_u8(writer, INDICATOR_NULL);
}

static void
put_tokens(struct wire_writer *writer, const char *tokens)
{
    size_t size = strlen(tokens);
    wire_put_u16(writer, (uint16_t)size);
    uint8_t *p = wire_room(writer, size);
    for (size_t i = 0; p != NULL && i < size; i++)
        p[i] = (uint8_t)tokens[i] == TOKEN_SEPARATOR ? TOKEN_SEPARATOR_WIRE : (uint8_t)tokens[i];
}

void
sqlca_put(struct wire_writer *writer, const struct sql_diagnosis *diagnosis)
{
    uint64_t rows = (uint64_t)diagnosis->rows;
    wire_put_u8(writer, INDICATOR_PRESENT);
    wire_put_value(writer, (uint32_t)diagnosis->sqlcode, 4);
    /* Success has a blank SQLSTATE here, as Derby sends it. */
    wire_put_bytes(writer, diagnosis->sqlcode == 0 ? blanks : diagnosis->sqlstate, SQLSTATE_SIZE);
    wire_put_bytes(writer, product, SQLERRPROC_SIZE);
    wire_put_u8(writer, INDICATOR_PRESENT);
    wire_put_value(writer, (uint64_t)diagnosis->result_rows >> 32, 4); /* SQLERRD1 and 2 */
    wire_put_value(writer, (uint32_t)diagnosis->result_rows, 4);
    wire_put_value(writer, (uint32_t)rows, 4);
    wire_put_value(writer, rows >> 32, 4);
    wire_put_u64(writer, 0); /* SQLERRD5 and 6 */
    wire_put_bytes(writer, blanks, SQLWARN_SIZE);
    wire_put_u16(writer, 0); /* SQLRDBNAME */
    put_tokens(writer, diagnosis->tokens);
    wire_put_u16(writer, 0);             /* the tokens as single-byte text */
    wire_put_u8(writer, INDICATOR_NULL); /* SQLDIAGGRP */
}

void
sqlcard_put(struct wire_writer *writer, const struct sql_diagnosis *diagnosis)
{
    size_t mark = ddm_open(writer, CP_SQLCARD);
    sqlca_put(writer, diagnosis);
    ddm_close(writer, mark);
}

/* Digits and upper case letters by the SQL standard, blanks from servers that have none: those who show it rely on that. */
static void
read_sqlstate(const uint8_t *bytes, const struct drda_representation *from, char *sqlstate)
{
    struct code_page page;
    bool converted = code_page_load(from->ccsids.sbc, &page);
    for (size_t i = 0; i < SQLSTATE_SIZE; i++) {
        uint16_t c = converted ? page.characters[bytes[i]] : bytes[i];
        bool allowed = c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        sqlstate[i] = allowed ? (char)c : '?';
    }
}

static void
take_tokens(struct wire_reader tokens, char *copy)
{
    size_t size = tokens.left < SQL_TOKENS_MAX ? tokens.left : SQL_TOKENS_MAX;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = wire_u8(&tokens);
        copy[i] = (char)(c == TOKEN_SEPARATOR_WIRE ? TOKEN_SEPARATOR : c == '\0' ? ' ' : c);
    }
    copy[size] = '\0';
}

static void
convert_tokens(struct wire_reader tokens, const struct code_page *page, char *copy)
{
    struct wire_writer writer = wire_writer(copy, SQL_TOKENS_MAX);
    while (tokens.left > 0) {
        size_t size = 0;
        while (size < tokens.left && tokens.at[size] != TOKEN_SEPARATOR_WIRE && tokens.at[size] != TOKEN_SEPARATOR)
            size++;
        code_page_put_shown(&writer, page, wire_sub(&tokens, size));
        if (tokens.left > 0 && wire_take(&tokens, 1) != NULL)
            wire_put_u8(&writer, TOKEN_SEPARATOR);
    }
    copy[writer.used] = '\0';
}

static void
read_tokens(struct wire_reader *reader, const struct drda_representation *from, struct sql_diagnosis *diagnosis)
{
    struct code_page page;
    struct wire_reader mixed = wire_counted(reader);
    struct wire_reader single = wire_counted(reader);
    bool is_mixed = mixed.left > 0;
    if (code_page_load(is_mixed ? from->ccsids.mbc : from->ccsids.sbc, &page))
        convert_tokens(is_mixed ? mixed : single, &page, diagnosis->tokens);
    else
        take_tokens(is_mixed ? mixed : single, diagnosis->tokens);
}

/* SQLCAXGRP. */
static void
read_extension(struct wire_reader *reader, const struct drda_representation *from, struct sql_diagnosis *diagnosis)
{
    if (wire_u8(reader) == INDICATOR_NULL)
        return;
    (void)wire_take(reader, 2 * 4);
    uint64_t low = wire_uint(reader, 4, from->little_endian);
    uint64_t high = wire_uint(reader, 4, from->little_endian);
    diagnosis->rows = (int64_t)(high << 32 | low);
    (void)wire_take(reader, 2 * 4 + SQLWARN_SIZE);
    (void)wire_counted(reader);
    read_tokens(reader, from, diagnosis);
}

bool
sqlca_read(struct wire_reader *reader, const struct drda_representation *from, struct sql_diagnosis *diagnosis, bool *present)
{
    sql_diagnosis_clear(diagnosis);
    *present = wire_u8(reader) != INDICATOR_NULL && !reader->failed;
    if (!*present)
        return !reader->failed;
    diagnosis->sqlcode = (int32_t)(uint32_t)wire_uint(reader, 4, from->little_endian);
    const uint8_t *sqlstate = wire_take(reader, SQLSTATE_SIZE);
    (void)wire_take(reader, SQLERRPROC_SIZE);
    if (sqlstate != NULL && diagnosis->sqlcode != 0)
        read_sqlstate(sqlstate, from, diagnosis->sqlstate);
    read_extension(reader, from, diagnosis);
    /* A group of diagnostics, which levels above 7 may send, is not understood. */
    if (wire_u8(reader) != INDICATOR_NULL)
        reader->failed = true;
    if (reader->failed)
        sql_diagnosis_clear(diagnosis);
    return !reader->failed;
}
