#include "security/saf/safd_redis_tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "config/replay_url.h"

static bool
fail(struct problem *problem, const char *key, const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    problem_set(problem, "%s: [racf] %s cannot be used: %s", file, key, reason != NULL ? reason : "it holds nothing of that kind");
    ERR_clear_error();
    return false;
}

static bool
load_files(SSL_CTX *context, const char *ca, const char *certificate, const char *key, struct problem *problem)
{
    if (ca[0] == '\0' && SSL_CTX_set_default_verify_paths(context) != 1)
        return fail(problem, "replay_ca", "the system's certificates");
    if (ca[0] != '\0' && SSL_CTX_load_verify_locations(context, ca, NULL) != 1)
        return fail(problem, "replay_ca", ca);
    if (certificate[0] == '\0')
        return true;
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        return fail(problem, "replay_certificate", certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(context) != 1)
        return fail(problem, "replay_key", key);
    return true;
}

SSL_CTX *
safd_redis_tls_new(const char *ca, const char *certificate, const char *key, struct problem *problem)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) {
        problem_set(problem, "no memory for TLS");
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (load_files(context, ca, certificate, key, problem))
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static bool
expect_host(SSL *session, const char *host)
{
    struct in6_addr scratch;
    if (inet_pton(AF_INET, host, &scratch) == 1 || inet_pton(AF_INET6, host, &scratch) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1;
    char name[REPLAY_URL_HOST_MAX + 1]; /* OpenSSL's macro takes no constant */
    int length = snprintf(name, sizeof name, "%s", host);
    return length > 0 && (size_t)length < sizeof name && SSL_set1_host(session, name) == 1 && SSL_set_tlsext_host_name(session, name) == 1;
}

SSL *
safd_redis_tls_session(SSL_CTX *context, const char *host)
{
    SSL *session = SSL_new(context);
    if (session == NULL || expect_host(session, host))
        return session;
    SSL_free(session);
    return NULL;
}

void
safd_redis_tls_explain(const SSL *session, unsigned long code, struct problem *problem)
{
    long verdict = SSL_get_verify_result(session);
    const char *reason = ERR_reason_error_string(code);
    if (verdict != X509_V_OK)
        problem_set(problem, "its certificate is not accepted: %s: see [racf] replay_ca", X509_verify_cert_error_string(verdict));
    else
        problem_set(problem, "TLS failed: %s", reason != NULL ? reason : "the connection was closed");
}
