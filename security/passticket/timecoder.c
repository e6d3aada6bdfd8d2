#include "security/passticket/timecoder.h"

#include <string.h>
#include <threads.h>

enum { ROUNDS = 6, HALF_BITS = 16, HALF_BYTES = 2, PAD_BYTES = 6, PAD_FILL = 0x55 };

/* Output bit i is input bit permutation[round][i], counted from 1 at the left. Each is its own inverse, so that coding and
 * decoding share the tables. */
static const uint8_t permutation[ROUNDS][HALF_BITS] = {
    { 10, 2, 12, 4, 14, 6, 16, 8, 9, 1, 11, 3, 13, 5, 15, 7 }, { 1, 10, 3, 12, 13, 16, 7, 15, 9, 2, 11, 4, 5, 14, 8, 6 },
    { 3, 10, 1, 12, 13, 16, 9, 15, 7, 2, 14, 4, 5, 11, 8, 6 }, { 10, 4, 12, 2, 14, 8, 16, 6, 9, 1, 13, 3, 11, 5, 15, 7 },
    { 4, 10, 12, 1, 8, 16, 14, 5, 9, 2, 13, 3, 11, 7, 15, 6 }, { 1, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 },
};

/* The permutations by byte: what the left and the right byte of the input contribute to the output. */
static uint16_t left_byte[ROUNDS][256];
static uint16_t right_byte[ROUNDS][256];

static uint16_t
permute_bit_by_bit(unsigned round, unsigned half)
{
    unsigned permuted = 0;
    for (unsigned i = 0; i < HALF_BITS; i++)
        permuted = permuted << 1 | (half >> (HALF_BITS - permutation[round][i]) & 1);
    return (uint16_t)permuted;
}

static void
build_tables(void)
{
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned byte = 0; byte < 256; byte++) {
            left_byte[round][byte] = permute_bit_by_bit(round, byte << 8);
            right_byte[round][byte] = permute_bit_by_bit(round, byte);
        }
}

void
timecoder_prepare(void)
{
    static once_flag built = ONCE_FLAG_INIT;
    call_once(&built, build_tables);
}

static unsigned
permute(unsigned round, unsigned half)
{
    return left_byte[round][half >> 8] | right_byte[round][half & 0xFF];
}

/* The user ID, not blank-padded, filled with X'55' to 12 bytes; rounds 1, 3, 5 take the first half, 2, 4, 6 the second. */
static void
make_pads(const struct passticket_name *userid, uint8_t pads[2 * PAD_BYTES])
{
    memset(pads, PAD_FILL, 2 * PAD_BYTES);
    memcpy(pads, userid->ebcdic, userid->length);
}

static unsigned
round_function(const struct des_ctx *key, const uint8_t *pads, unsigned round, unsigned half)
{
    uint8_t block[DES_BLOCK_SIZE] = { (uint8_t)(half >> 8), (uint8_t)half };
    memcpy(block + HALF_BYTES, pads + (round & 1) * PAD_BYTES, PAD_BYTES);
    des_encrypt(key, sizeof block, block, block);
    return (unsigned)block[0] << 8 | block[1];
}

uint32_t
timecoder_encode(const struct des_ctx *key, const struct passticket_name *userid, uint32_t value)
{
    uint8_t pads[2 * PAD_BYTES];
    make_pads(userid, pads);
    unsigned left = value >> HALF_BITS;
    unsigned right = value & 0xFFFF;
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned mixed = left ^ round_function(key, pads, round, right);
        left = right;
        right = permute(round, mixed);
    }
    return (uint32_t)left << HALF_BITS | right;
}

uint32_t
timecoder_decode(const struct des_ctx *key, const struct passticket_name *userid, uint32_t coded)
{
    uint8_t pads[2 * PAD_BYTES];
    make_pads(userid, pads);
    unsigned left = coded >> HALF_BITS;
    unsigned right = coded & 0xFFFF;
    for (unsigned round = ROUNDS; round-- > 0;) {
        unsigned mixed = permute(round, right);
        right = left;
        left = mixed ^ round_function(key, pads, round, right);
    }
    return (uint32_t)left << HALF_BITS | right;
}
