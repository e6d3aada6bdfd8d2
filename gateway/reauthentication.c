#include "gateway/reauthentication.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#include "common/secret.h"

enum { HMAC_SIZE = 32, TEXT_SIZE = sizeof(uint64_t) + DRDA_USERID_MAX + DRDA_PASSWORD_MAX + 2 };

bool
reauthentication_key_init(struct reauthentication_key *key)
{
    return getrandom(key->bytes, sizeof key->bytes, 0) == sizeof key->bytes;
}

void
reauthentication_key_clear(struct reauthentication_key *key)
{
    secret_wipe(key, sizeof *key);
}

/* HMAC-SHA-256 of connection, user ID in upper case, NUL, password, cut to its first half. */
static bool
make_digest(const struct reauthentication_key *key, uint64_t connection, const struct drda_credentials *credentials,
            uint8_t digest[REAUTHENTICATION_DIGEST_SIZE])
{
    uint8_t text[TEXT_SIZE];
    uint8_t whole[HMAC_SIZE];
    size_t size = 0;
    struct wire_writer writer = wire_writer(text, sizeof text);
    wire_put_u64(&writer, connection);
    for (const char *c = credentials->userid; *c != '\0'; c++)
        wire_put_u8(&writer, (uint8_t)toupper((unsigned char)*c));
    wire_put_u8(&writer, 0);
    wire_put_bytes(&writer, credentials->password, strlen(credentials->password));
    bool made = !writer.failed &&
                EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key->bytes, sizeof key->bytes, text, writer.used, whole, sizeof whole, &size);
    made = made && size == sizeof whole;
    if (made)
        memcpy(digest, whole, REAUTHENTICATION_DIGEST_SIZE);
    secret_wipe(text, sizeof text);
    secret_wipe(whole, sizeof whole);
    return made;
}

bool
reauthentication_is_same(struct reauthentication *reauthentication, const struct reauthentication_key *key, uint64_t connection,
                         const struct drda_credentials *credentials)
{
    uint8_t digest[REAUTHENTICATION_DIGEST_SIZE] = { 0 };
    bool made = make_digest(key, connection, credentials, digest);
    if (made && reauthentication->opened_by_ticket && secret_equal(digest, reauthentication->digest, sizeof digest))
        return true;
    reauthentication->opened_by_ticket = false;
    memcpy(reauthentication->digest, digest, sizeof digest);
    return false;
}

void
reauthentication_accept(struct reauthentication *reauthentication, bool by_ticket)
{
    reauthentication->opened_by_ticket = reauthentication->opened_by_ticket || by_ticket;
}
