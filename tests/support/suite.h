/* Runs CUnit tests and prints one TAP line for each, so that meson and tests/run.sh can count them. */
#pragma once
#include <CUnit/CUnit.h>
#include <stddef.h>

/* CUnit's fatal assertions leave a test by longjmp, which the compiler does not see. */
#pragma GCC diagnostic ignored "-Wnull-dereference"

struct test_case {
    const char *name; /* a sentence: "every truncation is refused" */
    void (*run)(void);
};

/* Returns the exit status of main(): 0 when all passed. */
int suite_run(const char *suite, const struct test_case *cases, size_t count);

#define SUITE_RUN(suite, cases) suite_run(suite, cases, sizeof(cases) / sizeof((cases)[0]))
