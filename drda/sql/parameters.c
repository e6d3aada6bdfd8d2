#include "drda/sql/parameters.h"

#include <stdio.h>
#include <stdlib.h>

#include "drda/codepoint.h"
#include "drda/sql/spooled.h"

enum {
    INDICATOR_PRESENT = 0x00,
    INDICATOR_PRESENT_MAX = 0x7F,
    INDICATOR_NULL = 0xFF,
    EXTDTA_STATUS_FINE = 0x7F,
    STRING_MAX = 0x7FFF,
};

/* What stands in the objects of a command. */
struct source {
    const struct dss_command *command;
    struct sql_target *target; /* whose locators are meant */
    struct wire_reader descriptor;
    struct wire_reader data;
    size_t data_size;     /* of FDODTA and all EXTDTA */
    size_t next_external; /* where to look for the next EXTDTA */
    const struct drda_representation *from;
};

static bool
fault_syntax(struct drda_fault *fault, uint8_t synerrcd, uint16_t codpnt)
{
    *fault = drda_fault_syntax(synerrcd, codpnt);
    return false;
}

/* FDODSC and FDODTA, once each. */
static bool
open_sqldta(struct wire_reader sqldta, struct source *source, struct drda_fault *fault)
{
    struct ddm_object object;
    enum ddm_fault damage;
    while (ddm_next(&sqldta, &object, &damage)) {
        if (object.codepoint != CP_FDODSC && object.codepoint != CP_FDODTA) {
            *fault = drda_fault_reply(CP_OBJNSPRM, object.codepoint);
            return false;
        }
        struct wire_reader *part = object.codepoint == CP_FDODSC ? &source->descriptor : &source->data;
        if (part->at != NULL)
            return fault_syntax(fault, SYNERRCD_DUPLICATE_OBJECT, object.codepoint);
        *part = object.body;
    }
    if (damage != DDM_FAULT_NONE)
        return fault_syntax(fault, (uint8_t)damage, object.codepoint);
    if (source->descriptor.at == NULL || source->data.at == NULL)
        return fault_syntax(fault, SYNERRCD_REQUIRED_OBJECT_MISSING, source->descriptor.at == NULL ? CP_FDODSC : CP_FDODTA);
    return true;
}

/* Finds the SQLDTA; *found is false when there is none. */
static bool
open_source(struct source *source, bool *found, struct drda_fault *fault)
{
    *found = false;
    for (size_t i = 0; i < source->command->object_count; i++) {
        const struct ddm_object *object = &source->command->objects[i];
        if (object->codepoint == CP_EXTDTA)
            source->data_size += object->body.left;
        if (object->codepoint != CP_SQLDTA)
            continue;
        *found = true;
        if (!open_sqldta(object->body, source, fault))
            return false;
        source->data_size += source->data.left;
    }
    return true;
}

static bool
count_fields(const struct source *source, size_t *count, struct drda_fault *fault)
{
    struct fdoca_reader fields = fdoca_reader(source->descriptor);
    struct fdoca_field field;
    *count = 0;
    while (fdoca_next(&fields, &field))
        ++*count;
    if (fields.failed)
        return fault_syntax(fault, SYNERRCD_LENGTH_MISMATCH, CP_FDODSC);
    return *count <= PARAMETERS_MAX || fault_syntax(fault, SYNERRCD_OBJECT_TOO_BIG, CP_FDODSC);
}

/* Gives every value its place, and text that must be made a place to stand in. */
static bool
reserve(struct parameters *parameters, size_t count, size_t scratch_size, struct wire_writer *scratch, struct sql_diagnosis *diagnosis)
{
    parameters->count = count;
    parameters->values = parameters->few;
    *scratch = wire_writer(parameters->scratch, sizeof parameters->scratch);
    if (count <= PARAMETERS_FEW && scratch_size <= sizeof parameters->scratch)
        return true;
    size_t values_size = count * sizeof(struct sql_value);
    if (scratch_size < SIZE_MAX - values_size)
        parameters->memory = malloc(values_size + scratch_size);
    if (parameters->memory == NULL) {
        sql_diagnosis_set(diagnosis, -904, "57011", "memory for the parameters of the statement");
        return false;
    }
    parameters->values = parameters->memory;
    *scratch = wire_writer((uint8_t *)parameters->memory + values_size, scratch_size);
    return true;
}

/* Takes the next EXTDTA for a field that announced `announced` bytes: an indicator when it is nullable, the data, and from newer
 * requesters one byte of status behind them. */
