#include "drda/sql/procedure.h"

#include <assert.h>

#include "drda/codepoint.h"
#include "drda/sql/message.h"
#include "drda/sql/number.h"
#include "drda/sql/sqlca.h"

enum {
    INDICATOR_PRESENT = 0x00,
    INDICATOR_NULL = 0xFF,
    STRING_MAX = 0x7FFF,
    SQLSTATE_SIZE = 5,
};

/* Parameters of SQLCAMESSAGE: the parts of an SQLCA, a file name and a locale in; the text and a return code out. */
enum { SQLCODE = 0, SQLERRMC = 2, SQLSTATE = 11, MESSAGE = 14, RETURN_CODE = 15, SQLCAMESSAGE_COUNT = 16 };

static const struct {
    enum sql_type type;
    uint32_t length;
} sqlcamessage[SQLCAMESSAGE_COUNT] = {
    { SQL_TYPE_INTEGER, 0 },               /* SQLCODE */
    { SQL_TYPE_SMALLINT, 0 },              /* SQLERRML */
    { SQL_TYPE_VARCHAR, SQL_MESSAGE_MAX }, /* SQLERRMC */
    { SQL_TYPE_CHAR, 8 },                  /* SQLERRP */
    { SQL_TYPE_INTEGER, 0 },               /* SQLERRD1 */
    { SQL_TYPE_INTEGER, 0 },               /* SQLERRD2 */
    { SQL_TYPE_INTEGER, 0 },               /* SQLERRD3 */
    { SQL_TYPE_INTEGER, 0 },               /* SQLERRD4 */
    { SQL_TYPE_INTEGER, 0 },               /* SQLERRD5 */
    { SQL_TYPE_INTEGER, 0 },               /* SQLERRD6 */
    { SQL_TYPE_CHAR, 11 },                 /* SQLWARN */
    { SQL_TYPE_CHAR, SQLSTATE_SIZE },      /* SQLSTATE */
    { SQL_TYPE_VARCHAR, 50 },              /* message file */
    { SQL_TYPE_CHAR, 5 },                  /* locale */
    { SQL_TYPE_VARCHAR, SQL_MESSAGE_MAX }, /* message text */
    { SQL_TYPE_INTEGER, 0 },               /* return code */
};

static void
skip_blanks(struct wire_reader *text)
{
    while (text->left > 0 && memchr(" \t\r\n\f", *text->at, 5) != NULL)
        (void)wire_u8(text);
}

/* One word or mark, whatever its case, with blanks before it. */
static bool
take_word(struct wire_reader *text, const char *word)
{
    size_t size = strlen(word);
    skip_blanks(text);
    const uint8_t *p = wire_take(text, size);
    for (size_t i = 0; p != NULL && i < size; i++) {
        uint8_t c = p[i] >= 'a' && p[i] <= 'z' ? (uint8_t)(p[i] - 'a' + 'A') : p[i];
        if (c != (uint8_t)word[i])
            return false;
    }
    return p != NULL;
}

enum procedure
procedure_recognise(struct wire_reader text)
{
    if (!take_word(&text, "CALL") || text.left == 0 || memchr(" \t\r\n\f", *text.at, 5) == NULL || !take_word(&text, "SYSIBM") ||
        !take_word(&text, ".") || !take_word(&text, "SQLCAMESSAGE") || !take_word(&text, "("))
        return PROCEDURE_NONE;
    for (size_t i = 0; i < SQLCAMESSAGE_COUNT; i++)
        if ((i > 0 && !take_word(&text, ",")) || !take_word(&text, "?"))
            return PROCEDURE_NONE;
    if (!take_word(&text, ")"))
        return PROCEDURE_NONE;
    skip_blanks(&text);
    return text.left == 0 ? PROCEDURE_SQLCAMESSAGE : PROCEDURE_NONE;
}

size_t
procedure_parameter_count(enum procedure procedure)
{
    return procedure == PROCEDURE_SQLCAMESSAGE ? SQLCAMESSAGE_COUNT : 0;
}

void
procedure_describe(enum procedure procedure, size_t index, struct sql_column *column, enum sqldard_mode *mode)
{
    assert(index < procedure_parameter_count(procedure));
    *column = (struct sql_column) {
        .name = "",
        .table = "",
        .schema = "",
        .type = sqlcamessage[index].type,
        .length = sqlcamessage[index].length,
        .nullable = true,
    };
    *mode = index < MESSAGE ? SQLDARD_IN : SQLDARD_OUT;
}

static size_t
make_message(const struct parameters *parameters, char message[static SQL_MESSAGE_MAX + 1])
{
    const struct sql_value *tokens = &parameters->values[SQLERRMC];
    const struct sql_value *state = &parameters->values[SQLSTATE];
    char sqlstate[SQLSTATE_SIZE + 1] = "";
    int64_t sqlcode = 0;
    (void)number_to_integer(&parameters->values[SQLCODE], &sqlcode);
    if (state->kind == SQL_VALUE_TEXT && state->data.size == SQLSTATE_SIZE)
        memcpy(sqlstate, state->data.bytes, SQLSTATE_SIZE);
    bool has_tokens = tokens->kind == SQL_VALUE_TEXT;
    return sql_message((int32_t)sqlcode, sqlstate, has_tokens ? tokens->data.bytes : NULL, has_tokens ? tokens->data.size : 0, message);
}

/* Strings go without their declared lengths, as Derby describes them here. */
static void
put_descriptor(struct wire_writer *writer)
{
    size_t mark = ddm_open(writer, CP_FDODSC);
    struct fdoca_describer describer = fdoca_describe(writer);
    for (size_t i = 0; i < SQLCAMESSAGE_COUNT; i++) {
        struct sql_column column;
        enum sqldard_mode mode;
        procedure_describe(PROCEDURE_SQLCAMESSAGE, i, &column, &mode);
        struct fdoca_field field = fdoca_field_of(&column);
        if (fdoca_mapping(column.type)->is_text)
            field.length = STRING_MAX;
        fdoca_describe_field(&describer, field);
    }
    fdoca_describe_end_rows(&describer);
    ddm_close(writer, mark);
}

void
procedure_execute(struct wire_writer *writer, enum procedure procedure, const struct parameters *parameters)
{
    assert(parameters->count == procedure_parameter_count(procedure));
    char message[SQL_MESSAGE_MAX + 1];
    size_t size = make_message(parameters, message);
    size_t sqldtard = ddm_open(writer, CP_SQLDTARD);
    put_descriptor(writer);
    size_t mark = ddm_open(writer, CP_FDODTA);
    sqlca_put_null(writer);
    wire_put_u8(writer, INDICATOR_PRESENT);
    for (size_t i = 0; i < MESSAGE; i++)
        wire_put_u8(writer, INDICATOR_NULL);
    wire_put_u8(writer, INDICATOR_PRESENT);
    wire_put_counted(writer, message, size);
    wire_put_u8(writer, INDICATOR_PRESENT);
    wire_put_u32(writer, 0);
    ddm_close(writer, mark);
    ddm_close(writer, sqldtard);
}
