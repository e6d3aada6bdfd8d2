/* Whole batches against a server that answers what a real one was recorded to answer. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/sqlbatch/batch.h"
#include "common/secret.h"
#include "drda/codepoint.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/drda_recorded_replies.h"
#include "tests/support/suite.h"

enum { DSS_HEADER = 6, CODEPOINT_OFFSET = 8, CHAINED = 0x40 };

/* What is answered to a chain that begins with a command; "" closes the connection. */
struct answer {
    uint16_t command;
    const char *reply;
};

static const struct answer usual[] = {
    { CP_EXCSAT, REPLY_DERBY_EXCSATRD_ACCSECRD },
    { CP_SECCHK, REPLY_DERBY_SECCHKRM_ACCRDBRM },
    { CP_PRPSQLSTT, REPLY_DERBY_QUERY },
    { CP_EXCSQLIMM, REPLY_DERBY_EXCSQLIMM },
    { CP_RDBCMM, REPLY_DERBY_RDBCMM },
    { CP_RDBRLLBCK, REPLY_DERBY_RDBRLLBCK },
};

static struct host_variables variables;

struct server {
    int listener;
    uint16_t port;
    const struct answer *unusual; /* before the usual ones; ends with command 0 */
    pthread_t thread;
};

static bool
receive_exactly(int peer, uint8_t *bytes, size_t size)
{
    return recv(peer, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

/* Reads one chain; 0 at the end of the connection, else the code point that it begins with. */
static uint16_t
receive_chain(int peer)
{
    uint8_t dss[65536];
    uint16_t command = 0;
    do {
        if (!receive_exactly(peer, dss, DSS_HEADER))
            return 0;
        size_t size = (size_t)dss[0] << 8 | dss[1];
        if (!receive_exactly(peer, dss + DSS_HEADER, size - DSS_HEADER))
            return 0;
        if (command == 0)
            command = (uint16_t)(dss[CODEPOINT_OFFSET] << 8 | dss[CODEPOINT_OFFSET + 1]);
    } while ((dss[3] & CHAINED) != 0);
    return command;
}

static const char *
find_answer(const struct server *server, uint16_t command)
{
    for (const struct answer *answer = server->unusual; answer != NULL && answer->command != 0; answer++)
        if (answer->command == command)
            return answer->reply;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (usual[i].command == command)
            return usual[i].reply;
    return "";
}

/* Serves one connection after the other until the listener is shut down. */
static void *
serve(void *argument)
{
    struct server *server = argument;
    for (int peer; (peer = accept(server->listener, NULL, NULL)) >= 0; close(peer)) {
        for (uint16_t command; (command = receive_chain(peer)) != 0;) {
            size_t size;
            uint8_t *reply = recorded_bytes(find_answer(server, command), &size);
            bool sent = size > 0 && send(peer, reply, size, MSG_NOSIGNAL) == (ssize_t)size;
            free(reply);
            if (!sent)
                break;
        }
    }
    return NULL;
}

static void
server_start(struct server *server, const struct answer *unusual)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t size = sizeof address;
    *server = (struct server) { .listener = socket(AF_INET, SOCK_STREAM, 0), .unusual = unusual };
    if (bind(server->listener, any, size) != 0 || listen(server->listener, 8) != 0 || getsockname(server->listener, any, &size) != 0 ||
        pthread_create(&server->thread, NULL, serve, server) != 0)
        abort();
    server->port = ntohs(address.sin_port);
}

static void
server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

/* Connections of all kinds, to the port; the password's file is beside. */
static void
write_connections(const char *folder, uint16_t port)
{
    char path[64];
    snprintf(path, sizeof path, "%s/connections.ini", folder);
    FILE *file = fopen(path, "w");
    fprintf(file, "[DERBY]\nhost = 127.0.0.1\nport = %u\nrdb = demodb\nuser = APP\nauthentication = password\npassword_file = pw\n",
            (unsigned)port);
    fprintf(file, "[KEYLESS]\nhost = localhost\nport = %u\nrdb = demodb\nauthentication = passticket\napplication = A\nkey_file = nokey\n",
            (unsigned)port);
    fprintf(file, "[OPEN]\nhost = 127.0.0.1\nport = %u\nrdb = demodb\nauthentication = password\npassword_file = open\n", (unsigned)port);
    fclose(file);
    static const struct {
        const char *name;
        mode_t mode;
    } secrets[] = { { "pw", 0600 }, { "open", 0644 } };
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, secrets[i].name);
        file = fopen(path, "w");
        fputs("SECRET\n", file);
        fchmod(fileno(file), secrets[i].mode);
        fclose(file);
    }
}

static void
remove_connections(const char *folder)
{
    static const char *const names[] = { "/connections.ini", "/pw", "/open", "" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s%s", folder, names[i]);
        remove(path);
    }
}

