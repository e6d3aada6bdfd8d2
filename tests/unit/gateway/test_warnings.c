#include "gateway/warnings.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"

static char told[512];

static void
note(void *context, enum warning warning, const char *text)
{
    size_t used = strlen(told);
    CU_ASSERT_PTR_EQUAL(context, told);
    CU_ASSERT_NOT_EQUAL(strlen(text), 0);
    snprintf(told + used, sizeof told - used, "%s ", warning_id(warning));
}

/* The IDs of what a member is warned about. */
static const char *
warnings(const char *id, bool racf, bool racfgenrc)
{
    static struct hwscfg hws;
    hws = (struct hwscfg) { .racf = racf, .racfgenrc = racfgenrc };
    snprintf(hws.id, sizeof hws.id, "%s", id);
    told[0] = '\0';
    warnings_of_hwscfg(&hws, note, told);
    return told;
}

static void
a_member_is_warned_about(void)
{
    CU_ASSERT_STRING_EQUAL(warnings("HWS1", true, true), "");
    CU_ASSERT_STRING_EQUAL(warnings("HWS1", true, false), "HWSG0014W ");
    CU_ASSERT_STRING_EQUAL(warnings("HWS1", false, false), "HWSG0010W "); /* nobody is told anything then */
    CU_ASSERT_STRING_EQUAL(warnings("OMVSAPPL", true, true), "PGR050W ");
    CU_ASSERT_STRING_EQUAL(warnings("MVSSYSA", true, true), "PGR051W ");
    CU_ASSERT_STRING_EQUAL(warnings("MVSSYS", true, true), "");
    CU_ASSERT_STRING_EQUAL(warnings("MVSSYSA", false, false), "HWSG0010W PGR051W ");
}

int
main(void)
{
    static const struct test_case cases[] = { { "a member is warned about", a_member_is_warned_about } };
    return SUITE_RUN("gateway warnings", cases);
}
