#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/free_port.h"
#include "tests/support/program.h"

static const char program[] = "/usr/bin/redis-server";

static void
give_up(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    exit(1);
}

static void
make_directory(struct redis_server *server)
{
    *server = (struct redis_server) { .directory = "/tmp/passgate-redis-XXXXXX", .port = free_port() };
    if (server->port == 0)
        give_up("redis-server", "no free port");
    if (mkdtemp(server->directory) == NULL)
        give_up("mkdtemp", server->directory);
    snprintf(server->log, sizeof server->log, "%s/log", server->directory);
}

static void
write_settings(const struct redis_server *server, const char *port_lines, const char *settings)
{
    char path[96];
    snprintf(path, sizeof path, "%s/redis.conf", server->directory);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        give_up("cannot make", path);
    fprintf(file, "bind 127.0.0.1\ndir %s\nlogfile %s\ndaemonize no\n", server->directory, server->log);
    fprintf(file, "%s\n%s\n", port_lines, settings != NULL ? settings : "save \"\"");
    fclose(file);
}

void
redis_server_again(struct redis_server *server)
{
    char path[96];
    char errors[96];
    snprintf(path, sizeof path, "%s/redis.conf", server->directory);
    snprintf(errors, sizeof errors, "%s/errors", server->directory);
    const char *const arguments[] = { path, NULL };
    remove(server->log);
    server->pid = program_start(program, arguments, errors, -1);
    if (!program_wait_for(server->pid, server->log, "Ready to accept connections"))
        give_up("redis-server ended while starting", program_read_file(server->log));
}

void
redis_server_start(struct redis_server *server, const char *settings)
{
    char lines[32];
    make_directory(server);
    snprintf(lines, sizeof lines, "port %u", server->port);
    write_settings(server, lines, settings);
    redis_server_again(server);
}

static void
make_certificates(const struct redis_server *server)
{
    static const char script[] =
        "cd '%s' || exit 1; exec >certificates.log 2>&1; set -e\n"
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.pem\n"
        "for name in server client; do\n"
        "  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$name -keyout $name.key -out $name.csr\n"
        "  echo 'subjectAltName = IP:127.0.0.1' >extensions\n"
        "  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out $name.pem\n"
        "done\n";
    char command[1024];
    snprintf(command, sizeof command, script, server->directory);
    if (system(command) != 0)
        give_up("openssl", "cannot make certificates");
}

void
redis_server_start_tls(struct redis_server *server, const char *settings)
{
    char lines[512];
    make_directory(server);
    make_certificates(server);
    const char *folder = server->directory;
    snprintf(lines, sizeof lines,
             "port 0\ntls-port %u\ntls-cert-file %s/server.pem\ntls-key-file %s/server.key\ntls-ca-cert-file %s/ca.pem", server->port,
             folder, folder, folder);
    write_settings(server, lines, settings);
    redis_server_again(server);
}

void
redis_server_kill(struct redis_server *server)
{
    program_end(server->pid, SIGKILL);
    server->pid = 0;
}

void
redis_server_end(struct redis_server *server)
{
    if (program_end(server->pid, SIGTERM) != 0)
        give_up("redis-server did not end well", program_read_file(server->log));
    server->pid = 0;
}

void
redis_server_freeze(const struct redis_server *server)
{
    kill(server->pid, SIGSTOP);
}

void
redis_server_thaw(const struct redis_server *server)
{
    kill(server->pid, SIGCONT);
}

void
redis_server_run(const struct redis_server *server, char *output, size_t size, const char *const arguments[])
{
    static struct program_result result;
    char port[8];
    const char *all[PROGRAM_ARGUMENTS_MAX + 1] = { "-p", port };
    size_t count = 2;
    snprintf(port, sizeof port, "%u", server->port);
    for (size_t i = 0; arguments[i] != NULL; i++)
        all[count++] = arguments[i];
    program_run(&result, "/usr/bin/redis-cli", all, NULL);
    result.output[strcspn(result.output, "\n")] = '\0';
    snprintf(output, size, "%s", result.output);
}

void
redis_server_remove(struct redis_server *server)
{
    char command[128];
    if (server->pid != 0)
        redis_server_kill(server);
    snprintf(command, sizeof command, "rm -rf '%s'", server->directory);
    if (system(command) != 0)
        give_up("cannot remove", server->directory);
}
