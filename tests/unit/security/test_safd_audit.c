/* safd's audit records while the file is rotated under load, while it cannot be written, and in a journal. */
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

enum { LOGINS_MAX = 1 << 20, ROTATIONS = 20 };

static const char key[] = "E001193519561977";
static struct security_server server;
static atomic_bool loading;
static atomic_int answered;

static const char *
path_of(const char *name)
{
    static char path[SECURITY_SERVER_PATH];
    snprintf(path, sizeof path, "%s/%s", server.directory, name);
    return path;
}

/* Asks for logins that are refused cheaply, numbered by their connection, one after the other. */
static void *
log_on(void *unused)
{
    (void)unused;
    struct saf_client *client = security_server_connect(&server);
    while (loading && answered < LOGINS_MAX) {
        struct saf_verify verify = { .userid = "IMSUSR1", .application = "IMSCON1", .address = "192.0.2.7", .mixed_case = 'R' };
        struct saf_verify_answer answer;
        struct problem problem;
        verify.connection = (uint64_t)answered;
        if (!saf_client_verify(client, &verify, &answer, &problem))
            break;
        answered++;
    }
    saf_client_close(client);
    return NULL;
}

/* Counts the logins of a file in `seen`; returns how many lines are no records. */
static int
count_logins(const char *path, int seen[LOGINS_MAX])
{
    int broken = 0;
    FILE *file = fopen(path, "re");
    char line[4096];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        json_t *record = strchr(line, '\n') != NULL ? json_loads(line, JSON_REJECT_DUPLICATES, NULL) : NULL;
        const char *kind = json_string_value(json_object_get(record, "record"));
        json_int_t number = json_integer_value(json_object_get(record, "connection"));
        if (record == NULL)
            broken++;
        else if (strcmp(kind, "verify") == 0 && number >= 0 && number < LOGINS_MAX)
            seen[number]++;
        json_decref(record);
    }
    if (file != NULL)
        fclose(file);
    return broken;
}

static size_t
count_in_log(const char *text)
{
    char *log = program_read_file(server.log);
    size_t count = 0;
    for (const char *at = strstr(log, text); at != NULL; at = strstr(at + 1, text))
        count++;
    free(log);
    return count;
}

static void
wait_until(const atomic_int *count, int wanted)
{
    while (*count < wanted)
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
}

static void
rotate(int number)
{
    char rotated[SECURITY_SERVER_PATH];
    snprintf(rotated, sizeof rotated, "%s/audit.json.%d", server.directory, number);
    CU_ASSERT_EQUAL(rename(path_of("audit.json"), rotated), 0);
    wait_until(&answered, answered + 5); /* they go to the old file still */
    kill(server.pid, SIGHUP);
    while (count_in_log("SAFD0006I") < (size_t)number + 1)
        nanosleep(&(struct timespec) { .tv_nsec = 1000000 }, NULL);
}

static void
rotation_under_load_loses_and_tears_nothing(void)
{
    static int seen[LOGINS_MAX];
    char name[32];
    pthread_t load;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    loading = true;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&load, NULL, log_on, NULL), 0);
    for (int i = 0; i < ROTATIONS; i++)
        rotate(i);
    wait_until(&answered, answered + 5);
    loading = false;
    pthread_join(load, NULL);
    CU_ASSERT(answered >= 5 * (ROTATIONS + 1));
    int broken = count_logins(path_of("audit.json"), seen);
    for (int i = 0; i < ROTATIONS; i++) {
        snprintf(name, sizeof name, "audit.json.%d", i);
        broken += count_logins(path_of(name), seen);
    }
    CU_ASSERT_EQUAL(broken, 0);
    for (int i = 0; i < LOGINS_MAX; i++)
        if (seen[i] != (i < answered))
            CU_FAIL_FATAL("a login is not recorded exactly once");
    security_server_stop(&server);
}

static int
log_on_with_password(void)
{
    struct saf_client *client = security_server_connect(&server);
    struct saf_verify verify = { .userid = "IMSUSR1", .credential = "S3CRETPW", .application = "IMSCON1", .mixed_case = 'R' };
    struct saf_verify_answer answer = { .result = { .saf = 99 } };
    struct problem problem;
    CU_ASSERT_TRUE(saf_client_verify(client, &verify, &answer, &problem));
    saf_client_close(client);
    return answer.result.saf == SAF_OK ? 0 : (int)answer.result.explanation;
}

static void
set_up_user(void)
{
    (void)security_server_command(&server, "ADDUSER IMSUSR1 DFLTGRP(SYS1) PASSWORD(S3CRETPW)", NULL, 0);
    (void)security_server_command(&server, "ALTUSER IMSUSR1 PASSWORD(S3CRETPW) NOEXPIRED", NULL, 0);
}

static void
audit_failure_says_whether_logins_go_on(void)
{
    security_server_make(&server, NULL, "audit = /dev/full\naudit_failure = continue");
    security_server_start(&server);
    set_up_user();
    CU_ASSERT_EQUAL(log_on_with_password(), 0);
    CU_ASSERT_EQUAL(log_on_with_password(), 0);
    CU_ASSERT_EQUAL(count_in_log("SAFD0026W"), 1);
    CU_ASSERT_EQUAL(count_in_log("No space left on device"), 1);
    security_server_stop(&server);
    security_server_make(&server, NULL, "audit = /dev/full");
    security_server_start(&server);
    set_up_user();
    CU_ASSERT_EQUAL(log_on_with_password(), SAF_EXPLAIN_AUDIT);
    CU_ASSERT_EQUAL(count_in_log("SAFD0022E"), 1);
    CU_ASSERT_EQUAL(count_in_log("SAFD0026W"), 0);
    security_server_stop(&server);
}

static int
start_journal(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s/journal", server.directory);
    unlink(address.sun_path);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CU_ASSERT_EQUAL_FATAL(bind(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    return descriptor;
}

static bool
journal_has(int journal, const char *field)
{
    char entry[16384];
    for (ssize_t n; (n = recv(journal, entry, sizeof entry - 1, 0)) > 0;) {
        entry[n] = '\0';
        if (strstr(entry, field) != NULL)
            return true;
    }
    return false;
}

static void
without_its_journal_logins_are_refused_until_it_is_back(void)
{
    security_server_make(&server, NULL, "audit_to = journal\naudit_journal = journal");
    int journal = start_journal();
    security_server_start(&server);
    set_up_user();
    CU_ASSERT_EQUAL(log_on_with_password(), 0);
    CU_ASSERT_TRUE(journal_has(journal, "\nPASSGATE_QUALIFIER=0\n"));
    close(journal);
    CU_ASSERT_EQUAL(log_on_with_password(), SAF_EXPLAIN_AUDIT);
    CU_ASSERT_EQUAL(count_in_log("SAFD0022E"), 1);
    journal = start_journal();
    CU_ASSERT_EQUAL(log_on_with_password(), 0);
    CU_ASSERT_EQUAL(count_in_log("SAFD0023I"), 1);
    CU_ASSERT_TRUE(journal_has(journal, "\nPASSGATE_USER=IMSUSR1\n"));
    CU_ASSERT_NOT_EQUAL(access(path_of("audit.log"), F_OK), 0);
    close(journal);
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "rotation under load loses and tears nothing", rotation_under_load_loses_and_tears_nothing },
        { "audit_failure says whether logins go on", audit_failure_says_whether_logins_go_on },
        { "without its journal logins are refused until it is back", without_its_journal_logins_are_refused_until_it_is_back },
    };
    return SUITE_RUN("safd audit", cases);
}
