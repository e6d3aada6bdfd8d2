#include "drda/accrdb.h"
#include "drda/accsec.h"
#include "drda/excsat.h"
#include "drda/intrdbrqs.h"
#include "drda/secchk.h"
#include "drda/server_steps.h"
#include "drda/sql/sqlca.h"

#include <assert.h>

enum { DERBY_PREFIX_SIZE = 3 };

static const struct drda_typdefovr server_typdefovr = DRDA_OWN_TYPDEFOVR;

enum { SQLCODE_RESOURCE_UNAVAILABLE = -904 };

/* The levels whose message forms are written here; managers not listed are not supported (level 0). Messages of SQLAM have one form
 * alone: a requester that cannot read it is told so, rather than left to misread it. */
static const struct {
    uint16_t codepoint;
    uint16_t lowest;
    uint16_t level;
} own_managers[] = {
    { CP_AGENT, 1, 7 }, { CP_SQLAM, DRDA_SQLAM_LEVEL, DRDA_SQLAM_LEVEL }, { CP_RDB, 1, 7 }, { CP_SECMGR, 1, 7 }, { CP_CMNTCPIP, 1, 5 },
};

static uint16_t
agreed_level(const struct drda_manager *asked)
{
    if (asked->codepoint == CP_UNICODEMGR)
        return asked->level == CCSID_UTF8 ? asked->level : 0;
    if (asked->codepoint == CP_CCSIDMGR)
        return asked->level == CCSID_UTF8 || asked->level == CCSID_EBCDIC_500 ? asked->level : 0;
    for (size_t i = 0; i < sizeof own_managers / sizeof own_managers[0]; i++)
        if (own_managers[i].codepoint == asked->codepoint && asked->level >= own_managers[i].lowest)
            return own_managers[i].level < asked->level ? own_managers[i].level : asked->level;
    return 0;
}

/* Remembers what the answered levels mean for the rest of the conversation. */
static void
apply_managers(struct drda_server *server, const struct drda_managers *agreed)
{
    uint16_t level;
    if (drda_managers_find(agreed, CP_SQLAM, &level))
        server->encoding.sqlam_level = level;
    if (drda_managers_find(agreed, CP_UNICODEMGR, &level))
        server->unicode = level == CCSID_UTF8;
    if (drda_managers_find(agreed, CP_CCSIDMGR, &level) && level != 0) {
        server->unicode = level == CCSID_UTF8;
        if (server->accessed) /* no ACCSECRD will follow */
            server->encoding.ebcdic = !server->unicode;
    }
}

bool
drda_answer_excsat(struct drda_server *server, const struct dss_command *command, const uint8_t *input_bytes, struct dss_writer *reply,
                   struct drda_fault *fault)
{
    (void)input_bytes;
    struct drda_excsat excsat;
    if (!drda_excsat_decode(command->parameters, &excsat, fault))
        return false;
    /* Every manager listed is answered: clients take one left out for one agreed. */
    struct drda_managers *managers = &excsat.managers;
    for (size_t i = 0; i < managers->count; i++)
        managers->list[i].level = agreed_level(&managers->list[i]);

    const struct drda_server_settings *settings = server->settings;
    const struct drda_identity identity = { settings->external_name, settings->server_name, settings->class_name, settings->release_level };
    dss_begin(reply, DSS_REPLY, command->correlation_id);
    drda_excsat_encode(reply->wire, CP_EXCSATRD, &identity, managers, drda_server_ccsid(server));
    dss_end(reply);
    apply_managers(server, managers);
    return true;
}

/* ACCSEC, SECCHK and ACCRDB may each name the RDB, but must name the same. */
static bool
note_rdbnam(struct drda_server *server, const struct wire_reader *value, struct drda_fault *fault)
{
    char rdbnam[sizeof server->encoding.rdbnam];
    if (value->at == NULL)
        return true;
    if (!ccsid_rdbnam(value, drda_server_ccsid(server), rdbnam, sizeof rdbnam)) {
        *fault = drda_fault_reply(CP_VALNSPRM, CP_RDBNAM);
        return false;
    }
    if (server->encoding.rdbnam[0] == '\0')
        memcpy(server->encoding.rdbnam, rdbnam, sizeof rdbnam);
    if (rdbnam[0] == '\0' || strcmp(server->encoding.rdbnam, rdbnam) == 0)
        return true;
    *fault = drda_fault_conversation(PRCCNVCD_RDBNAM_MISMATCH);
    return false;
}

