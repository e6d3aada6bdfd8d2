/* Primitives of cryptography for protocols that have to name their own: random numbers, modular powers, single DES in CBC mode.
 * None of them is state of anything; any thread may call them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

MUST_CHECK bool encryption_random(uint8_t *bytes, size_t size);

/* base ^ exponent mod modulus: numbers of `size` bytes, big-endian; the modulus is odd. Its time does not depend on the exponent. False
 * without memory. */
MUST_CHECK bool encryption_power(const uint8_t *base, const uint8_t *exponent, const uint8_t *modulus, size_t size, uint8_t *result);

/* In place; `size` is a multiple of 8. Parity bits of the key are not looked at. */
void encryption_des_cbc(const uint8_t key[8], const uint8_t iv[8], bool encrypt, uint8_t *bytes, size_t size);
