/* Recognises a client that logs on again on its own connection with the user ID and PassTicket that opened it, as connection pools
 * do when they hand out a connection anew. The ticket was claimed for this connection, so it is as good here as it was, and nowhere
 * else. What is kept of it is a digest under a key of this process, bound to the connection, which is of no use to anybody. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "drda/server.h"

enum { REAUTHENTICATION_KEY_SIZE = 32, REAUTHENTICATION_DIGEST_SIZE = 16 };

struct reauthentication_key {
    uint8_t bytes[REAUTHENTICATION_KEY_SIZE];
};

/* A part of each connection; { 0 } at first. */
struct reauthentication {
    bool opened_by_ticket; /* the digest is that of the credentials by which the connection was opened */
    uint8_t digest[REAUTHENTICATION_DIGEST_SIZE];
};

/* Makes a key that lives as long as the process. False without random numbers (errno). */
MUST_CHECK bool reauthentication_key_init(struct reauthentication_key *key);
void reauthentication_key_clear(struct reauthentication_key *key);

/* At a SECCHK: true when these are the credentials that opened the connection. Otherwise the connection forgets those and takes note of
 * these; they count once reauthentication_accept is told that a PassTicket among them was accepted. */
bool reauthentication_is_same(struct reauthentication *reauthentication, const struct reauthentication_key *key, uint64_t connection,
                              const struct drda_credentials *credentials);
void reauthentication_accept(struct reauthentication *reauthentication, bool by_ticket);
