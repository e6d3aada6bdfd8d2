#include "security/passticket/legacy.h"

#include <nettle/des.h>
#include <string.h>

#include "common/secret.h"
#include "security/passticket/name.h"
#include "security/passticket/timecoder.h"
#include "security/passticket/translation.h"

struct passticket_legacy_key {
    struct des_ctx schedule;
};

struct passticket_legacy_key *
passticket_legacy_key_new(const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE])
{
    timecoder_prepare();
    struct passticket_legacy_key *made = secret_new(sizeof *made);
    if (made != NULL)
        (void)des_set_key(&made->schedule, key); /* 0 tells a weak key, which RACF accepts too; the schedule is made all the same */
    return made;
}

void
passticket_legacy_key_free(struct passticket_legacy_key *key)
{
    secret_free(key, sizeof *key);
}

bool
passticket_legacy_key_is_weak(const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE])
{
    struct des_ctx schedule;
    bool weak = des_set_key(&schedule, key) == 0;
    secret_wipe(&schedule, sizeof schedule);
    return weak;
}

/* Result-3 of the generator: what user ID, application and key contribute; the time is added to it by exclusive or. */
static uint32_t
mask_of_names(const struct des_ctx *key, const struct passticket_name *userid, const struct passticket_name *application)
{
    uint8_t block[DES_BLOCK_SIZE];
    des_encrypt(key, sizeof block, block, userid->ebcdic);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] ^= application->ebcdic[i];
    des_encrypt(key, sizeof block, block, block);
    return (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
}

bool
passticket_legacy_generate(const struct passticket_legacy_key *key, const char *userid, const char *application, uint32_t time,
                           char ticket[PASSTICKET_SIZE + 1])
{
    struct passticket_name user;
    struct passticket_name appl;
    memset(ticket, '\0', PASSTICKET_SIZE + 1);
    if (!passticket_name_encode(userid, &user) || !passticket_name_encode(application, &appl))
        return false;
    uint32_t coded = timecoder_encode(&key->schedule, &user, mask_of_names(&key->schedule, &user, &appl) ^ time);
    translation_to_characters(coded, ticket);
    return true;
}

enum passticket_decode
passticket_legacy_decode(const struct passticket_legacy_key *key, const char *userid, const char *application, const char *ticket,
                         uint32_t *time)
{
    struct passticket_name user;
    struct passticket_name appl;
    uint32_t coded;
    *time = 0;
    if (!passticket_name_encode(userid, &user) || !passticket_name_encode(application, &appl))
        return PASSTICKET_NAME_INVALID;
    if (!translation_from_characters(ticket, &coded) || ticket[PASSTICKET_SIZE] != '\0')
        return PASSTICKET_NOT_WELL_FORMED;
    *time = timecoder_decode(&key->schedule, &user, coded) ^ mask_of_names(&key->schedule, &user, &appl);
    return PASSTICKET_DECODED;
}

bool
passticket_legacy_is_well_formed(const char *ticket)
{
    uint32_t coded;
    return translation_from_characters(ticket, &coded) && ticket[PASSTICKET_SIZE] == '\0';
}
