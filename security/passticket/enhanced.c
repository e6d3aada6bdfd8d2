#include "security/passticket/enhanced.h"

#include <nettle/hmac.h>
#include <string.h>

#include "common/secret.h"
#include "security/passticket/name.h"

enum {
    ROUNDS = 6,
    HALF_BITS = 24,
    HALF_BYTES = 3,
    HALF_MASK = 0xFFFFFF,
    SHORT_HALF_MASK = 0x01FFFF, /* UPPER keeps 17 bits of the half that an odd round makes */
    TIME_BYTES = 6,
    NAMES_BYTES = 2 * PASSTICKET_NAME_SIZE,
};

struct passticket_enhanced_key {
    struct hmac_sha512_ctx prepared; /* the key taken in; copied for every use */
};

/* What the two types differ in. */
struct alphabet {
    unsigned size; /* characters of `characters` that the type uses */
    unsigned time_bits;
    uint32_t odd_mask; /* of the half that an odd round makes */
};

static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

static const struct alphabet alphabets[] = {
    [PASSTICKET_UPPER] = { .size = 36, .time_bits = 41, .odd_mask = SHORT_HALF_MASK },
    [PASSTICKET_MIXED] = { .size = 64, .time_bits = 48, .odd_mask = HALF_MASK },
};

struct passticket_enhanced_key *
passticket_enhanced_key_new(const uint8_t *key, size_t size)
{
    if (size < PASSTICKET_ENHANCED_KEY_MIN || size > PASSTICKET_ENHANCED_KEY_MAX)
        return NULL;
    struct passticket_enhanced_key *made = secret_new(sizeof *made);
    if (made != NULL)
        hmac_sha512_set_key(&made->prepared, size, key);
    return made;
}

void
passticket_enhanced_key_free(struct passticket_enhanced_key *key)
{
    secret_free(key, sizeof *key);
}

static bool
encode_names(const char *userid, const char *application, uint8_t names[NAMES_BYTES])
{
    struct passticket_name user;
    struct passticket_name appl;
    if (!passticket_name_encode(userid, &user) || !passticket_name_encode(application, &appl))
        return false;
    memcpy(names, user.ebcdic, PASSTICKET_NAME_SIZE);
    memcpy(names + PASSTICKET_NAME_SIZE, appl.ebcdic, PASSTICKET_NAME_SIZE);
    return true;
}

/* The first 48 bits of the HMAC of both names, which the time is added to by exclusive or. */
static uint64_t
mask_of_names(struct hmac_sha512_ctx *hmac, const uint8_t names[NAMES_BYTES])
{
    uint8_t digest[TIME_BYTES];
    hmac_sha512_update(hmac, NAMES_BYTES, names);
    hmac_sha512_digest(hmac, sizeof digest, digest);
    uint64_t mask = 0;
    for (size_t i = 0; i < sizeof digest; i++)
        mask = mask << 8 | digest[i];
    return mask;
}

/* Rounds are counted from 1. Taking the digest leaves `hmac` ready for the next message under the same key. */
static uint32_t
round_function(struct hmac_sha512_ctx *hmac, const uint8_t names[NAMES_BYTES], unsigned round, uint32_t half)
{
    uint8_t message[HALF_BYTES + 1 + NAMES_BYTES] = { (uint8_t)(half >> 16), (uint8_t)(half >> 8), (uint8_t)half, (uint8_t)round };
    uint8_t digest[HALF_BYTES];
    memcpy(message + HALF_BYTES + 1, names, NAMES_BYTES);
    hmac_sha512_update(hmac, sizeof message, message);
    hmac_sha512_digest(hmac, sizeof digest, digest);
    return (uint32_t)digest[0] << 16 | (uint32_t)digest[1] << 8 | digest[2];
}

static uint32_t
mask_of_round(const struct alphabet *alphabet, unsigned round)
{
    return round % 2 == 1 ? alphabet->odd_mask : HALF_MASK;
}

