/* A real safd that knows user IMSUSR1 and application IMSCON1, asked for logins. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "common/hex.h"
#include "security/passticket/legacy.h"
#include "security/saf/client.h"
#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

static const char key[] = "E001193519561977";

/* A ticket of IMSUSR1 for IMSCON1. */
static inline void
make_ticket(int64_t time_s, char ticket[PASSTICKET_SIZE + 1])
{
    uint8_t bytes[PASSTICKET_LEGACY_KEY_SIZE];
    bool decoded = hex_decode(key, sizeof key - 1, bytes);
    struct passticket_legacy_key *made = passticket_legacy_key_new(bytes);
    CU_ASSERT_FATAL(decoded && made != NULL);
    CU_ASSERT_TRUE(passticket_legacy_generate(made, "IMSUSR1", "IMSCON1", (uint32_t)time_s, ticket));
    passticket_legacy_key_free(made);
}

static inline struct saf_verify
make_verify(const char *credential)
{
    struct saf_verify verify = { .userid = "IMSUSR1", .application = "IMSCON1", .address = "192.0.2.7", .port = 4711, .mixed_case = 'R' };
    snprintf(verify.credential, sizeof verify.credential, "%s", credential);
    return verify;
}

static inline struct saf_verify_answer
ask_verify(struct saf_client *client, const char *credential)
{
    struct saf_verify verify = make_verify(credential);
    struct saf_verify_answer answer;
    struct problem problem = { "" };
    CU_ASSERT_TRUE(saf_client_verify(client, &verify, &answer, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "");
    return answer;
}

static inline struct saf_verify_answer
verify_once(const struct security_server *server, const char *credential)
{
    struct saf_client *client = security_server_connect(server);
    struct saf_verify_answer answer = ask_verify(client, credential);
    saf_client_close(client);
    return answer;
}

static inline void
path_in(const struct security_server *server, const char *name, char path[SECURITY_SERVER_PATH])
{
    snprintf(path, SECURITY_SERVER_PATH, "%s/%s", server->directory, name);
}

static inline bool
file_holds(const struct security_server *server, const char *name, const char *text)
{
    char path[SECURITY_SERVER_PATH];
    path_in(server, name, path);
    char *found = program_read_file(path);
    bool holds = strstr(found, text) != NULL;
    free(found);
    return holds;
}

static inline int
connect_raw(const struct security_server *server)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, server->socket, strlen(server->socket) + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(connect(descriptor, (const struct sockaddr *)&address, sizeof address), 0);
    return descriptor;
}

static inline void
send_all(int descriptor, const uint8_t *bytes, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(descriptor, bytes + sent, size - sent, MSG_NOSIGNAL);
        CU_ASSERT_FATAL(n > 0);
        sent += (size_t)n;
    }
}
