#include "drda/excsat.h"

#include "drda/parameter.h"

enum { NAME_SIZE_MAX = 255 };

bool
drda_managers_find(const struct drda_managers *managers, uint16_t codepoint, uint16_t *level)
{
    *level = 0;
    for (size_t i = 0; i < managers->count; i++)
        if (managers->list[i].codepoint == codepoint) {
            *level = managers->list[i].level;
            return true;
        }
    return false;
}

static bool
fail(struct drda_fault *fault, struct drda_fault value)
{
    *fault = value;
    return false;
}

/* MGRLVLLS: pairs of manager and level. */
static bool
decode_managers(struct wire_reader list, struct drda_managers *managers, struct drda_fault *fault)
{
    if (list.left % 4 != 0)
        return fail(fault, drda_fault_syntax(SYNERRCD_LENGTH_NOT_ALLOWED, CP_MGRLVLLS));
    while (list.left > 0) {
        struct drda_manager manager = { .codepoint = wire_u16(&list) };
        manager.level = wire_u16(&list);
        uint16_t earlier;
        if (drda_managers_find(managers, manager.codepoint, &earlier)) {
            if (earlier == manager.level)
                continue;
            return fail(fault, (struct drda_fault) { .reply = CP_MGRLVLRM, .codpnt = manager.codepoint, .level = manager.level });
        }
        if (managers->count == DRDA_MANAGERS_MAX)
            return fail(fault, drda_fault_syntax(SYNERRCD_TOO_MANY_OBJECTS, CP_MGRLVLLS));
        managers->list[managers->count++] = manager;
    }
    return true;
}

bool
drda_excsat_decode(struct wire_reader parameters, struct drda_excsat *excsat, struct drda_fault *fault)
{
    enum { EXTNAM, SRVNAM, SRVCLSNM, SRVRLSLV, MGRLVLLS, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [EXTNAM] = { CP_EXTNAM, 0, NAME_SIZE_MAX, false },     [SRVNAM] = { CP_SRVNAM, 0, NAME_SIZE_MAX, false },
        [SRVCLSNM] = { CP_SRVCLSNM, 0, NAME_SIZE_MAX, false }, [SRVRLSLV] = { CP_SRVRLSLV, 0, NAME_SIZE_MAX, false },
        [MGRLVLLS] = { CP_MGRLVLLS, 0, 32767, false },
    };
    struct wire_reader values[COUNT];
    *excsat = (struct drda_excsat) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    excsat->external_name = values[EXTNAM];
    excsat->server_name = values[SRVNAM];
    excsat->class_name = values[SRVCLSNM];
    excsat->release_level = values[SRVRLSLV];
    return decode_managers(values[MGRLVLLS], &excsat->managers, fault);
}

void
drda_excsat_encode(struct wire_writer *writer, uint16_t codepoint, const struct drda_identity *identity,
                   const struct drda_managers *managers, enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, codepoint);
    if (identity != NULL) {
        ccsid_put_object(writer, CP_EXTNAM, ccsid, identity->external_name);
        ccsid_put_object(writer, CP_SRVNAM, ccsid, identity->server_name);
        ccsid_put_object(writer, CP_SRVRLSLV, ccsid, identity->release_level);
    }
    size_t list = ddm_open(writer, CP_MGRLVLLS);
    for (size_t i = 0; i < managers->count; i++) {
        wire_put_u16(writer, managers->list[i].codepoint);
        wire_put_u16(writer, managers->list[i].level);
    }
    ddm_close(writer, list);
    if (identity != NULL)
        ccsid_put_object(writer, CP_SRVCLSNM, ccsid, identity->class_name);
    ddm_close(writer, mark);
}
