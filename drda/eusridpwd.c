#include "drda/eusridpwd.h"

enum { MIDDLE = 12 }; /* where the 8 bytes stand that are taken of a number */

static const uint8_t prime[EUSRIDPWD_NUMBER_SIZE] = {
    0xC6, 0x21, 0x12, 0xD7, 0x3E, 0xE6, 0x13, 0xF0, 0x94, 0x7A, 0xB3, 0x1F, 0x0F, 0x68, 0x46, 0xA1,
    0xBF, 0xF5, 0xB3, 0xA4, 0xCA, 0x0D, 0x60, 0xBC, 0x1E, 0x4C, 0x7A, 0x0D, 0x8C, 0x16, 0xB3, 0xE3,
};

static const uint8_t generator[EUSRIDPWD_NUMBER_SIZE] = {
    0x46, 0x90, 0xFA, 0x1F, 0x7B, 0x9E, 0x1D, 0x44, 0x42, 0xC8, 0x6C, 0x91, 0x14, 0x60, 0x3F, 0xDE,
    0xCF, 0x07, 0x1E, 0xDC, 0xEC, 0x5F, 0x62, 0x6E, 0x21, 0xE2, 0x56, 0xAE, 0xD9, 0xEA, 0x34, 0xE4,
};

bool
eusridpwd_pair_make(const struct drda_cryptography *cryptography, struct eusridpwd_pair *pair)
{
    *pair = (struct eusridpwd_pair) { 0 };
    if (!cryptography->random(pair->private_number, sizeof pair->private_number))
        return false;
    pair->private_number[0] &= 0x7F;
    return cryptography->power(generator, pair->private_number, prime, sizeof prime, pair->public_number);
}

static struct wire_reader
without_leading_zeros(struct wire_reader number)
{
    while (number.left > 0 && number.at[0] == 0)
        (void)wire_u8(&number);
    return number;
}

/* From 2 to p - 2; 0, 1 and p - 1 would leave only themselves as the secret. */
static bool
read_public_number(struct wire_reader sectkn, uint8_t number[EUSRIDPWD_NUMBER_SIZE])
{
    struct wire_reader digits = without_leading_zeros(sectkn);
    if (digits.left == 0 || digits.left > EUSRIDPWD_NUMBER_SIZE || (digits.left == 1 && digits.at[0] == 1))
        return false;
    memset(number, 0, EUSRIDPWD_NUMBER_SIZE);
    memcpy(number + EUSRIDPWD_NUMBER_SIZE - digits.left, digits.at, digits.left);
    uint8_t last[EUSRIDPWD_NUMBER_SIZE];
    memcpy(last, prime, sizeof last);
    last[EUSRIDPWD_NUMBER_SIZE - 1]--; /* p - 1: p is odd, so nothing is borrowed */
    return memcmp(number, last, sizeof last) < 0;
}

bool
eusridpwd_agree(const struct drda_cryptography *cryptography, const struct eusridpwd_pair *ours, struct wire_reader theirs,
                bool we_are_the_server, struct eusridpwd_key *key)
{
    uint8_t number[EUSRIDPWD_NUMBER_SIZE];
    uint8_t secret[EUSRIDPWD_NUMBER_SIZE];
    *key = (struct eusridpwd_key) { 0 };
    if (!read_public_number(theirs, number) || !cryptography->power(number, ours->private_number, prime, sizeof prime, secret))
        return false;
    memcpy(key->key, secret + MIDDLE, sizeof key->key);
    memcpy(key->iv, (we_are_the_server ? ours->public_number : number) + MIDDLE, sizeof key->iv);
    explicit_bzero(secret, sizeof secret);
    return true;
}

bool
eusridpwd_is_of_larger_group(struct wire_reader sectkn)
{
    return without_leading_zeros(sectkn).left > EUSRIDPWD_NUMBER_SIZE;
}

/* How much PKCS#5 has appended: 1 to 8 bytes, each of which says how many they are; 0 when that is not so. */
static size_t
padding_of(const uint8_t *text, size_t size)
{
    size_t padding = text[size - 1];
    if (padding == 0 || padding > EUSRIDPWD_BLOCK_SIZE)
        return 0;
    uint8_t difference = 0;
    for (size_t i = 1; i <= padding; i++)
        difference |= text[size - i] ^ (uint8_t)padding;
    return difference == 0 ? padding : 0;
}

bool
eusridpwd_decrypt(const struct drda_cryptography *cryptography, const struct eusridpwd_key *key, struct wire_reader token, uint8_t *text,
                  size_t room, size_t *size)
{
    *size = 0;
    if (token.left == 0 || token.left % EUSRIDPWD_BLOCK_SIZE != 0 || token.left > room)
        return false;
    memcpy(text, token.at, token.left);
    cryptography->des_cbc(key->key, key->iv, false, text, token.left);
    size_t padding = padding_of(text, token.left);
    if (padding == 0)
        return false;
    *size = token.left - padding;
    return true;
}

void
eusridpwd_encrypt(const struct drda_cryptography *cryptography, const struct eusridpwd_key *key, struct wire_writer *writer, size_t start)
{
    if (writer->failed)
        return;
    size_t padding = EUSRIDPWD_BLOCK_SIZE - (writer->used - start) % EUSRIDPWD_BLOCK_SIZE;
    for (size_t i = 0; i < padding; i++)
        wire_put_u8(writer, (uint8_t)padding);
    if (!writer->failed)
        cryptography->des_cbc(key->key, key->iv, true, writer->start + start, writer->used - start);
}