/* Runs a script in which %u stands for the port; `output` and `errors` are for the caller to free. */
static enum batch_status
run_batch(const struct answer *unusual, const char *script_format, char **output, char **errors)
{
    struct server server;
    char text[1024];
    size_t sizes[2];
    server_start(&server, unusual);
    int length = 0;
    for (const char *c = script_format; *c != '\0'; c++)
        length += *c == '%' ? snprintf(text + length, sizeof text - (size_t)length, "%u", (unsigned)server.port)
                            : snprintf(text + length, sizeof text - (size_t)length, "%c", *c);
    int file = memfd_create("script", 0);
    if (file < 0 || write(file, text, (size_t)length) != length || lseek(file, 0, SEEK_SET) != 0)
        abort();
    struct script *script = malloc(sizeof *script);
    script_init(script, file);
    struct credential_source source = { .user = "APP", .clock = &clock_system };
    char folder[] = "/tmp/sqlbatch-XXXXXX";
    char connections[64];
    if (mkdtemp(folder) == NULL)
        abort();
    write_connections(folder, server.port);
    snprintf(connections, sizeof connections, "%s/connections.ini", folder);
    struct batch batch = {
        .script_name = "job",
        .script = script,
        .credentials = &source,
        .connections = connections,
        .variables = &variables,
        .format = &printer_table,
        .out = open_memstream(output, &sizes[0]),
        .errors = open_memstream(errors, &sizes[1]),
        .echo = true,
    };
    enum batch_status status = batch_run(&batch, NULL);
    remove_connections(folder);
    fclose(batch.out);
    fclose(batch.errors);
    script_clear(script);
    free(script);
    close(file);
    credential_source_clear(&source);
    server_stop(&server);
    return status;
}

#define CONNECT "CONNECT drda://127.0.0.1:%/demodb:password=SECRET;\n"

static const struct batch_case {
    const char *name;
    const char *script;
    struct answer unusual[3];
    enum batch_status status;
    const char *output; /* occurs in it */
    const char *errors; /* occurs in them; "" for none at all */
} cases_of_batches[] = {
    { "all goes well", CONNECT "insert into t values 1;\nselect * from t;\ncommit;", { { 0 } }, BATCH_OK, "committed\ndisconnected\n", "" },
    { "the end commits", CONNECT "insert into t values 1;", { { 0 } }, BATCH_OK, "1 row affected\ncommitted\ndisconnected\n", "" },
    { "nothing to commit", CONNECT, { { 0 } }, BATCH_OK, "as APP\ndisconnected\n", "" },
    { "two connections", CONNECT "disconnect;" CONNECT "values 1;", { { 0 } }, BATCH_OK, "disconnected\nCONNECT ...;\nconnected", "" },
    { "NULL is shown",
      CONNECT "select * from t;",
      { { 0 } },
      BATCH_OK,
      "\n  2 |       NULL |  NULL | NULL  | NULL | NULL       | NULL\n2 rows\n",
      "" },
    { "refused",
      CONNECT,
      { { CP_SECCHK, REPLY_DERBY_SECCHKRM_REFUSED } },
      BATCH_CONNECT_FAILED,
      "CONNECT ...;",
      "sqlbatch: job:1: connect failed: 127.0.0.1:" },
    { "hung up", CONNECT, { { CP_EXCSAT, "" } }, BATCH_CONNECT_FAILED, "", "the server closed the connection" },
    { "no DRDA", CONNECT, { { CP_EXCSAT, RECORDED_HTTP_REQUEST } }, BATCH_CONNECT_FAILED, "", "is this the DRDA port?" },
    { "a statement fails",
      CONNECT "\nselect * from nosuch;\nvalues 2;",
      { { CP_PRPSQLSTT, REPLY_DERBY_QUERY_FAILED } },
      BATCH_STATEMENT_FAILED,
      "select * from nosuch;\nrolled back\n",
      "sqlbatch: job:3: statement failed: SQLCODE=-20001, SQLSTATE=42X05, tokens 'NOSUCH, 42X05': " },
    { "the connection is lost", CONNECT "values 1;", { { CP_PRPSQLSTT, "" } }, BATCH_STATEMENT_FAILED, "", "closed the connection" },
    { "the commit fails",
      CONNECT "insert into t; commit;",
      { { CP_RDBCMM, REPLY_DERBY_RDBRLLBCK } },
      BATCH_COMMIT_FAILED,
      "rolled back\n",
      "commit failed: SQLCODE=-911" },
    { "the last commit fails",
      CONNECT "insert into t;",
      { { CP_RDBCMM, REPLY_DERBY_SYNTAXRM } },
      BATCH_COMMIT_FAILED,
      "",
      "commit failed: 127.0.0.1:" },
    { "the rollback fails",
      CONNECT "rollback;",
      { { CP_RDBRLLBCK, REPLY_DERBY_SYNTAXRM } },
      BATCH_ROLLBACK_FAILED,
      "",
      "rollback failed: 127.0.0.1:" },
    { "cleaning up fails",
      CONNECT "values 1;",
      { { CP_PRPSQLSTT, REPLY_DERBY_QUERY_FAILED }, { CP_RDBRLLBCK, REPLY_DERBY_SYNTAXRM } },
      BATCH_CLEANUP_FAILED,
      "",
      "rollback failed" },
    { "not connected", "\nvalues 1;", { { 0 } }, BATCH_INVALID_STATEMENT, "", "job:2: invalid statement: not connected" },
    { "connected twice", CONNECT CONNECT, { { 0 } }, BATCH_INVALID_STATEMENT, "", "DISCONNECT first" },
    { "a bad URL", "CONNECT ims://h/DB:password=SECRET;", { { 0 } }, BATCH_INVALID_STATEMENT, "", "a URL begins with" },
    { "not a statement", CONNECT "insert into t;\ncommit", { { 0 } }, BATCH_INVALID_STATEMENT, "rolled back\n", "does not end in ';'" },
    { "a named connection", "CONNECT derby; values 1;", { { 0 } }, BATCH_OK, "connected to demodb at 127.0.0.1 port ", "" },
    { "an unknown connection", "CONNECT DARBY;", { { 0 } }, BATCH_INVALID_STATEMENT, "", "no connection [DARBY]; did you mean DERBY?" },
    { "a named connection without its key", "CONNECT KEYLESS;", { { 0 } }, BATCH_CONFIGURATION_ERROR, "", "/nokey: No such file" },
    { "a password that others may read", "CONNECT OPEN;", { { 0 } }, BATCH_CONFIGURATION_ERROR, "", "lets others at a secret" },
    { "an unknown host variable",
      CONNECT "\nvalues :nosuch;",
      { { 0 } },
      BATCH_INVALID_STATEMENT,
      "rolled back",
      "job:3: invalid statement: host variable :nosuch has no value: give nosuch=VALUE" },
    { "nothing to log on with", "CONNECT drda://127.0.0.1:%/demodb;", { { 0 } }, BATCH_CONFIGURATION_ERROR, "", "nothing to log on with" },
};