/* Of the mechanisms asked for the first that is served; 0 when none is. */
static uint16_t
choose_mechanism(const struct drda_server_settings *settings, struct wire_reader asked)
{
    while (asked.left > 0) {
        uint16_t secmec = wire_u16(&asked);
        for (const uint16_t *served = settings->mechanisms; *served != 0; served++)
            if (*served == secmec)
                return secmec;
    }
    return 0;
}

/* What ACCSECRD says. */
struct agreement {
    uint16_t secmec;
    enum drda_secchkcd secchkcd; /* DRDA_SECCHKCD_OK: agreed */
    uint8_t public_number[EUSRIDPWD_NUMBER_SIZE];
    struct drda_token sectkn;
};

/* Answers the requester's public number with one of ours that nobody has seen before. */
static void
exchange_keys(struct drda_server *server, struct wire_reader sectkn, struct agreement *agreement)
{
    const struct drda_cryptography *cryptography = server->settings->cryptography;
    struct eusridpwd_pair pair;
    if (!eusridpwd_pair_make(cryptography, &pair))
        agreement->secchkcd = DRDA_SECCHKCD_LOCAL_FAILURE;
    else if (!eusridpwd_agree(cryptography, &pair, sectkn, true, &server->key))
        agreement->secchkcd = DRDA_SECCHKCD_SECTKN_INVALID;
    else
        agreement->sectkn = (struct drda_token) { agreement->public_number, sizeof agreement->public_number };
    memcpy(agreement->public_number, pair.public_number, sizeof agreement->public_number);
    explicit_bzero(&pair, sizeof pair);
}

static void
agree(struct drda_server *server, const struct drda_accsec *accsec, struct agreement *agreement)
{
    *agreement = (struct agreement) { .secmec = choose_mechanism(server->settings, accsec->secmec) };
    bool encrypted = agreement->secmec == SECMEC_EUSRIDPWD;
    if (agreement->secmec == 0 || (encrypted && eusridpwd_is_of_larger_group(accsec->sectkn))) {
        agreement->secmec = server->settings->mechanisms[0];
        agreement->secchkcd = DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED;
    } else if (encrypted) {
        exchange_keys(server, accsec->sectkn, agreement);
    }
}

static void
forget_key(struct drda_server *server)
{
    explicit_bzero(&server->key, sizeof server->key);
}

bool
drda_answer_accsec(struct drda_server *server, const struct dss_command *command, const uint8_t *input_bytes, struct dss_writer *reply,
                   struct drda_fault *fault)
{
    (void)input_bytes;
    struct drda_accsec accsec;
    struct agreement agreement;
    forget_key(server);
    if (!drda_accsec_decode(command->parameters, &accsec, fault))
        return false;
    if (!server->accessed) /* ACCSEC after a refused one starts anew */
        server->encoding.rdbnam[0] = '\0';
    if (!note_rdbnam(server, &accsec.rdbnam, fault))
        return false;
    agree(server, &accsec, &agreement);
    dss_begin(reply, DSS_REPLY, command->correlation_id);
    drda_accsecrd_encode(reply->wire, agreement.secmec, agreement.sectkn, (uint8_t)agreement.secchkcd);
    dss_end(reply);
    if (agreement.secchkcd != DRDA_SECCHKCD_OK) {
        server->state = DRDA_STATE_REFUSED;
        return true;
    }
    server->secmec = agreement.secmec;
    server->encoding.ebcdic = !server->unicode;
    return true;
}

void
drda_credentials_clear(struct drda_credentials *credentials)
{
    explicit_bzero(credentials, sizeof *credentials);
}

