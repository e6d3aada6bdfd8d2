/* Logging on: EXCSAT and ACCSEC in one chain, then SECCHK and ACCRDB in another, or INTRDBRQS in the place of ACCRDB. */
#include "drda/accrdb.h"
#include "drda/accsec.h"
#include "drda/requester_private.h"
#include "drda/secchk.h"

#include <assert.h>

enum { CRRTKN_SIZE = 19, CRRTKN_CLOCK_SIZE = 6, SECCHKCD_MECHANISM = 0x01 };

static const struct drda_managers managers = {
    .count = 5,
    .list = { { CP_AGENT, 7 }, { CP_SQLAM, 7 }, { CP_RDB, 7 }, { CP_SECMGR, 7 }, { CP_UNICODEMGR, CCSID_UTF8 } },
};

static uint16_t
secmec_of(const struct requester_login *login)
{
    return login->encrypted ? SECMEC_EUSRIDPWD : SECMEC_USRIDPWD;
}

void
requester_log_on(struct requester *requester, const struct requester_login *login)
{
    requester_begin(requester, REQUESTER_EXCHANGE);
    requester->login = login;
    requester->ccsid = CCSID_EBCDIC_500;
    struct drda_token sectkn = { 0 };
    if (login->encrypted) {
        if (!eusridpwd_pair_make(requester->settings->cryptography, &requester->pair))
            (void)requester_fail(requester, "there are no random numbers to encrypt the login with");
        sectkn = (struct drda_token) { requester->pair.public_number, sizeof requester->pair.public_number };
    }
    struct dss_writer dss = dss_writer(&requester->output);
    dss_begin(&dss, DSS_REQUEST, 1);
    drda_excsat_encode(&requester->output, CP_EXCSAT, &requester->settings->identity, &managers, CCSID_EBCDIC_500);
    dss_end(&dss);
    dss_begin(&dss, DSS_REQUEST, 2);
    drda_accsec_encode(&requester->output, secmec_of(login), login->rdbnam, sectkn, CCSID_EBCDIC_500);
    dss_end(&dss);
    size_t size = strlen(login->rdbnam);
    if (size >= sizeof requester->rdbnam)
        (void)requester_fail(requester, "the RDB name has %zu bytes, the most is %d", size, RDBNAM_SIZE_MAX);
    else
        memcpy(requester->rdbnam, login->rdbnam, size + 1);
}

void
requester_interrupt(struct requester *requester, const struct requester_login *login, struct drda_token rdbinttkn)
{
    assert(rdbinttkn.size > 0);
    requester->interrupting = rdbinttkn;
    requester_log_on(requester, login);
}

/* An LU6.2-like name, and a clock that makes it unique: "G0000000.P000" and 6 bytes. */
static void
make_crrtkn(uint64_t correlation, uint8_t crrtkn[CRRTKN_SIZE])
{
    struct wire_writer writer = wire_writer(crrtkn, CRRTKN_SIZE);
    ccsid_put(&writer, CCSID_EBCDIC_500, "G0000000");
    wire_put_u8(&writer, '.');
    ccsid_put(&writer, CCSID_EBCDIC_500, "P000");
    wire_put_uint(&writer, correlation, CRRTKN_CLOCK_SIZE, false);
}

/* Derby's server refuses PRDIDs of other products than its own client (SYNTAXRM 14, CODPNT PRDID). */
static const char *
product_id_for(const struct requester *requester)
{
    return requester->is_derby ? "DNC10140" : requester->settings->product_id;
}

void
requester_forget_keys(struct requester *requester)
{
    explicit_bzero(&requester->pair, sizeof requester->pair);
    explicit_bzero(&requester->key, sizeof requester->key);
}

static void
put_secchk(struct requester *requester)
{
    const struct requester_login *login = requester->login;
    if (login->encrypted)
        drda_secchk_encode_encrypted(&requester->output, login->rdbnam, login->userid, login->password, requester->ccsid,
                                     requester->settings->cryptography, &requester->key);
    else
        drda_secchk_encode(&requester->output, login->rdbnam, login->userid, login->password, requester->ccsid);
    requester_forget_keys(requester);
}