static uint64_t
timecoder_encode(struct hmac_sha512_ctx *hmac, const struct alphabet *alphabet, const uint8_t names[NAMES_BYTES], uint64_t value)
{
    uint32_t left = (uint32_t)(value >> HALF_BITS);
    uint32_t right = (uint32_t)value & HALF_MASK;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        uint32_t mixed = (left ^ round_function(hmac, names, round, right)) & mask_of_round(alphabet, round);
        left = right;
        right = mixed;
    }
    return (uint64_t)left << HALF_BITS | right;
}

/* The bits that UPPER drops in round 1 come back as nonsense; they lie above time_bits and are cut off by the caller. */
static uint64_t
timecoder_decode(struct hmac_sha512_ctx *hmac, const struct alphabet *alphabet, const uint8_t names[NAMES_BYTES], uint64_t coded)
{
    uint32_t left = (uint32_t)(coded >> HALF_BITS);
    uint32_t right = (uint32_t)coded & HALF_MASK;
    for (unsigned round = ROUNDS; round >= 1; round--) {
        uint32_t mixed = right;
        right = left;
        left = (mixed ^ round_function(hmac, names, round, right)) & mask_of_round(alphabet, round);
    }
    return (uint64_t)left << HALF_BITS | right;
}

static void
number_to_characters(const struct alphabet *alphabet, uint64_t number, char ticket[PASSTICKET_SIZE + 1])
{
    for (size_t i = PASSTICKET_SIZE; i-- > 0; number /= alphabet->size)
        ticket[i] = characters[number % alphabet->size];
    ticket[PASSTICKET_SIZE] = '\0';
}

static bool
number_from_characters(const struct alphabet *alphabet, const char *ticket, uint64_t *number)
{
    uint64_t value = 0;
    *number = 0;
    for (size_t i = 0; i < PASSTICKET_SIZE; i++) {
        const char *found = ticket[i] != '\0' ? memchr(characters, ticket[i], alphabet->size) : NULL;
        if (found == NULL)
            return false;
        value = value * alphabet->size + (uint64_t)(found - characters);
    }
    if (ticket[PASSTICKET_SIZE] != '\0' || value >> alphabet->time_bits != 0)
        return false;
    *number = value;
    return true;
}

bool
passticket_enhanced_generate(const struct passticket_enhanced_key *key, enum passticket_enhanced_type type, const char *userid,
                             const char *application, uint64_t time, char ticket[PASSTICKET_SIZE + 1])
{
    const struct alphabet *alphabet = &alphabets[type];
    uint8_t names[NAMES_BYTES];
    memset(ticket, '\0', PASSTICKET_SIZE + 1);
    if (!encode_names(userid, application, names) || time >> alphabet->time_bits != 0)
        return false;
    struct hmac_sha512_ctx hmac = key->prepared;
    uint64_t coded = timecoder_encode(&hmac, alphabet, names, time ^ mask_of_names(&hmac, names));
    secret_wipe(&hmac, sizeof hmac);
    number_to_characters(alphabet, coded, ticket);
    return true;
}

enum passticket_decode
passticket_enhanced_decode(const struct passticket_enhanced_key *key, enum passticket_enhanced_type type, const char *userid,
                           const char *application, const char *ticket, uint64_t *time)
{
    const struct alphabet *alphabet = &alphabets[type];
    uint8_t names[NAMES_BYTES];
    uint64_t coded;
    *time = 0;
    if (!encode_names(userid, application, names))
        return PASSTICKET_NAME_INVALID;
    if (!number_from_characters(alphabet, ticket, &coded))
        return PASSTICKET_NOT_WELL_FORMED;
    struct hmac_sha512_ctx hmac = key->prepared;
    uint64_t value = timecoder_decode(&hmac, alphabet, names, coded) ^ mask_of_names(&hmac, names);
    secret_wipe(&hmac, sizeof hmac);
    *time = value & ((UINT64_C(1) << alphabet->time_bits) - 1);
    return PASSTICKET_DECODED;
}

bool
passticket_enhanced_is_well_formed(enum passticket_enhanced_type type, const char *ticket)
{
    uint64_t number;
    return number_from_characters(&alphabets[type], ticket, &number);
}
