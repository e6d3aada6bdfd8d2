#include "security/replay.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/support/suite.h"

enum { NOW = 1767225600, HOUR = 3600 };

static char folder[] = "/tmp/test-replay-XXXXXX";
static char path[64];
static struct clock_fake fake;

static struct replay_store *
open_again(void)
{
    struct problem problem = { "" };
    struct replay_store *store = replay_store_open(path, REPLAY_DURABILITY_PROCESS, &fake.clock, &problem);
    CU_ASSERT_PTR_NOT_NULL(store);
    if (store == NULL)
        printf("# %s\n", problem.text);
    return store;
}

/* A store that no other test has touched. */
static struct replay_store *
open_fresh(void)
{
    static int number;
    snprintf(path, sizeof path, "%s/%d", folder, ++number);
    clock_fake_init(&fake, NOW);
    return open_again();
}

static enum replay_outcome
claim_of(struct replay_store *store, const char *userid, int64_t time_s, struct replay_use *use)
{
    struct replay_claim claim = { .application = "IMSCON1", .kind = 'L', .ticket_time_s = time_s, .address = "192.0.2.7" };
    snprintf(claim.userid, sizeof claim.userid, "%s", userid);
    return replay_store_claim(store, &claim, use);
}

static enum replay_outcome
claim(struct replay_store *store, const char *userid, int64_t time_s)
{
    struct replay_use use;
    return claim_of(store, userid, time_s, &use);
}