/* User ID and password as text, or why they cannot be verified at all. */
static enum drda_secchkcd
read_clear_credentials(const struct drda_server *server, const struct drda_secchk *secchk, struct drda_credentials *credentials)
{
    /* User IDs consist of characters by which their encoding is known; a password is in the same, whatever it consists of. */
    enum ccsid ccsid = ccsid_sniff(&secchk->userid, drda_server_ccsid(server));
    credentials->secmec = secchk->secmec;
    if (secchk->userid.at == NULL)
        return DRDA_SECCHKCD_USERID_MISSING;
    if (!ccsid_string(ccsid, &secchk->userid, credentials->userid, sizeof credentials->userid))
        return DRDA_SECCHKCD_USERID_INVALID;
    size_t length = strlen(credentials->userid);
    while (length > 0 && credentials->userid[length - 1] == ' ')
        credentials->userid[--length] = '\0';
    if (length == 0)
        return DRDA_SECCHKCD_USERID_MISSING;
    if (secchk->secmec == SECMEC_USRIDONL)
        return DRDA_SECCHKCD_OK;
    if (secchk->password.at == NULL)
        return DRDA_SECCHKCD_PASSWORD_MISSING;
    if (!ccsid_string(ccsid, &secchk->password, credentials->password, sizeof credentials->password))
        return DRDA_SECCHKCD_PASSWORD_INVALID;
    return DRDA_SECCHKCD_OK;
}

/* One SECTKN in `room`; absent when nothing was encrypted. */
static bool
decrypt(const struct drda_server *server, struct wire_reader token, uint8_t room[DRDA_SECCHK_TOKEN_MAX], struct wire_reader *text)
{
    size_t size;
    if (!eusridpwd_decrypt(server->settings->cryptography, &server->key, token, room, DRDA_SECCHK_TOKEN_MAX, &size))
        return false;
    *text = size > 0 ? wire_reader(room, size) : (struct wire_reader) { 0 };
    return true;
}

static enum drda_secchkcd
read_encrypted_credentials(const struct drda_server *server, const struct drda_secchk *secchk, struct drda_credentials *credentials)
{
    uint8_t userid[DRDA_SECCHK_TOKEN_MAX];
    uint8_t password[DRDA_SECCHK_TOKEN_MAX];
    struct drda_secchk clear = { .secmec = secchk->secmec };
    enum drda_secchkcd secchkcd = DRDA_SECCHKCD_SECTKN_INVALID;
    if (decrypt(server, secchk->sectkn, userid, &clear.userid) && decrypt(server, secchk->second_sectkn, password, &clear.password))
        secchkcd = read_clear_credentials(server, &clear, credentials);
    explicit_bzero(userid, sizeof userid);
    explicit_bzero(password, sizeof password);
    return secchkcd;
}

static enum drda_secchkcd
read_credentials(const struct drda_server *server, const struct drda_secchk *secchk, struct drda_credentials *credentials)
{
    return secchk->secmec == SECMEC_EUSRIDPWD ? read_encrypted_credentials(server, secchk, credentials)
                                              : read_clear_credentials(server, secchk, credentials);
}

static void
put_verdict(struct drda_server *server, enum drda_secchkcd secchkcd, struct dss_writer *reply)
{
    /* One failed attempt ends the conversation: no second guess, and what is chained behind stays unanswered. */
    if (secchkcd != DRDA_SECCHKCD_OK)
        server->state = DRDA_STATE_CLOSED;
    dss_begin(reply, DSS_REPLY, server->correlation_id);
    drda_secchkrm_encode(reply->wire, (uint8_t)secchkcd);
    dss_end(reply);
}

bool
drda_answer_secchk(struct drda_server *server, const struct dss_command *command, const uint8_t *input_bytes, struct dss_writer *reply,
                   struct drda_fault *fault)
{
    struct drda_secchk secchk;
    if (!drda_secchk_decode(command->parameters, &secchk, fault))
        return false;
    if (secchk.secmec != server->secmec) {
        *fault = drda_fault_syntax(SYNERRCD_REQUIRED_VALUE_MISSING, CP_SECMEC);
        return false;
    }
    if (!note_rdbnam(server, &secchk.rdbnam, fault))
        return false;
    struct drda_credentials credentials = { 0 };
    enum drda_secchkcd secchkcd = read_credentials(server, &secchk, &credentials);
    drda_credentials_clear(&credentials);
    if (secchkcd != DRDA_SECCHKCD_OK)
        put_verdict(server, secchkcd, reply);
    server->parameters_offset = (size_t)(command->parameters.at - input_bytes);
    server->parameters_size = command->parameters.left;
    return true;
}

