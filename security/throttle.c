#include "security/throttle.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "security/racf/hash.h"

struct entry {
    struct throttle_key key;
    UT_hash_handle hh;
    int64_t next_ms;    /* the next attempt is not evaluated before */
    int64_t counted_ms; /* since when the oldest failure has been waiting to be forgotten */
    uint32_t failures;  /* not forgotten yet */
    bool known;         /* of a pair: has logged on */
};

/* Entries in the order of their last use: uthash keeps the order in which they were added. */
struct table {
    struct entry *first;
    struct entry *entries;
    size_t used;
    size_t most;
};

struct throttle {
    struct throttle_settings settings;
    uint64_t salt;
    struct table pairs;
    struct table addresses;
    struct table users;
};

/* The entries that an attempt concerns; NULL where nothing is known. */
struct concerned {
    struct entry *pair;
    struct entry *address;
    struct entry *user;
};

static bool
table_init(struct table *table, size_t most)
{
    *table = (struct table) { .entries = calloc(most, sizeof(struct entry)), .most = most };
    return table->entries != NULL;
}

static void
table_clear(struct table *table)
{
    HASH_CLEAR(hh, table->first);
    free(table->entries);
}

/* Moves the entry to the end of the order. */
static void
table_touch(struct table *table, struct entry *entry)
{
    if (entry->hh.next == NULL)
        return;
    HASH_DELETE(hh, table->first, entry);
    HASH_ADD(hh, table->first, key, sizeof entry->key, entry);
}

static struct entry *
table_find(struct table *table, const struct throttle_key *key)
{
    struct entry *entry = NULL;
    HASH_FIND(hh, table->first, key, sizeof *key, entry);
    return entry;
}

static struct entry *
table_find_or_add(struct table *table, const struct throttle_key *key)
{
    struct entry *entry = table_find(table, key);
    if (entry != NULL) {
        table_touch(table, entry);
        return entry;
    }
    if (table->used < table->most) {
        entry = &table->entries[table->used++];
    } else {
        entry = table->first;
        HASH_DELETE(hh, table->first, entry);
    }
    *entry = (struct entry) { .key = *key };
    HASH_ADD(hh, table->first, key, sizeof entry->key, entry);
    return entry;
}

struct throttle *
throttle_new(const struct throttle_settings *settings, uint64_t salt)
{
    struct throttle *throttle = calloc(1, sizeof *throttle);
    if (throttle == NULL)
        return NULL;
    throttle->settings = *settings;
    throttle->salt = salt;
    bool made = table_init(&throttle->pairs, THROTTLE_PAIRS_MAX);
    made = table_init(&throttle->addresses, THROTTLE_ADDRESSES_MAX) && made;
    made = table_init(&throttle->users, THROTTLE_USERS_MAX) && made;
    if (made)
        return throttle;
    throttle_free(throttle);
    return NULL;
}

void
throttle_free(struct throttle *throttle)
{
    if (throttle == NULL)
        return;
    table_clear(&throttle->pairs);
    table_clear(&throttle->addresses);
    table_clear(&throttle->users);
    free(throttle);
}

void
throttle_key_set(const struct throttle *throttle, const char *userid, const char *address, struct throttle_key *key)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    uint8_t bytes[16];
    *key = (struct throttle_key) { .salt = throttle->salt };
    memcpy(key->userid, userid, strnlen(userid, sizeof key->userid));
    if (inet_pton(AF_INET, address, bytes) == 1) {
        key->family = 4;
        memcpy(key->address, bytes, 4);
    } else if (inet_pton(AF_INET6, address, bytes) == 1) {
        bool is_mapped = memcmp(bytes, mapped, sizeof mapped) == 0;
        key->family = is_mapped ? 4 : 6;
        memcpy(key->address, is_mapped ? bytes + sizeof mapped : bytes, is_mapped ? 4 : sizeof key->address);
    }
}

static struct throttle_key
of_address(const struct throttle_key *key)
{
    struct throttle_key address = *key;
    memset(address.userid, 0, sizeof address.userid);
    return address;
}

static struct throttle_key
of_user(const struct throttle_key *key)
{
    struct throttle_key user = *key;
    memset(user.address, 0, sizeof user.address);
    user.family = 0;
    return user;
}

/* One failure is forgotten in each longest delay that has passed. */
static void
forget(const struct throttle *throttle, struct entry *entry, int64_t now_ms)
{
    if (entry->failures == 0)
        return;
    int64_t forgotten = (now_ms - entry->counted_ms) / throttle->settings.longest_delay_ms;
    entry->failures -= forgotten < entry->failures ? (uint32_t)forgotten : entry->failures;
    entry->counted_ms += forgotten * throttle->settings.longest_delay_ms;
}

static struct entry *
find_as_of_now(const struct throttle *throttle, struct table *table, const struct throttle_key *key, int64_t now_ms)
{
    struct entry *entry = table_find(table, key);
    if (entry != NULL)
        forget(throttle, entry, now_ms);
    return entry;
}

