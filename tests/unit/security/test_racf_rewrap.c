/* A new master key, interrupted wherever it can be. */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/security/racf_fixture.h"

static const char set_up[] = "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                             "KEY GENERATE E.KEY BYTES(256)\n"
                             "KEY GENERATE D.KEY BYTES(8)\n"
                             "RDEFINE PTKTDATA MASKED SSIGNON(KEYMASKED(E001193519561977))\n"
                             "RDEFINE PTKTDATA SEALED SSIGNON(KEYENCRYPTED(0123456789ABCDEF))\n"
                             "RDEFINE PTKTDATA LABELS SSIGNON(KEYLABEL(D.KEY) EPTKEYLABEL(E.KEY))\n"
                             "SETR RACLIST(PTKTDATA) REFRESH\n";

enum { PROFILES = 3, TICKETS = 4 };

/* Tickets tell keys apart without showing them. */
struct fingerprint {
    char tickets[TICKETS][PASSTICKET_SIZE + 1];
};

static void
take_fingerprint(struct fixture *fixture, struct fingerprint *print)
{
    static const char *const names[PROFILES] = { "MASKED", "SEALED", "LABELS" };
    *print = (struct fingerprint) { 0 };
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    const struct racf_ptktdata *found[2];
    CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
    for (size_t i = 0; i < PROFILES; i++) {
        CU_ASSERT_EQUAL_FATAL(racf_ptktdata_find(snapshot, names[i], "SYS1", "TOM", found), 1);
        CU_ASSERT_FALSE(found[0]->key_unavailable);
        if (found[0]->legacy != NULL)
            CU_ASSERT_TRUE(passticket_legacy_generate(found[0]->legacy, "TOM", "APPL", FIXTURE_NOW_S, print->tickets[i]));
        if (found[0]->enhanced != NULL)
            CU_ASSERT_TRUE(
                passticket_enhanced_generate(found[0]->enhanced, PASSTICKET_MIXED, "TOM", "APPL", FIXTURE_NOW_S, print->tickets[PROFILES]));
    }
    for (size_t i = 0; i < TICKETS; i++)
        CU_ASSERT_EQUAL(strlen(print->tickets[i]), PASSTICKET_SIZE);
    racf_ptktdata_release(snapshot);
}

static void
path_of(const struct fixture *fixture, const char *name, char path[96])
{
    snprintf(path, 96, "%s/%s", fixture->folder, name);
}

static bool
there_is(const struct fixture *fixture, const char *name)
{
    char path[96];
    path_of(fixture, name, path);
    return access(path, F_OK) == 0;
}

static size_t
file_count(const struct fixture *fixture)
{
    char path[96];
    glob_t found = { 0 };
    path_of(fixture, "*", path);
    size_t count = glob(path, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

static void
copy(const struct fixture *fixture, const char *from, const char *to)
{
    char path[96];
    char bytes[128];
    path_of(fixture, from, path);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    path_of(fixture, to, path);
    file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
    fclose(file);
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
}

/* As safd starts: the master key is read anew, then the database. */
static bool
start_again(struct fixture *fixture)
{
    char path[96];
    struct problem problem = { "" };
    path_of(fixture, "master.key", path);
    racf_close(fixture->racf);
    keystore_free(fixture->keystore);
    fixture->racf = NULL;
    fixture->keystore = keystore_open(path, false, &problem);
    bool opened = fixture->keystore != NULL && fixture_open(fixture, &problem);
    if (!opened)
        printf("# %s\n", problem.text);
    return opened;
}

static void
everything_opens_under_the_new_master_key_alone(void)
{
    struct fixture *fixture = fixture_new();
    struct fingerprint before;
    struct fingerprint after;
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    take_fingerprint(fixture, &before);
    copy(fixture, "master.key", "old.key");
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY REWRAP"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR164I 4 KEYS SEALED UNDER A NEW MASTER KEY"));
    CU_ASSERT_FALSE(there_is(fixture, "master.key.new"));
    /* In the running server, for keys that are stored from now on, and after a restart. */
    CU_ASSERT_EQUAL(fixture_command(fixture, "RALTER PTKTDATA MASKED SSIGNON(KEYMASKED(E001193519561977))"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 0);
    take_fingerprint(fixture, &after);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    CU_ASSERT_TRUE_FATAL(start_again(fixture));
    take_fingerprint(fixture, &after);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    copy(fixture, "old.key", "master.key");
    CU_ASSERT_TRUE_FATAL(start_again(fixture));
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 4);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR204W MASKED"));
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR204W LABELS"));
    fixture_free(fixture);
}

