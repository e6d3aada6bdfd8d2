/* Time comes through a clock that is handed in, so that tests can set it.
 * Tickets use UTC; time-outs use the monotonic clock, which no operator can set back. */
#pragma once
#include <stdint.h>

struct clock {
    int64_t (*utc_us)(const struct clock *clock);       /* microseconds since 1970-01-01 00:00 UTC */
    int64_t (*utc_s)(const struct clock *clock);        /* seconds; cheaper, and may be some milliseconds behind */
    int64_t (*monotonic_ms)(const struct clock *clock); /* milliseconds since an arbitrary point */
};

/* The clock of this machine. */
extern const struct clock clock_system;

/* A clock that stands still until a test moves it: pass &fake.clock. */
struct clock_fake {
    struct clock clock;
    int64_t utc_us;
    int64_t monotonic_ms;
};

void clock_fake_init(struct clock_fake *fake, int64_t utc_seconds);

/* Moves both times; negative values set it back. */
void clock_fake_advance_ms(struct clock_fake *fake, int64_t milliseconds);

static inline int64_t
clock_utc_us(const struct clock *clock)
{
    return clock->utc_us(clock);
}

static inline int64_t
clock_utc_seconds(const struct clock *clock)
{
    return clock->utc_s(clock);
}

static inline int64_t
clock_monotonic_ms(const struct clock *clock)
{
    return clock->monotonic_ms(clock);
}
