/* Slows guessing down: failed logins are counted for each user and address together, for each address, and for each user, and from a
 * number of failures on the next attempt has to wait; each further failure doubles the wait up to a longest one. Waiting is the
 * business of the caller's timers: an attempt is let go, told how long to wait, or refused when that is too long to be held.
 *
 * In the long run each of the three counts lets through one wrong guess per longest delay, because one failure is forgotten in that
 * time: see docs/security.md for what follows.
 *
 * What keeps strangers from locking a user out:
 *   - a user known to log on from an address is not held back there by what happens elsewhere, nor by what others do there;
 *   - an address without failures is not held back by the failures of other addresses, until ten times as many have come as it takes
 *     to hold back one that has some;
 *   - a refused attempt counts for nothing, so that trying too early costs nothing.
 * A success clears what this user failed from this address, in all three counts.
 *
 * An address is an IPv4 address or the /64 of an IPv6 address. Users are counted by the name that was sent, whether defined or not.
 * The tables are bounded; when one is full, the entry that was used longest ago gives way, and what it knew is forgotten.
 * Pure: the time comes in, nothing goes out. One thread. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"

enum {
    THROTTLE_USER_SIZE = 8,
    THROTTLE_PAIRS_MAX = 32768, /* users and addresses together: some 4 MB */
    THROTTLE_ADDRESSES_MAX = 16384,
    THROTTLE_USERS_MAX = 16384,
    THROTTLE_FRESH_FACTOR = 10, /* so many times user_failures hold back an address that has none of its own */
};

/* From [throttle] of passgate.ini. */
struct throttle_settings {
    bool enabled;
    uint32_t pair_failures;    /* of a user from an address, before attempts wait */
    uint32_t address_failures; /* of all users from an address */
    uint32_t user_failures;    /* of a user from all addresses */
    uint32_t first_delay_ms;   /* doubles with each further failure */
    uint32_t longest_delay_ms; /* one failure is forgotten in this time */
    uint32_t hold_ms;          /* attempts that would have to wait longer are refused at once */
};

/* Whose attempt it is. */
struct throttle_key {
    uint64_t salt; /* of the tables, so that strangers cannot choose names that collide */
    char userid[THROTTLE_USER_SIZE];
    uint8_t address[8]; /* IPv4, or the first half of IPv6 */
    uint8_t family;     /* 4, 6, or 0: not known */
    uint8_t unused[7];
};

struct throttle;

/* `salt` is random. NULL: no memory. */
struct throttle *throttle_new(const struct throttle_settings *settings, uint64_t salt);
void throttle_free(struct throttle *throttle);

/* Fills *key; `userid` is folded, empty for what cannot be a user ID, `address` in text form. */
void throttle_key_set(const struct throttle *throttle, const char *userid, const char *address, struct throttle_key *key);

enum { THROTTLE_REFUSE = -1 };
/* How many milliseconds the attempt has to wait before it is evaluated, 0 for none; THROTTLE_REFUSE: refuse it without evaluating
 * it. What waits has its place: the next one will have to wait for longer. */
MUST_CHECK int64_t throttle_admit(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms);

/* What came of an attempt that was admitted: a wrong credential, or a success. Anything else is not told. */
void throttle_failed(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms);
void throttle_succeeded(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms);

/* How many wrong guesses a count that waits after `failures` of them lets through before each further one waits for the longest
 * delay. */
uint32_t throttle_burst(const struct throttle_settings *settings, uint32_t failures);
/* And how many a second in the long run. */
double throttle_guesses_a_second(const struct throttle_settings *settings);
