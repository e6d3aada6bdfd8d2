/* Secrets (keys, passwords, tickets): kept in memory that is locked, left out of core dumps and wiped when released,
 * compared in constant time, and never printed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"

/* Sets the process up to hold secrets: locked, guarded memory of `bytes` (a power of two), no core dumps, no ptrace.
 * Call once, before the first secret_new; false when the memory cannot be had (errno). */
MUST_CHECK bool secret_memory_init(size_t bytes);

/* Zeroed secret memory of `size` bytes, or NULL when there is no more. Release with secret_free, which wipes it. */
void *secret_new(size_t size);
void secret_free(void *memory, size_t size);

/* Wipes memory that held a secret for a moment, such as a request buffer; the compiler cannot remove it. */
void secret_wipe(void *memory, size_t size);

/* Constant-time equality of two arrays of `size` bytes. */
bool secret_equal(const void *one, const void *other, size_t size);
