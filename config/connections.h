/* Named connections of batch clients: connections.ini. An administrator says there, for each name that scripts use, where the server is
 * and how one logs on to it; scripts hold nothing but the name.
 *
 *   [PROD]
 *   host = ims1.example.com
 *   port = 8888
 *   rdb = SAMPLE
 *   user = BATCH1
 *   authentication = passticket     ; or password
 *   application = IMSAPP1           ; of a PassTicket
 *   key_file = imsapp1.key          ; unset: the security server of this host makes the tickets
 *   password_file = prod.pw         ; of a password; unset: it is asked for at the terminal
 *   security_mechanism = USRIDPWD   ; in clear; or EUSRIDPWD: encrypted
 *   read_only = no                  ; yes: the server refuses changes
 *
 * Keys of both methods may stand side by side, so that `authentication` alone switches between them. Connections to one host and port
 * must have the same method: it is the server that takes the one or the other. Names are compared without regard to case. */
#pragma once

#include "config/configuration.h"
#include "config/connection_url.h"
#include "config/problems.h"

#define CONNECTIONS_SYSTEM_PATH "/etc/passgate/connections.ini"

enum { CONNECTION_NAME_MAX = 32, CONNECTIONS_MAX = 500 };

enum connection_authentication { CONNECTION_PASSWORD, CONNECTION_PASSTICKET };

struct named_connection {
    char name[CONNECTION_NAME_MAX + 1];
    char host[CONNECTION_URL_HOST_MAX + 1];
    uint32_t port;
    char rdb[CONNECTION_URL_RDBNAM_MAX + 1];
    char user[CONNECTION_URL_TEXT_MAX + 1]; /* empty: that of the program's caller */
    enum connection_authentication authentication;
    char application[CONNECTION_URL_APPLICATION_MAX + 1]; /* upper case */
    char key_file[CONFIGURATION_PATH_MAX];                /* empty when not given, as the next */
    char password_file[CONFIGURATION_PATH_MAX];
    uint32_t login_timeout_s; /* 0 when not given */
    bool encrypted_login;     /* security_mechanism = EUSRIDPWD */
    bool read_only;
};

struct named_connections {
    struct named_connection *list; /* owned */
    size_t count;
};

/* Reads all connections of the file. False when it has errors: `problems` says all of them. Release with connections_clear. */
MUST_CHECK bool connections_read(const char *path, struct named_connections *connections, struct problem_list *problems);
MUST_CHECK bool connections_parse(const char *name, const char *text, size_t size, struct named_connections *connections,
                                  struct problem_list *problems);
void connections_clear(struct named_connections *connections);

/* NULL when there is none of that name. */
const struct named_connection *connections_find(const struct named_connections *connections, const char *name);

/* True for what can be the name of a connection: letters, digits, _ and -, beginning with a letter. No URL looks like that. */
bool connections_is_name(const char *text);

/* The same as a URL has it, without a password; `application` is set when PassTickets are used. */
void connections_to_url(const struct named_connection *connection, struct connection_url *url);
