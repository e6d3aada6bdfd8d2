#include "drda/secchk.h"

#include "drda/parameter.h"

enum { SECTKN_SIZE_MAX = 32767 };

static struct wire_reader
absent_when_empty(struct wire_reader value)
{
    return value.left > 0 ? value : (struct wire_reader) { 0 };
}

bool
drda_secchk_decode(struct wire_reader parameters, struct drda_secchk *secchk, struct drda_fault *fault)
{
    enum { SECMEC, USRID, PASSWORD, RDBNAM, SECTKN, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [SECMEC] = { CP_SECMEC, 2, 2, true },
        [USRID] = { CP_USRID, 0, DRDA_SECCHK_TEXT_MAX, false },
        [PASSWORD] = { CP_PASSWORD, 0, DRDA_SECCHK_TEXT_MAX, false },
        [RDBNAM] = { CP_RDBNAM, 0, RDBNAM_SIZE_MAX, false },
        [SECTKN] = { CP_SECTKN, 0, SECTKN_SIZE_MAX, false },
    };
    struct wire_reader values[COUNT];
    *secchk = (struct drda_secchk) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    secchk->secmec = ddm_value_u16(values[SECMEC]);
    secchk->userid = absent_when_empty(values[USRID]);
    secchk->password = absent_when_empty(values[PASSWORD]);
    secchk->rdbnam = values[RDBNAM];
    secchk->sectkn = values[SECTKN];
    return true;
}

void
drda_secchk_encode(struct wire_writer *writer, uint16_t secmec, const char *rdbnam, const char *userid, const char *password,
                   enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, CP_SECCHK);
    ddm_put_u16(writer, CP_SECMEC, secmec);
    if (rdbnam != NULL)
        ccsid_put_rdbnam(writer, ccsid, rdbnam);
    ccsid_put_object(writer, CP_USRID, ccsid, userid);
    ccsid_put_object(writer, CP_PASSWORD, ccsid, password);
    ddm_close(writer, mark);
}

void
drda_secchkrm_encode(struct wire_writer *writer, uint8_t secchkcd)
{
    size_t mark = ddm_open(writer, CP_SECCHKRM);
    ddm_put_u16(writer, CP_SVRCOD, secchkcd == 0 ? SVRCOD_INFO : SVRCOD_ERROR);
    ddm_put_u8(writer, CP_SECCHKCD, secchkcd);
    ddm_close(writer, mark);
}
