/* Seconds for PassTickets: each given once, near to now, across processes, restarts, clocks set back and damage. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "security/passticket/seconds.h"
#include "tests/support/suite.h"

enum { NOW = 1767225600, BUCKETS = 4 };

static struct passticket_seconds_wish
legacy_wish(const char *userid, int64_t now_s)
{
    struct passticket_seconds_wish wish = { .userid = userid, .application = "IMSCON1", .now_s = now_s };
    passticket_seconds_reach(&wish, false, 0);
    return wish;
}

/* The offset from now; INT_MIN / 2 when none is left. */
static int
take(struct passticket_seconds *seconds, const struct passticket_seconds_wish *wish)
{
    struct problem problem = { "" };
    int64_t second;
    enum passticket_seconds_outcome outcome = passticket_seconds_take(seconds, wish, &second, &problem);
    CU_ASSERT_NOT_EQUAL(outcome, PASSTICKET_SECOND_FAILED);
    return outcome == PASSTICKET_SECOND_TAKEN ? (int)(second - wish->now_s) : INT32_MIN / 2;
}

static struct passticket_seconds *
open_memory(void)
{
    struct problem problem;
    struct passticket_seconds *seconds = passticket_seconds_open(NULL, BUCKETS, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seconds);
    return seconds;
}

