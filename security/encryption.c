#include "security/encryption.h"

#include <nettle/cbc.h>
#include <nettle/des.h>
#include <openssl/bn.h>
#include <string.h>
#include <sys/random.h>

#include "common/secret.h"

bool
encryption_random(uint8_t *bytes, size_t size)
{
    return getrandom(bytes, size, 0) == (ssize_t)size;
}

bool
encryption_power(const uint8_t *base, const uint8_t *exponent, const uint8_t *modulus, size_t size, uint8_t *result)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *b = BN_bin2bn(base, (int)size, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)size, NULL);
    BIGNUM *m = BN_bin2bn(modulus, (int)size, NULL);
    BIGNUM *power = BN_new();
    bool computed = context != NULL && b != NULL && e != NULL && m != NULL && power != NULL &&
                    BN_mod_exp_mont_consttime(power, b, e, m, context, NULL) == 1 && BN_bn2binpad(power, result, (int)size) == (int)size;
    BN_clear_free(power);
    BN_clear_free(e);
    BN_free(m);
    BN_free(b);
    BN_CTX_free(context);
    return computed;
}

void
encryption_des_cbc(const uint8_t key[8], const uint8_t iv[8], bool encrypt, uint8_t *bytes, size_t size)
{
    struct des_ctx schedule;
    uint8_t chained[DES_BLOCK_SIZE];
    memcpy(chained, iv, sizeof chained);
    (void)des_set_key(&schedule, key); /* says whether it is a weak one; the other side has agreed on it as well */
    if (encrypt)
        cbc_encrypt(&schedule, (nettle_cipher_func *)des_encrypt, DES_BLOCK_SIZE, chained, size, bytes, bytes);
    else
        cbc_decrypt(&schedule, (nettle_cipher_func *)des_decrypt, DES_BLOCK_SIZE, chained, size, bytes, bytes);
    secret_wipe(&schedule, sizeof schedule);
}
