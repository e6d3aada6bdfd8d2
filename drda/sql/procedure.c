#include "drda/sql/procedure.h"

#include <assert.h>

#include "drda/codepoint.h"
#include "drda/sql/message.h"
#include "drda/sql/number.h"
#include "drda/sql/procedure_lob.h"
#include "drda/sql/sqlca.h"

enum {
    INDICATOR_PRESENT = 0x00,
    INDICATOR_NULL = 0xFF,
    STRING_MAX = 0x7FFF,
    SQLSTATE_SIZE = 5,
    PARAMETERS_OF_PROCEDURE = 16,
};

/* Parameters of SQLCAMESSAGE: the parts of an SQLCA, a file name and a locale in; the text and a return code out. */
enum { SQLCODE = 0, SQLERRMC = 2, SQLSTATE = 11, MESSAGE = 14 };

struct procedure_parameter {
    enum sql_type type;
    uint32_t length;
    bool out;
};

#define ANSWER(sql_type)                                         \
    {                                                            \
        .type = sql_type, .length = SQL_VARCHAR_MAX, .out = true \
    }
#define GIVEN(sql_type)                             \
    {                                               \
        .type = sql_type, .length = SQL_VARCHAR_MAX \
    }

static const struct {
    const char *name;
    bool is_function; /* called as ? = CALL ... */
    size_t count;
    struct procedure_parameter parameters[PARAMETERS_OF_PROCEDURE];
} procedures[PROCEDURE_COUNT] = {
    [PROCEDURE_SQLCAMESSAGE] = { "SQLCAMESSAGE",
                                 false,
                                 PARAMETERS_OF_PROCEDURE,
                                 {
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLCODE */
                                     { SQL_TYPE_SMALLINT, 0, false },              /* SQLERRML */
                                     { SQL_TYPE_VARCHAR, SQL_MESSAGE_MAX, false }, /* SQLERRMC */
                                     { SQL_TYPE_CHAR, 8, false },                  /* SQLERRP */
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLERRD1 */
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLERRD2 */
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLERRD3 */
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLERRD4 */
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLERRD5 */
                                     { SQL_TYPE_INTEGER, 0, false },               /* SQLERRD6 */
                                     { SQL_TYPE_CHAR, 11, false },                 /* SQLWARN */
                                     { SQL_TYPE_CHAR, SQLSTATE_SIZE, false },      /* SQLSTATE */
                                     { SQL_TYPE_VARCHAR, 50, false },              /* message file */
                                     { SQL_TYPE_CHAR, 5, false },                  /* locale */
                                     { SQL_TYPE_VARCHAR, SQL_MESSAGE_MAX, true },  /* message text */
                                     { SQL_TYPE_INTEGER, 0, true },                /* return code */
                                 } },
    [PROCEDURE_BLOBCREATELOCATOR] = { "BLOBCREATELOCATOR", true, 1, { ANSWER(SQL_TYPE_INTEGER) } },
    [PROCEDURE_BLOBGETLENGTH] = { "BLOBGETLENGTH", true, 2, { ANSWER(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER) } },
    [PROCEDURE_BLOBGETBYTES] = { "BLOBGETBYTES",
                                 true,
                                 4,
                                 { ANSWER(SQL_TYPE_VARCHAR_BIT), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_BIGINT),
                                   GIVEN(SQL_TYPE_INTEGER) } },
    [PROCEDURE_BLOBGETPOSITIONFROMBYTES] = { "BLOBGETPOSITIONFROMBYTES",
                                             true,
                                             4,
                                             { ANSWER(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_VARCHAR_BIT),
                                               GIVEN(SQL_TYPE_BIGINT) } },
    [PROCEDURE_BLOBGETPOSITIONFROMLOCATOR] = { "BLOBGETPOSITIONFROMLOCATOR",
                                               true,
                                               4,
                                               { ANSWER(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_INTEGER),
                                                 GIVEN(SQL_TYPE_BIGINT) } },
    [PROCEDURE_BLOBSETBYTES] = { "BLOBSETBYTES",
                                 false,
                                 4,
                                 { GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER),
                                   GIVEN(SQL_TYPE_VARCHAR_BIT) } },
    [PROCEDURE_BLOBTRUNCATE] = { "BLOBTRUNCATE", false, 2, { GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_BIGINT) } },
    [PROCEDURE_BLOBRELEASELOCATOR] = { "BLOBRELEASELOCATOR", false, 1, { GIVEN(SQL_TYPE_INTEGER) } },
    [PROCEDURE_CLOBCREATELOCATOR] = { "CLOBCREATELOCATOR", true, 1, { ANSWER(SQL_TYPE_INTEGER) } },
    [PROCEDURE_CLOBGETLENGTH] = { "CLOBGETLENGTH", true, 2, { ANSWER(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER) } },
    [PROCEDURE_CLOBGETSUBSTRING] = { "CLOBGETSUBSTRING",
                                     true,
                                     4,
                                     { ANSWER(SQL_TYPE_VARCHAR), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_BIGINT),
                                       GIVEN(SQL_TYPE_INTEGER) } },
    [PROCEDURE_CLOBGETPOSITIONFROMSTRING] = { "CLOBGETPOSITIONFROMSTRING",
                                              true,
                                              4,
                                              { ANSWER(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_VARCHAR),
                                                GIVEN(SQL_TYPE_BIGINT) } },
    [PROCEDURE_CLOBGETPOSITIONFROMLOCATOR] = { "CLOBGETPOSITIONFROMLOCATOR",
                                               true,
                                               4,
                                               { ANSWER(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_INTEGER),
                                                 GIVEN(SQL_TYPE_BIGINT) } },
    [PROCEDURE_CLOBSETSTRING] = { "CLOBSETSTRING",
                                  false,
                                  4,
                                  { GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_BIGINT), GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_VARCHAR) } },
    [PROCEDURE_CLOBTRUNCATE] = { "CLOBTRUNCATE", false, 2, { GIVEN(SQL_TYPE_INTEGER), GIVEN(SQL_TYPE_BIGINT) } },
    [PROCEDURE_CLOBRELEASELOCATOR] = { "CLOBRELEASELOCATOR", false, 1, { GIVEN(SQL_TYPE_INTEGER) } },
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
    struct wire_reader ahead = *text;
    size_t size = strlen(word);
    skip_blanks(&ahead);
    const uint8_t *p = wire_take(&ahead, size);
    for (size_t i = 0; p != NULL && i < size; i++) {
        uint8_t c = p[i] >= 'a' && p[i] <= 'z' ? (uint8_t)(p[i] - 'a' + 'A') : p[i];
        if (c != (uint8_t)word[i])
            return false;
    }
    if (p != NULL)
        *text = ahead;
    return p != NULL;
}

