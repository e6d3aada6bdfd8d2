/* The listening side of safd: its Unix socket, who may connect, and the links that a parent hands down. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "common/attributes.h"
#include "common/problem.h"

/* Binds a Unix stream socket at `path` and listens. A socket left behind by a dead process is replaced; one that somebody
 * listens on, or a file of another kind, is not. Anyone may connect, or with a group (not (gid_t)-1) only its members: what a caller
 * may ask is decided by its user ID. Returns the non-blocking descriptor, -1: *problem. */
MUST_CHECK int safd_listener_open(const char *path, gid_t group, struct problem *problem);

/* Checks that an inherited descriptor is a connected Unix stream socket and makes it non-blocking and close-on-exec. */
MUST_CHECK bool safd_listener_adopt(int descriptor, struct problem *problem);
