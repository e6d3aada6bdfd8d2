#include "common/clock_sync.h"

#include <sys/timex.h>

enum clock_sync
clock_sync_judge(int state, const struct timex *answer)
{
    if (state < 0)
        return CLOCK_SYNC_UNKNOWN;
    return state == TIME_ERROR || (answer->status & STA_UNSYNC) != 0 ? CLOCK_NOT_SYNCHRONIZED : CLOCK_SYNCHRONIZED;
}

enum clock_sync
clock_sync_of_host(void)
{
    struct timex answer = { .modes = 0 };
    return clock_sync_judge(adjtimex(&answer), &answer);
}
