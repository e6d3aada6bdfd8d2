/* A real safd in a directory of its own under /tmp, for tests. The program is named by the environment variable SAFD. A fixture
 * that cannot be made ends the test program. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "security/saf/client.h"

enum { SECURITY_SERVER_PATH = 128 };

struct security_server {
    char directory[64];
    char settings[SECURITY_SERVER_PATH]; /* passgate.ini */
    char socket[SECURITY_SERVER_PATH];
    char log[SECURITY_SERVER_PATH];
    pid_t pid;
    const char *preload; /* a library that safd is started with, or NULL */
};

/* Makes the directory and passgate.ini; `saf_lines` and `racf_lines` (NULL: none) are added to these sections; lines that begin with
 * `replay` stand for those about it, of which there are some otherwise. There is no throttle unless `racf_lines` go on with its
 * section. */
void security_server_make(struct security_server *server, const char *saf_lines, const char *racf_lines);

/* Starts safd and waits until it listens; once more after security_server_kill. */
void security_server_start(struct security_server *server);

/* kill -9. */
void security_server_kill(struct security_server *server);

/* Ends it by SIGTERM, checks that it ended well and removes the directory. */
void security_server_stop(struct security_server *server);
void security_server_remove(struct security_server *server);

struct saf_client *security_server_connect(const struct security_server *server);

/* Runs a command as the owner; returns its return code. `output` (may be NULL) gets what fits of the output. */
int security_server_command(const struct security_server *server, const char *command, char *output, size_t size);

/* User IMSUSR1 and application IMSCON1 with that key (16 hex digits), class PTKTDATA active. */
void security_server_set_up(const struct security_server *server, const char *key);
