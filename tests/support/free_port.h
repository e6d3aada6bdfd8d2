/* A loopback port that nobody uses, for a server that a test is about to start. It is below the ports that the kernel gives to clients
 * (32768 and up), so that no connection of another test can take it before the server does. 0: there is none. */
#pragma once
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

static inline bool
port_is_free(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_free = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return is_free;
}

static inline uint16_t
free_port(void)
{
    enum { FIRST = 10000, COUNT = 22000, ATTEMPTS = 100 };
    for (int i = 0; i < ATTEMPTS; i++) {
        uint32_t random;
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            break;
        uint16_t port = (uint16_t)(FIRST + random % COUNT);
        if (port_is_free(port))
            return port;
    }
    return 0;
}
