/* A client of a running gateway for tests: Passgate's own requester on a blocking socket. What goes wrong fails the test. */
#pragma once
#include <stdint.h>

#include "drda/requester.h"

struct requester_client {
    int fd;
    struct requester *requester;
};

/* Logged on to SAMPLE; replies may have up to `reply_bytes_max` bytes. */
void requester_client_open(struct requester_client *client, uint16_t port, const char *user, const char *password, size_t reply_bytes_max);
void requester_client_close(struct requester_client *client);

/* Goes on with what was started until there is an event; never REQUESTER_NEEDS_INPUT. */
enum requester_event requester_client_next(struct requester_client *client);

/* Starts nothing, but goes on to the end of what was started, and returns its SQLCODE. */
int32_t requester_client_finish(struct requester_client *client);

/* EXCSQLIMM, PRPSQLSTT and RDBCMM from beginning to end. */
int32_t requester_client_run(struct requester_client *client, const char *text);
int32_t requester_client_prepare(struct requester_client *client, const char *text);
int32_t requester_client_commit(struct requester_client *client);
