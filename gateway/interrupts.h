/* Who may be interrupted by an INTRDBRQS: the sessions whose ACCRDBRM brought a token (RDBINTTKN), found by it, whatever loop they belong
 * to. A token is 32 random bytes that nobody can guess, and it is of use to its own user alone, on the same RDB. */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/wire.h"

enum { INTERRUPT_TOKEN_SIZE = 32 };

struct datastore_settings;
struct interruptible;

struct interrupts {
    pthread_mutex_t lock;
    struct interruptible *list; /* a hash */
};

void interrupts_init(struct interrupts *interrupts);
/* When nothing is in it any more. */
void interrupts_clear(struct interrupts *interrupts);

/* Enters a session under a new token, which is copied to `token`. `interrupt` may be called by any thread until interrupts_remove
 * returns, and must neither block nor come back here. NULL without memory or random numbers: the session can do without. */
struct interruptible *interrupts_add(struct interrupts *interrupts, const char *userid, const struct datastore_settings *datastore,
                                     void (*interrupt)(void *context), void *context, uint8_t token[INTERRUPT_TOKEN_SIZE]);
/* NULL is fine. */
void interrupts_remove(struct interrupts *interrupts, struct interruptible *interruptible);

/* Interrupts the session of that token, provided that it is this user's and works on this datastore (NULL: whichever). False: there is
 * none. */
MUST_CHECK bool interrupts_request(struct interrupts *interrupts, struct wire_reader token, const char *userid,
                                   const struct datastore_settings *datastore);
