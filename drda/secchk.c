#include "drda/secchk.h"

#include "drda/accsec.h"
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
    enum { SECMEC, USRID, PASSWORD, RDBNAM, SECTKN, SECOND_SECTKN, NEWPASSWORD, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [SECMEC] = { CP_SECMEC, 2, 2, true },
        [USRID] = { CP_USRID, 0, DRDA_SECCHK_TEXT_MAX, false },
        [PASSWORD] = { CP_PASSWORD, 0, DRDA_SECCHK_TEXT_MAX, false },
        [RDBNAM] = { CP_RDBNAM, 0, RDBNAM_SIZE_MAX, false },
        [SECTKN] = { CP_SECTKN, 0, SECTKN_SIZE_MAX, false },
        [SECOND_SECTKN] = { CP_SECTKN, 0, SECTKN_SIZE_MAX, false },
        [NEWPASSWORD] = { CP_NEWPASSWORD, 0, DRDA_SECCHK_TEXT_MAX, false },
    };
    struct wire_reader values[COUNT];
    *secchk = (struct drda_secchk) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    if (values[NEWPASSWORD].at != NULL) {
        *fault = drda_fault_reply(CP_PRMNSPRM, CP_NEWPASSWORD);
        return false;
    }
    secchk->secmec = ddm_value_u16(values[SECMEC]);
    secchk->userid = absent_when_empty(values[USRID]);
    secchk->password = absent_when_empty(values[PASSWORD]);
    secchk->rdbnam = values[RDBNAM];
    secchk->sectkn = values[SECTKN];
    secchk->second_sectkn = values[SECOND_SECTKN];
    return true;
}

static size_t
open_secchk(struct wire_writer *writer, uint16_t secmec, const char *rdbnam, enum ccsid ccsid)
{
    size_t mark = ddm_open(writer, CP_SECCHK);
    ddm_put_u16(writer, CP_SECMEC, secmec);
    if (rdbnam != NULL)
        ccsid_put_rdbnam(writer, ccsid, rdbnam);
    return mark;
}

void
drda_secchk_encode(struct wire_writer *writer, const char *rdbnam, const char *userid, const char *password, enum ccsid ccsid)
{
    size_t mark = open_secchk(writer, SECMEC_USRIDPWD, rdbnam, ccsid);
    ccsid_put_object(writer, CP_USRID, ccsid, userid);
    ccsid_put_object(writer, CP_PASSWORD, ccsid, password);
    ddm_close(writer, mark);
}

void
drda_secchk_encode_encrypted(struct wire_writer *writer, const char *rdbnam, const char *userid, const char *password, enum ccsid ccsid,
                             const struct drda_cryptography *cryptography, const struct eusridpwd_key *key)
{
    const char *const texts[] = { userid, password };
    size_t mark = open_secchk(writer, SECMEC_EUSRIDPWD, rdbnam, ccsid);
    for (size_t i = 0; i < 2; i++) {
        size_t token = ddm_open(writer, CP_SECTKN);
        size_t start = writer->used;
        ccsid_put(writer, ccsid, texts[i]);
        eusridpwd_encrypt(cryptography, key, writer, start);
        ddm_close(writer, token);
    }
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
