#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/security/racf_fixture.h"

static void
a_new_database_has_ibmuser_and_sys1_and_is_private(void)
{
    struct fixture *fixture = fixture_new();
    struct stat status;
    CU_ASSERT_EQUAL_FATAL(stat(fixture->path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 07777, 0600);
    const struct racf_user *ibmuser = racf_user_find(fixture->racf, "IBMUSER");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ibmuser);
    CU_ASSERT_TRUE(ibmuser->special);
    CU_ASSERT_TRUE(ibmuser->is_protected);
    CU_ASSERT_FALSE(ibmuser->revoked);
    CU_ASSERT_STRING_EQUAL(ibmuser->default_group, "SYS1");
    CU_ASSERT_EQUAL(racf_connection_find(racf_user_find(fixture->racf, "IBMUSER"), "SYS1"), RACF_CONNECTED);
    CU_ASSERT_EQUAL(racf_connection_find(racf_user_find(fixture->racf, "IBMUSER"), "SYS2"), RACF_NOT_CONNECTED);
    CU_ASSERT_PTR_NULL(racf_user_find(fixture->racf, "ibmuser"));
    CU_ASSERT_FALSE(racf_class_is_active(fixture->racf, "APPL"));
    fixture_free(fixture);
}

/* What racf_open says when it must refuse. */
static bool
refuses(const struct fixture *fixture, const char *path, bool create, const char *words)
{
    struct problem problem = { "" };
    struct racf *racf = racf_open(path, create, fixture->keystore, &fixture->clock.clock, &problem);
    bool refused = racf == NULL && strstr(problem.text, words) != NULL && strstr(problem.text, path) != NULL;
    if (!refused)
        printf("# expected \"%s\", got \"%s\"\n", words, problem.text);
    racf_close(racf);
    return refused;
}

static void
a_second_opener_is_refused(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_TRUE(refuses(fixture, fixture->path, false, "in use"));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(refuses(fixture, fixture->path, false, "in use") ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(X)"), 0);
    fixture_free(fixture);
}

static void
write_file(const char *path, const void *bytes, size_t size, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_EQUAL(write(file, bytes, size), (ssize_t)size);
    CU_ASSERT_EQUAL(fchmod(file, mode), 0);
    close(file);
}

static void
what_is_no_racf_database_is_refused_and_left_alone(void)
{
    struct fixture *fixture = fixture_new();
    char path[64];
    snprintf(path, sizeof path, "%s/other", fixture->folder);
    CU_ASSERT_TRUE(refuses(fixture, path, false, "cannot be opened"));
    write_file(path, "", 0, 0600);
    CU_ASSERT_TRUE(refuses(fixture, path, false, "empty"));
    static const char text[] = "This is a letter to a friend, not a database at all; it is long enough to have a header of 100 bytes.";
    write_file(path, text, sizeof text, 0600);
    CU_ASSERT_TRUE(refuses(fixture, path, true, "not a RACF database"));
    write_file(path, text, sizeof text, 0640);
    CU_ASSERT_TRUE(refuses(fixture, path, true, "chmod 600"));
    CU_ASSERT_TRUE(refuses(fixture, fixture->folder, true, "cannot be opened"));
    unlink(path);
    CU_ASSERT_EQUAL(symlink(fixture->path, path), 0);
    CU_ASSERT_TRUE(refuses(fixture, path, true, "cannot be opened"));
    unlink(path);

    sqlite3 *foreign = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(path, &foreign), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(foreign, "CREATE TABLE t (x); INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(foreign);
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    CU_ASSERT_TRUE(refuses(fixture, path, true, "not a RACF database"));
    char journal[80];
    snprintf(journal, sizeof journal, "%s-wal", path);
    CU_ASSERT_NOT_EQUAL(access(journal, F_OK), 0);
    fixture_free(fixture);
}

static void
another_version_is_refused(void)
{
    struct fixture *fixture = fixture_new();
    sqlite3 *db = NULL;
    racf_close(fixture->racf);
    fixture->racf = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(fixture->path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    CU_ASSERT_TRUE(refuses(fixture, fixture->path, true, "version 99"));
    fixture_free(fixture);
}

/* A byte changed anywhere either does not matter, or is noticed at the opening; it never crashes. */
static void
damaged_files_never_crash(void)
{
    struct fixture *fixture = fixture_new();
    struct problem problem;
    char path[64];
    static uint8_t whole[1 << 20];
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE APPL IMSCON1 UACC(READ)"), 0);
    racf_close(fixture->racf);
    fixture->racf = NULL;
    FILE *file = fopen(fixture->path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t size = fread(whole, 1, sizeof whole, file);
    fclose(file);
    snprintf(path, sizeof path, "%s/damaged", fixture->folder);
    size_t refused = 0;
    for (size_t i = 0; i < size; i += 97) {
        uint8_t kept = whole[i];
        whole[i] ^= 0x5a;
        write_file(path, whole, size, 0600);
        struct racf *racf = racf_open(path, false, fixture->keystore, &fixture->clock.clock, &problem);
        refused += racf == NULL;
        if (racf != NULL)
            racf_authorize(racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ);
        racf_close(racf);
        whole[i] = kept;
    }
    write_file(path, whole, size / 2, 0600);
    CU_ASSERT_TRUE(refuses(fixture, path, false, "damaged"));
    CU_ASSERT_TRUE(refused > 0);
    fixture_free(fixture);
}

static void
a_restart_keeps_everything(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(APPL OPERCMDS) RACLIST(APPL) PASSWORD(REVOKE(5) MIXEDCASE)\n"
                                            "ADDGROUP IMSGRP\n"
                                            "ADDUSER TOM NAME('TOM THUMB') DFLTGRP(IMSGRP) PASSWORD(Secret1) AUDITOR RESTRICTED\n"
                                            "CONNECT TOM GROUP(SYS1)\n"
                                            "CONNECT TOM GROUP(SYS1) REVOKE\n"
                                            "RDEFINE APPL IMS* UACC(NONE)\n"
                                            "PERMIT IMS* CLASS(APPL) ID(IMSGRP) ACCESS(READ)\n"
                                            "SETROPTS RACLIST(APPL) REFRESH\n"),
                    0);
    racf_count_failure(fixture->racf, "TOM");
    racf_count_failure(fixture->racf, "TOM");
    CU_ASSERT_TRUE(fixture_restart(fixture));
    const struct racf_user *tom = racf_user_find(fixture->racf, "TOM");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tom);
    CU_ASSERT_STRING_EQUAL(tom->name, "TOM THUMB");
    CU_ASSERT_STRING_EQUAL(tom->default_group, "IMSGRP");
    CU_ASSERT_TRUE(tom->has_password && tom->auditor && tom->restricted && !tom->special && !tom->is_protected && !tom->revoked);
    CU_ASSERT_EQUAL(tom->failed_attempts, 2);
    CU_ASSERT_EQUAL(racf_connection_find(racf_user_find(fixture->racf, "TOM"), "IMSGRP"), RACF_CONNECTED);
    CU_ASSERT_EQUAL(racf_connection_find(racf_user_find(fixture->racf, "TOM"), "SYS1"), RACF_CONNECTION_REVOKED);
    CU_ASSERT_TRUE(racf_class_is_active(fixture->racf, "APPL"));
    CU_ASSERT_FALSE(racf_class_is_active(fixture->racf, "SERVAUTH"));
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ), RACF_ALLOWED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS LIST"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "AFTER   5 CONSECUTIVE"));
    CU_ASSERT_TRUE(fixture_says(fixture, "ACTIVE CLASSES = USER GROUP APPL OPERCMDS\n"));
    CU_ASSERT_TRUE(fixture_says(fixture, "MIXED CASE PASSWORD SUPPORT IS IN EFFECT"));
    fixture_free(fixture);
}

