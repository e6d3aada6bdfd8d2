/* The gateway process holds no key and, once a login is over, no PassTicket: its memory is searched under load. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/hex.h"
#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

enum { REGION_MAX = 1 << 30 }; /* AddressSanitizer's shadow is larger, and holds no data */

static struct gateway gateway;
static atomic_bool loading;

/* Logs on over and over, so that the search does not meet a sleeping process. */
static void *
log_on_repeatedly(void *unused)
{
    (void)unused;
    struct peer *peer = malloc(sizeof *peer);
    while (loading) {
        (void)peer_log_on(peer, gateway.port, "IMSUSR1", "ABCDEFGH");
        peer_close(peer);
    }
    free(peer);
    return NULL;
}

static bool
region_holds(int memory, unsigned long from, size_t size, const void *wanted, size_t wanted_size)
{
    uint8_t *copy = malloc(size);
    ssize_t n = copy != NULL ? pread(memory, copy, size, (off_t)from) : 0;
    bool found = n > 0 && memmem(copy, (size_t)n, wanted, wanted_size) != NULL;
    free(copy);
    return found;
}

static bool
process_holds(pid_t pid, const void *wanted, size_t wanted_size)
{
    char path[64];
    char line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    int memory = open(path, O_RDONLY);
    CU_ASSERT_FATAL(maps != NULL && memory >= 0);
    bool found = false;
    size_t searched = 0;
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from;
        unsigned long to;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 || rights[0] != 'r' || to - from > REGION_MAX)
            continue;
        found = region_holds(memory, from, to - from, wanted, wanted_size);
        searched += to - from;
    }
    fclose(maps);
    close(memory);
    CU_ASSERT(found || searched > 1 << 20);
    return found;
}

static void
no_key_is_in_the_gateway(void)
{
    static struct peer peer;
    uint8_t key[8];
    char ticket[9];
    pthread_t load;
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on(&peer, gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    loading = true;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&load, NULL, log_on_repeatedly, NULL), 0);
    CU_ASSERT_TRUE(hex_decode(gateway.key, 16, key));
    CU_ASSERT_FALSE(process_holds(gateway.passgated, key, sizeof key));
    CU_ASSERT_FALSE(process_holds(gateway.passgated, gateway.key, 16));
    CU_ASSERT_TRUE(process_holds(gateway.passgated, "IMSCON1", 7)); /* the search does find what is there */
    loading = false;
    pthread_join(load, NULL);
    CU_ASSERT_FALSE(process_holds(gateway.passgated, ticket, 8));
    peer_close(&peer);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "neither key nor used ticket is in the gateway's memory", no_key_is_in_the_gateway },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("no keys", cases);
}
