#include "gateway/interrupts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/secret.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION HASH_FNV /* the default one falls through switch labels, which clang refuses */
#include <uthash.h>

/* The first bytes of a token tell which one it is, the others that whoever shows it was given it. */
enum { NAME_SIZE = 8 };

struct interruptible {
    uint8_t token[INTERRUPT_TOKEN_SIZE];
    const struct datastore_settings *datastore;
    void (*interrupt)(void *context);
    void *context;
    UT_hash_handle hh;
    char userid[];
};

void
interrupts_init(struct interrupts *interrupts)
{
    pthread_mutex_init(&interrupts->lock, NULL);
    interrupts->list = NULL;
}

void
interrupts_clear(struct interrupts *interrupts)
{
    pthread_mutex_destroy(&interrupts->lock);
}

/* False when another has that name, or memory is short. */
static bool
enter(struct interrupts *interrupts, struct interruptible *interruptible)
{
    struct interruptible *other;
    HASH_FIND(hh, interrupts->list, interruptible->token, NAME_SIZE, other);
    if (other != NULL)
        return false;
    unsigned before = HASH_COUNT(interrupts->list);
    HASH_ADD(hh, interrupts->list, token, NAME_SIZE, interruptible);
    return HASH_COUNT(interrupts->list) > before;
}

struct interruptible *
interrupts_add(struct interrupts *interrupts, const char *userid, const struct datastore_settings *datastore,
               void (*interrupt)(void *context), void *context, uint8_t token[INTERRUPT_TOKEN_SIZE])
{
    size_t size = strlen(userid) + 1;
    struct interruptible *interruptible = calloc(1, sizeof *interruptible + size);
    if (interruptible == NULL)
        return NULL;
    memcpy(interruptible->userid, userid, size);
    interruptible->datastore = datastore;
    interruptible->interrupt = interrupt;
    interruptible->context = context;
    bool entered = getrandom(interruptible->token, INTERRUPT_TOKEN_SIZE, 0) == INTERRUPT_TOKEN_SIZE;
    memcpy(token, interruptible->token, INTERRUPT_TOKEN_SIZE);
    pthread_mutex_lock(&interrupts->lock);
    entered = entered && enter(interrupts, interruptible);
    pthread_mutex_unlock(&interrupts->lock);
    if (entered)
        return interruptible;
    free(interruptible);
    return NULL;
}

void
interrupts_remove(struct interrupts *interrupts, struct interruptible *interruptible)
{
    if (interruptible == NULL)
        return;
    pthread_mutex_lock(&interrupts->lock);
    HASH_DEL(interrupts->list, interruptible);
    pthread_mutex_unlock(&interrupts->lock);
    secret_wipe(interruptible->token, sizeof interruptible->token);
    free(interruptible);
}

static bool
is_meant(const struct interruptible *interruptible, struct wire_reader token, const char *userid,
         const struct datastore_settings *datastore)
{
    return secret_equal(interruptible->token, token.at, INTERRUPT_TOKEN_SIZE) && strcmp(interruptible->userid, userid) == 0 &&
           (datastore == NULL || datastore == interruptible->datastore);
}

/* Under the lock, so that the session cannot go meanwhile. */
bool
interrupts_request(struct interrupts *interrupts, struct wire_reader token, const char *userid, const struct datastore_settings *datastore)
{
    struct interruptible *found = NULL;
    if (token.left != INTERRUPT_TOKEN_SIZE)
        return false;
    pthread_mutex_lock(&interrupts->lock);
    HASH_FIND(hh, interrupts->list, token.at, NAME_SIZE, found);
    if (found != NULL && !is_meant(found, token, userid, datastore))
        found = NULL;
    if (found != NULL)
        found->interrupt(found->context);
    pthread_mutex_unlock(&interrupts->lock);
    return found != NULL;
}
