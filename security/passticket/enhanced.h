/* The enhanced (HMAC-SHA-512) RACF PassTicket of z/OS 2.4 and later: 8 characters of 0-9 A-Z (UPPER) or also a-z - _ (MIXED).
 *
 * A ticket costs seven HMACs of one short message. HMAC comes from nettle: the prepared key is plain memory that is copied to the
 * stack for each use, so that threads need no lock and nothing is allocated (267,000 tickets a second and core; OpenSSL's EVP_MAC
 * 182,000 duplicating its context, 306,000 with a context for every key and thread).
 *
 * Source: IBM's published sample generator for enhanced PassTickets. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "security/passticket/legacy.h"

enum passticket_enhanced_type { PASSTICKET_UPPER, PASSTICKET_MIXED };

enum { PASSTICKET_ENHANCED_KEY_MIN = 32, PASSTICKET_ENHANCED_KEY_MAX = 256 };

/* An HMAC key with its prepared state, in secret memory; immutable, usable from many threads at once. */
struct passticket_enhanced_key;

/* NULL when size is not 32 to 256 bytes or there is no secret memory left. */
struct passticket_enhanced_key *passticket_enhanced_key_new(const uint8_t *key, size_t size);
void passticket_enhanced_key_free(struct passticket_enhanced_key *key);

/* As the legacy functions; `time` has 48 bits for MIXED and 41 for UPPER. MIXED tickets are case sensitive. */
MUST_CHECK bool passticket_enhanced_generate(const struct passticket_enhanced_key *key, enum passticket_enhanced_type type,
                                             const char *userid, const char *application, uint64_t time, char ticket[PASSTICKET_SIZE + 1]);
enum passticket_decode passticket_enhanced_decode(const struct passticket_enhanced_key *key, enum passticket_enhanced_type type,
                                                  const char *userid, const char *application, const char *ticket, uint64_t *time);
bool passticket_enhanced_is_well_formed(enum passticket_enhanced_type type, const char *ticket);