/* A list of parameter markers, all of the text that is left. */
static bool
is_list_of(struct wire_reader text, size_t count)
{
    if (!take_word(&text, "("))
        return false;
    for (size_t i = 0; i < count; i++)
        if ((i > 0 && !take_word(&text, ",")) || !take_word(&text, "?"))
            return false;
    if (!take_word(&text, ")"))
        return false;
    skip_blanks(&text);
    return text.left == 0;
}

enum procedure
procedure_recognise(struct wire_reader text)
{
    bool is_function = take_word(&text, "?");
    if ((is_function && !take_word(&text, "=")) || !take_word(&text, "CALL") || text.left == 0 ||
        memchr(" \t\r\n\f", *text.at, 5) == NULL || !take_word(&text, "SYSIBM") || !take_word(&text, "."))
        return PROCEDURE_NONE;
    for (int i = PROCEDURE_NONE + 1; i < PROCEDURE_COUNT; i++) {
        struct wire_reader rest = text;
        if (procedures[i].is_function == is_function && take_word(&rest, procedures[i].name) &&
            is_list_of(rest, procedures[i].count - is_function))
            return (enum procedure)i;
    }
    return PROCEDURE_NONE;
}

size_t
procedure_parameter_count(enum procedure procedure)
{
    return procedures[procedure].count;
}

