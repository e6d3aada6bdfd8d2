/* Whether something keeps the clock of this host right: the kernel knows, because NTP clients tell it. */
#pragma once

struct timex;

enum clock_sync {
    CLOCK_SYNCHRONIZED,
    CLOCK_NOT_SYNCHRONIZED,
    CLOCK_SYNC_UNKNOWN, /* the kernel was not allowed to say, as in some containers */
};

enum clock_sync clock_sync_of_host(void);

/* The verdict on what adjtimex(2) returned and filled in. */
enum clock_sync clock_sync_judge(int state, const struct timex *answer);
