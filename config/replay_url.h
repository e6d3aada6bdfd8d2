/* The URL of a Redis in which the gateways of a site share their PassTicket claims:
 *
 *   redis://[[user]:password@]host[:port][/database]       clear text; port 6379 and database 0 unless given
 *   rediss://...                                           the same over TLS
 *
 * User and password may hold any byte as %XX. An IPv6 address stands in brackets. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"

enum { REPLAY_URL_HOST_MAX = 253, REPLAY_URL_CREDENTIAL_MAX = 255, REPLAY_URL_PORT = 6379, REPLAY_URL_DATABASE_MAX = 65535 };

struct replay_url {
    bool tls;
    char host[REPLAY_URL_HOST_MAX + 1]; /* name or address, an IPv6 address without its brackets */
    uint16_t port;
    uint32_t database;
    char user[REPLAY_URL_CREDENTIAL_MAX + 1];     /* of Redis' ACL; empty when not given */
    char password[REPLAY_URL_CREDENTIAL_MAX + 1]; /* secret; empty when not given */
};

/* True when the text means to be such a URL, right or wrong, and not the path of a file. */
bool replay_url_is_meant(const char *text);

/* Reads a URL. False: `problem` says which part is wrong and how it should be, never what stands before an '@', and `url` is
 * wiped. */
MUST_CHECK bool replay_url_parse(const char *text, struct replay_url *url, struct problem *problem);

/* Wipes the password with the rest. */
void replay_url_clear(struct replay_url *url);
