/* What all parts of one gateway share. Made before any event loop runs; immutable afterwards, save for the parts that guard
 * themselves (sockets, runtime, executor). */
#pragma once
#include <stdatomic.h>

#include "common/clock.h"
#include "config/configuration.h"
#include "drda/server.h"
#include "gateway/interrupts.h"
#include "gateway/reauthentication.h"
#include "gateway/runtime.h"
#include "gateway/saf_link.h"
#include "gateway/session/executor.h"
#include "gateway/socket_count.h"

struct loop;

struct gateway {
    const struct configuration *configuration;
    const char *settings_path; /* passgate.ini, for safd */
    const struct clock *clock;
    struct drda_server_settings drda;
    struct drda_server_settings drda_trusted; /* of [passgate] trusted_ports */
    struct reauthentication_key reauthentication_key;
    struct interrupts interrupts;
    struct socket_count sockets;
    struct runtime_publisher runtime;
    struct executor *executor;
    struct saf_link_report saf_report;
    struct loop **loops;
    size_t loop_count;
    atomic_uint_fast64_t connections; /* ever accepted; the last number given */
};

/* `configuration` and `settings_path` must outlive the gateway. False: *problem. Nothing is opened or listened on yet. */
MUST_CHECK bool gateway_init(struct gateway *gateway, const struct configuration *configuration, const char *settings_path,
                             struct problem *problem);
void gateway_clear(struct gateway *gateway);

/* What the clients of a DRDAPORT may do. */
const struct drda_server_settings *gateway_drda_settings(const struct gateway *gateway, uint16_t port);
