/* The legacy (DES) RACF PassTicket: 8 characters of A-Z 0-9, derived from user ID, application name, UTC second and an 8-byte
 * key. Evaluation inverts the time-coder: no seconds are tried, a ticket decodes to exactly one time or is not well-formed.
 *
 * A ticket costs eight DES blocks. DES comes from nettle: its single-block call takes a constant key schedule, so that one key
 * serves all threads without a lock or a context of their own, and it is supported, where OpenSSL 3 has single DES only as
 * deprecated functions (equally fast) or in its legacy provider, and DES-EDE3 with one key three times costs nearly three times
 * as much. Measured on one core: nettle 1.37, OpenSSL's deprecated DES 1.39, EDE3 0.49 million tickets a second.
 *
 * Source: z/OS Security Server RACF Macros and Interfaces, "The RACF PassTicket", and its time-coder appendix. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"

enum { PASSTICKET_SIZE = 8, PASSTICKET_NAME_MAX = 8, PASSTICKET_LEGACY_KEY_SIZE = 8 };

/* A key with its DES schedule, in secret memory; immutable after it is made, usable from many threads at once. */
struct passticket_legacy_key;

/* NULL when there is no secret memory left. The parity bits of `key` do not matter. */
struct passticket_legacy_key *passticket_legacy_key_new(const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE]);
void passticket_legacy_key_free(struct passticket_legacy_key *key);

/* True for one of the 4 weak or 12 semi-weak DES keys (parity ignored): accepted, but worth a warning. */
bool passticket_legacy_key_is_weak(const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE]);

/* Names: 1 to 8 of A-Z a-z 0-9 # @ $, folded to upper case. `time` is UTC seconds, unsigned 32 bits. `ticket` gets 8 characters
 * and a NUL. False, and an empty ticket, when a name has a wrong length or character. */
MUST_CHECK bool passticket_legacy_generate(const struct passticket_legacy_key *key, const char *userid, const char *application,
                                           uint32_t time, char ticket[PASSTICKET_SIZE + 1]);

enum passticket_decode {
    PASSTICKET_DECODED,         /* *time is set; whether it lies in the window is for the caller to judge */
    PASSTICKET_NOT_WELL_FORMED, /* no key, user, application and time yield this string */
    PASSTICKET_NAME_INVALID,
};

/* `ticket` is 8 characters, upper case only. */
enum passticket_decode passticket_legacy_decode(const struct passticket_legacy_key *key, const char *userid, const char *application,
                                                const char *ticket, uint32_t *time);

/* Key-free: could any key have made this string of 8 characters? True for 0.15 % of random ones. */
bool passticket_legacy_is_well_formed(const char *ticket);
