#include <string.h>

#include "common/secret.h"

/* Apart from the other secrets, so that who only wipes needs no cryptographic library. */
void
secret_wipe(void *memory, size_t size)
{
    if (size > 0) /* then there may be no memory either */
        explicit_bzero(memory, size);
}
