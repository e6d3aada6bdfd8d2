/* safd's loop: the listening Unix socket, the links given by a gateway that started this safd, and the signals. One thread does
 * everything but the hashing of passwords, so that database, claims and audit need no locks. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "security/saf/safd_service.h"

enum { SAFD_PATH_SIZE = 108 }; /* of sockaddr_un.sun_path */

struct safd_server_settings {
    char socket[SAFD_PATH_SIZE]; /* where to listen */
    gid_t socket_group;          /* whose members alone may connect; (gid_t)-1: everybody may */
    uid_t gateway_uid;           /* whose processes may ask for VERIFY besides the owner's */
    int first_link;              /* inherited descriptors: first_link to first_link + link_count - 1, connected Unix sockets */
    int link_count;              /* 0: a server of its own, which no parent keeps */
};

struct safd_server;

/* Listens and takes over the links. `base` and `service` are borrowed. NULL: *problem. */
struct safd_server *safd_server_new(struct event_base *base, struct safd_service *service, const struct safd_server_settings *settings,
                                    struct problem *problem);

/* Serves until SIGTERM or SIGINT, or until all links are closed when there were any. SIGINT does not end a server with links: on
 * a terminal it reaches the gateway as well, which closes the links when its own work is done. False: the loop failed. */
MUST_CHECK bool safd_server_run(struct safd_server *server);

/* Closes everything and removes the socket. */
void safd_server_free(struct safd_server *server);
