/* What the two marks of a site and the clock of its Redis make of claims (security/replay_redis.h says why), without I/O. */
#pragma once
#include "security/replay.h"

struct replay_redis_marks {
    /* As the last reply had them. */
    int64_t since_s;
    int64_t latest_s;
    bool since_known;
    int64_t highest_s; /* `latest` as far as it was ever seen, also on connections before this one */
    bool clocks_apart;
};

/* Nothing is known. */
struct replay_redis_marks replay_redis_marks(void);

/* Takes the marks as they are now; one that is missing is NULL. */
void replay_redis_marks_take(struct replay_redis_marks *marks, const int64_t *since_s, const int64_t *latest_s);

/* Compares the clock of Redis, at `place`, with ours, and tells the operator when they begin or cease to differ too much. */
void replay_redis_marks_compare_clocks(struct replay_redis_marks *marks, const char *place, int64_t redis_now_s, int64_t now_s);

/* Redis' clock ahead of ours lets keys vanish before their time, so what it knows of now it may not know later: its memory has to begin
 * anew at `now_s`, ours. */
bool replay_redis_marks_begin_anew(const struct replay_redis_marks *marks, int64_t redis_now_s, int64_t now_s);

/* The mark `latest` in Redis has fallen behind. */
bool replay_redis_marks_latest_is_old(const struct replay_redis_marks *marks);

/* What a claim on a ticket of that time comes to, of which the replies to it alone said `outcome`. */
enum replay_outcome replay_redis_marks_judge(const struct replay_redis_marks *marks, enum replay_outcome outcome, int64_t ticket_time_s);
