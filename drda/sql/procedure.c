#include "drda/sql/procedure.h"

#include <assert.h>

#include "drda/codepoint.h"
#include "drda/sql/lob.h"
#include "drda/sql/message.h"
#include "drda/sql/number.h"
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

/* Parameters of the others: the answer, then the locator and what is asked of it. */
enum { LOCATOR = 1, POSITION = 2, LENGTH = 3, WANTED = 2, START = 3, RELEASED = 0 };

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
    [PROCEDURE_BLOBRELEASELOCATOR] = { "BLOBRELEASELOCATOR", false, 1, { GIVEN(SQL_TYPE_INTEGER) } },
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
        wire_put_u32(writer, 0);
    else if (answer->is_number)
        wire_put_value(writer, answer->number, 8);
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

static bool
refuse(struct sql_diagnosis *diagnosis, int32_t sqlcode, const char *sqlstate, const char *why)
{
    sql_diagnosis_set(diagnosis, sqlcode, sqlstate, why);
    return false;
}

static bool
refuse_locator(struct sql_diagnosis *diagnosis)
{
    return refuse(diagnosis, -423, "0F001", "the locator stands for no large object, or for one that was changed");
}

/* A position counts from 1, a length may be 0. */
static bool
read_number(const struct sql_value *value, int64_t least, uint64_t *number, struct sql_diagnosis *diagnosis)
{
    int64_t integer = 0;
    if (number_to_integer(value, &integer) != NUMBER_FINE || integer < least)
        return refuse(diagnosis, -171, "42815", "a position is at least 1, a length at least 0");
    *number = (uint64_t)integer;
    return true;
}

static struct sql_lob *
find_lob(struct sql_target *target, const struct sql_value *value)
{
    int64_t locator;
    bool is_locator = number_to_integer(value, &locator) == NUMBER_FINE && locator > 0 && locator <= INT32_MAX;
    return is_locator ? target->operations->find_lob(target, (uint32_t)locator) : NULL;
}

static bool
answer_length(struct sql_lob *lob, struct procedure_answer *answer, struct sql_diagnosis *diagnosis)
{
    answer->is_number = true;
    return sql_lob_length(lob, &answer->number) || refuse_locator(diagnosis);
}

static bool
answer_substring(struct sql_lob *lob, const struct parameters *parameters, struct procedure_answer *answer, struct sql_diagnosis *diagnosis)
{
    uint64_t position;
    uint64_t length;
    return read_number(&parameters->values[POSITION], 1, &position, diagnosis) &&
           read_number(&parameters->values[LENGTH], 0, &length, diagnosis) &&
           (sql_lob_substring(lob, position, length, answer->bytes, SQL_VARCHAR_MAX, &answer->size) || refuse_locator(diagnosis));
}

/* What is looked for is given, or is behind another locator. */
static bool
answer_position(struct sql_lob *lob, const struct sql_value *wanted, struct sql_lob *other, const struct sql_value *start,
                struct procedure_answer *answer, struct sql_diagnosis *diagnosis)
{
    uint64_t from;
    const uint8_t *bytes = wanted->data.bytes;
    size_t size = wanted->data.size;
    answer->is_number = true;
    if (!read_number(start, 1, &from, diagnosis))
        return false;
    if (other != NULL) {
        if (other->size > SQL_VARCHAR_MAX)
            return refuse(diagnosis, -433, "22001", "what is looked for is longer than 32672 bytes");
        size = (size_t)other->size;
        bytes = answer->bytes;
        if (!other->read(other, 0, answer->bytes, size))
            return refuse_locator(diagnosis);
    } else if (wanted->kind != SQL_VALUE_TEXT && wanted->kind != SQL_VALUE_BYTES) {
        return refuse(diagnosis, -171, "42815", "what is looked for is NULL");
    }
    return sql_lob_find(lob, bytes, size, from, &answer->number) || refuse_locator(diagnosis);
}

/* Everything that begins with the locator of a large object. */
static bool
ask_lob(enum procedure procedure, const struct parameters *parameters, struct sql_target *target, struct procedure_answer *answer,
        struct sql_diagnosis *diagnosis)
{
    const struct sql_value *values = parameters->values;
    struct sql_lob *lob = find_lob(target, &values[LOCATOR]);
    struct sql_lob *other = NULL;
    if (lob == NULL)
        return refuse_locator(diagnosis);
    if (procedure == PROCEDURE_BLOBGETLENGTH || procedure == PROCEDURE_CLOBGETLENGTH)
        return answer_length(lob, answer, diagnosis);
    if (procedure == PROCEDURE_BLOBGETBYTES || procedure == PROCEDURE_CLOBGETSUBSTRING)
        return answer_substring(lob, parameters, answer, diagnosis);
    if (procedure == PROCEDURE_BLOBGETPOSITIONFROMLOCATOR || procedure == PROCEDURE_CLOBGETPOSITIONFROMLOCATOR) {
        other = find_lob(target, &values[WANTED]);
        if (other == NULL)
            return refuse_locator(diagnosis);
    }
    return answer_position(lob, &values[WANTED], other, &values[START], answer, diagnosis);
}

/* A locator that is none is released already. */
static void
release(const struct parameters *parameters, struct sql_target *target)
{
    int64_t locator;
    if (number_to_integer(&parameters->values[RELEASED], &locator) == NUMBER_FINE && locator > 0 && locator <= INT32_MAX)
        target->operations->release_lob(target, (uint32_t)locator);
}

bool
procedure_execute(enum procedure procedure, const struct parameters *parameters, struct sql_target *target, struct procedure_answer *answer,
                  struct sql_diagnosis *diagnosis)
{
    assert(parameters->count == procedure_parameter_count(procedure));
    answer->is_number = false;
    answer->size = 0;
    if (procedure == PROCEDURE_BLOBRELEASELOCATOR || procedure == PROCEDURE_CLOBRELEASELOCATOR) {
        release(parameters, target);
        return false;
    }
    if (procedure == PROCEDURE_SQLCAMESSAGE) {
        answer->size = make_message(parameters, answer->bytes);
        return true;
    }
    return ask_lob(procedure, parameters, target, answer, diagnosis);
}