static struct concerned
find_concerned(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms)
{
    const struct throttle_key address = of_address(key);
    const struct throttle_key user = of_user(key);
    return (struct concerned) {
        .pair = find_as_of_now(throttle, &throttle->pairs, key, now_ms),
        .address = find_as_of_now(throttle, &throttle->addresses, &address, now_ms),
        .user = find_as_of_now(throttle, &throttle->users, &user, now_ms),
    };
}

static uint32_t
failures_of(const struct entry *entry)
{
    return entry != NULL ? entry->failures : 0;
}

static int64_t
delay_after(const struct throttle_settings *settings, uint32_t failures, uint32_t allowed)
{
    if (failures < allowed)
        return 0;
    int64_t delay_ms = settings->first_delay_ms;
    for (uint32_t i = allowed; i < failures && delay_ms < settings->longest_delay_ms; i++)
        delay_ms *= 2;
    return delay_ms < settings->longest_delay_ms ? delay_ms : settings->longest_delay_ms;
}

static void
push_start(const struct entry *entry, uint32_t allowed, int64_t *start_ms)
{
    if (entry != NULL && entry->failures >= allowed && entry->next_ms > *start_ms)
        *start_ms = entry->next_ms;
}

static void
take_place(const struct throttle_settings *settings, struct entry *entry, uint32_t allowed, int64_t start_ms)
{
    if (entry != NULL && entry->failures >= allowed)
        entry->next_ms = start_ms + delay_after(settings, entry->failures, allowed);
}

int64_t
throttle_admit(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms)
{
    const struct throttle_settings *settings = &throttle->settings;
    if (!settings->enabled)
        return 0;
    struct concerned concerned = find_concerned(throttle, key, now_ms);
    bool known = concerned.pair != NULL && concerned.pair->known && concerned.pair->failures < settings->pair_failures;
    if (known) {
        table_touch(&throttle->pairs, concerned.pair);
        return 0;
    }
    bool fresh = failures_of(concerned.pair) == 0 && failures_of(concerned.address) == 0;
    uint32_t user_failures = settings->user_failures * (fresh ? THROTTLE_FRESH_FACTOR : 1);
    int64_t start_ms = now_ms;
    push_start(concerned.pair, settings->pair_failures, &start_ms);
    push_start(concerned.address, settings->address_failures, &start_ms);
    push_start(concerned.user, user_failures, &start_ms);
    if (start_ms - now_ms > settings->hold_ms)
        return THROTTLE_REFUSE;
    take_place(settings, concerned.pair, settings->pair_failures, start_ms);
    take_place(settings, concerned.address, settings->address_failures, start_ms);
    take_place(settings, concerned.user, user_failures, start_ms);
    return start_ms - now_ms;
}

static void
count(struct throttle *throttle, struct table *table, const struct throttle_key *key, uint32_t allowed, int64_t now_ms)
{
    struct entry *entry = table_find_or_add(table, key);
    forget(throttle, entry, now_ms);
    if (entry->failures == 0)
        entry->counted_ms = now_ms;
    if (entry->failures < UINT32_MAX)
        entry->failures++;
    int64_t next_ms = now_ms + delay_after(&throttle->settings, entry->failures, allowed);
    if (entry->next_ms < next_ms)
        entry->next_ms = next_ms;
}

void
throttle_failed(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms)
{
    const struct throttle_settings *settings = &throttle->settings;
    if (!settings->enabled)
        return;
    const struct throttle_key address = of_address(key);
    const struct throttle_key user = of_user(key);
    count(throttle, &throttle->pairs, key, settings->pair_failures, now_ms);
    count(throttle, &throttle->addresses, &address, settings->address_failures, now_ms);
    count(throttle, &throttle->users, &user, settings->user_failures, now_ms);
}

static void
take_off(struct entry *entry, uint32_t failures)
{
    if (entry != NULL)
        entry->failures -= failures < entry->failures ? failures : entry->failures;
}

void
throttle_succeeded(struct throttle *throttle, const struct throttle_key *key, int64_t now_ms)
{
    if (!throttle->settings.enabled)
        return;
    struct entry *pair = table_find_or_add(&throttle->pairs, key);
    pair->known = true;
    if (pair->failures == 0)
        return;
    struct concerned concerned = find_concerned(throttle, key, now_ms);
    take_off(concerned.address, pair->failures);
    take_off(concerned.user, pair->failures);
    pair->failures = 0;
    pair->next_ms = 0;
}

uint32_t
throttle_burst(const struct throttle_settings *settings, uint32_t failures)
{
    uint32_t burst = failures;
    while (delay_after(settings, burst, failures) < settings->longest_delay_ms)
        burst++;
    return burst + 1;
}

double
throttle_guesses_a_second(const struct throttle_settings *settings)
{
    return 1000.0 / settings->longest_delay_ms;
}
