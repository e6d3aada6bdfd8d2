/* What a hostile Redis answers to a login, claims and look-ups. The first byte is how many bytes it sends at a time. Whatever it
 * says, each claim is decided once at most, and in order. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "security/replay_redis.h"

enum { CLAIMS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t decided_count;

static void
on_decided(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use)
{
    assert(*(size_t *)claimant == decided_count && outcome <= REPLAY_CANNOT_BE_KNOWN);
    assert(memchr(first_use->address, '\0', sizeof first_use->address) != NULL);
    decided_count++;
}

static void
on_memory_begins(void *context, int64_t since_s)
{
    (void)context;
    (void)since_s;
}

static void
put_questions(struct replay_redis *redis, size_t numbers[CLAIMS])
{
    const struct replay_claim claim = { .application = "IMSCON1", .userid = "TOM", .kind = 'L', .ticket_time_s = 1100 };
    const struct replay_use use = { .utc_us = 1000, .address = "192.0.2.1" };
    for (size_t i = 0; i < CLAIMS; i++) {
        numbers[i] = i;
        if (i % 2 == 0)
            replay_redis_claim(redis, &claim, &use, &numbers[i]);
        else
            replay_redis_look_up(redis, &claim, &numbers[i]);
    }
    replay_redis_end_batch(redis);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct clock_fake fake;
    struct problem problem;
    size_t numbers[CLAIMS];
    bool asked = false;
    if (size < 2)
        return 0;
    clock_fake_init(&fake, 1000);
    log_set_level(LOG_LEVEL_ERROR);
    decided_count = 0;
    const struct replay_redis_settings settings = {
        .place = "fuzz", .user = "", .password = "", .clock = &fake.clock, .decided = on_decided, .memory_begins = on_memory_begins
    };
    struct replay_redis *redis = replay_redis_new(&settings);
    assert(redis != NULL);
    replay_redis_connect(redis);
    size_t piece = data[0] > 0 ? data[0] : 1;
    for (size_t at = 1; at < size; at += piece) {
        if (!replay_redis_receive(redis, data + at, at + piece < size ? piece : size - at, &problem))
            break;
        replay_redis_sent(redis);
        if (replay_redis_is_ready(redis) && !asked)
            put_questions(redis, numbers);
        asked = asked || replay_redis_is_ready(redis);
    }
    assert(decided_count <= CLAIMS);
    replay_redis_free(redis);
    return 0;
}