static void
batches_end_as_they_should(void)
{
    for (size_t i = 0; i < sizeof cases_of_batches / sizeof cases_of_batches[0]; i++) {
        const struct batch_case *expected = &cases_of_batches[i];
        char *output = NULL;
        char *errors = NULL;
        enum batch_status status = run_batch(expected->unusual, expected->script, &output, &errors);
        bool quiet = expected->errors[0] != '\0' || errors[0] == '\0';
        bool good = status == expected->status && strstr(output, expected->output) != NULL && strstr(errors, expected->errors) != NULL;
        CU_ASSERT_TRUE(good && quiet);
        CU_ASSERT_PTR_NULL(strstr(output, "SECRET"));
        CU_ASSERT_PTR_NULL(strstr(errors, "SECRET"));
        if (!good || !quiet)
            printf("# %s: status %d\n#   %s\n#   %s\n", expected->name, (int)status, output, errors);
        free(output);
        free(errors);
    }
}

/* A password among the arguments can be seen by everyone, so it is not even used. */
static void
a_url_argument_may_hold_no_password(void)
{
    char *output = NULL;
    char *errors = NULL;
    size_t sizes[2];
    struct script *script = malloc(sizeof *script);
    script_init(script, -1);
    struct credential_source source = { .clock = &clock_system };
    struct batch batch = {
        .script_name = "job",
        .script = script,
        .credentials = &source,
        .variables = &variables,
        .format = &printer_table,
        .out = open_memstream(&output, &sizes[0]),
        .errors = open_memstream(&errors, &sizes[1]),
    };
    CU_ASSERT_EQUAL(batch_run(&batch, "drda://127.0.0.1:1/DB:user=U;password=SECRET"), BATCH_CONFIGURATION_ERROR);
    fclose(batch.out);
    fclose(batch.errors);
    CU_ASSERT_PTR_NOT_NULL(strstr(errors, "--password-file"));
    CU_ASSERT_PTR_NULL(strstr(errors, "SECRET"));
    script_clear(script);
    free(script);
    free(output);
    free(errors);
}

int
main(void)
{
    if (!secret_memory_init(1 << 16))
        return 1;
    static const struct test_case cases[] = {
        { "batches end as they should", batches_end_as_they_should },
        { "a URL argument may hold no password", a_url_argument_may_hold_no_password },
    };
    return SUITE_RUN("sqlbatch batch", cases);
}
