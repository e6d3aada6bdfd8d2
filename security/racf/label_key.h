/* Keys by label, as ICSF keeps them in its CKDS: HMAC keys of 32 to 256 bytes for enhanced PassTickets (EPTKEYLABEL) and DES keys of
 * 8 bytes for legacy ones (KEYLABEL, KEYENCRYPTED). Rows of the RACF database, sealed under the master key with the label as
 * associated data, so that a key moved to another label does not open. */
#pragma once
#include "security/racf/database.h"

enum { LABEL_KEY_LABEL_MAX = 64, LABEL_KEY_DES_SIZE = 8, LABEL_KEY_HMAC_MIN = 32, LABEL_KEY_HMAC_MAX = 256 };

struct label_key {
    char label[LABEL_KEY_LABEL_MAX + 1];
    size_t size; /* of the key in bytes */
    uint8_t sealed[KEYSTORE_SEALED_MAX];
    size_t sealed_size;
    bool derived; /* made for a profile by KEYENCRYPTED or ENCRYPTKEY, and deleted with its last use */
    int64_t created_s;
};

/* Up to 64 of A-Z 0-9 # @ $ and periods, a letter or national character first. */
bool label_key_label_is_valid(const char *label);

bool label_key_size_is_valid(size_t size);

/* DES or HMAC. */
const char *label_key_kind(size_t size);

MUST_CHECK bool label_key_read(struct racf *racf, const char *label, struct label_key *key);
void label_key_write(struct racf *racf, const struct label_key *key);
void label_key_delete(struct racf *racf, const char *label);

/* Seals `bytes` for key->label with `keystore`; false when that fails. */
MUST_CHECK bool label_key_seal(const struct keystore *keystore, const uint8_t *bytes, size_t size, struct label_key *key);

/* Opens it; returns its size, 0 when it was sealed under another master key. The caller wipes `bytes`. */
MUST_CHECK size_t label_key_open(const struct keystore *keystore, const struct label_key *key, uint8_t bytes[KEYSTORE_KEY_MAX]);

/* A PTKTDATA profile names the label. */
MUST_CHECK bool label_key_is_used(struct racf *racf, const char *label);

/* Seals a legacy key of a profile under a label of its own, IRR.SSIGNON.system.mmddyyyy.hhmmss.nnnnnn as RACF calls it. False when the
 * keystore or the database fails. */
MUST_CHECK bool label_key_derive(struct racf *racf, const uint8_t bytes[LABEL_KEY_DES_SIZE], char label[LABEL_KEY_LABEL_MAX + 1]);

/* Keys that were made so go when no profile names their label any more. */
void label_key_forget_unused(struct racf *racf);
