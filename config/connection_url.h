/* The URL that names a DRDA server, as the IMS Universal JDBC driver writes it, and its properties.
 *
 *   jdbc:ims://host[:port]/DATABASE[:property=value;property=value;...]    port 8888 unless given
 *   drda://host[:port]/RDB[:property=value;...]                            port 446 unless given
 *
 * An IPv6 address stands in brackets. Properties begin at the first ':' after the name and may end in ';'; their names are
 * compared without regard to case. Property datastoreName is an IMS alias, so only the first form takes it. The second form is
 * for any DRDA server: what stands before the ':' is its RDBNAM as it is, with server attributes if it has any
 * (drda://host:1527/demodb;create=true:user=APP). Source: IMS documentation, "Connecting to an IMS database by using the
 * JDBC DriverManager interface". */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"

enum {
    CONNECTION_URL_HOST_MAX = 253,
    CONNECTION_URL_RDBNAM_MAX = 255,
    CONNECTION_URL_TEXT_MAX = 255,
    CONNECTION_URL_APPLICATION_MAX = 8,
    CONNECTION_URL_IMS_PORT = 8888,
    CONNECTION_URL_DRDA_PORT = 446,
};

struct connection_url {
    char host[CONNECTION_URL_HOST_MAX + 1]; /* name or address, an IPv6 address without its brackets */
    uint16_t port;
    char rdbnam[CONNECTION_URL_RDBNAM_MAX + 1];           /* DATABASE, or DATABASE.ALIAS with the alias padded to 4 */
    char application[CONNECTION_URL_APPLICATION_MAX + 1]; /* applName in upper case; empty when not given */
    char user[CONNECTION_URL_TEXT_MAX + 1];               /* as written; empty when not given */
    char password[CONNECTION_URL_TEXT_MAX + 1];           /* secret; empty when not given */
    bool encrypted_login;                                 /* securityMechanism=9: user ID and password encrypted, or no login */
    bool read_only;                                       /* readOnly=true: the server is told to refuse changes */
    uint32_t login_timeout_s;                             /* 0 when not given */
    char without_effect[512];                             /* names of properties that are known and do nothing here, "a, b" */
};

/* Reads a URL. False: `problem` names the part and its position, never the password, and `url` is wiped. */
MUST_CHECK bool connection_url_parse(const char *text, struct connection_url *url, struct problem *problem);

/* Wipes the password with the rest. */
void connection_url_clear(struct connection_url *url);
