/* Passwords and phrases at rest: scrypt with a salt of its own, the cost stored beside it so that it can be raised later.
 * Source of the function: RFC 7914, as EVP_KDF "SCRYPT" of OpenSSL 3. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

/* version (1) log2 N (1) r (1) p (1) salt (16) key (32) */
enum { PASSWORD_HASH_SIZE = 52 };

struct password_hash {
    uint8_t bytes[PASSWORD_HASH_SIZE];
    size_t size; /* PASSWORD_HASH_SIZE, or 0: there is none */
};

/* Nobody's: costs what any other costs to compare, and no password is known that matches it. */
extern const struct password_hash password_hash_of_nobody;

/* False when the library or its random source fails. Takes tens of milliseconds of one core, and 16 MiB. */
MUST_CHECK bool password_hash_make(const char *password, struct password_hash *hash);

/* True when `password` is the one that was hashed. A hash of size 0, or damaged, matches nothing. */
bool password_hash_matches(const struct password_hash *hash, const char *password);
