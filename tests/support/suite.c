#include "tests/support/suite.h"

#include <CUnit/TestRun.h>
#include <stdio.h>

/* Called by AddressSanitizer before main. Freed blocks are kept aside, to find their use, up to 256 MiB by default: tests that make an
 * exactly sized block for each of millions of inputs would spend their time on page faults. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

static unsigned number;

static void
print_result(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failures)
{
    printf("%s %u - %s: %s\n", failures == NULL ? "ok" : "not ok", ++number, suite->pName, test->pName);
    int shown = 0;
    for (CU_pFailureRecord f = failures; f != NULL && shown < 10; f = f->pNext, shown++)
        printf("#   %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    fflush(stdout);
}

int
suite_run(const char *suite, const struct test_case *cases, size_t count)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite added = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        if (added == NULL || CU_add_test(added, cases[i].name, cases[i].run) == NULL)
            return 1;
    printf("1..%zu\n", count);
    CU_set_test_complete_handler(print_result);
    CU_run_all_tests();
    unsigned failed = CU_get_number_of_tests_failed();
    CU_cleanup_registry();
    return failed != 0;
}
