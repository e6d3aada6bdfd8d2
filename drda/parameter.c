#include "drda/parameter.h"

/* The row that a parameter belongs to: of several with its code point the first that is still without a value, else the last. `count`
 * when there is none. */
static size_t
position_in(const struct ddm_parameter *table, size_t count, const struct wire_reader *values, uint16_t codepoint)
{
    size_t position = count;
    for (size_t i = 0; i < count; i++) {
        if (table[i].codepoint != codepoint)
            continue;
        position = i;
        if (values[i].at == NULL)
            break;
    }
    return position;
}

static bool
fail(struct drda_fault *fault, uint8_t synerrcd, uint16_t codepoint)
{
    *fault = drda_fault_syntax(synerrcd, codepoint);
    return false;
}

bool
ddm_parameters_read(struct wire_reader parameters, const struct ddm_parameter *table, size_t count, struct wire_reader *values,
                    struct drda_fault *fault)
{
    *fault = (struct drda_fault) { 0 };
    for (size_t i = 0; i < count; i++)
        values[i] = (struct wire_reader) { 0 };

    struct ddm_object object;
    enum ddm_fault damage;
    while (ddm_next(&parameters, &object, &damage)) {
        size_t i = position_in(table, count, values, object.codepoint);
        if (i == count)
            continue;
        if (values[i].at != NULL)
            return fail(fault, SYNERRCD_DUPLICATE_OBJECT, object.codepoint);
        if (object.body.left < table[i].size_min)
            return fail(fault, SYNERRCD_OBJECT_TOO_SMALL, object.codepoint);
        if (object.body.left > table[i].size_max)
            return fail(fault, SYNERRCD_OBJECT_TOO_BIG, object.codepoint);
        values[i] = object.body;
    }
    if (damage != DDM_FAULT_NONE)
        return fail(fault, (uint8_t)damage, object.codepoint);
    for (size_t i = 0; i < count; i++)
        if (table[i].required && values[i].at == NULL)
            return fail(fault, SYNERRCD_REQUIRED_OBJECT_MISSING, table[i].codepoint);
    return true;
}

uint8_t
ddm_value_u8(struct wire_reader value)
{
    return value.at != NULL ? wire_u8(&value) : 0;
}

uint16_t
ddm_value_u16(struct wire_reader value)
{
    return value.at != NULL ? wire_u16(&value) : 0;
}
