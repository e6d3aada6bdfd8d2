#include "common/clock.h"

#include <time.h>

static int64_t
system_utc_us(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The time of the kernel's last tick: asking the hardware would cost a third of a DES block. */
static int64_t
system_utc_s(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec;
}

static int64_t
system_monotonic_ms(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct clock clock_system = { .utc_us = system_utc_us, .utc_s = system_utc_s, .monotonic_ms = system_monotonic_ms };

static int64_t
fake_utc_us(const struct clock *clock)
{
    return ((const struct clock_fake *)(const void *)clock)->utc_us;
}

static int64_t
fake_utc_s(const struct clock *clock)
{
    return fake_utc_us(clock) / 1000000;
}

static int64_t
fake_monotonic_ms(const struct clock *clock)
{
    return ((const struct clock_fake *)(const void *)clock)->monotonic_ms;
}

void
clock_fake_init(struct clock_fake *fake, int64_t utc_seconds)
{
    *fake = (struct clock_fake) {
        .clock = { .utc_us = fake_utc_us, .utc_s = fake_utc_s, .monotonic_ms = fake_monotonic_ms },
        .utc_us = utc_seconds * 1000000,
        .monotonic_ms = 1,
    };
}

void
clock_fake_advance_ms(struct clock_fake *fake, int64_t milliseconds)
{
    fake->utc_us += milliseconds * 1000;
    fake->monotonic_ms += milliseconds;
}
