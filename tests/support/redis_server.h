/* A real redis-server for tests, on a free loopback port with a directory of its own under /tmp. A fixture that cannot be made ends
 * the test program. Needs tests/support/program.c. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct redis_server {
    char directory[64];
    char log[96];
    uint16_t port;
    pid_t pid; /* 0 while it does not run */
};

/* Makes the directory and starts it; `settings` (may be NULL) are further lines of redis.conf. Nothing is kept on disk unless they
 * say so. */
void redis_server_start(struct redis_server *server, const char *settings);

/* Makes a CA, a server certificate for 127.0.0.1 and a client certificate (ca.pem, server.pem, server.key, client.pem, client.key)
 * in the directory, and serves TLS on the port, nothing else. Clients must show a certificate. */
void redis_server_start_tls(struct redis_server *server, const char *settings);

/* Ends it (kill -9 or SIGTERM), starts it again on the same port and directory. */
void redis_server_kill(struct redis_server *server);
void redis_server_end(struct redis_server *server);
void redis_server_again(struct redis_server *server);

/* Stops and goes on: connections stay open, nothing is answered. */
void redis_server_freeze(const struct redis_server *server);
void redis_server_thaw(const struct redis_server *server);

/* Runs redis-cli with the arguments (NULL-terminated); its output, cut to fit, without the final newline. */
void redis_server_run(const struct redis_server *server, char *output, size_t size, const char *const arguments[]);

/* Ends it and removes the directory. */
void redis_server_remove(struct redis_server *server);
