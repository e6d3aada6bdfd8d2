#include "tests/support/security_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/program.h"

enum { TIMEOUT_MS = 120000 };

static void
give_up(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    exit(1);
}

void
security_server_make(struct security_server *server, const char *saf_lines, const char *racf_lines)
{
    *server = (struct security_server) { .directory = "/tmp/passgate-safd-XXXXXX" };
    if (mkdtemp(server->directory) == NULL)
        give_up("mkdtemp", server->directory);
    snprintf(server->settings, sizeof server->settings, "%s/passgate.ini", server->directory);
    snprintf(server->socket, sizeof server->socket, "%s/saf", server->directory);
    snprintf(server->log, sizeof server->log, "%s/log", server->directory);
    FILE *file = fopen(server->settings, "w");
    if (file == NULL)
        give_up("cannot make", server->settings);
    fprintf(file, "[saf]\nsocket = saf\n%s\n", saf_lines != NULL ? saf_lines : "");
    fprintf(file, "[racf]\ndatabase = racf.db\nmaster_key = master.key\n");
    if (racf_lines == NULL || strncmp(racf_lines, "replay", 6) != 0)
        fprintf(file, "replay = replay.db\nreplay_durability = process\n");
    fprintf(file, "%s\n", racf_lines != NULL ? racf_lines : "audit = audit.json");
    if (racf_lines == NULL || strstr(racf_lines, "[throttle]") == NULL)
        fprintf(file, "[throttle]\nenabled = no\n");
    fclose(file);
}

void
security_server_start(struct security_server *server)
{
    const char *const arguments[] = { "--config", server->settings, NULL };
    remove(server->log);
    if (server->preload != NULL) {
        setenv("LD_PRELOAD", server->preload, 1);
        setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    }
    server->pid = program_start(program_path("SAFD"), arguments, server->log, -1);
    unsetenv("LD_PRELOAD");
    if (!program_wait_for(server->pid, server->log, "SAFD0001I"))
        give_up("safd ended while starting", program_read_file(server->log));
}

void
security_server_kill(struct security_server *server)
{
    program_end(server->pid, SIGKILL);
}

void
security_server_remove(struct security_server *server)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", server->directory);
    if (system(command) != 0)
        give_up("cannot remove", server->directory);
}

void
security_server_stop(struct security_server *server)
{
    if (program_end(server->pid, SIGTERM) != 0)
        give_up("safd did not end well", program_read_file(server->log));
    security_server_remove(server);
}

struct saf_client *
security_server_connect(const struct security_server *server)
{
    struct problem problem;
    struct saf_client *client = saf_client_connect(server->socket, TIMEOUT_MS, &problem);
    if (client == NULL)
        give_up("saf_client_connect", problem.text);
    return client;
}

int
security_server_command(const struct security_server *server, const char *command, char *output, size_t size)
{
    struct saf_client *client = security_server_connect(server);
    struct saf_command_answer answer;
    struct problem problem;
    if (!saf_client_command(client, command, strlen(command), &answer, &problem))
        give_up(command, problem.text);
    if (output != NULL)
        snprintf(output, size, "%.*s", (int)answer.size, answer.output);
    int return_code = answer.return_code;
    saf_client_close(client);
    return return_code;
}

void
security_server_set_up(const struct security_server *server, const char *key)
{
    char define_key[128];
    snprintf(define_key, sizeof define_key, "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(%s)) UACC(NONE)", key);
    const char *const commands[] = {
        "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)",
        "SETROPTS PASSWORD(NOREVOKE)",
        "ADDUSER IMSUSR1 NAME('TEST USER') DFLTGRP(SYS1) PASSWORD(S3CRETPW)",
        define_key,
        "SETROPTS RACLIST(PTKTDATA) REFRESH",
    };
    char output[1024];
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (security_server_command(server, commands[i], output, sizeof output) >= 12)
            give_up(commands[i], output);
}