/* As after kill -9: the child never closes the database. */
static void
what_was_answered_survives_a_killed_process(void)
{
    struct fixture *fixture = fixture_new();
    racf_close(fixture->racf);
    fixture->racf = NULL;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct problem problem;
        bool done = fixture_open(fixture, &problem) && fixture_command(fixture, "ADDUSER TOM PASSWORD(SECRET)") == 0 &&
                    fixture_command(fixture, "SETROPTS PASSWORD(REVOKE(2))") == 0 && !racf_count_failure(fixture->racf, "TOM") &&
                    racf_count_failure(fixture->racf, "TOM");
        racf_counts_store(fixture->racf);
        kill(getpid(), done ? SIGKILL : SIGTERM);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct problem problem;
    CU_ASSERT_TRUE_FATAL(fixture_open(fixture, &problem));
    const struct racf_user *tom = racf_user_find(fixture->racf, "TOM");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tom);
    CU_ASSERT_TRUE(tom->revoked);
    CU_ASSERT_EQUAL(tom->failed_attempts, 2);
    fixture_free(fixture);
}

static void
failures_revoke_and_successes_clear(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(SECRET)"), 0);
    CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "NOBODY"));
    CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "TOM"));
    CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "TOM"));
    racf_count_success(fixture->racf, "TOM", clock_utc_seconds(&fixture->clock.clock));
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 0);
    CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "TOM"));
    CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "TOM"));
    CU_ASSERT_TRUE(racf_count_failure(fixture->racf, "TOM"));
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "TOM")); /* revoked already */
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM RESUME"), 0);
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "TOM")->revoked);
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS PASSWORD(NOREVOKE)"), 0);
    for (int i = 0; i < 300; i++)
        CU_ASSERT_FALSE(racf_count_failure(fixture->racf, "TOM"));
    racf_counts_store(fixture->racf);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 300);
    fixture_free(fixture);
}

static void
a_user_unused_too_long_is_revoked(void)
{
    enum { DAY_MS = 86400 * 1000 };
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(SECRET)"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS INACTIVE(10)"), 0);
    clock_fake_advance_ms(&fixture->clock, 9LL * DAY_MS);
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "TOM")->revoked);
    racf_count_success(fixture->racf, "TOM", clock_utc_seconds(&fixture->clock.clock));
    clock_fake_advance_ms(&fixture->clock, 9LL * DAY_MS);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "TOM")->revoked);
    clock_fake_advance_ms(&fixture->clock, 2LL * DAY_MS);
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM RESUME"), 0);
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "TOM")->revoked);
    clock_fake_advance_ms(&fixture->clock, 11LL * DAY_MS);
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS NOINACTIVE"), 0);
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "TOM")->revoked);
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a new database has IBMUSER and SYS1 and is private", a_new_database_has_ibmuser_and_sys1_and_is_private },
        { "a second opener is refused", a_second_opener_is_refused },
        { "what is no RACF database is refused and left alone", what_is_no_racf_database_is_refused_and_left_alone },
        { "another version is refused", another_version_is_refused },
        { "damaged files never crash", damaged_files_never_crash },
        { "a restart keeps everything", a_restart_keeps_everything },
        { "what was answered survives a killed process", what_was_answered_survives_a_killed_process },
        { "failures revoke and successes clear", failures_revoke_and_successes_clear },
        { "a user unused too long is revoked", a_user_unused_too_long_is_revoked },
    };
    return SUITE_RUN("racf database", cases);
}
