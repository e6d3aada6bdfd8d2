/* An HWSCFGxx member of any bytes is refused or read, and its problems are told in the order of their lines. */
#include <assert.h>

#include "config/hwscfg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hwscfg hwscfg;
    struct problem_list problems = { 0 };
    bool good = hwscfg_parse("HWSCFG00", (const char *)data, size, &hwscfg, &problems);
    assert(good == (problems.errors == 0));
    for (size_t i = 1; i < problems.count; i++)
        assert(problems.problems[i - 1].line <= problems.problems[i].line);
    assert(!good || hwscfg.drda_port_count > 0);
    problem_list_clear(&problems);
    return 0;
}
