/* TLS towards Redis: the server must show a certificate for the host that the URL names. */
#pragma once
#include <openssl/ssl.h>
#include <stdbool.h>

#include "common/problem.h"

/* `ca`, `certificate` and `key` are files of PEM; "" for the system's certificates, and for none of our own. NULL: *problem. */
SSL_CTX *safd_redis_tls_new(const char *ca, const char *certificate, const char *key, struct problem *problem);

/* A session that accepts only a certificate for `host`, a name or address. NULL: no memory. */
SSL *safd_redis_tls_session(SSL_CTX *context, const char *host);

/* Why the handshake failed: the verdict on the certificate, or else OpenSSL's reason `code`. */
void safd_redis_tls_explain(const SSL *session, unsigned long code, struct problem *problem);