static void
a_rewrap_that_stored_nothing_is_forgotten(void)
{
    struct fixture *fixture = fixture_new();
    struct fingerprint before;
    struct fingerprint after;
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    take_fingerprint(fixture, &before);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY REWRAP"), 0);
    copy(fixture, "master.key", "kept.key");
    FILE *other = NULL;
    char path[96];
    path_of(fixture, "master.key.new", path);
    other = fopen(path, "w");
    for (int i = 0; i < 64; i++)
        fputc('A', other);
    fclose(other);
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    CU_ASSERT_TRUE_FATAL(start_again(fixture));
    CU_ASSERT_FALSE(there_is(fixture, "master.key.new"));
    take_fingerprint(fixture, &after);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    fixture_free(fixture);
}

static void
a_rewrap_whose_file_was_not_put_in_place_is_finished(void)
{
    struct fixture *fixture = fixture_new();
    struct fingerprint before;
    struct fingerprint after;
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    take_fingerprint(fixture, &before);
    copy(fixture, "master.key", "old.key");
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY REWRAP"), 0);
    copy(fixture, "master.key", "master.key.new");
    copy(fixture, "old.key", "master.key");
    CU_ASSERT_TRUE_FATAL(start_again(fixture));
    CU_ASSERT_FALSE(there_is(fixture, "master.key.new"));
    take_fingerprint(fixture, &after);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    CU_ASSERT_TRUE_FATAL(start_again(fixture));
    take_fingerprint(fixture, &after);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    fixture_free(fixture);
}

static void
a_key_that_does_not_open_undoes_it(void)
{
    struct fixture *fixture = fixture_new();
    struct fingerprint before;
    struct fingerprint after;
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    take_fingerprint(fixture, &before);
    racf_close(fixture->racf);
    sqlite3 *db = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(fixture->path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "INSERT INTO label_key VALUES ('ZZZ', 64, zeroblob(93), 0, 0)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct problem problem;
    CU_ASSERT_TRUE_FATAL(fixture_open(fixture, &problem));
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY REWRAP"), 12);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR161I THE KEY OF ZZZ"));
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR021I COMMAND UNDONE"));
    CU_ASSERT_FALSE(there_is(fixture, "master.key.new"));
    CU_ASSERT_TRUE_FATAL(start_again(fixture));
    take_fingerprint(fixture, &after);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY DELETE ZZZ"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY REWRAP"), 0);
    fixture_free(fixture);
}

/* Rewraps without end, until killed. */
static void
rewrap_until_killed(struct fixture *fixture, int ready)
{
    struct problem problem;
    if (!fixture_open(fixture, &problem))
        _exit(1);
    for (;;) {
        if (write(ready, "x", 1) != 1 || fixture_command(fixture, "KEY REWRAP") != 0)
            _exit(2);
    }
}

static void
killed_at_any_moment_one_master_key_opens_everything(void)
{
    enum { KILLS = 60, LONGEST_US = 12000 };
    struct fixture *fixture = fixture_new();
    struct fingerprint before;
    struct fingerprint after;
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    take_fingerprint(fixture, &before);
    size_t files = file_count(fixture);
    for (int i = 0; i < KILLS; i++) {
        int ready[2];
        char byte;
        int status = 0;
        racf_close(fixture->racf);
        fixture->racf = NULL;
        CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0)
            rewrap_until_killed(fixture, ready[1]);
        close(ready[1]);
        CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
        nanosleep(&(struct timespec) { .tv_nsec = 1000L * (i * 7919 % LONGEST_US) }, NULL);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        close(ready[0]);
        CU_ASSERT_TRUE(WIFSIGNALED(status));
        CU_ASSERT_TRUE_FATAL(start_again(fixture));
        CU_ASSERT_EQUAL(file_count(fixture), files); /* nothing is left behind */
        take_fingerprint(fixture, &after);
        CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    }
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "everything opens under the new master key alone", everything_opens_under_the_new_master_key_alone },
        { "a rewrap that stored nothing is forgotten", a_rewrap_that_stored_nothing_is_forgotten },
        { "a rewrap whose file was not put in place is finished", a_rewrap_whose_file_was_not_put_in_place_is_finished },
        { "a key that does not open undoes it", a_key_that_does_not_open_undoes_it },
        { "killed at any moment one master key opens everything", killed_at_any_moment_one_master_key_opens_everything },
    };
    return SUITE_RUN("racf rewrap", cases);
}