static enum fdoca_read
read_external(struct source *source, struct fdoca_field field, int64_t announced, struct wire_writer *scratch, struct sql_value *value,
              uint8_t *status)
{
    const struct dss_command *command = source->command;
    size_t *i = &source->next_external;
    *status = EXTDTA_STATUS_FINE;
    while (*i < command->object_count && command->objects[*i].codepoint != CP_EXTDTA)
        ++*i;
    if (*i == command->object_count)
        return FDOCA_INCOMPLETE;
    struct wire_reader body = command->objects[(*i)++].body;
    if ((field.type & FDOCA_NULLABLE) != 0 && wire_u8(&body) > INDICATOR_PRESENT_MAX)
        return FDOCA_VALUE;
    bool unknown = announced == FDOCA_SIZE_UNKNOWN;
    size_t size = unknown ? body.left - 1 : (size_t)announced; /* an empty body of unknown size has no status: SIZE_MAX, refused */
    struct wire_reader bytes = wire_sub(&body, size);
    if (body.left > 0)
        *status = wire_u8(&body);
    if (!wire_done(&body))
        return FDOCA_INCOMPLETE;
    return fdoca_external_read(bytes, field, source->from, scratch, value);
}

static bool
report(struct sql_diagnosis *diagnosis, int32_t sqlcode, const char *sqlstate, size_t number, const char *text)
{
    char tokens[128];
    snprintf(tokens, sizeof tokens, "parameter %zu %s", number, text);
    sql_diagnosis_set(diagnosis, sqlcode, sqlstate, tokens);
    return false;
}

static bool
refuse_for_room(struct sql_diagnosis *diagnosis)
{
    sql_diagnosis_set(diagnosis, -904, "57011", "room for a large object: more than [limits] lob_bytes, or no space for the spool");
    return false;
}

static bool
report_ccsid(struct sql_diagnosis *diagnosis, size_t number, uint16_t ccsid)
{
    char text[64];
    snprintf(text, sizeof text, "is in CCSID %u, which cannot be converted", (unsigned)ccsid);
    return report(diagnosis, -332, "57017", number, text);
}

static bool
take_locator(struct source *source, int64_t locator, size_t number, struct sql_value *value, struct sql_diagnosis *diagnosis)
{
    bool possible = source->target != NULL && locator > 0 && locator <= INT32_MAX;
    struct sql_lob *lob = possible ? source->target->operations->find_lob(source->target, (uint32_t)locator) : NULL;
    if (lob == NULL)
        return report(diagnosis, -423, "0F001", number, "is a locator that stands for no large object, or for one that was changed");
    value->kind = SQL_VALUE_LOB;
    value->lob = lob;
    return true;
}

static bool
read_value(struct source *source, struct fdoca_field field, size_t number, struct wire_writer *scratch, struct sql_value *value,
           struct sql_diagnosis *diagnosis, struct drda_fault *fault)
{
    int64_t announced;
    uint8_t status = EXTDTA_STATUS_FINE;
    uint16_t object = CP_FDODTA;
    enum fdoca_read outcome = fdoca_value_read(&source->data, &field, source->from, scratch, value, &announced);
    if (outcome == FDOCA_EXTERNAL && source->command->stream != NULL) {
        object = CP_EXTDTA;
        outcome = spooled_read(source->command->stream, &source->next_external, field, source->from, announced, value, &status);
    } else if (outcome == FDOCA_EXTERNAL) {
        object = CP_EXTDTA;
        outcome = read_external(source, field, announced, scratch, value, &status);
    }
    switch (outcome) {
    case FDOCA_VALUE:
        return status == EXTDTA_STATUS_FINE || report(diagnosis, -302, "22001", number, "could not be completed by the requester");
    case FDOCA_LOCATOR:
        return take_locator(source, announced, number, value, diagnosis);
    case FDOCA_UNSUPPORTED:
        return report(diagnosis, -804, "07002", number, "has a type that is not supported");
    case FDOCA_NOT_DECIMAL:
        return report(diagnosis, -310, "22023", number, "is no decimal number");
    case FDOCA_NOT_CHARACTER:
        return report(diagnosis, -330, "22021", number, "is not in its encoding");
    case FDOCA_NOT_CONVERTED:
        return report_ccsid(diagnosis, number, fdoca_ccsid(field, source->from));
    case FDOCA_NO_ROOM:
        return refuse_for_room(diagnosis);
    case FDOCA_INCOMPLETE:
    case FDOCA_EXTERNAL:
        break;
    }
    return fault_syntax(fault, SYNERRCD_LENGTH_MISMATCH, object);
}

/* The one row of FDODTA: an indicator for all of it, then the values; nothing may be left over. */
static bool
read_values(struct source *source, struct parameters *parameters, struct wire_writer *scratch, struct sql_diagnosis *diagnosis,
            struct drda_fault *fault)
{
    struct fdoca_reader fields = fdoca_reader(source->descriptor);
    struct fdoca_field field;
    if (wire_u8(&source->data) > INDICATOR_PRESENT_MAX || source->data.failed)
        return fault_syntax(fault, SYNERRCD_LENGTH_MISMATCH, CP_FDODTA);
    for (size_t i = 0; fdoca_next(&fields, &field); i++)
        if (!read_value(source, field, i + 1, scratch, &parameters->values[i], diagnosis, fault))
            return false;
    if (!wire_done(&source->data))
        return fault_syntax(fault, SYNERRCD_LENGTH_MISMATCH, CP_FDODTA);
    for (size_t i = source->next_external; source->command->stream == NULL && i < source->command->object_count; i++)
        if (source->command->objects[i].codepoint == CP_EXTDTA)
            return fault_syntax(fault, SYNERRCD_TOO_MANY_OBJECTS, CP_EXTDTA);
    return source->command->stream == NULL || source->next_external == source->command->stream->count ||
           fault_syntax(fault, SYNERRCD_TOO_MANY_OBJECTS, CP_EXTDTA);
}