static void
put_accrdb(struct requester *requester)
{
    const struct requester_login *login = requester->login;
    uint8_t crrtkn[CRRTKN_SIZE];
    make_crrtkn(login->correlation, crrtkn);
    const struct drda_accrdb_values values = {
        .rdbnam = login->rdbnam,
        .prdid = product_id_for(requester),
        .typdefnam = "QTDSQLASC",
        .typdefovr = { .sbc = CCSID_UTF8, .dbc = CCSID_UTF16, .mbc = CCSID_UTF8 },
        .crrtkn = crrtkn,
        .crrtkn_size = sizeof crrtkn,
        .no_updates = login->no_updates,
    };
    drda_accrdb_encode(&requester->output, &values, requester->ccsid);
}

static void
send_security_check(struct requester *requester)
{
    bool interrupts = requester->interrupting.size > 0;
    requester_begin(requester, interrupts ? REQUESTER_INTERRUPT : REQUESTER_CHECK);
    struct dss_writer dss = dss_writer(&requester->output);
    dss_begin(&dss, DSS_REQUEST, 1);
    put_secchk(requester);
    dss_end(&dss);
    dss_begin(&dss, DSS_REQUEST, 2);
    if (interrupts)
        drda_intrdbrqs_encode(&requester->output, requester->login->rdbnam, requester->interrupting, requester->ccsid);
    else
        put_accrdb(requester);
    dss_end(&dss);
}

enum requester_event
requester_take_excsatrd(struct requester *requester, struct wire_reader body)
{
    struct drda_excsat excsatrd;
    struct drda_fault fault;
    uint16_t ccsid;
    if (!drda_excsat_decode(body, &excsatrd, &fault))
        return requester_fail(requester, "EXCSATRD is damaged");
    if (drda_managers_find(&excsatrd.managers, CP_UNICODEMGR, &ccsid) && ccsid == CCSID_UTF8)
        requester->ccsid = CCSID_UTF8;
    char class_name[64];
    requester->is_derby =
        ccsid_string(CCSID_EBCDIC_500, &excsatrd.class_name, class_name, sizeof class_name) && strcmp(class_name, "Apache Derby") == 0;
    return REQUESTER_NEEDS_INPUT;
}

