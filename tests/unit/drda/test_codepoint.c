#include "drda/codepoint.h"
#include "tests/support/suite.h"

static void
code_points_have_their_ddm_terms(void)
{
    CU_ASSERT_EQUAL(CP_EXCSAT, 0x1041);
    CU_ASSERT_EQUAL(CP_SECCHKRM, 0x1219);
    CU_ASSERT_STRING_EQUAL(codepoint_name(0x106E), "SECCHK");
    CU_ASSERT_STRING_EQUAL(codepoint_name(0x241B), "QRYDTA");
    CU_ASSERT_STRING_EQUAL(codepoint_name(0x0010), "FDODSC");
}

static void
unknown_code_points_have_no_name(void)
{
    CU_ASSERT_PTR_NULL(codepoint_name(0x3456));
    CU_ASSERT_PTR_NULL(codepoint_name(0xFFFF));
}

/* A value given twice would not compile; a name given twice neither; so only the number of them is left to check. */
static void
the_table_is_whole(void)
{
    unsigned named = 0;
    for (unsigned codepoint = 0; codepoint <= UINT16_MAX; codepoint++)
        named += codepoint_name((uint16_t)codepoint) != NULL;
#define COUNT_ONE(name, value) +1
    CU_ASSERT_EQUAL(named, 0 CODEPOINTS(COUNT_ONE));
    CU_ASSERT_TRUE(named > 200);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "code points have their DDM terms", code_points_have_their_ddm_terms },
        { "unknown code points have no name", unknown_code_points_have_no_name },
        { "the table is whole", the_table_is_whole },
    };
    return SUITE_RUN("codepoint", cases);
}
