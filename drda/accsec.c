#include "drda/accsec.h"

#include "drda/parameter.h"

/* SECTKN of the key exchanges: 8 bytes (seed) to 256 (a 2048-bit public key). */
enum { SECTKN_SIZE_MAX = 256 };

bool
drda_accsec_decode(struct wire_reader parameters, struct drda_accsec *accsec, struct drda_fault *fault)
{
    enum { SECMEC, RDBNAM, SECTKN, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [SECMEC] = { CP_SECMEC, 2, 2 * DRDA_SECMECS_MAX, true },
        [RDBNAM] = { CP_RDBNAM, 0, RDBNAM_SIZE_MAX, false },
        [SECTKN] = { CP_SECTKN, 0, SECTKN_SIZE_MAX, false },
    };
    struct wire_reader values[COUNT];
    *accsec = (struct drda_accsec) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    if (values[SECMEC].left % 2 != 0) {
        *fault = drda_fault_syntax(SYNERRCD_LENGTH_NOT_ALLOWED, CP_SECMEC);
        return false;
    }
    accsec->secmec = values[SECMEC];
    accsec->rdbnam = values[RDBNAM];
    accsec->sectkn = values[SECTKN];
    return true;
}

static void
put_sectkn(struct wire_writer *writer, struct drda_token sectkn)
{
    if (sectkn.size > 0)
        ddm_put_bytes(writer, CP_SECTKN, sectkn.bytes, sectkn.size);
}

void
drda_accsec_encode(struct wire_writer *writer, uint16_t secmec, const char *rdbnam, struct drda_token sectkn, enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, CP_ACCSEC);
    ddm_put_u16(writer, CP_SECMEC, secmec);
    if (rdbnam != NULL)
        ccsid_put_rdbnam(writer, ccsid, rdbnam);
    put_sectkn(writer, sectkn);
    ddm_close(writer, mark);
}

bool
drda_accsecrd_decode(struct wire_reader parameters, struct drda_accsecrd *accsecrd, struct drda_fault *fault)
{
    *accsecrd = (struct drda_accsecrd) { 0 };
    *fault = (struct drda_fault) { 0 };
    struct ddm_object object;
    enum ddm_fault damage;
    /* SECMEC may be repeated here, once for each mechanism of the server, or hold a list: so no table of parameters. */
    while (ddm_next(&parameters, &object, &damage)) {
        struct wire_reader body = object.body;
        if (object.codepoint == CP_SECMEC)
            while (body.left > 0 && accsecrd->secmec_count < DRDA_SECMECS_MAX)
                accsecrd->secmec[accsecrd->secmec_count++] = wire_u16(&body);
        if (object.codepoint == CP_SECCHKCD) {
            accsecrd->secchkcd = wire_u8(&body);
            accsecrd->has_secchkcd = true;
        }
        if (object.codepoint == CP_SECTKN)
            accsecrd->sectkn = object.body;
        if (body.failed) {
            *fault = drda_fault_syntax(SYNERRCD_LENGTH_NOT_ALLOWED, object.codepoint);
            return false;
        }
    }
    if (damage != DDM_FAULT_NONE)
        *fault = drda_fault_syntax((uint8_t)damage, object.codepoint);
    else if (accsecrd->secmec_count == 0)
        *fault = drda_fault_syntax(SYNERRCD_REQUIRED_OBJECT_MISSING, CP_SECMEC);
    return fault->reply == 0;
}

void
drda_accsecrd_encode(struct wire_writer *writer, uint16_t secmec, struct drda_token sectkn, uint8_t secchkcd)
{
    size_t mark = ddm_open(writer, CP_ACCSECRD);
    ddm_put_u16(writer, CP_SECMEC, secmec);
    put_sectkn(writer, sectkn);
    if (secchkcd != 0)
        ddm_put_u8(writer, CP_SECCHKCD, secchkcd);
    ddm_close(writer, mark);
}
