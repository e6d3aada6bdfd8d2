#include "gateway/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool
address_parse(union address *address, const char *host, uint16_t port)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        return true;
    }
    if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        return true;
    }
    return false;
}

socklen_t
address_size(const union address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

uint16_t
address_port(const union address *address)
{
    switch (address->any.sa_family) {
    case AF_INET:
        return ntohs(address->v4.sin_port);
    case AF_INET6:
        return ntohs(address->v6.sin6_port);
    default:
        return 0;
    }
}

const char *
address_host(const union address *address, char host[ADDRESS_HOST_SIZE])
{
    const struct in6_addr *v6 = &address->v6.sin6_addr;
    const char *shown = NULL;
    if (address->any.sa_family == AF_INET)
        shown = inet_ntop(AF_INET, &address->v4.sin_addr, host, ADDRESS_HOST_SIZE);
    else if (address->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(v6))
        shown = inet_ntop(AF_INET, &v6->s6_addr[12], host, ADDRESS_HOST_SIZE);
    else if (address->any.sa_family == AF_INET6)
        shown = inet_ntop(AF_INET6, v6, host, ADDRESS_HOST_SIZE);
    if (shown == NULL)
        snprintf(host, ADDRESS_HOST_SIZE, "-");
    return host;
}

const char *
address_text(const union address *address, char text[ADDRESS_TEXT_SIZE])
{
    char host[ADDRESS_HOST_SIZE];
    address_host(address, host);
    bool bracketed = strchr(host, ':') != NULL;
    snprintf(text, ADDRESS_TEXT_SIZE, bracketed ? "[%s]:%u" : "%s:%u", host, address_port(address));
    return text;
}
