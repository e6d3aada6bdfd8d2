#include "security/racf/ssignon_keys.h"

#include <string.h>

#include "common/secret.h"

/* Opens the key of a label when it is of the wanted kind; returns its size. */
static size_t
open_label(struct racf *racf, const char *label, bool des, uint8_t bytes[KEYSTORE_KEY_MAX], enum racf_key_fault *fault)
{
    struct label_key key;
    if (!label_key_read(racf, label, &key)) {
        *fault = RACF_KEY_MISSING;
        return 0;
    }
    if ((key.size == LABEL_KEY_DES_SIZE) != des || !label_key_size_is_valid(key.size)) {
        *fault = RACF_KEY_OF_OTHER_KIND;
        return 0;
    }
    size_t size = label_key_open(racf->keystore, &key, bytes);
    *fault = size == key.size ? RACF_KEY_USABLE : RACF_KEY_SEALED_OTHERWISE;
    return size == key.size ? size : 0;
}

static void
open_legacy(struct racf *racf, const char *profile, const struct ssignon *ssignon, struct ssignon_keys *keys)
{
    uint8_t bytes[KEYSTORE_KEY_MAX];
    if (ssignon->legacy_label[0] != '\0') {
        keys->legacy_size = open_label(racf, ssignon->legacy_label, true, bytes, &keys->legacy_fault);
        memcpy(keys->legacy, bytes, keys->legacy_size);
        secret_wipe(bytes, sizeof bytes);
    } else if (ssignon->legacy_sealed_size > 0) {
        bool opened = ssignon_legacy_key(racf->keystore, profile, ssignon, keys->legacy);
        keys->legacy_size = opened ? PASSTICKET_LEGACY_KEY_SIZE : 0;
        keys->legacy_fault = opened ? RACF_KEY_USABLE : RACF_KEY_SEALED_OTHERWISE;
    }
}

void
ssignon_keys_open(struct racf *racf, const char *profile, const struct ssignon *ssignon, struct ssignon_keys *keys)
{
    *keys = (struct ssignon_keys) { 0 };
    open_legacy(racf, profile, ssignon, keys);
    if (ssignon->enhanced_label[0] != '\0')
        keys->enhanced_size = open_label(racf, ssignon->enhanced_label, false, keys->enhanced, &keys->enhanced_fault);
}
