#include "common/secret.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { SMALLEST_SECRET_BYTES = 32 };

bool
secret_memory_init(size_t bytes)
{
    struct rlimit none = { 0, 0 };
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return false;
    /* 2 means that the memory is there but could not be locked (RLIMIT_MEMLOCK); it is still guarded and not dumped. */
    return CRYPTO_secure_malloc_init(bytes, SMALLEST_SECRET_BYTES) != 0;
}

void *
secret_new(size_t size)
{
    return OPENSSL_secure_zalloc(size);
}

void
secret_free(void *memory, size_t size)
{
    OPENSSL_secure_clear_free(memory, size);
}

bool
secret_equal(const void *one, const void *other, size_t size)
{
    return CRYPTO_memcmp(one, other, size) == 0;
}
