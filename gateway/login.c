#include "gateway/login.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/secret.h"

enum { SHOWN_USERID_SIZE = 65 };

struct login {
    struct loop *loop;
    struct runtime *runtime; /* the one snapshot that this login sees */
    uint32_t request;
    struct login_client client;
    login_decided decided;
    void *context;
    char shown_userid[SHOWN_USERID_SIZE];
};

/* RACF return code of REQUEST=VERIFY: SECCHKCD, and the one with RACFGENRC=Y. */
static const struct {
    uint8_t racf;
    enum drda_secchkcd secchkcd;
    enum drda_secchkcd generic;
} codes[] = {
    { RACF_VERIFY_USER_NOT_DEFINED, DRDA_SECCHKCD_USERID_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID },
    { RACF_VERIFY_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID },
    { RACF_VERIFY_PASSWORD_EXPIRED, DRDA_SECCHKCD_PASSWORD_EXPIRED, DRDA_SECCHKCD_PASSWORD_EXPIRED },
    { RACF_VERIFY_NEW_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID },
    { RACF_VERIFY_NOT_IN_GROUP, DRDA_SECCHKCD_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID },
    { RACF_VERIFY_USER_REVOKED, DRDA_SECCHKCD_USERID_REVOKED, DRDA_SECCHKCD_USERID_REVOKED },
    { RACF_VERIFY_NOT_ACTIVE, DRDA_SECCHKCD_LOCAL_FAILURE, DRDA_SECCHKCD_LOCAL_FAILURE },
    { RACF_VERIFY_GROUP_REVOKED, DRDA_SECCHKCD_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID },
    { RACF_VERIFY_APPL_REFUSED, DRDA_SECCHKCD_PASSWORD_INVALID, DRDA_SECCHKCD_PASSWORD_INVALID },
};

/* Some explanations say more than the return code: what was missing, or that no decision could be made at all. */
static const struct {
    enum saf_explanation explanation;
    enum drda_secchkcd secchkcd;
    enum drda_secchkcd generic;
} explained[] = {
    { SAF_EXPLAIN_USERID_MISSING, DRDA_SECCHKCD_USERID_MISSING, DRDA_SECCHKCD_USERID_MISSING },
    { SAF_EXPLAIN_CREDENTIAL_MISSING, DRDA_SECCHKCD_PASSWORD_MISSING, DRDA_SECCHKCD_PASSWORD_MISSING },
    { SAF_EXPLAIN_SERVER_UNAVAILABLE, DRDA_SECCHKCD_LOCAL_FAILURE, DRDA_SECCHKCD_LOCAL_FAILURE },
    { SAF_EXPLAIN_AUDIT, DRDA_SECCHKCD_LOCAL_FAILURE, DRDA_SECCHKCD_LOCAL_FAILURE },
    { SAF_EXPLAIN_INTERNAL, DRDA_SECCHKCD_LOCAL_FAILURE, DRDA_SECCHKCD_LOCAL_FAILURE },
    /* Told for defined users only, so it would tell which those are. */
    { SAF_EXPLAIN_KEY_UNAVAILABLE, DRDA_SECCHKCD_LOCAL_FAILURE, DRDA_SECCHKCD_PASSWORD_INVALID },
};

enum drda_secchkcd
login_secchkcd(const struct saf_result *result, bool generic)
{
    if (result->saf == SAF_OK && result->racf == RACF_VERIFY_OK)
        return DRDA_SECCHKCD_OK;
    if (result->retryable)
        return DRDA_SECCHKCD_LOCAL_RETRYABLE;
    for (size_t i = 0; i < sizeof explained / sizeof explained[0]; i++)
        if (result->explanation == explained[i].explanation)
            return generic ? explained[i].generic : explained[i].secchkcd;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (result->racf == codes[i].racf)
            return generic ? codes[i].generic : codes[i].secchkcd;
    return DRDA_SECCHKCD_LOCAL_FAILURE; /* no decision: no login */
}

/* What a client sent as its user ID must not be able to forge the rest of a message. */
static void
make_printable(const char *userid, char shown[SHOWN_USERID_SIZE])
{
    size_t i = 0;
    for (; i < SHOWN_USERID_SIZE - 1 && userid[i] != '\0'; i++)
        shown[i] = isgraph((unsigned char)userid[i]) && userid[i] != ',' && userid[i] != ';' ? userid[i] : '?';
    shown[i] = '\0';
}

static void
log_failure(const struct login_client *client, const char *shown_userid, const char *application, const struct saf_result *result,
            enum drda_secchkcd secchkcd)
{
    char address[ADDRESS_TEXT_SIZE];
    log_message("HWSP1500E", "RACF SECURITY VIOLATION; R=%u, RACF=%02X, REASON=%04X, SECCHKCD=%02X, C=%s, N=%llu, U=%s, APPL=%s: %s",
                result->saf, result->racf, result->reason, (unsigned)secchkcd, address_text(&client->address, address),
                (unsigned long long)client->connection, shown_userid, application, saf_explanation_text(result->explanation));
}

