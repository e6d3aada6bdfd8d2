#include "drda/intrdbrqs.h"

#include "drda/parameter.h"

bool
drda_intrdbrqs_decode(struct wire_reader parameters, struct drda_intrdbrqs *intrdbrqs, struct drda_fault *fault)
{
    enum { RDBNAM, RDBINTTKN, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [RDBNAM] = { CP_RDBNAM, 1, 255, false },
        [RDBINTTKN] = { CP_RDBINTTKN, 1, RDBINTTKN_SIZE_MAX, true },
    };
    struct wire_reader values[COUNT];
    *intrdbrqs = (struct drda_intrdbrqs) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    intrdbrqs->rdbnam = values[RDBNAM];
    intrdbrqs->rdbinttkn = values[RDBINTTKN];
    return true;
}

void
drda_intrdbrqs_encode(struct wire_writer *writer, const char *rdbnam, struct drda_token rdbinttkn, enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, CP_INTRDBRQS);
    ccsid_put_rdbnam(writer, ccsid, rdbnam);
    ddm_put_bytes(writer, CP_RDBINTTKN, rdbinttkn.bytes, rdbinttkn.size);
    ddm_close(writer, mark);
}

void
drda_cmdcmprm_encode(struct wire_writer *writer)
{
    size_t mark = ddm_open(writer, CP_CMDCMPRM);
    ddm_put_u16(writer, CP_SVRCOD, SVRCOD_INFO);
    ddm_close(writer, mark);
}