bool
parameters_read(const struct dss_command *command, const struct drda_representation *from, struct sql_target *target,
                struct parameters *parameters, struct sql_diagnosis *diagnosis, struct drda_fault *fault)
{
    struct source source = { .command = command, .target = target, .from = from };
    struct wire_writer scratch;
    bool found;
    size_t count;
    parameters->values = parameters->few;
    parameters->count = 0;
    parameters->memory = NULL;
    *fault = (struct drda_fault) { 0 };
    sql_diagnosis_clear(diagnosis);
    if (!open_source(&source, &found, fault))
        return false;
    if (!found)
        return true;
    if (command->stream != NULL && command->stream->overflown)
        return refuse_for_room(diagnosis);
    return count_fields(&source, &count, fault) &&
           reserve(parameters, count, fdoca_scratch_size(source.descriptor, from, source.data_size), &scratch, diagnosis) &&
           read_values(&source, parameters, &scratch, diagnosis, fault);
}

void
parameters_clear(struct parameters *parameters)
{
    free(parameters->memory);
    parameters->memory = NULL;
    parameters->values = parameters->few;
    parameters->count = 0;
}

static struct fdoca_field
field_of(const struct sql_value *value)
{
    static const struct fdoca_field fields[] = {
        [SQL_VALUE_NULL] = { FDOCA_VARMIX | FDOCA_NULLABLE, STRING_MAX },
        [SQL_VALUE_INTEGER] = { FDOCA_BIGINT | FDOCA_NULLABLE, 8 },
        [SQL_VALUE_REAL] = { FDOCA_FLOAT8 | FDOCA_NULLABLE, 8 },
        [SQL_VALUE_TEXT] = { FDOCA_LONGMIX | FDOCA_NULLABLE, STRING_MAX },
        [SQL_VALUE_BYTES] = { FDOCA_LONG_VARBYTES | FDOCA_NULLABLE, STRING_MAX },
        [SQL_VALUE_LOB] = { FDOCA_LOB_BYTES | FDOCA_NULLABLE, FDOCA_LOB_LENGTH },
    };
    struct fdoca_field field = fields[value->kind];
    if (value->kind == SQL_VALUE_LOB && value->lob->is_text)
        field.type = FDOCA_LOB_MIXED | FDOCA_NULLABLE;
    return field;
}

static void
put_value(struct wire_writer *writer, const struct sql_value *value)
{
    union {
        double real;
        uint64_t bits;
    } real;
    wire_put_u8(writer, value->kind == SQL_VALUE_NULL ? INDICATOR_NULL : INDICATOR_PRESENT);
    switch (value->kind) {
    case SQL_VALUE_NULL:
        break;
    case SQL_VALUE_INTEGER:
        wire_put_u64(writer, (uint64_t)value->integer);
        break;
    case SQL_VALUE_REAL:
        real.real = value->real;
        wire_put_u64(writer, real.bits);
        break;
    case SQL_VALUE_TEXT:
    case SQL_VALUE_BYTES:
        wire_put_counted(writer, value->data.bytes, value->data.size);
        break;
    case SQL_VALUE_LOB:
        wire_put_u32(writer, (uint32_t)value->lob->size);
        break;
    }
}

static bool
can_be_sent(const struct sql_value *value)
{
    if (value->kind == SQL_VALUE_LOB)
        return value->lob->size <= EXTDTA_SIZE_MAX;
    return (value->kind != SQL_VALUE_TEXT && value->kind != SQL_VALUE_BYTES) || value->data.size <= STRING_MAX;
}

bool
parameters_put(struct wire_writer *writer, const struct sql_value *values, size_t count)
{
    if (count > PARAMETERS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!can_be_sent(&values[i]))
            return false;

    size_t sqldta = ddm_open(writer, CP_SQLDTA);
    size_t part = ddm_open(writer, CP_FDODSC);
    struct fdoca_describer describer = fdoca_describe(writer);
    for (size_t i = 0; i < count; i++)
        fdoca_describe_field(&describer, field_of(&values[i]));
    fdoca_describe_end_parameters(&describer);
    ddm_close(writer, part);
    part = ddm_open(writer, CP_FDODTA);
    wire_put_u8(writer, INDICATOR_PRESENT);
    for (size_t i = 0; i < count; i++)
        put_value(writer, &values[i]);
    ddm_close(writer, part);
    ddm_close(writer, sqldta);
    return true;
}
