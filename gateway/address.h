/* Socket addresses of clients and listeners, IPv4 and IPv6. */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

enum { ADDRESS_HOST_SIZE = 46, ADDRESS_TEXT_SIZE = 56 };

/* `host` is numeric. False when it is neither an IPv4 nor an IPv6 address. */
MUST_CHECK bool address_parse(union address *address, const char *host, uint16_t port);

socklen_t address_size(const union address *address);
uint16_t address_port(const union address *address);

/* The numeric host; an IPv4 client of an IPv6 socket is shown as IPv4; "-" when there is none. Returns `host`. */
const char *address_host(const union address *address, char host[ADDRESS_HOST_SIZE]);

/* host:port, the host of IPv6 in brackets. Returns `text`. */
const char *address_text(const union address *address, char text[ADDRESS_TEXT_SIZE]);
