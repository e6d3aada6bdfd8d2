#include "security/replay_redis_marks.h"

#include <inttypes.h>

#include "common/log.h"
#include "security/replay_redis.h"

#define NEVER_S (INT64_MIN / 2) /* a time that can be calculated with */

enum { LATEST_STEP_S = 5 /* how often the mark is moved */ };

struct replay_redis_marks
replay_redis_marks(void)
{
    return (struct replay_redis_marks) { .since_s = NEVER_S, .latest_s = NEVER_S, .highest_s = NEVER_S };
}

void
replay_redis_marks_take(struct replay_redis_marks *marks, const int64_t *since_s, const int64_t *latest_s)
{
    marks->since_known = since_s != NULL;
    marks->since_s = since_s != NULL ? *since_s : NEVER_S;
    marks->latest_s = latest_s != NULL ? *latest_s : NEVER_S;
    if (marks->latest_s > marks->highest_s)
        marks->highest_s = marks->latest_s;
}

void
replay_redis_marks_compare_clocks(struct replay_redis_marks *marks, const char *place, int64_t redis_now_s, int64_t now_s)
{
    int64_t ahead_s = redis_now_s - now_s;
    bool apart = ahead_s > REPLAY_REDIS_CLOCKS_APART_S || ahead_s < -REPLAY_REDIS_CLOCKS_APART_S;
    if (apart && !marks->clocks_apart)
        log_message("SAFD0053E",
                    "REDIS %s IS NOT RELIED UPON: its clock is %+" PRId64 " s from this host's; they may differ by %d s: correct the wrong "
                    "one",
                    place, ahead_s, REPLAY_REDIS_CLOCKS_APART_S);
    if (!apart && marks->clocks_apart)
        log_message("SAFD0054I", "THE CLOCK OF REDIS %s AGREES WITH THIS HOST'S AGAIN", place);
    marks->clocks_apart = apart;
    if (!apart && redis_now_s > marks->highest_s)
        marks->highest_s = redis_now_s;
}

bool
replay_redis_marks_begin_anew(const struct replay_redis_marks *marks, int64_t redis_now_s, int64_t now_s)
{
    return redis_now_s - now_s > REPLAY_REDIS_CLOCKS_APART_S && marks->since_s < now_s;
}

bool
replay_redis_marks_latest_is_old(const struct replay_redis_marks *marks)
{
    return !marks->clocks_apart && marks->highest_s - LATEST_STEP_S >= marks->latest_s;
}

enum replay_outcome
replay_redis_marks_judge(const struct replay_redis_marks *marks, enum replay_outcome outcome, int64_t ticket_time_s)
{
    if (!marks->since_known || marks->clocks_apart || outcome == REPLAY_UNAVAILABLE)
        return outcome == REPLAY_USED_BEFORE ? REPLAY_USED_BEFORE : REPLAY_UNAVAILABLE;
    int64_t vanished_s = marks->highest_s - (REPLAY_REDIS_LIFETIME_S - REPLAY_REDIS_REACH_S);
    if (outcome == REPLAY_CLAIMED && (ticket_time_s <= marks->since_s || ticket_time_s <= vanished_s))
        return REPLAY_CANNOT_BE_KNOWN;
    return outcome;
}
