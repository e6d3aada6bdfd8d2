#include "gateway/connection_request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "drda/accsec.h"
#include "gateway/rdb_authority.h"

static void
accept_verdict(struct connection *connection, const struct login_verdict *verdict, struct wire_writer *replies)
{
    if (verdict->secchkcd == DRDA_SECCHKCD_OK) {
        connection->userid = strdup(verdict->userid);
        for (char *c = connection->userid; c != NULL && *c != '\0'; c++)
            *c = (char)toupper((unsigned char)*c);
        reauthentication_accept(&connection->reauthentication, verdict->by_ticket);
        connection_log(connection, "HWSG0900D", "logged on");
    }
    connection->refused = verdict->secchkcd != DRDA_SECCHKCD_OK;
    bool lost = verdict->secchkcd == DRDA_SECCHKCD_OK && connection->userid == NULL;
    drda_server_verified(&connection->server, lost ? DRDA_SECCHKCD_LOCAL_FAILURE : verdict->secchkcd, replies);
}

static void
on_verdict(void *context, const struct login_verdict *verdict)
{
    struct connection *connection = context;
    connection->login = NULL;
    struct wire_writer *replies = connection_begin_replies(connection);
    accept_verdict(connection, verdict, replies);
    connection_go_on(connection, replies);
}

static enum saf_evidence
evidence_of(struct connection *connection, const struct drda_credentials *credentials)
{
    const struct gateway *gateway = connection->loop->gateway;
    if (credentials->secmec == SECMEC_USRIDONL)
        return SAF_EVIDENCE_PARTNER; /* the machine agrees to it on trusted ports only */
    bool same = reauthentication_is_same(&connection->reauthentication, &gateway->reauthentication_key, connection->number, credentials);
    return same && gateway->configuration->settings.reauthentication_same_ticket ? SAF_EVIDENCE_SAME_CONNECTION : SAF_EVIDENCE_CREDENTIAL;
}

/* Returns true when the verdict is known already. */
static bool
begin_login(struct connection *connection, struct drda_input *input, struct wire_writer *replies)
{
    /* A user who logs on anew gets nothing of the work of the one before, and must not see it half done. */
    if (connection->session != NULL)
        session_close(connection->session);
    connection->session = NULL;
    free(connection->userid);
    connection->userid = NULL;

    struct login_client client = { .connection = connection->number, .address = connection->peer };
    struct drda_credentials credentials;
    struct login_verdict verdict;
    drda_server_credentials(&connection->server, input, &credentials);
    client.evidence = evidence_of(connection, &credentials);
    connection->login = login_begin(connection->loop, &client, &credentials, on_verdict, connection, &verdict);
    if (connection->login == NULL)
        accept_verdict(connection, &verdict, replies);
    drda_credentials_clear(&credentials);
    return connection->login == NULL;
}

static const struct datastore_settings *
find_datastore(const struct connection *connection)
{
    return session_find_datastore(&connection->loop->gateway->configuration->settings, drda_server_rdbnam(&connection->server));
}

static const char *
user_of(const struct connection *connection)
{
    return connection->userid != NULL ? connection->userid : "";
}

static void
open_session(struct connection *connection, const struct rdb_authority *authority, struct wire_writer *replies)
{
    const struct datastore_settings *datastore = find_datastore(connection);
    enum drda_rdb_outcome outcome = authority->outcome;
    if (outcome == DRDA_RDB_OPENED) {
        const struct session_terms terms = {
            .userid = user_of(connection),
            .read_only = authority->read_only,
            .no_updates = drda_server_prohibits_updates(&connection->server),
        };
        connection->session = session_open(connection->loop, datastore, &terms);
        outcome = connection->session != NULL ? DRDA_RDB_OPENED : DRDA_RDB_FAILED;
    }
    if (outcome != DRDA_RDB_OPENED)
        connection_log(connection, authority->id, authority->why);
    uint8_t token[INTERRUPT_TOKEN_SIZE];
    bool given = outcome == DRDA_RDB_OPENED && drda_server_takes_interrupt_token(&connection->server) &&
                 session_give_token(connection->session, user_of(connection), token);
    drda_server_rdb_opened(&connection->server, outcome, (struct drda_token) { token, given ? sizeof token : 0 }, replies);
    secret_wipe(token, sizeof token);
}

static void
on_authority(void *context, struct saf_frame *frame)
{
    struct connection *connection = context;
    struct rdb_authority authority;
    connection->rdb_request = 0;
    struct wire_writer *replies = connection_begin_replies(connection);
    rdb_authority_take(find_datastore(connection), frame, &authority);
    open_session(connection, &authority, replies);
    connection_go_on(connection, replies);
}

/* Returns true when the RDB is open already, or cannot be. */
static bool
open_rdb(struct connection *connection, struct wire_writer *replies)
{
    const struct datastore_settings *datastore = find_datastore(connection);
    struct rdb_authority authority;
    if (connection->session != NULL)
        session_close(connection->session);
    connection->session = NULL;
    if (rdb_authority_ask(connection->loop, datastore, connection->userid, on_authority, connection, &connection->rdb_request, &authority))
        open_session(connection, &authority, replies);
    return connection->rdb_request == 0;
}

/* Never has to wait: true. */
static bool
open_stream(struct connection *connection, struct drda_input *input, struct wire_writer *replies)
{
    struct drda_stream *stream = connection->session != NULL ? session_spool(connection->session) : NULL;
    drda_server_set_stream(&connection->server, input, stream, replies);
    return true;
}

/* Another connection of the same user is to stop. Never has to wait: true. */
static bool
interrupt_other(struct connection *connection, const struct drda_input *input, struct wire_writer *replies)
{
    struct wire_reader token = drda_server_interrupt_token(&connection->server, input);
    bool known = interrupts_request(&connection->loop->gateway->interrupts, token, user_of(connection), find_datastore(connection));
    connection_log(connection, "HWSG0900D", known ? "interrupts another connection" : "would interrupt a connection that is not there");
    drda_server_interrupted(&connection->server, known, replies);
    return true;
}

bool
connection_request(struct connection *connection, struct drda_input *input, struct wire_writer *replies)
{
    switch (connection->wanted) {
    case DRDA_WANTS_RDB:
        return open_rdb(connection, replies);
    case DRDA_WANTS_VERIFY:
        return begin_login(connection, input, replies);
    case DRDA_WANTS_STREAM:
        return open_stream(connection, input, replies);
    case DRDA_WANTS_INTERRUPT:
        return interrupt_other(connection, input, replies);
    case DRDA_NEEDS_INPUT:
    case DRDA_WANTS_SQL:
    case DRDA_MUST_CLOSE:
        break;
    }
    return false;
}

bool
connection_request_is_under_way(const struct connection *connection)
{
    return connection->login != NULL || connection->rdb_request != 0;
}

void
connection_request_cancel(struct connection *connection)
{
    if (connection->login != NULL)
        login_cancel(connection->login);
    connection->login = NULL;
    if (connection->rdb_request != 0)
        saf_link_cancel(connection->loop->saf, connection->rdb_request);
    connection->rdb_request = 0;
}
