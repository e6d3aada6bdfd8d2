#include "drda/sql/procedure_lob.h"

#include "drda/sql/lob.h"
#include "drda/sql/number.h"

/* Where the parameters stand: of functions the answer is the first, of the others the locator is. */
enum { ASKED = 1, POSITION = 2, LENGTH = 3, WANTED = 2, START = 3 };
enum { CHANGED = 0, CHANGED_POSITION = 1, CHANGED_LENGTH = 2, CHANGED_BY = 3, TRUNCATED_LENGTH = 1 };

enum { NOT_FOUND = -1 };

/* One call of a procedure. */
struct call {
    const struct sql_value *values; /* of its parameters */
    struct sql_target *target;
    bool is_text; /* it is one of those for CLOBs */
    struct procedure_answer *answer;
    struct sql_diagnosis *diagnosis;
};

static bool
refuse(struct call *call, int32_t sqlcode, const char *sqlstate, const char *why)
{
    sql_diagnosis_set(call->diagnosis, sqlcode, sqlstate, why);
    return false;
}

static bool
refuse_locator(struct call *call)
{
    return refuse(call, -423, "0F001", "the locator stands for no large object, or for one that was changed");
}

/* A position counts from 1, a length may be 0. */
static bool
read_number(struct call *call, size_t parameter, int64_t least, uint64_t *number)
{
    int64_t integer = 0;
    if (number_to_integer(&call->values[parameter], &integer) != NUMBER_FINE || integer < least)
        return refuse(call, -171, "42815", "a position is at least 1, a length at least 0");
    *number = (uint64_t)integer;
    return true;
}

/* 0 when it can be none. */
static uint32_t
locator_of(const struct call *call, size_t parameter)
{
    int64_t locator;
    bool is_locator = number_to_integer(&call->values[parameter], &locator) == NUMBER_FINE && locator > 0 && locator <= INT32_MAX;
    return is_locator ? (uint32_t)locator : 0;
}

static struct sql_lob *
find_lob(const struct call *call, size_t parameter)
{
    uint32_t locator = locator_of(call, parameter);
    return locator != 0 ? call->target->operations->find_lob(call->target, locator) : NULL;
}

/* A string or bytes among the parameters, however they have come; NULL when the value is neither. */
static struct sql_lob *
lob_of_value(const struct call *call, size_t parameter, struct sql_lob_memory *memory)
{
    const struct sql_value *value = &call->values[parameter];
    if (value->kind == SQL_VALUE_LOB)
        return value->lob;
    if (value->kind != SQL_VALUE_TEXT && value->kind != SQL_VALUE_BYTES)
        return NULL;
    *memory = sql_lob_of_memory(value->data.bytes, value->data.size, value->kind == SQL_VALUE_TEXT);
    return &memory->lob;
}

static bool
answer_number(struct call *call, int64_t number)
{
    call->answer->is_number = true;
    call->answer->number = number;
    return true;
}

static bool
create(struct call *call)
{
    uint32_t locator;
    return call->target->operations->create_lob(call->target, call->is_text, &locator, call->diagnosis) && answer_number(call, locator);
}

static bool
get_length(struct call *call)
{
    uint64_t length;
    struct sql_lob *lob = find_lob(call, ASKED);
    return lob != NULL && sql_lob_length(lob, &length) ? answer_number(call, (int64_t)length) : refuse_locator(call);
}

static bool
get_substring(struct call *call)
{
    uint64_t position;
    uint64_t length;
    struct sql_lob *lob = find_lob(call, ASKED);
    if (lob == NULL)
        return refuse_locator(call);
    return read_number(call, POSITION, 1, &position) && read_number(call, LENGTH, 0, &length) &&
           (sql_lob_substring(lob, position, length, call->answer->bytes, SQL_VARCHAR_MAX, &call->answer->size) || refuse_locator(call));
}

static bool
find_position(struct call *call, struct sql_lob *wanted)
{
    uint64_t from;
    uint64_t position;
    struct sql_lob *lob = find_lob(call, ASKED);
    if (lob == NULL)
        return refuse_locator(call);
    if (!read_number(call, START, 1, &from))
        return false;
    if (wanted->size > SQL_VARCHAR_MAX)
        return refuse(call, -433, "22001", "what is looked for is longer than 32672 bytes");
    size_t size = (size_t)wanted->size;
    uint8_t *bytes = call->answer->bytes; /* there is no other use for them */
    if (!wanted->read(wanted, 0, bytes, size) || !sql_lob_find(lob, bytes, size, from, &position))
        return refuse_locator(call);
    return answer_number(call, position > 0 ? (int64_t)position : NOT_FOUND);
}

