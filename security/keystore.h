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
