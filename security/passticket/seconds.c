#include "security/passticket/seconds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "security/passticket/seconds_file.h"

enum {
    NAME_SIZE = 8,
    BITS = 2048, /* seconds that an entry remembers: more than the reach either way, so that a clock may be set back */
    WORD_BITS = 64,
    LOCK_TRIES = 500, /* with LOCK_PAUSE_NS between them: 5 seconds */
    LOCK_PAUSE_NS = 10000000,
    LEGACY_REACH_S = 540,
};

/* Of one user and application. All bits zero: free. Any content is safe to read: the file may have been damaged. */
struct entry {
    char userid[NAME_SIZE]; /* without a NUL when it has 8 characters */
    char application[NAME_SIZE];
    uint64_t enhanced;
    int64_t newest_s; /* the bits stand for the BITS seconds that end with this one; the bit of a second is its rest by BITS */
    uint64_t taken[BITS / WORD_BITS];
};

_Static_assert(sizeof(struct entry) == 288, "the file's layout");

struct passticket_seconds {
    int file; /* -1: in memory */
    unsigned buckets;
    struct entry *memory;                           /* all buckets, without a file */
    struct entry bucket[PASSTICKET_SECONDS_BUCKET]; /* the one at work, of a file */
};

struct passticket_seconds *
passticket_seconds_open(const char *path, unsigned buckets, struct problem *problem)
{
    struct passticket_seconds *seconds = calloc(1, sizeof *seconds);
    if (seconds != NULL) {
        *seconds = (struct passticket_seconds) { .file = -1, .buckets = buckets };
        if (path == NULL)
            seconds->memory = calloc((size_t)buckets * PASSTICKET_SECONDS_BUCKET, sizeof *seconds->memory);
    }
    if (seconds == NULL || (path == NULL && seconds->memory == NULL)) {
        problem_set(problem, "no memory for the seconds of PassTickets");
        passticket_seconds_close(seconds);
        return NULL;
    }
    if (path != NULL)
        seconds->file = seconds_file_open(path, problem);
    if (path == NULL || seconds->file >= 0)
        return seconds;
    passticket_seconds_close(seconds);
    return NULL;
}

void
passticket_seconds_close(struct passticket_seconds *seconds)
{
    if (seconds == NULL)
        return;
    if (seconds->file >= 0)
        close(seconds->file);
    free(seconds->memory);
    free(seconds);
}

void
passticket_seconds_reach(struct passticket_seconds_wish *wish, bool enhanced, int timeout_s)
{
    wish->enhanced = enhanced;
    wish->past_s = enhanced ? timeout_s / 2 : LEGACY_REACH_S;
    wish->future_s = enhanced ? timeout_s / 4 : LEGACY_REACH_S;
}

static size_t
bit_of(int64_t second)
{
    return (uint64_t)second % BITS;
}

static bool
is_taken(const struct entry *entry, int64_t second)
{
    bool remembered = second > entry->newest_s - BITS;
    size_t bit = bit_of(second);
    return !remembered || (entry->taken[bit / WORD_BITS] >> bit % WORD_BITS & 1) != 0;
}

static void
set_taken(struct entry *entry, int64_t second, bool taken)
{
    size_t bit = bit_of(second);
    uint64_t mask = (uint64_t)1 << bit % WORD_BITS;
    if (taken)
        entry->taken[bit / WORD_BITS] |= mask;
    else
        entry->taken[bit / WORD_BITS] &= ~mask;
}

/* False for one whose seconds have nothing to do with those around now: long ago, or of a clock that ran far ahead. */
static bool
is_alive(const struct entry *entry, int64_t now_s)
{
    return entry->userid[0] != '\0' && entry->newest_s >= now_s - PASSTICKET_SECONDS_REACH &&
           entry->newest_s <= now_s + 3 * PASSTICKET_SECONDS_REACH;
}

/* Makes the entry cover the seconds up to the furthest that may be asked for now. */
static void
move_on(struct entry *entry, int64_t now_s)
{
    int64_t newest_s = now_s + PASSTICKET_SECONDS_REACH;
    while (entry->newest_s < newest_s)
        set_taken(entry, ++entry->newest_s, false);
}

static bool
is_of(const struct entry *entry, const struct passticket_seconds_wish *wish)
{
    return strncmp(entry->userid, wish->userid, NAME_SIZE) == 0 && strncmp(entry->application, wish->application, NAME_SIZE) == 0 &&
           entry->enhanced == wish->enhanced;
}