static void
a_folder(char folder[32])
{
    snprintf(folder, 32, "/tmp/seconds-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static void
remove_folder(const char *folder)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void
legacy_seconds_go_out_both_ways(void)
{
    struct passticket_seconds *seconds = open_memory();
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    static const int expected[] = { 0, -1, 1, -2, 2, -3, 3 };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        CU_ASSERT_EQUAL(take(seconds, &wish), expected[i]);
    /* The next second is taken already, and so are its neighbours. */
    wish.now_s++;
    CU_ASSERT_EQUAL(take(seconds, &wish), 3);
    passticket_seconds_close(seconds);
}

static void
enhanced_seconds_prefer_the_past(void)
{
    struct passticket_seconds *seconds = open_memory();
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    passticket_seconds_reach(&wish, true, 60);
    for (int i = 0; i <= 30; i++)
        CU_ASSERT_EQUAL(take(seconds, &wish), -i);
    for (int i = 1; i <= 15; i++)
        CU_ASSERT_EQUAL(take(seconds, &wish), i);
    CU_ASSERT(take(seconds, &wish) < -600);
    wish.now_s++;
    CU_ASSERT_EQUAL(take(seconds, &wish), 15);
    CU_ASSERT(take(seconds, &wish) < -600);
    passticket_seconds_reach(&wish, true, 1);
    wish.userid = "EVE";
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    CU_ASSERT(take(seconds, &wish) < -600);
    passticket_seconds_close(seconds);
}

static void
all_seconds_of_the_reach_are_given_once(void)
{
    enum { LEGACY_SECONDS = 2 * 540 + 1 };
    struct passticket_seconds *seconds = open_memory();
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    static bool given[1201];
    for (int i = 0; i < LEGACY_SECONDS; i++) {
        int offset = take(seconds, &wish);
        CU_ASSERT_FATAL(offset >= -540 && offset <= 540);
        CU_ASSERT_FALSE(given[offset + 600]);
        given[offset + 600] = true;
    }
    CU_ASSERT(take(seconds, &wish) < -600);
    /* One a second from then on, for as long as it takes; after a pause all of them. */
    for (int i = 0; i < 3000; i++) {
        wish.now_s++;
        CU_ASSERT_EQUAL(take(seconds, &wish), 540);
        CU_ASSERT(take(seconds, &wish) < -600);
    }
    wish.now_s += 1081;
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    passticket_seconds_close(seconds);
}

static void
users_applications_and_kinds_are_apart(void)
{
    struct passticket_seconds *seconds = open_memory();
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    wish.userid = "TOM2";
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    wish.userid = "ABCDEFGH";
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    wish.application = "ABCDEFGH";
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    passticket_seconds_reach(&wish, true, 600);
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    CU_ASSERT_EQUAL(take(seconds, &wish), -1);
    passticket_seconds_close(seconds);
}

static void
a_clock_set_back_finds_what_was_taken(void)
{
    struct passticket_seconds *seconds = open_memory();
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    for (int i = 0; i < 11; i++)
        take(seconds, &wish); /* now - 5 to now + 5 */
    wish.now_s = NOW + 700;
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    wish.now_s = NOW; /* their bits are still there */
    CU_ASSERT_EQUAL(take(seconds, &wish), -6);
    wish.now_s = NOW - 100000; /* nothing to do with the clock that was */
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    wish.now_s = NOW + 100000;
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    passticket_seconds_close(seconds);
}

static void
the_longest_unused_is_forgotten(void)
{
    enum { USERS = 10000 };
    struct passticket_seconds *seconds = open_memory();
    struct passticket_seconds_wish wish = legacy_wish("BUSY", NOW);
    char userid[9];
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    for (int i = 0; i < USERS; i++) {
        struct passticket_seconds_wish other = legacy_wish(userid, NOW + i / 100);
        snprintf(userid, sizeof userid, "U%d", i);
        CU_ASSERT_EQUAL(take(seconds, &other), 0);
        if (i % 10 != 0)
            continue;
        /* One that is used all the time stays. */
        wish.now_s = NOW + i / 100;
        int offset = take(seconds, &wish);
        CU_ASSERT(offset >= -540 && offset <= 540 && (offset != 0 || i % 100 == 0));
    }
    passticket_seconds_close(seconds);
}

static void
a_file_outlives_and_is_shared(void)
{
    enum { PROCESSES = 4, EACH = 50 };
    char folder[32];
    char path[64];
    struct problem problem = { "" };
    a_folder(folder);
    snprintf(path, sizeof path, "%s/seconds", folder);
    for (int i = 0; i < PROCESSES; i++) {
        fflush(stdout);
        if (fork() != 0)
            continue;
        struct passticket_seconds *mine = passticket_seconds_open(path, BUCKETS, &problem);
        struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
        int64_t second;
        for (int j = 0; j < EACH; j++)
            if (mine == NULL || passticket_seconds_take(mine, &wish, &second, &problem) != PASSTICKET_SECOND_TAKEN)
                _exit(1);
        _exit(0);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 1;
        CU_ASSERT(wait(&status) > 0 && status == 0);
    }
    struct stat status;
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
    CU_ASSERT(status.st_size <= BUCKETS * PASSTICKET_SECONDS_BUCKET * 288);
    struct passticket_seconds *seconds = passticket_seconds_open(path, BUCKETS, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seconds);
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    CU_ASSERT_EQUAL(take(seconds, &wish), PROCESSES * EACH / 2);
    passticket_seconds_close(seconds);
    remove_folder(folder);
}

static void
damage_does_no_harm(void)
{
    char folder[32];
    char path[64];
    struct problem problem = { "" };
    a_folder(folder);
    snprintf(path, sizeof path, "%s/seconds", folder);
    srand(4711);
    for (int round = 0; round < 50; round++) {
        FILE *file = fopen(path, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        for (int i = rand() % 40000; i > 0; i--)
            fputc(round % 2 != 0 ? 0xff : rand(), file);
        fclose(file);
        CU_ASSERT_EQUAL(chmod(path, 0600), 0);
        struct passticket_seconds *seconds = passticket_seconds_open(path, BUCKETS, &problem);
        CU_ASSERT_PTR_NOT_NULL_FATAL(seconds);
        struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
        CU_ASSERT_EQUAL(take(seconds, &wish), 0);
        CU_ASSERT_EQUAL(take(seconds, &wish), -1);
        passticket_seconds_close(seconds);
    }
    remove_folder(folder);
}

static void
files_that_are_not_ones_own_are_refused(void)
{
    char folder[32];
    char path[64];
    char other[64];
    struct problem problem = { "" };
    a_folder(folder);
    snprintf(path, sizeof path, "%s/seconds", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    CU_ASSERT_PTR_NULL(passticket_seconds_open(folder, BUCKETS, &problem));
    CU_ASSERT_EQUAL(symlink(other, path), 0);
    CU_ASSERT_PTR_NULL(passticket_seconds_open(path, BUCKETS, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, path));
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    CU_ASSERT_PTR_NULL(passticket_seconds_open(path, BUCKETS, &problem));
    CU_ASSERT_EQUAL(unlink(path), 0);
    int file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CU_ASSERT(file >= 0 && fchmod(file, 0640) == 0);
    CU_ASSERT_PTR_NULL(passticket_seconds_open(path, BUCKETS, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "mode 0600"));
    close(file);
    remove_folder(folder);
}

static void
a_process_that_does_not_move_is_not_waited_for_long(void)
{
    char folder[32];
    char path[64];
    struct problem problem = { "" };
    int64_t second;
    a_folder(folder);
    snprintf(path, sizeof path, "%s/seconds", folder);
    struct passticket_seconds *seconds = passticket_seconds_open(path, BUCKETS, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seconds);
    int file = open(path, O_RDWR | O_CLOEXEC);
    CU_ASSERT(file >= 0 && flock(file, LOCK_EX) == 0);
    struct passticket_seconds_wish wish = legacy_wish("TOM", NOW);
    CU_ASSERT_EQUAL(passticket_seconds_take(seconds, &wish, &second, &problem), PASSTICKET_SECOND_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "cannot be locked"));
    close(file);
    CU_ASSERT_EQUAL(take(seconds, &wish), 0);
    passticket_seconds_close(seconds);
    remove_folder(folder);
}

static void
the_users_file_has_its_place(void)
{
    char folder[32];
    char expected[128];
    char path[PASSTICKET_SECONDS_PATH_MAX];
    struct problem problem = { "" };
    struct stat status;
    a_folder(folder);
    snprintf(expected, sizeof expected, "%s/state/deep", folder);
    setenv("XDG_STATE_HOME", expected, 1);
    CU_ASSERT_TRUE(passticket_seconds_user_path(path, &problem));
    snprintf(expected, sizeof expected, "%s/state/deep/passgate/ticket-seconds", folder);
    CU_ASSERT_STRING_EQUAL(path, expected);
    *strrchr(path, '/') = '\0';
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0700);
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", folder, 1);
    CU_ASSERT_TRUE(passticket_seconds_user_path(path, &problem));
    snprintf(expected, sizeof expected, "%s/.local/state/passgate/ticket-seconds", folder);
    CU_ASSERT_STRING_EQUAL(path, expected);
    setenv("XDG_STATE_HOME", "/dev/null/nowhere", 1);
    CU_ASSERT_FALSE(passticket_seconds_user_path(path, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "XDG_STATE_HOME"));
    remove_folder(folder);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "legacy seconds go out both ways", legacy_seconds_go_out_both_ways },
        { "enhanced seconds prefer the past", enhanced_seconds_prefer_the_past },
        { "all seconds of the reach are given once", all_seconds_of_the_reach_are_given_once },
        { "users, applications and kinds are apart", users_applications_and_kinds_are_apart },
        { "a clock set back finds what was taken", a_clock_set_back_finds_what_was_taken },
        { "the longest unused is forgotten", the_longest_unused_is_forgotten },
        { "a file outlives and is shared", a_file_outlives_and_is_shared },
        { "damage does no harm", damage_does_no_harm },
        { "files that are not one's own are refused", files_that_are_not_ones_own_are_refused },
        { "a process that does not move is not waited for long", a_process_that_does_not_move_is_not_waited_for_long },
        { "the user's file has its place", the_users_file_has_its_place },
    };
    return SUITE_RUN("passticket seconds", cases);
}
