/* Where the servers are: a socket given outright, or the one that passgate.ini names. */
#pragma once
#include <stdbool.h>

#include "common/attributes.h"
#include "config/configuration.h"

enum location_server {
    LOCATION_SAFD,    /* [saf] socket */
    LOCATION_GATEWAY, /* [passgate] operator_socket */
    LOCATION_AUDIT,   /* [racf] audit; a file, not a socket */
};

/* `socket` and `config` are the values of --socket and --config, NULL when not given; without both the default passgate.ini is
 * read. False after telling on standard error what is wrong. */
MUST_CHECK bool location_find(enum location_server server, const char *socket, const char *config, char path[CONFIGURATION_PATH_MAX]);

/* As LOCATION_SAFD; with a token (NULL: none) the socket of the safd that was started with it. */
MUST_CHECK bool location_find_safd(const char *socket, const char *config, const char *token, char path[CONFIGURATION_PATH_MAX]);