static void
a_ticket_is_claimed_once(void)
{
    struct replay_store *store = open_fresh();
    struct replay_use use;
    CU_ASSERT_EQUAL(claim_of(store, "TOM", NOW, &use), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(use.utc_us, 0);
    clock_fake_advance_ms(&fake, 1500);
    CU_ASSERT_EQUAL(claim_of(store, "TOM", NOW, &use), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(use.utc_us, NOW * INT64_C(1000000));
    CU_ASSERT_STRING_EQUAL(use.address, "192.0.2.7");
    CU_ASSERT_TRUE(replay_store_commit(store));
    CU_ASSERT_TRUE(replay_store_commit(store));
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_USED_BEFORE);
    replay_store_close(store);
}

static void
every_part_of_the_claim_counts(void)
{
    struct replay_store *store = open_fresh();
    struct replay_claim base = { .application = "IMSCON1", .userid = "TOM", .kind = 'L', .ticket_time_s = NOW };
    struct replay_claim application = base;
    struct replay_claim userid = base;
    struct replay_claim kind = base;
    struct replay_claim time = base;
    struct replay_use use;
    memcpy(application.application, "IMSCON2", 8);
    memcpy(userid.userid, "TIM", 4);
    kind.kind = 'U';
    time.ticket_time_s++;
    CU_ASSERT_EQUAL(replay_store_claim(store, &base, &use), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(replay_store_claim(store, &application, &use), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(replay_store_claim(store, &userid, &use), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(replay_store_claim(store, &kind, &use), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(replay_store_claim(store, &time, &use), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(replay_store_claim(store, &base, &use), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(replay_store_claim(store, &kind, &use), REPLAY_USED_BEFORE);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
}

static void
claims_survive_reopening_and_uncommitted_ones_do_not(void)
{
    struct replay_store *store = open_fresh();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    CU_ASSERT_EQUAL(claim(store, "LOST", NOW), REPLAY_CLAIMED);
    replay_store_close(store);
    store = open_again();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(claim(store, "LOST", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
    struct stat file;
    CU_ASSERT_EQUAL(stat(path, &file), 0);
    CU_ASSERT_EQUAL(file.st_mode & 0777, 0600);
}

/* The child claims, commits, claims once more and kills itself, in one go of a fresh process each time. */
static void
killed_after_commit(enum replay_durability durability)
{
    struct problem problem;
    pid_t child = fork();
    if (child == 0) {
        struct replay_store *store = replay_store_open(path, durability, &fake.clock, &problem);
        bool done = store != NULL && claim(store, "TOM", NOW) == REPLAY_CLAIMED && replay_store_commit(store) &&
                    claim(store, "TIM", NOW) == REPLAY_CLAIMED;
        if (done)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status = 0;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct replay_store *store = open_again();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(claim(store, "TIM", NOW), REPLAY_CLAIMED);
    replay_store_close(store);
}

static void
committed_claims_survive_kill_9(void)
{
    for (int i = 0; i < 10; i++) {
        replay_store_close(open_fresh());
        killed_after_commit(i % 2 == 0 ? REPLAY_DURABILITY_PROCESS : REPLAY_DURABILITY_POWER);
    }
}

/* The file system refuses to let any file grow: what a full disk does. */
static void
set_file_size_limit(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void
a_failing_commit_is_told_and_the_next_batch_works(void)
{
    struct replay_store *store = open_fresh();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        set_file_size_limit(1);
        CU_ASSERT_EQUAL(claim(store, "TIM", NOW), REPLAY_CLAIMED);
        CU_ASSERT_EQUAL(claim(store, "JIM", NOW), REPLAY_CLAIMED);
        CU_ASSERT_FALSE(replay_store_commit(store));
        set_file_size_limit(RLIM_INFINITY);
    }
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(claim(store, "TIM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim(store, "JIM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
    store = open_again();
    CU_ASSERT_EQUAL(claim(store, "TIM", NOW), REPLAY_USED_BEFORE);
    replay_store_close(store);
}

static void
used_tickets_stay_used_when_the_clock_is_set_back(void)
{
    struct replay_store *store = open_fresh();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    clock_fake_advance_ms(&fake, INT64_C(1000) * (REPLAY_TICKET_LIFETIME_S + HOUR / 2));
    CU_ASSERT_EQUAL(claim(store, "NEXT", NOW + REPLAY_TICKET_LIFETIME_S + HOUR / 2), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    clock_fake_init(&fake, NOW);
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(claim(store, "NEVER", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
}

static void
dropped_claims_stay_refused_when_the_clock_is_set_back(void)
{
    struct replay_store *store = open_fresh();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim(store, "TIM", NOW + 60), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    clock_fake_advance_ms(&fake, INT64_C(1000) * 24 * HOUR);
    CU_ASSERT_EQUAL(claim(store, "DAY", NOW + 24 * HOUR), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    clock_fake_init(&fake, NOW);
    for (int reopened = 0; reopened < 2; reopened++) {
        CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_CANNOT_BE_KNOWN);
        CU_ASSERT_EQUAL(claim(store, "TIM", NOW + 60), REPLAY_CANNOT_BE_KNOWN);
        CU_ASSERT_EQUAL(claim(store, "NEW", NOW + 61 + reopened), REPLAY_CLAIMED);
        CU_ASSERT_EQUAL(claim(store, "DAY", NOW + 24 * HOUR), REPLAY_USED_BEFORE);
        CU_ASSERT_TRUE(replay_store_commit(store));
        replay_store_close(store);
        store = open_again();
    }
    replay_store_close(store);
}

static int64_t
rows(void)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    CU_ASSERT_EQUAL(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_prepare_v2(database, "SELECT count(*) FROM claim", -1, &statement, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return count;
}

static void
old_claims_leave_in_small_steps(void)
{
    struct replay_store *store = open_fresh();
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(claim(store, "TOM", NOW + i), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    clock_fake_advance_ms(&fake, INT64_C(1000) * (1000 + REPLAY_TICKET_LIFETIME_S + HOUR));
    CU_ASSERT_EQUAL(claim(store, "NOW", NOW + 6000), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
    int64_t left = rows();
    CU_ASSERT_TRUE(left < 1001 && left > 1001 - 100);
    store = open_again();
    for (int i = 1; i <= 100; i++) {
        CU_ASSERT_EQUAL(claim(store, "NOW", NOW + 6000 + i), REPLAY_CLAIMED);
        CU_ASSERT_TRUE(replay_store_commit(store));
    }
    replay_store_close(store);
    CU_ASSERT_EQUAL(rows(), 101);
}

static void
a_full_store_refuses_until_claims_have_gone(void)
{
    struct replay_store *store = open_fresh();
    replay_store_limit(store, 10);
    for (int i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(claim(store, "TOM", NOW + i), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + 10), REPLAY_UNAVAILABLE);
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + 3), REPLAY_USED_BEFORE);
    CU_ASSERT_TRUE(replay_store_commit(store));
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + 10), REPLAY_UNAVAILABLE);
    replay_store_close(store);
    store = open_again();
    replay_store_limit(store, 10);
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + 10), REPLAY_UNAVAILABLE);
    /* Short of room, they go as soon as no ticket of theirs can be valid. */
    clock_fake_advance_ms(&fake, INT64_C(1000) * (REPLAY_TICKET_LIFETIME_S + 5));
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + REPLAY_TICKET_LIFETIME_S), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + 5), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW + 4), REPLAY_CANNOT_BE_KNOWN);
    replay_store_close(store);
}

static void
one_file_has_one_owner(void)
{
    struct problem problem = { "" };
    struct replay_store *store = open_fresh();
    pid_t child = fork();
    if (child == 0) {
        struct replay_store *second = replay_store_open(path, REPLAY_DURABILITY_PROCESS, &fake.clock, &problem);
        _exit(second == NULL && strstr(problem.text, "in use by another") != NULL ? 0 : 1);
    }
    int status = 1;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
    replay_store_close(store);
}

static void
open_refused(const char *expected)
{
    struct problem problem = { "" };
    CU_ASSERT_PTR_NULL(replay_store_open(path, REPLAY_DURABILITY_PROCESS, &fake.clock, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, expected));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, path));
}

static void
files_that_are_no_sound_replay_store_are_refused(void)
{
    struct replay_store *store = open_fresh();
    for (int i = 0; i < 2000; i++)
        CU_ASSERT_EQUAL(claim(store, "TOM", NOW + i), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    char noise[4096];
    memset(noise, 0x5A, sizeof noise);
    struct stat file;
    CU_ASSERT_EQUAL(fstat(descriptor, &file), 0);
    for (off_t at = 2 * 4096; at < file.st_size; at += 3 * 4096)
        CU_ASSERT_EQUAL(pwrite(descriptor, noise, sizeof noise, at), (ssize_t)sizeof noise);
    open_refused("damaged");
    CU_ASSERT_EQUAL(pwrite(descriptor, noise, sizeof noise, 0), (ssize_t)sizeof noise);
    open_refused("damaged");
    close(descriptor);
    snprintf(path, sizeof path, "%s/other", folder);
    sqlite3 *other;
    CU_ASSERT_EQUAL(sqlite3_open(path, &other), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "CREATE TABLE t (a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    open_refused("no replay store");
    snprintf(path, sizeof path, "%s/no/such", folder);
    open_refused("cannot open");
    snprintf(path, sizeof path, "%s", folder);
    open_refused("cannot open");
}

static void
an_empty_file_becomes_a_store(void)
{
    clock_fake_init(&fake, NOW);
    snprintf(path, sizeof path, "%s/empty", folder);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    struct replay_store *store = open_again();
    CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
}

static enum replay_outcome
claim_of_site(struct replay_store *store, const char *userid, int64_t time_s, bool carry)
{
    struct replay_claim claim = { .application = "IMSCON1", .kind = 'L', .ticket_time_s = time_s };
    struct replay_use use = { .utc_us = 4711, .address = "192.0.2.9" };
    struct replay_use first_use;
    snprintf(claim.userid, sizeof claim.userid, "%s", userid);
    return replay_store_claim_of_site(store, &claim, &use, carry, &first_use);
}

static void
claims_to_be_carried_are_found_again(void)
{
    struct replay_store *store = open_fresh();
    struct replay_carried rows[3];
    CU_ASSERT_EQUAL(claim_of_site(store, "A", NOW, true), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim_of_site(store, "A", NOW, true), REPLAY_USED_BEFORE);
    CU_ASSERT_EQUAL(claim_of_site(store, "B", NOW, false), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim_of_site(store, "C", NOW + 1, true), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim_of_site(store, "D", NOW + 2, true), REPLAY_CLAIMED);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
    store = open_again();
    CU_ASSERT_EQUAL(replay_store_next_to_carry(store, NULL, rows, 2), 2);
    CU_ASSERT_STRING_EQUAL(rows[0].claim.userid, "A");
    CU_ASSERT_STRING_EQUAL(rows[0].claim.application, "IMSCON1");
    CU_ASSERT_EQUAL(rows[0].claim.kind, 'L');
    CU_ASSERT_EQUAL(rows[0].claim.ticket_time_s, NOW);
    CU_ASSERT_EQUAL(rows[0].use.utc_us, 4711);
    CU_ASSERT_STRING_EQUAL(rows[0].use.address, "192.0.2.9");
    CU_ASSERT_STRING_EQUAL(rows[1].claim.userid, "C");
    CU_ASSERT_EQUAL(replay_store_next_to_carry(store, &rows[1], rows, 3), 1);
    CU_ASSERT_STRING_EQUAL(rows[0].claim.userid, "D");
    replay_store_carried(store, &rows[0].claim);
    CU_ASSERT_EQUAL(replay_store_next_to_carry(store, NULL, rows, 3), 2);
    CU_ASSERT_TRUE(replay_store_commit(store));
    CU_ASSERT_EQUAL(claim(store, "D", NOW + 2), REPLAY_USED_BEFORE);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
}

static void
a_new_memory_of_the_site_gets_newer_claims_again(void)
{
    struct replay_store *store = open_fresh();
    struct replay_carried rows[3];
    CU_ASSERT_EQUAL(claim_of_site(store, "A", NOW, false), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim_of_site(store, "B", NOW + 10, false), REPLAY_CLAIMED);
    replay_store_memory_of_site(store, NOW - 5);
    CU_ASSERT_EQUAL(replay_store_next_to_carry(store, NULL, rows, 3), 2);
    replay_store_carried(store, &rows[0].claim);
    replay_store_carried(store, &rows[1].claim);
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
    store = open_again();
    replay_store_memory_of_site(store, NOW - 5);
    CU_ASSERT_EQUAL(replay_store_next_to_carry(store, NULL, rows, 3), 0);
    replay_store_memory_of_site(store, NOW + 5);
    CU_ASSERT_EQUAL(replay_store_next_to_carry(store, NULL, rows, 3), 1);
    CU_ASSERT_STRING_EQUAL(rows[0].claim.userid, "B");
    CU_ASSERT_TRUE(replay_store_commit(store));
    replay_store_close(store);
}

/* As version 1 laid it out. */
static void
a_store_of_the_first_version_is_taken_over(void)
{
    static const char first_version[] =
        "CREATE TABLE claim (ticket_time INTEGER NOT NULL, application TEXT NOT NULL, userid TEXT NOT NULL, kind INTEGER NOT NULL,"
        " used_us INTEGER NOT NULL, address TEXT NOT NULL, PRIMARY KEY (ticket_time, application, userid, kind)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE dropped (id INTEGER PRIMARY KEY CHECK (id = 1), newest_ticket_time INTEGER NOT NULL) STRICT;"
        "INSERT INTO dropped VALUES (1, 1000);"
        "INSERT INTO claim VALUES (1767225600, 'IMSCON1', 'TOM', 76, 5, '192.0.2.1');"
        "PRAGMA application_id = 0x50475253;"
        "PRAGMA user_version = 1;";
    sqlite3 *old;
    struct replay_carried rows[1];
    clock_fake_init(&fake, NOW);
    snprintf(path, sizeof path, "%s/first-version", folder);
    CU_ASSERT_EQUAL(sqlite3_open(path, &old), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(old, first_version, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(old);
    for (int i = 0; i < 2; i++) {
        struct replay_store *store = open_again();
        CU_ASSERT_EQUAL(claim(store, "TOM", NOW), REPLAY_USED_BEFORE);
        CU_ASSERT_EQUAL(claim(store, "TOM", 1000), REPLAY_CANNOT_BE_KNOWN);
        CU_ASSERT_EQUAL(replay_store_next_to_carry(store, NULL, rows, 1), 0);
        CU_ASSERT_TRUE(replay_store_commit(store));
        replay_store_close(store);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a ticket is claimed once", a_ticket_is_claimed_once },
        { "every part of the claim counts", every_part_of_the_claim_counts },
        { "claims survive reopening and uncommitted ones do not", claims_survive_reopening_and_uncommitted_ones_do_not },
        { "committed claims survive kill -9", committed_claims_survive_kill_9 },
        { "a failing commit is told and the next batch works", a_failing_commit_is_told_and_the_next_batch_works },
        { "used tickets stay used when the clock is set back", used_tickets_stay_used_when_the_clock_is_set_back },
        { "dropped claims stay refused when the clock is set back", dropped_claims_stay_refused_when_the_clock_is_set_back },
        { "old claims leave in small steps", old_claims_leave_in_small_steps },
        { "a full store refuses until claims have gone", a_full_store_refuses_until_claims_have_gone },
        { "one file has one owner", one_file_has_one_owner },
        { "files that are no sound replay store are refused", files_that_are_no_sound_replay_store_are_refused },
        { "an empty file becomes a store", an_empty_file_becomes_a_store },
        { "claims to be carried are found again", claims_to_be_carried_are_found_again },
        { "a new memory of the site gets newer claims again", a_new_memory_of_the_site_gets_newer_claims_again },
        { "a store of the first version is taken over", a_store_of_the_first_version_is_taken_over },
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int status = SUITE_RUN("replay", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0 || status != 0;
}
