/* EUSRIDPWD (SECMEC 9): user ID and password under DES, with a key that both sides agree on by Diffie-Hellman when they exchange
 * ACCSEC and ACCSECRD, so that neither crosses the network in clear. The group has 256 bits and the cipher 56, as every DRDA product
 * has them: that keeps off who happens to listen, not who records and computes, nor who sits in between. TLS does.
 * Sources: DDM terms SECMEC, SECTKN, EUSRIDPWD; group and key derivation as Apache Derby has them, checked against its server. */
#pragma once

#include "common/wire.h"

enum { EUSRIDPWD_NUMBER_SIZE = 32, EUSRIDPWD_BLOCK_SIZE = 8 };

/* What the mechanism is made of. The owner hands it in, because nothing in drda/ needs more than libc. Any thread. */
struct drda_cryptography {
    bool (*random)(uint8_t *bytes, size_t size);
    /* base to the power of `exponent`, modulo `modulus`: numbers of `size` bytes, big-endian. The exponent is a secret. */
    bool (*power)(const uint8_t *base, const uint8_t *exponent, const uint8_t *modulus, size_t size, uint8_t *result);
    /* Single DES in CBC mode, in place; `size` is a multiple of 8. */
    void (*des_cbc)(const uint8_t key[EUSRIDPWD_BLOCK_SIZE], const uint8_t iv[EUSRIDPWD_BLOCK_SIZE], bool encrypt, uint8_t *bytes,
                    size_t size);
};

/* What both sides have agreed on. Wipe it after use. */
struct eusridpwd_key {
    uint8_t key[EUSRIDPWD_BLOCK_SIZE];
    uint8_t iv[EUSRIDPWD_BLOCK_SIZE];
};

/* One side's key pair, for one exchange. Wipe it after use. */
struct eusridpwd_pair {
    uint8_t private_number[EUSRIDPWD_NUMBER_SIZE];
    uint8_t public_number[EUSRIDPWD_NUMBER_SIZE]; /* SECTKN of ACCSEC or ACCSECRD */
};

/* False: no random numbers, or no memory. */
MUST_CHECK bool eusridpwd_pair_make(const struct drda_cryptography *cryptography, struct eusridpwd_pair *pair);

/* `theirs` is the SECTKN received, `server_public` the public number of whichever side is the server. False when what was received is
 * no public number of the group (a number that would make the key known to everybody is none), or the computation failed. */
MUST_CHECK bool eusridpwd_agree(const struct drda_cryptography *cryptography, const struct eusridpwd_pair *ours, struct wire_reader theirs,
                                bool we_are_the_server, struct eusridpwd_key *key);

/* True when a SECTKN is a number of a larger group: the requester wants AES. */
bool eusridpwd_is_of_larger_group(struct wire_reader sectkn);

/* Decrypts a SECTKN of SECCHK into `text`, which has `room` bytes, and removes its padding. False when it is no such token or does not
 * fit. Wipe `text`. */
MUST_CHECK bool eusridpwd_decrypt(const struct drda_cryptography *cryptography, const struct eusridpwd_key *key, struct wire_reader token,
                                  uint8_t *text, size_t room, size_t *size);

/* Pads and encrypts the bytes that the writer has got since `start`, where they stand. */
void eusridpwd_encrypt(const struct drda_cryptography *cryptography, const struct eusridpwd_key *key, struct wire_writer *writer,
                       size_t start);
