/* A bare DRDA client for tests: sends what it is told to, right or wrong, and reads the replies one DSS after the other. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"

struct peer {
    int fd;
    uint8_t bytes[70000]; /* received and not yet taken */
    size_t used;
    uint8_t taken[70000]; /* the DSS that peer_receive gave last */
};

struct peer_reply {
    uint16_t codepoint; /* 0: the connection was closed instead */
    uint16_t correlation_id;
    bool chained;
    struct wire_reader parameters; /* until the next call */
};

void peer_connect(struct peer *peer, uint16_t port);
/* From another address than 127.0.0.1, such as 127.0.0.2. */
void peer_connect_from(struct peer *peer, const char *address, uint16_t port);
/* Where nobody may be listening: false then. */
bool peer_reach(struct peer *peer, const char *address, uint16_t port);
void peer_close(struct peer *peer);
void peer_send(struct peer *peer, const void *bytes, size_t size);
void peer_send_writer(struct peer *peer, const struct wire_writer *writer);

/* Whether something has come; does not wait. */
bool peer_has_input(const struct peer *peer);

/* Waits for the next DSS of any type. */
struct peer_reply peer_receive(struct peer *peer);

/* What clients send, as Derby's does; the writer needs about 300 bytes. Each appends one chain. */
void peer_put_excsat_accsec(struct wire_writer *writer, uint16_t secmec);
/* NULL leaves a parameter out. */
void peer_put_secchk(struct wire_writer *writer, const char *user, const char *password, bool chained);
void peer_put_accrdb(struct wire_writer *writer, uint16_t correlation_id, const char *rdbnam);
/* EXCSQLIMM and its SQLSTT. */
void peer_put_immediate(struct wire_writer *writer, uint16_t correlation_id, const char *rdbnam, const char *sql);

/* A whole log-on without ACCRDB. Returns the SECCHKCD, or -1 when the connection ended without one. */
int peer_log_on(struct peer *peer, uint16_t port, const char *user, const char *password);
/* The same on a connection that is open, whoever has logged on there before. */
int peer_log_on_again(struct peer *peer, const char *user, const char *password);
/* The same on a connection of its own, which is closed again. */
int peer_try(uint16_t port, const char *user, const char *password);
int peer_try_from(const char *address, uint16_t port, const char *user, const char *password);
/* After a successful peer_log_on: opens SAMPLE; true when ACCRDBRM came. */
bool peer_open_rdb(struct peer *peer, const char *rdbnam);
/* Runs a statement; returns its SQLCODE, or INT32_MIN when something else than an SQLCARD came. */
int32_t peer_run(struct peer *peer, const char *sql);