/* The entry of the wish; else a new one in the place of one that is dead, or of the longest unused. */
static struct entry *
find_entry(struct entry *bucket, const struct passticket_seconds_wish *wish)
{
    struct entry *oldest = &bucket[0];
    for (size_t i = 0; i < PASSTICKET_SECONDS_BUCKET; i++) {
        struct entry *entry = &bucket[i];
        bool alive = is_alive(entry, wish->now_s);
        if (alive && is_of(entry, wish)) {
            move_on(entry, wish->now_s);
            return entry;
        }
        bool older = !alive || (is_alive(oldest, wish->now_s) && entry->newest_s < oldest->newest_s);
        oldest = older ? entry : oldest;
    }
    *oldest = (struct entry) { .enhanced = wish->enhanced, .newest_s = wish->now_s + PASSTICKET_SECONDS_REACH };
    memcpy(oldest->userid, wish->userid, strnlen(wish->userid, NAME_SIZE));
    memcpy(oldest->application, wish->application, strnlen(wish->application, NAME_SIZE));
    return oldest;
}

/* The step-th choice, as seconds from now: both sides in turn, or the past before the future. */
static int
choice(const struct passticket_seconds_wish *wish, int step)
{
    if (wish->enhanced)
        return step <= wish->past_s ? -step : step - wish->past_s;
    return step % 2 != 0 ? -(step + 1) / 2 : step / 2;
}

static bool
take(struct entry *entry, const struct passticket_seconds_wish *wish, int64_t *second)
{
    int steps = wish->enhanced ? wish->past_s + wish->future_s : wish->past_s > wish->future_s ? 2 * wish->past_s : 2 * wish->future_s;
    for (int step = 0; step <= steps; step++) {
        int offset = choice(wish, step);
        if (offset < -wish->past_s || offset > wish->future_s || is_taken(entry, wish->now_s + offset))
            continue;
        *second = wish->now_s + offset;
        set_taken(entry, *second, true);
        return true;
    }
    return false;
}

/* FNV-1a. */
static uint64_t
hash(const struct passticket_seconds_wish *wish)
{
    uint64_t value = UINT64_C(14695981039346656037) ^ wish->enhanced;
    for (const char *c = wish->userid; *c != '\0'; c++)
        value = (value ^ (uint8_t)*c) * UINT64_C(1099511628211);
    value = (value ^ '.') * UINT64_C(1099511628211);
    for (const char *c = wish->application; *c != '\0'; c++)
        value = (value ^ (uint8_t)*c) * UINT64_C(1099511628211);
    return value ^ value >> 32;
}

static bool
lock(int file)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        nanosleep(&(struct timespec) { .tv_nsec = LOCK_PAUSE_NS }, NULL);
    }
    errno = ETIMEDOUT;
    return false;
}

static enum passticket_seconds_outcome
take_from_file(struct passticket_seconds *seconds, off_t at, const struct passticket_seconds_wish *wish, int64_t *second,
               struct problem *problem)
{
    memset(seconds->bucket, 0, sizeof seconds->bucket); /* what lies beyond the end of the file is free */
    ssize_t got = pread(seconds->file, seconds->bucket, sizeof seconds->bucket, at);
    if (got < 0) {
        problem_set_errno(problem, "the file of PassTicket seconds cannot be read");
        return PASSTICKET_SECOND_FAILED;
    }
    struct entry *entry = find_entry(seconds->bucket, wish);
    if (!take(entry, wish, second))
        return PASSTICKET_SECOND_NONE_LEFT;
    off_t entry_at = at + (off_t)((char *)entry - (char *)seconds->bucket);
    if (pwrite(seconds->file, entry, sizeof *entry, entry_at) == (ssize_t)sizeof *entry)
        return PASSTICKET_SECOND_TAKEN;
    problem_set_errno(problem, "the file of PassTicket seconds cannot be written");
    return PASSTICKET_SECOND_FAILED;
}

enum passticket_seconds_outcome
passticket_seconds_take(struct passticket_seconds *seconds, const struct passticket_seconds_wish *wish, int64_t *second,
                        struct problem *problem)
{
    size_t bucket = hash(wish) % seconds->buckets;
    *second = 0;
    if (seconds->file < 0) {
        struct entry *entry = find_entry(&seconds->memory[bucket * PASSTICKET_SECONDS_BUCKET], wish);
        return take(entry, wish, second) ? PASSTICKET_SECOND_TAKEN : PASSTICKET_SECOND_NONE_LEFT;
    }
    if (!lock(seconds->file)) {
        problem_set_errno(problem, "the file of PassTicket seconds cannot be locked");
        return PASSTICKET_SECOND_FAILED;
    }
    enum passticket_seconds_outcome outcome = take_from_file(seconds, (off_t)(bucket * sizeof seconds->bucket), wish, second, problem);
    flock(seconds->file, LOCK_UN);
    return outcome;
}
