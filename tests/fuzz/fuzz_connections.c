/* A connections.ini of any bytes is refused or read whole. */
#include <assert.h>
#include <string.h>

#include "config/connections.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct named_connections connections;
    struct problem_list problems = { 0 };
    bool good = connections_parse("/etc/passgate/connections.ini", (const char *)data, size, &connections, &problems);
    assert(good == (problems.errors == 0));
    for (size_t i = 0; good && i < connections.count; i++) {
        struct connection_url url;
        connections_to_url(&connections.list[i], &url);
        assert(url.host[0] != '\0' && url.rdbnam[0] != '\0' && url.port != 0);
        assert(connections_find(&connections, connections.list[i].name) == &connections.list[i]);
    }
    connections_clear(&connections);
    problem_list_clear(&problems);
    return 0;
}