void
drda_server_credentials(struct drda_server *server, struct drda_input *input, struct drda_credentials *credentials)
{
    assert(server->state == DRDA_STATE_VERIFYING);
    *credentials = (struct drda_credentials) { 0 };
    struct drda_secchk secchk;
    struct drda_fault fault;
    struct wire_reader parameters = wire_reader(input->bytes + server->parameters_offset, server->parameters_size);
    if (drda_secchk_decode(parameters, &secchk, &fault))
        (void)read_credentials(server, &secchk, credentials);
    forget_key(server);
    explicit_bzero(input->bytes + server->pending_offset, server->pending_size);
}

void
drda_server_verified(struct drda_server *server, enum drda_secchkcd secchkcd, struct wire_writer *output)
{
    assert(server->state == DRDA_STATE_VERIFYING);
    struct dss_writer reply = dss_writer(output);
    server->state = DRDA_STATE_VERIFIED;
    put_verdict(server, secchkcd, &reply);
    server->authenticated |= secchkcd == DRDA_SECCHKCD_OK;
    drda_server_end_reply(server, &reply);
}

/* TYPDEFNAM and TYPDEFOVR of the requester: what cannot be read is refused before any of it is misread. */
static bool
note_representation(struct drda_server *server, const struct drda_accrdb *accrdb, struct drda_fault *fault)
{
    struct drda_representation *client = &server->encoding.client;
    if (!drda_representation_agree(&accrdb->typdefnam, drda_server_ccsid(server), &accrdb->typdefovr, client)) {
        *fault = drda_fault_reply(CP_VALNSPRM, CP_TYPDEFNAM);
        return false;
    }
    if (!drda_reads_ccsid(client->ccsids.sbc)) {
        *fault = drda_fault_reply(CP_VALNSPRM, CP_CCSIDSBC);
        return false;
    }
    bool mixed_known = drda_reads_ccsid(client->ccsids.mbc) || drda_is_no_ccsid(client->ccsids.mbc);
    bool double_byte_known = drda_reads_double_byte_ccsid(client->ccsids.dbc) || drda_is_no_ccsid(client->ccsids.dbc);
    server->foreign_ccsid = !mixed_known || !double_byte_known;
    return true;
}

/* By its PRDID, DNC and a level. Clients that call themselves so read big-endian values whatever they announce. */
static bool
is_derby_client(const struct drda_server *server, const struct wire_reader *prdid)
{
    char text[DRDA_RDBNAM_MAX + 1];
    return ccsid_string(ccsid_sniff(prdid, drda_server_ccsid(server)), prdid, text, sizeof text) &&
           strncmp(text, "DNC", DERBY_PREFIX_SIZE) == 0;
}

/* Values go out as the requester writes its own, so that it need not turn them. */
static const char *
own_typdefnam(const struct drda_server *server)
{
    return server->encoding.server_little_endian ? "QTDSQLX86" : "QTDSQLASC";
}

bool
drda_answer_accrdb(struct drda_server *server, const struct dss_command *command, const uint8_t *input_bytes, struct dss_writer *reply,
                   struct drda_fault *fault)
{
    (void)input_bytes;
    (void)reply;
    struct drda_accrdb accrdb;
    if (server->encoding.sqlam_level == 0) { /* listed in EXCSAT at a level that is not spoken here */
        *fault = (struct drda_fault) { .reply = CP_MGRDEPRM, .code = DEPERRCD_MANAGER_MISSING };
        return false;
    }
    if (!drda_accrdb_decode(command->parameters, &accrdb, fault) || !note_rdbnam(server, &accrdb.rdbnam, fault) ||
        !note_representation(server, &accrdb, fault))
        return false;
    if (server->encoding.rdbnam[0] == '\0') {
        *fault = drda_fault_syntax(SYNERRCD_REQUIRED_VALUE_MISSING, CP_RDBNAM);
        return false;
    }
    server->no_updates = accrdb.no_updates;
    server->is_derby_client = is_derby_client(server, &accrdb.prdid);
    server->encoding.server_little_endian = server->encoding.client.little_endian && !server->is_derby_client;
    /* From here on the requester is answered in the encoding it really writes. */
    server->encoding.ebcdic = ccsid_sniff(&accrdb.rdbnam, drda_server_ccsid(server)) != CCSID_UTF8;
    return true;
}

