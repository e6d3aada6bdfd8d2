/* Where a named connection is looked up: the file of --connections, else connections.ini in $XDG_CONFIG_HOME/passgate (or
 * ~/.config/passgate), else /etc/passgate/connections.ini; the first of them that exists. */
#pragma once

#include "config/connections.h"

/* `path` is that of --connections, or NULL. False: the problem names the file and what is wrong with it, or the connections it has. */
MUST_CHECK bool directory_find(const char *path, const char *name, struct named_connection *connection, struct problem *problem);
