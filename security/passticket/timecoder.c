#include "security/passticket/timecoder.h"

#include <threads.h>

enum { ROUNDS = 6, HALF_BITS = 16, PAD_BYTES = 6, PAD_FILL = 0x55 };

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

/* The user ID, not blank-padded, filled with X'55' to 12 bytes; rounds 1, 3, 5 take the first half, 2, 4, 6 the second. As numbers,
 * their six bytes on the right. */
static void
make_pads(const struct passticket_name *userid, uint64_t pads[2])
{
    for (size_t half = 0; half < 2; half++) {
        uint64_t pad = 0;
        for (size_t i = half * PAD_BYTES; i < (half + 1) * PAD_BYTES; i++)
            pad = pad << 8 | (i < userid->length ? userid->ebcdic[i] : PAD_FILL);
        pads[half] = pad;
    }
}

/* Written so that it becomes one store: DES reads the block at once, and would wait for stores of single bytes. */
static void
put_block(uint64_t value, uint8_t block[DES_BLOCK_SIZE])
{
    block[0] = (uint8_t)(value >> 56);
    block[1] = (uint8_t)(value >> 48);
    block[2] = (uint8_t)(value >> 40);
    block[3] = (uint8_t)(value >> 32);
    block[4] = (uint8_t)(value >> 24);
    block[5] = (uint8_t)(value >> 16);
    block[6] = (uint8_t)(value >> 8);
    block[7] = (uint8_t)value;
}

static inline unsigned
round_function(const struct des_ctx *key, const uint64_t pads[2], unsigned round, unsigned half)
{
    uint8_t block[DES_BLOCK_SIZE];
    put_block((uint64_t)half << 48 | pads[round & 1], block);
    des_encrypt(key, sizeof block, block, block);
    return (unsigned)block[0] << 8 | block[1];
}

uint32_t
timecoder_encode(const struct des_ctx *key, const struct passticket_name *userid, uint32_t value)
{
    uint64_t pads[2];
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
    uint64_t pads[2];
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