static enum requester_event
refuse(struct requester *requester, enum requester_refusal_kind kind, uint8_t secchkcd, uint16_t reply)
{
    requester->seen |= SEEN_REFUSAL;
    requester->refusal = (struct requester_refusal) { .kind = kind, .secchkcd = secchkcd, .reply = reply };
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_accsecrd(struct requester *requester, struct wire_reader body)
{
    struct drda_accsecrd accsecrd;
    struct drda_fault fault;
    if (!drda_accsecrd_decode(body, &accsecrd, &fault))
        return requester_fail(requester, "ACCSECRD is damaged");
    requester->seen |= SEEN_ACCSECRD;
    if (accsecrd.has_secchkcd && accsecrd.secchkcd > SECCHKCD_MECHANISM)
        return refuse(requester, REQUESTER_REFUSED_SECCHK, accsecrd.secchkcd, CP_ACCSECRD);
    if (accsecrd.has_secchkcd && accsecrd.secchkcd != 0)
        return refuse(requester, REQUESTER_REFUSED_SECMEC, accsecrd.secchkcd, CP_ACCSECRD);
    const struct requester_login *login = requester->login;
    if (accsecrd.secmec_count != 1 || accsecrd.secmec[0] != secmec_of(login))
        return refuse(requester, REQUESTER_REFUSED_SECMEC, 0, CP_ACCSECRD);
    if (login->encrypted && !eusridpwd_agree(requester->settings->cryptography, &requester->pair, accsecrd.sectkn, false, &requester->key))
        return requester_fail(requester, "the server's public number (SECTKN of ACCSECRD) is missing or gives the key away");
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_secchkrm(struct requester *requester, struct wire_reader body)
{
    struct drda_reply reply;
    if (!drda_reply_decode(CP_SECCHKRM, body, &reply) || !reply.has_secchkcd)
        return requester_fail(requester, "SECCHKRM is damaged");
    if (reply.secchkcd == 0 && reply.svrcod < SVRCOD_ERROR)
        return REQUESTER_NEEDS_INPUT;
    return refuse(requester, REQUESTER_REFUSED_SECCHK, reply.secchkcd, CP_SECCHKRM);
}

enum requester_event
requester_take_accrdbrm(struct requester *requester, struct wire_reader body)
{
    struct drda_accrdbrm accrdbrm;
    struct drda_fault fault;
    if (!drda_accrdbrm_decode(body, &accrdbrm, &fault))
        return requester_fail(requester, "ACCRDBRM is damaged");
    if (!drda_representation_agree(&accrdbrm.typdefnam, requester->ccsid, &accrdbrm.typdefovr, &requester->from))
        return requester_fail(requester, "the server's data representation (TYPDEFNAM) is not known");
    const struct drda_typdefovr *ccsids = &requester->from.ccsids;
    if (!drda_reads_ccsid(ccsids->sbc) || (!drda_reads_ccsid(ccsids->mbc) && !drda_is_no_ccsid(ccsids->mbc)))
        return requester_fail(requester, "the server's text is in CCSID %u (mixed %u), which cannot be converted", (unsigned)ccsids->sbc,
                              (unsigned)ccsids->mbc);
    struct wire_writer token = wire_writer(requester->interrupt_token, sizeof requester->interrupt_token);
    wire_put_bytes(&token, accrdbrm.rdbinttkn.at, accrdbrm.rdbinttkn.left);
    requester->interrupt_token_size = token.used;
    requester->seen |= SEEN_ACCRDBRM;
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_cmdcmprm(struct requester *requester, struct wire_reader body)
{
    (void)body;
    requester->seen |= SEEN_CMDCMPRM;
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_rdb_refusal(struct requester *requester, uint16_t codepoint)
{
    return refuse(requester, REQUESTER_REFUSED_RDB, 0, codepoint);
}

enum requester_event
requester_end_exchange(struct requester *requester)
{
    if ((requester->seen & SEEN_REFUSAL) != 0) {
        requester_forget_keys(requester);
        return REQUESTER_REFUSED;
    }
    send_security_check(requester);
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_end_check(struct requester *requester)
{
    requester->login = NULL;
    requester->interrupting = (struct drda_token) { 0 };
    return (requester->seen & SEEN_REFUSAL) != 0 ? REQUESTER_REFUSED : REQUESTER_COMPLETED;
}

static const struct {
    uint8_t secchkcd;
    const char *text;
} secchkcd_texts[] = {
    { 0x00, "the server does not say why" }, /* SVRCOD alone says that it is refused */
    { 0x01, "the security mechanism is not supported" },
    { 0x02, "the server's DCE security reports a condition" },
    { 0x03, "the server's DCE security failed: try again" },
    { 0x04, "the server's DCE security failed" },
    { 0x05, "the server's GSS-API reports a condition" },
    { 0x06, "the server's GSS-API failed: try again" },
    { 0x07, "the server's GSS-API failed" },
    { 0x08, "the server's security service reports a condition" },
    { 0x09, "the server's security service cannot answer at the moment: try again" },
    { 0x0A, "the server's security service cannot answer: see its log" },
    { 0x0B, "the security token is missing or invalid" },
    { 0x0E, "the password has expired: change it" },
    { 0x0F, "the password or PassTicket is invalid: wrong, made for another application, too old or used before" },
    { 0x10, "the password is missing" },
    { 0x12, "the user ID is missing" },
    { 0x13, "the user ID, or the password for it, is invalid" },
    { 0x14, "the user ID is revoked: ask the security administrator" },
    { 0x15, "the new password is invalid" },
    { 0x16, "the user may not connect from here" },
    { 0x17, "the server's GSS-API credential is invalid" },
    { 0x18, "the server's GSS-API credential has expired" },
    { 0x1C, "the user ID is not allowed on this connection" },
};

const char *
requester_secchkcd_text(uint8_t secchkcd)
{
    for (size_t i = 0; i < sizeof secchkcd_texts / sizeof secchkcd_texts[0]; i++)
        if (secchkcd_texts[i].secchkcd == secchkcd)
            return secchkcd_texts[i].text;
    return "refused for a reason that this client does not know";
}