/* Nobody needs to be asked about a SECCHK that lacks a parameter. R= as IMS Connect's HWSP1503E numbers them. */
static bool
is_incomplete(const struct login_client *client, const struct drda_credentials *credentials, const char *shown_userid,
              struct login_verdict *verdict)
{
    bool no_userid = credentials->userid[0] == '\0';
    if (!no_userid && (credentials->password[0] != '\0' || client->evidence != SAF_EVIDENCE_CREDENTIAL))
        return false;
    char address[ADDRESS_TEXT_SIZE];
    verdict->secchkcd = no_userid ? DRDA_SECCHKCD_USERID_MISSING : DRDA_SECCHKCD_PASSWORD_MISSING;
    log_message("HWSP1503E", "SECURITY VIOLATION, NO RACROUTE CALL; R=%d, SECCHKCD=%02X, C=%s, N=%llu, U=%s: no %s", no_userid ? 244 : 248,
                (unsigned)verdict->secchkcd, address_text(&client->address, address), (unsigned long long)client->connection, shown_userid,
                no_userid ? "USRID" : "PASSWORD");
    return true;
}

static void
login_free(struct login *login)
{
    runtime_release(login->runtime);
    free(login);
}

static void
on_answer(void *context, struct saf_frame *frame)
{
    struct login *login = context;
    struct saf_verify_answer answer = { .result = { .saf = SAF_REFUSED, .explanation = SAF_EXPLAIN_SERVER_UNAVAILABLE } };
    if (frame != NULL && (frame->type != (SAF_MESSAGE_VERIFY | SAF_MESSAGE_ANSWER) || !saf_verify_answer_decode(&frame->body, &answer)))
        answer = (struct saf_verify_answer) { .result = { .saf = SAF_REFUSED, .explanation = SAF_EXPLAIN_INTERNAL } };
    struct login_verdict verdict = { .secchkcd = login_secchkcd(&answer.result, login->runtime->values.racfgenrc), .userid = "" };
    if (verdict.secchkcd == DRDA_SECCHKCD_OK) {
        verdict.userid = answer.userid;
        verdict.by_ticket = answer.by_ticket;
    } else
        log_failure(&login->client, login->shown_userid, login->runtime->application, &answer.result, verdict.secchkcd);
    login_decided decided = login->decided;
    void *whom = login->context;
    login_free(login);
    decided(whom, &verdict);
}

static uint32_t
ask_safd(struct login *login, const struct drda_credentials *credentials)
{
    static const char mixed_case[] = { [HWS_PSWDMC_RACF] = 'R', [HWS_PSWDMC_NO] = 'N', [HWS_PSWDMC_YES] = 'Y' };
    struct saf_verify verify = {
        .port = address_port(&login->client.address),
        .connection = login->client.connection,
        .mixed_case = (uint8_t)mixed_case[login->runtime->values.pswdmc],
        .evidence = (uint8_t)login->client.evidence,
    };
    snprintf(verify.userid, sizeof verify.userid, "%s", credentials->userid);
    if (login->client.evidence == SAF_EVIDENCE_CREDENTIAL)
        snprintf(verify.credential, sizeof verify.credential, "%s", credentials->password);
    snprintf(verify.application, sizeof verify.application, "%s", login->runtime->application);
    snprintf(verify.other_application, sizeof verify.other_application, "%s", login->loop->gateway->runtime.hws_id);
    address_host(&login->client.address, verify.address);
    uint32_t request = saf_link_verify(login->loop->saf, &verify, on_answer, login);
    secret_wipe(verify.credential, sizeof verify.credential);
    return request;
}

struct login *
login_begin(struct loop *loop, const struct login_client *client, const struct drda_credentials *credentials, login_decided decided,
            void *context, struct login_verdict *verdict)
{
    static const struct saf_result unavailable = { .saf = SAF_REFUSED, .explanation = SAF_EXPLAIN_SERVER_UNAVAILABLE };
    char shown_userid[SHOWN_USERID_SIZE];
    make_printable(credentials->userid, shown_userid);
    *verdict = (struct login_verdict) { .secchkcd = DRDA_SECCHKCD_LOCAL_FAILURE, .userid = "" };
    struct runtime *runtime = runtime_acquire(&loop->gateway->runtime);
    if (!runtime->values.racf) {
        /* RACF=N: no check, whatever PASSWORD holds. */
        *verdict = (struct login_verdict) { .secchkcd = DRDA_SECCHKCD_OK, .userid = credentials->userid };
        runtime_release(runtime);
        return NULL;
    }
    struct login *login = is_incomplete(client, credentials, shown_userid, verdict) ? NULL : calloc(1, sizeof *login);
    if (login == NULL) {
        runtime_release(runtime);
        return NULL;
    }
    *login = (struct login) { .loop = loop, .runtime = runtime, .client = *client, .decided = decided, .context = context };
    memcpy(login->shown_userid, shown_userid, sizeof shown_userid);
    login->request = ask_safd(login, credentials);
    if (login->request != 0)
        return login;
    log_failure(client, shown_userid, runtime->application, &unavailable, DRDA_SECCHKCD_LOCAL_FAILURE);
    login_free(login);
    return NULL;
}

void
login_cancel(struct login *login)
{
    saf_link_cancel(login->loop->saf, login->request);
    login_free(login);
}
