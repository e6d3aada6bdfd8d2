#include "drda/accrdb.h"

#include "drda/parameter.h"

enum { TEXT_SIZE_MAX = 255, TYPDEFOVR_SIZE_MAX = 255, DDM_FALSE = 0xF0, DDM_TRUE = 0xF1 };

/* A boolean that is true when it is not there. */
static bool
decode_rdbalwupd(struct wire_reader value, bool *no_updates, struct drda_fault *fault)
{
    uint8_t allowed = value.at != NULL ? ddm_value_u8(value) : DDM_TRUE;
    *no_updates = allowed == DDM_FALSE;
    if (allowed == DDM_TRUE || allowed == DDM_FALSE)
        return true;
    *fault = drda_fault_syntax(SYNERRCD_REQUIRED_VALUE_MISSING, CP_RDBALWUPD);
    return false;
}

bool
drda_accrdb_decode(struct wire_reader parameters, struct drda_accrdb *accrdb, struct drda_fault *fault)
{
    enum { RDBNAM, RDBACCCL, PRDID, TYPDEFNAM, TYPDEFOVR, CRRTKN, RDBALWUPD, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [RDBNAM] = { CP_RDBNAM, 1, TEXT_SIZE_MAX, true },
        [RDBACCCL] = { CP_RDBACCCL, 2, 2, true },
        [PRDID] = { CP_PRDID, 1, TEXT_SIZE_MAX, true },
        [TYPDEFNAM] = { CP_TYPDEFNAM, 1, TEXT_SIZE_MAX, true },
        [TYPDEFOVR] = { CP_TYPDEFOVR, 0, TYPDEFOVR_SIZE_MAX, true },
        [CRRTKN] = { CP_CRRTKN, 0, TEXT_SIZE_MAX, true },
        [RDBALWUPD] = { CP_RDBALWUPD, 1, 1, false },
    };
    struct wire_reader values[COUNT];
    *accrdb = (struct drda_accrdb) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    if (ddm_value_u16(values[RDBACCCL]) != CP_SQLAM) {
        *fault = drda_fault_reply(CP_VALNSPRM, CP_RDBACCCL);
        return false;
    }
    accrdb->rdbnam = values[RDBNAM];
    accrdb->prdid = values[PRDID];
    accrdb->typdefnam = values[TYPDEFNAM];
    accrdb->crrtkn = values[CRRTKN];
    return decode_rdbalwupd(values[RDBALWUPD], &accrdb->no_updates, fault) &&
           drda_typdefovr_decode(values[TYPDEFOVR], &accrdb->typdefovr, fault);
}

void
drda_accrdb_encode(struct wire_writer *writer, const struct drda_accrdb_values *values, enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, CP_ACCRDB);
    ccsid_put_rdbnam(writer, ccsid, values->rdbnam);
    ddm_put_u16(writer, CP_RDBACCCL, CP_SQLAM);
    ccsid_put_object(writer, CP_PRDID, ccsid, values->prdid);
    ccsid_put_object(writer, CP_TYPDEFNAM, ccsid, values->typdefnam);
    ddm_put_bytes(writer, CP_CRRTKN, values->crrtkn, values->crrtkn_size);
    if (values->no_updates)
        ddm_put_u8(writer, CP_RDBALWUPD, DDM_FALSE);
    drda_typdefovr_encode(writer, &values->typdefovr);
    ddm_close(writer, mark);
}

bool
drda_accrdbrm_decode(struct wire_reader parameters, struct drda_accrdbrm *accrdbrm, struct drda_fault *fault)
{
    enum { SVRCOD, PRDID, TYPDEFNAM, TYPDEFOVR, CRRTKN, RDBINTTKN, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [SVRCOD] = { CP_SVRCOD, 2, 2, true },
        [PRDID] = { CP_PRDID, 1, TEXT_SIZE_MAX, true },
        [TYPDEFNAM] = { CP_TYPDEFNAM, 1, TEXT_SIZE_MAX, true },
        [TYPDEFOVR] = { CP_TYPDEFOVR, 0, TYPDEFOVR_SIZE_MAX, true },
        [CRRTKN] = { CP_CRRTKN, 0, TEXT_SIZE_MAX, false },
        [RDBINTTKN] = { CP_RDBINTTKN, 0, RDBINTTKN_SIZE_MAX, false },
    };
    struct wire_reader values[COUNT];
    *accrdbrm = (struct drda_accrdbrm) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    accrdbrm->svrcod = ddm_value_u16(values[SVRCOD]);
    accrdbrm->prdid = values[PRDID];
    accrdbrm->typdefnam = values[TYPDEFNAM];
    accrdbrm->crrtkn = values[CRRTKN];
    accrdbrm->rdbinttkn = values[RDBINTTKN];
    return drda_typdefovr_decode(values[TYPDEFOVR], &accrdbrm->typdefovr, fault);
}

void
drda_accrdbrm_encode(struct wire_writer *writer, const struct drda_accrdbrm_values *values, enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, CP_ACCRDBRM);
    ddm_put_u16(writer, CP_SVRCOD, values->svrcod);
    ccsid_put_object(writer, CP_PRDID, ccsid, values->prdid);
    drda_typdef_encode(writer, values->typdefnam, &values->typdefovr, ccsid);
    if (values->rdbinttkn.size > 0)
        ddm_put_bytes(writer, CP_RDBINTTKN, values->rdbinttkn.bytes, values->rdbinttkn.size);
    ddm_close(writer, mark);
}
