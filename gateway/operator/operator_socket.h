/* The operator's Unix socket: a client sends one command as a line, gets an OM response (XML) and is closed. Who it is, the kernel
 * says. The gateway's own user and root may do everything; others what RACF's class OPERCMDS allows them. On the main thread. */
#pragma once
#include <event2/event.h>

#include "common/problem.h"
#include "gateway/gateway.h"
#include "gateway/saf_link.h"

struct operator_socket;

/* Called when a command asks to end the gateway. */
typedef void (*operator_stop)(void *context, bool now);

/* Listens at [passgate] operator_socket, made with mode 0600 (its folder too, when missing, with 0700). NULL: *problem. */
struct operator_socket *operator_socket_open(struct event_base *base, struct gateway *gateway, struct saf_link *saf, operator_stop stop,
                                             void *context, struct problem *problem);

/* Also removes the socket's file. NULL is harmless. */
void operator_socket_close(struct operator_socket *socket);
