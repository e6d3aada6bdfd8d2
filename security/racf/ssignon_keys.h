/* The keys that a SSIGNON segment holds or names, opened. */
#pragma once
#include "security/racf/label_key.h"
#include "security/racf/ssignon.h"

struct ssignon_keys {
    size_t legacy_size; /* PASSTICKET_LEGACY_KEY_SIZE, or 0: there is none, or legacy_fault says why it cannot be used */
    uint8_t legacy[PASSTICKET_LEGACY_KEY_SIZE];
    enum racf_key_fault legacy_fault;
    size_t enhanced_size; /* 32 to 256, or 0 likewise */
    uint8_t enhanced[LABEL_KEY_HMAC_MAX];
    enum racf_key_fault enhanced_fault;
};

/* The caller wipes *keys. */
void ssignon_keys_open(struct racf *racf, const char *profile, const struct ssignon *ssignon, struct ssignon_keys *keys);