static bool
find_value(struct call *call)
{
    struct sql_lob_memory memory;
    struct sql_lob *wanted = lob_of_value(call, WANTED, &memory);
    return wanted != NULL ? find_position(call, wanted) : refuse(call, -171, "42815", "what is looked for is NULL");
}

static bool
find_behind_locator(struct call *call)
{
    struct sql_lob *wanted = find_lob(call, WANTED);
    return wanted != NULL ? find_position(call, wanted) : refuse_locator(call);
}

/* Nothing is answered to a change. */
static bool
report_change(struct call *call, enum sql_lob_outcome outcome)
{
    switch (outcome) {
    case SQL_LOB_FINE:
        break;
    case SQL_LOB_GONE:
        return refuse_locator(call);
    case SQL_LOB_FULL: /* nobody wants half a change */
        call->target->operations->release_lob(call->target, locator_of(call, CHANGED));
        return refuse(call, -904, "57011", "room for temporary large objects: more than [limits] lob_bytes, or no space for their file");
    case SQL_LOB_OUT_OF_RANGE:
        return refuse(call, -171, "42815", "a position or length beyond the end of the value");
    case SQL_LOB_SPLIT:
        return refuse(call, -171, "42815", "a position between the two halves of one character (UTF-16 surrogates)");
    case SQL_LOB_ITSELF:
        return refuse(call, -171, "42815", "a large object cannot be written into itself");
    }
    return false;
}

static bool
overwrite(struct call *call)
{
    uint64_t position;
    uint64_t length;
    struct sql_lob_memory memory;
    struct sql_lob *lob = find_lob(call, CHANGED);
    struct sql_lob *with = lob_of_value(call, CHANGED_BY, &memory);
    if (lob == NULL)
        return refuse_locator(call);
    if (with == NULL || with->is_text != call->is_text || lob->is_text != call->is_text)
        return refuse(call, -171, "42815", call->is_text ? "a CLOB takes a string" : "a BLOB takes bytes");
    return read_number(call, CHANGED_POSITION, 1, &position) && read_number(call, CHANGED_LENGTH, 0, &length) &&
           report_change(call, sql_lob_overwrite(lob, position, with, length));
}

static bool
truncate_lob(struct call *call)
{
    uint64_t length;
    struct sql_lob *lob = find_lob(call, CHANGED);
    if (lob == NULL)
        return refuse_locator(call);
    return read_number(call, TRUNCATED_LENGTH, 0, &length) && report_change(call, sql_lob_truncate(lob, length));
}

/* A locator that is none is released already. */
static bool
release(struct call *call)
{
    uint32_t locator = locator_of(call, CHANGED);
    if (locator != 0)
        call->target->operations->release_lob(call->target, locator);
    return false;
}

static const struct {
    bool (*run)(struct call *call);
    bool is_text;
} procedures[PROCEDURE_COUNT] = {
    [PROCEDURE_BLOBCREATELOCATOR] = { create, false },
    [PROCEDURE_BLOBGETLENGTH] = { get_length, false },
    [PROCEDURE_BLOBGETBYTES] = { get_substring, false },
    [PROCEDURE_BLOBGETPOSITIONFROMBYTES] = { find_value, false },
    [PROCEDURE_BLOBGETPOSITIONFROMLOCATOR] = { find_behind_locator, false },
    [PROCEDURE_BLOBSETBYTES] = { overwrite, false },
    [PROCEDURE_BLOBTRUNCATE] = { truncate_lob, false },
    [PROCEDURE_BLOBRELEASELOCATOR] = { release, false },
    [PROCEDURE_CLOBCREATELOCATOR] = { create, true },
    [PROCEDURE_CLOBGETLENGTH] = { get_length, true },
    [PROCEDURE_CLOBGETSUBSTRING] = { get_substring, true },
    [PROCEDURE_CLOBGETPOSITIONFROMSTRING] = { find_value, true },
    [PROCEDURE_CLOBGETPOSITIONFROMLOCATOR] = { find_behind_locator, true },
    [PROCEDURE_CLOBSETSTRING] = { overwrite, true },
    [PROCEDURE_CLOBTRUNCATE] = { truncate_lob, true },
    [PROCEDURE_CLOBRELEASELOCATOR] = { release, true },
};

bool
procedure_lob_execute(enum procedure procedure, const struct parameters *parameters, struct sql_target *target,
                      struct procedure_answer *answer, struct sql_diagnosis *diagnosis)
{
    struct call call = {
        .values = parameters->values,
        .target = target,
        .is_text = procedures[procedure].is_text,
        .answer = answer,
        .diagnosis = diagnosis,
    };
    return procedures[procedure].run(&call);
}
