/* Application keys at rest: sealed with AES-256-GCM under a master key, the owner's name (profile or label) as associated data,
 * so that a sealed key moved to another profile does not open. The master key comes from a file of mode 0600 (64 hex digits or
 * 32 raw bytes) or from a systemd credential of the same form. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"

enum { KEYSTORE_KEY_MAX = 256, KEYSTORE_OVERHEAD = 1 + 12 + 16, KEYSTORE_SEALED_MAX = KEYSTORE_KEY_MAX + KEYSTORE_OVERHEAD };

struct keystore;

/* Reads the master key from `path`. When there is no such file and `create`, a random one is made (mode 0600, synced). A file
 * that others may read, or of a wrong size, is refused. NULL: *problem says why. */
struct keystore *keystore_open(const char *path, bool create, struct problem *problem);
void keystore_free(struct keystore *keystore);

/* Seals `size` bytes (1 to KEYSTORE_KEY_MAX) into `sealed` (room for size + KEYSTORE_OVERHEAD); returns the sealed size, 0 on
 * failure of the random source or the library. */
MUST_CHECK size_t keystore_seal(const struct keystore *keystore, const char *name, const uint8_t *plain, size_t size, uint8_t *sealed);

/* Opens what keystore_seal made for the same name; returns the size of the key in `plain`, 0 when it was changed, belongs to
 * another name or was sealed under another master key (plain is then wiped). */
MUST_CHECK size_t keystore_unseal(const struct keystore *keystore, const char *name, const uint8_t *sealed, size_t size, uint8_t *plain,
                                  size_t room);

/* A random key of `size` bytes; false when the random source fails. */
MUST_CHECK bool keystore_random_key(uint8_t *key, size_t size);

/* Changing the master key. The new one stands in the file PATH.new from before the first key is sealed with it until after the
 * last one is safely stored; then it takes the place of PATH. So at every moment one of the two files opens everything.
 *
 * keystore_prepare makes a random master key in PATH.new, replacing a file of that name. keystore_prepared opens the one that an
 * interrupted change left behind: NULL with an empty *problem when there is none. Release with keystore_free. */
struct keystore *keystore_prepare(const struct keystore *keystore, struct problem *problem);
struct keystore *keystore_prepared(const struct keystore *keystore, struct problem *problem);

/* The prepared master key is the one in use from now on, in any case; false when the file could not be put in its place. */
MUST_CHECK bool keystore_adopt(struct keystore *keystore, struct keystore *prepared, struct problem *problem);

/* Removes PATH.new: nothing was sealed with it. */
void keystore_discard_prepared(const struct keystore *keystore);