void
procedure_describe(enum procedure procedure, size_t index, struct sql_column *column, enum sqldard_mode *mode)
{
    assert(index < procedure_parameter_count(procedure));
    const struct procedure_parameter *parameter = &procedures[procedure].parameters[index];
    *column = (struct sql_column) {
        .name = "",
        .table = "",
        .schema = "",
        .type = parameter->type,
        .length = parameter->length,
        .nullable = true,
    };
    *mode = parameter->out ? SQLDARD_OUT : SQLDARD_IN;
}

static size_t
make_message(const struct parameters *parameters, uint8_t bytes[static SQL_VARCHAR_MAX])
{
    char message[SQL_MESSAGE_MAX + 1];
    const struct sql_value *tokens = &parameters->values[SQLERRMC];
    const struct sql_value *state = &parameters->values[SQLSTATE];
    char sqlstate[SQLSTATE_SIZE + 1] = "";
    int64_t sqlcode = 0;
    (void)number_to_integer(&parameters->values[SQLCODE], &sqlcode);
    if (state->kind == SQL_VALUE_TEXT && state->data.size == SQLSTATE_SIZE)
        memcpy(sqlstate, state->data.bytes, SQLSTATE_SIZE);
    bool has_tokens = tokens->kind == SQL_VALUE_TEXT;
    size_t size =
        sql_message((int32_t)sqlcode, sqlstate, has_tokens ? tokens->data.bytes : NULL, has_tokens ? tokens->data.size : 0, message);
    memcpy(bytes, message, size);
    return size;
}

/* Strings go without their declared lengths, as Derby describes them here. */
static void
put_descriptor(struct wire_writer *writer, enum procedure procedure)
{
    size_t mark = ddm_open(writer, CP_FDODSC);
    struct fdoca_describer describer = fdoca_describe(writer);
    for (size_t i = 0; i < procedures[procedure].count; i++) {
        struct sql_column column;
        enum sqldard_mode mode;
        procedure_describe(procedure, i, &column, &mode);
        struct fdoca_field field = fdoca_field_of(&column);
        if (fdoca_mapping(column.type)->is_text || column.type == SQL_TYPE_VARCHAR_BIT)
            field.length = STRING_MAX;
        fdoca_describe_field(&describer, field);
    }
    fdoca_describe_end_rows(&describer);
    ddm_close(writer, mark);
}

/* SQLCAMESSAGE has a return code besides, always 0. */
static void
put_out(struct wire_writer *writer, const struct procedure_parameter *parameter, const struct procedure_answer *answer)
{
    wire_put_u8(writer, INDICATOR_PRESENT);
    if (parameter->type == SQL_TYPE_INTEGER)
        wire_put_value(writer, answer->is_number ? (uint64_t)answer->number : 0, 4);
    else if (answer->is_number)
        wire_put_value(writer, (uint64_t)answer->number, 8);
    else
        wire_put_counted(writer, answer->bytes, answer->size);
}

void
procedure_put_answer(struct wire_writer *writer, enum procedure procedure, const struct procedure_answer *answer)
{
    size_t sqldtard = ddm_open(writer, CP_SQLDTARD);
    put_descriptor(writer, procedure);
    size_t mark = ddm_open(writer, CP_FDODTA);
    sqlca_put_null(writer);
    wire_put_u8(writer, INDICATOR_PRESENT);
    for (size_t i = 0; i < procedures[procedure].count; i++) {
        const struct procedure_parameter *parameter = &procedures[procedure].parameters[i];
        if (parameter->out)
            put_out(writer, parameter, answer);
        else
            wire_put_u8(writer, INDICATOR_NULL);
    }
    ddm_close(writer, mark);
    ddm_close(writer, sqldtard);
}

bool
procedure_execute(enum procedure procedure, const struct parameters *parameters, struct sql_target *target, struct procedure_answer *answer,
                  struct sql_diagnosis *diagnosis)
{
    assert(parameters->count == procedure_parameter_count(procedure));
    answer->is_number = false;
    answer->size = 0;
    if (procedure != PROCEDURE_SQLCAMESSAGE)
        return procedure_lob_execute(procedure, parameters, target, answer, diagnosis);
    answer->size = make_message(parameters, answer->bytes);
    return true;
}
