/* The SSIGNON segment of a PTKTDATA profile: the legacy key, sealed, and how enhanced PassTickets are made. */
#pragma once
#include "security/racf/label_key.h"

enum { SSIGNON_TIMEOUT_DEFAULT_S = 60, SSIGNON_TIMEOUT_MAX_S = 600, SSIGNON_APPLDATA_SIZE = 256 };

/* How the administrator gave the legacy key: KEYMASKED seals it into the segment, KEYENCRYPTED and ENCRYPTKEY store it under a label
 * made for it, KEYLABEL names one. (Older databases have ENCRYPTED keys in the segment.) */
enum ssignon_legacy_form { SSIGNON_NO_LEGACY_KEY, SSIGNON_MASKED, SSIGNON_ENCRYPTED, SSIGNON_LABEL };

struct ssignon {
    enum ssignon_legacy_form legacy_form;
    uint8_t legacy_sealed[PASSTICKET_LEGACY_KEY_SIZE + KEYSTORE_OVERHEAD];
    size_t legacy_sealed_size; /* 0: none */
    char legacy_label[LABEL_KEY_LABEL_MAX + 1];
    char enhanced_label[LABEL_KEY_LABEL_MAX + 1];
    enum passticket_enhanced_type ticket_type;
    uint16_t timeout_s;
    bool replay;
};

/* False when the profile has no such segment, or on failure; *ssignon then has the defaults of a new one. */
bool ssignon_read(struct racf *racf, const char *profile, struct ssignon *ssignon);
void ssignon_write(struct racf *racf, const char *profile, const struct ssignon *ssignon);

/* Seals a key for this profile; false when the keystore fails. */
MUST_CHECK bool ssignon_seal(const struct keystore *keystore, const char *profile, const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE],
                             struct ssignon *ssignon);
/* Opens it; the caller wipes the key. */
MUST_CHECK bool ssignon_legacy_key(const struct keystore *keystore, const char *profile, const struct ssignon *ssignon,
                                   uint8_t key[PASSTICKET_LEGACY_KEY_SIZE]);

/* APPLDATA('NO REPLAY PROTECTION...') switches the single use of legacy PassTickets off. */
bool ssignon_appldata_allows_replay(const char *appldata);
