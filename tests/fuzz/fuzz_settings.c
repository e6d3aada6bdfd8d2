/* A passgate.ini of any bytes is refused or read whole. */
#include <assert.h>

#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct passgate_settings settings;
    struct problem_list problems = { 0 };
    bool good = settings_parse("/etc/passgate/passgate.ini", (const char *)data, size, &settings, &problems);
    assert(good == (problems.errors == 0));
    for (size_t i = 0; good && i < settings.datastore_count; i++)
        assert(settings.datastores[i].path[0] == '/');
    problem_list_clear(&problems);
    return 0;
}
