#include "common/clock_sync.h"

#include <sys/timex.h>

#include "tests/support/suite.h"

static void
the_kernels_answer_is_judged(void)
{
    const struct timex kept = { .status = STA_PLL };
    const struct timex lost = { .status = STA_PLL | STA_UNSYNC };
    CU_ASSERT_EQUAL(clock_sync_judge(TIME_OK, &kept), CLOCK_SYNCHRONIZED);
    CU_ASSERT_EQUAL(clock_sync_judge(TIME_INS, &kept), CLOCK_SYNCHRONIZED);
    CU_ASSERT_EQUAL(clock_sync_judge(TIME_ERROR, &kept), CLOCK_NOT_SYNCHRONIZED);
    CU_ASSERT_EQUAL(clock_sync_judge(TIME_OK, &lost), CLOCK_NOT_SYNCHRONIZED);
    CU_ASSERT_EQUAL(clock_sync_judge(-1, &lost), CLOCK_SYNC_UNKNOWN);
    enum clock_sync here = clock_sync_of_host();
    CU_ASSERT_TRUE(here == CLOCK_SYNCHRONIZED || here == CLOCK_NOT_SYNCHRONIZED || here == CLOCK_SYNC_UNKNOWN);
}

int
main(void)
{
    static const struct test_case cases[] = { { "the kernel's answer is judged", the_kernels_answer_is_judged } };
    return SUITE_RUN("clock sync", cases);
}