static void
put_accrdbrm(const struct drda_server *server, struct drda_token rdbinttkn, struct dss_writer *reply)
{
    const struct drda_accrdbrm_values values = {
        .svrcod = server->foreign_ccsid ? SVRCOD_WARNING : SVRCOD_INFO,
        .prdid = server->settings->product_id,
        .typdefnam = own_typdefnam(server),
        .typdefovr = server_typdefovr,
        .rdbinttkn = rdbinttkn,
    };
    dss_begin(reply, DSS_REPLY, server->correlation_id);
    drda_accrdbrm_encode(reply->wire, &values, drda_server_ccsid(server));
    dss_end(reply);
}

/* RDBAFLRM does not say why; clients read an SQLCARD behind it, and need to know how that is represented. */
static void
put_rdb_failure(const struct drda_server *server, struct dss_writer *reply)
{
    struct sql_diagnosis diagnosis;
    sql_diagnosis_set(&diagnosis, SQLCODE_RESOURCE_UNAVAILABLE, "57011", server->encoding.rdbnam);
    dss_begin(reply, DSS_OBJECT, server->correlation_id);
    drda_typdef_encode(reply->wire, own_typdefnam(server), &server_typdefovr, drda_server_ccsid(server));
    dss_end(reply);
    dss_begin(reply, DSS_OBJECT, server->correlation_id);
    reply->wire->little_endian = server->encoding.server_little_endian;
    sqlcard_put(reply->wire, &diagnosis);
    dss_end(reply);
}

bool
drda_server_takes_interrupt_token(const struct drda_server *server)
{
    return !server->is_derby_client;
}

void
drda_server_rdb_opened(struct drda_server *server, enum drda_rdb_outcome outcome, struct drda_token rdbinttkn, struct wire_writer *output)
{
    static const uint16_t replies[] = {
        [DRDA_RDB_NOT_FOUND] = CP_RDBNFNRM,
        [DRDA_RDB_NOT_AUTHORIZED] = CP_RDBATHRM,
        [DRDA_RDB_FAILED] = CP_RDBAFLRM,
    };
    assert(server->state == DRDA_STATE_OPENING);
    struct dss_writer reply = dss_writer(output);
    if (outcome != DRDA_RDB_OPENED) {
        struct drda_fault fault = drda_fault_reply(replies[outcome], 0);
        drda_server_refuse(server, &fault, &reply);
        if (outcome == DRDA_RDB_FAILED)
            put_rdb_failure(server, &reply);
        return;
    }
    put_accrdbrm(server, rdbinttkn, &reply);
    server->accessed = true;
    server->state = DRDA_STATE_ACCESSED;
    drda_server_end_reply(server, &reply);
}

bool
drda_answer_intrdbrqs(struct drda_server *server, const struct dss_command *command, const uint8_t *input_bytes, struct dss_writer *reply,
                      struct drda_fault *fault)
{
    (void)reply;
    struct drda_intrdbrqs intrdbrqs;
    if (!drda_intrdbrqs_decode(command->parameters, &intrdbrqs, fault) || !note_rdbnam(server, &intrdbrqs.rdbnam, fault))
        return false;
    server->parameters_offset = (size_t)(command->parameters.at - input_bytes);
    server->parameters_size = command->parameters.left;
    return true;
}

struct wire_reader
drda_server_interrupt_token(const struct drda_server *server, const struct drda_input *input)
{
    assert(server->state == DRDA_STATE_INTERRUPTING);
    struct drda_intrdbrqs intrdbrqs;
    struct drda_fault fault;
    struct wire_reader parameters = wire_reader(input->bytes + server->parameters_offset, server->parameters_size);
    bool good = drda_intrdbrqs_decode(parameters, &intrdbrqs, &fault);
    assert(good); /* it was when it came */
    return intrdbrqs.rdbinttkn;
}

void
drda_server_interrupted(struct drda_server *server, bool known, struct wire_writer *output)
{
    assert(server->state == DRDA_STATE_INTERRUPTING);
    struct dss_writer reply = dss_writer(output);
    struct drda_fault fault = drda_fault_reply(CP_INTTKNRM, 0);
    server->state = server->before;
    if (!known) {
        drda_server_refuse(server, &fault, &reply);
        return;
    }
    dss_begin(&reply, DSS_REPLY, server->correlation_id);
    drda_cmdcmprm_encode(reply.wire);
    dss_end(&reply);
    drda_server_end_reply(server, &reply);
}
