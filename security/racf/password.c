#include "security/racf/password.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

#include "common/secret.h"
#include "common/wire.h"

enum { FORMAT = 1, COST_LOG2 = 14, BLOCK_SIZE = 8, PARALLEL = 1, SALT_SIZE = 16, KEY_SIZE = 32, COST_LOG2_MAX = 20 };

const struct password_hash password_hash_of_nobody = {
    .bytes = { FORMAT, COST_LOG2, BLOCK_SIZE, PARALLEL },
    .size = PASSWORD_HASH_SIZE,
};

struct parameters {
    uint8_t cost_log2;
    uint8_t block_size;
    uint8_t parallel;
    uint8_t salt[SALT_SIZE];
};

static bool
derive(const struct parameters *parameters, const char *password, uint8_t key[KEY_SIZE])
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    EVP_KDF_free(kdf);
    if (context == NULL)
        return false;
    struct parameters copy = *parameters; /* OSSL_PARAM wants pointers to what is not const */
    size_t size = strlen(password);
    char secret[256];
    uint64_t cost = UINT64_C(1) << copy.cost_log2;
    uint32_t block_size = copy.block_size;
    uint32_t parallel = copy.parallel;
    bool derived = false;
    if (size < sizeof secret) {
        memcpy(secret, password, size);
        const OSSL_PARAM settings[] = {
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, secret, size),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, copy.salt, SALT_SIZE),
            OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cost),
            OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &block_size),
            OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &parallel),
            OSSL_PARAM_construct_end(),
        };
        derived = EVP_KDF_derive(context, key, KEY_SIZE, settings) == 1;
        secret_wipe(secret, sizeof secret);
    }
    EVP_KDF_CTX_free(context);
    return derived;
}

bool
password_hash_make(const char *password, struct password_hash *hash)
{
    *hash = (struct password_hash) { 0 };
    struct parameters parameters = { .cost_log2 = COST_LOG2, .block_size = BLOCK_SIZE, .parallel = PARALLEL };
    uint8_t key[KEY_SIZE];
    if (RAND_bytes(parameters.salt, SALT_SIZE) != 1 || !derive(&parameters, password, key))
        return false;
    struct wire_writer writer = wire_writer(hash->bytes, sizeof hash->bytes);
    wire_put_u8(&writer, FORMAT);
    wire_put_u8(&writer, parameters.cost_log2);
    wire_put_u8(&writer, parameters.block_size);
    wire_put_u8(&writer, parameters.parallel);
    wire_put_bytes(&writer, parameters.salt, SALT_SIZE);
    wire_put_bytes(&writer, key, KEY_SIZE);
    secret_wipe(key, sizeof key);
    hash->size = writer.used;
    return true;
}

bool
password_hash_matches(const struct password_hash *hash, const char *password)
{
    struct wire_reader reader = wire_reader(hash->bytes, hash->size);
    bool known = wire_u8(&reader) == FORMAT;
    struct parameters parameters = { .cost_log2 = wire_u8(&reader) };
    parameters.block_size = wire_u8(&reader);
    parameters.parallel = wire_u8(&reader);
    const uint8_t *salt = wire_take(&reader, SALT_SIZE);
    const uint8_t *stored = wire_take(&reader, KEY_SIZE);
    if (!known || salt == NULL || stored == NULL || !wire_done(&reader) || parameters.cost_log2 > COST_LOG2_MAX)
        return false;
    memcpy(parameters.salt, salt, SALT_SIZE);
    uint8_t key[KEY_SIZE];
    bool matches = derive(&parameters, password, key) && secret_equal(key, stored, KEY_SIZE);
    secret_wipe(key, sizeof key);
    return matches;
}
