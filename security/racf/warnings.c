#include "security/racf/warnings.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "security/racf/database.h"
#include "security/racf/ssignon_keys.h"

struct teller {
    struct racf *racf;
    warning_tell *tell;
    void *context;
    size_t count;
};

static void
say(struct teller *teller, enum warning warning, const char *subject, const char *other)
{
    char text[WARNING_TEXT_SIZE];
    warning_text(warning, subject, other, text);
    teller->tell(teller->context, warning, text);
    teller->count++;
}

static void
say_fault(struct teller *teller, enum racf_key_fault fault, const char *profile, const char *label)
{
    static const enum warning warnings[] = {
        [RACF_KEY_MISSING] = WARNING_LABEL_EMPTY,
        [RACF_KEY_OF_OTHER_KIND] = WARNING_LABEL_KIND,
        [RACF_KEY_SEALED_OTHERWISE] = WARNING_KEY_SEALED,
    };
    if (fault != RACF_KEY_USABLE)
        say(teller, warnings[fault], profile, label);
}

/* What two keys are compared by: parity does not count, and the keys themselves need not be kept. */
enum { DIGEST_SIZE = 32 };

static bool
digest_key(const uint8_t *key, size_t size, uint8_t digest[DIGEST_SIZE])
{
    uint8_t plain[LABEL_KEY_HMAC_MAX];
    for (size_t i = 0; i < size; i++)
        plain[i] = size == PASSTICKET_LEGACY_KEY_SIZE ? key[i] & 0xFE : key[i];
    bool digested = size > 0 && EVP_Digest(plain, size, digest, NULL, EVP_sha256(), NULL) == 1;
    secret_wipe(plain, sizeof plain);
    return digested;
}

/* One key of one profile. */
struct known_key {
    char profile[RACF_PROFILE_MAX + 1];
    uint8_t digest[DIGEST_SIZE];
};

struct known_keys {
    struct known_key *keys;
    size_t count;
    size_t room;
};

/* Without memory a key is not compared: a warning less, and nothing worse. */
static void
remember_key(struct known_keys *known, const char *profile, const uint8_t *key, size_t size)
{
    struct known_key made = { .digest = { 0 } };
    if (!digest_key(key, size, made.digest))
        return;
    if (known->count == known->room) {
        size_t room = known->room > 0 ? 2 * known->room : 16;
        struct known_key *more = realloc(known->keys, room * sizeof *more);
        if (more == NULL)
            return;
        known->keys = more;
        known->room = room;
    }
    memcpy(made.profile, profile, strlen(profile) + 1);
    known->keys[known->count++] = made;
}

/* The keys of all profiles that have a SSIGNON segment, or of one; their names come in order. */
static void
load_known_keys(struct racf *racf, const char *only, struct known_keys *known)
{
    sqlite3_stmt *row = racf_sql(racf, "SELECT profile FROM ssignon WHERE ?1 IS NULL OR profile = ?1 ORDER BY profile", "t", only);
    while (racf_sql_row(racf, &row)) {
        char profile[RACF_PROFILE_MAX + 1];
        struct ssignon ssignon;
        struct ssignon_keys keys;
        racf_column_text(racf, row, 0, profile, sizeof profile);
        if (!ssignon_read(racf, profile, &ssignon))
            continue;
        ssignon_keys_open(racf, profile, &ssignon, &keys);
        remember_key(known, profile, keys.legacy, keys.legacy_size);
        remember_key(known, profile, keys.enhanced, keys.enhanced_size);
        secret_wipe(&keys, sizeof keys);
    }
}

static void
clear_known_keys(struct known_keys *known)
{
    if (known->keys != NULL)
        secret_wipe(known->keys, known->count * sizeof *known->keys);
    free(known->keys);
}

/* Tells of one profile's keys which other profile has them too. */
static void
say_shared(struct teller *teller, const char *profile)
{
    struct known_keys own = { 0 };
    struct known_keys all = { 0 };
    load_known_keys(teller->racf, profile, &own);
    if (own.count > 0)
        load_known_keys(teller->racf, NULL, &all);
    for (size_t i = 0; i < own.count; i++)
        for (size_t k = 0; k < all.count; k++)
            if (memcmp(own.keys[i].digest, all.keys[k].digest, DIGEST_SIZE) == 0 && strcmp(all.keys[k].profile, profile) != 0) {
                say(teller, WARNING_KEY_SHARED, profile, all.keys[k].profile);
                break;
            }
    clear_known_keys(&own);
    clear_known_keys(&all);
}

static int
compare_known_keys(const void *one, const void *other)
{
    const struct known_key *a = one;
    const struct known_key *b = other;
    int order = memcmp(a->digest, b->digest, DIGEST_SIZE);
    return order != 0 ? order : strcmp(a->profile, b->profile);
}

/* Tells each group of profiles that have one key, every profile but the first. */
static void
say_all_shared(struct teller *teller)
{
    struct known_keys all = { 0 };
    load_known_keys(teller->racf, NULL, &all);
    if (all.count > 1)
        qsort(all.keys, all.count, sizeof *all.keys, compare_known_keys);
    for (size_t i = 1, first = 0; i < all.count; i++) {
        if (memcmp(all.keys[i].digest, all.keys[first].digest, DIGEST_SIZE) != 0)
            first = i;
        else if (strcmp(all.keys[i].profile, all.keys[first].profile) != 0)
            say(teller, WARNING_KEY_SHARED, all.keys[i].profile, all.keys[first].profile);
    }
    clear_known_keys(&all);
}

static void
say_key_faults(struct teller *teller, const char *profile, const struct ssignon *ssignon, struct ssignon_keys *keys)
{
    ssignon_keys_open(teller->racf, profile, ssignon, keys);
    say_fault(teller, keys->legacy_fault, profile, ssignon->legacy_label);
    say_fault(teller, keys->enhanced_fault, profile, ssignon->enhanced_label);
}

static void
say_segment(struct teller *teller, const char *profile, const struct ssignon *ssignon)
{
    struct ssignon_keys keys;
    if (!racf_ptktdata_name_is_usable(profile))
        say(teller, WARNING_PROFILE_NAME, profile, "");
    say_key_faults(teller, profile, ssignon, &keys);
    if (keys.legacy_size > 0 && passticket_legacy_key_is_weak(keys.legacy))
        say(teller, WARNING_KEY_WEAK, profile, "");
    if (ssignon->enhanced_label[0] != '\0' && ssignon->replay)
        say(teller, WARNING_REPLAY_ENHANCED, profile, "");
    secret_wipe(&keys, sizeof keys);
}

static bool
allows_replay(struct racf *racf, const char *profile)
{
    char appldata[SSIGNON_APPLDATA_SIZE] = "";
    sqlite3_stmt *row = racf_sql(racf, "SELECT appldata FROM profile WHERE class = 'PTKTDATA' AND name = ?", "t", profile);
    if (racf_sql_row(racf, &row))
        racf_column_text(racf, row, 0, appldata, sizeof appldata);
    racf_sql_end(&row);
    return ssignon_appldata_allows_replay(appldata);
}

/* All that can be said of a profile by itself. */
static void
say_profile(struct teller *teller, enum racf_class_number class, const char *name)
{
    enum warning warning;
    struct ssignon ssignon;
    bool has_segment = class == RACF_CLASS_PTKTDATA && ssignon_read(teller->racf, name, &ssignon);
    if (has_segment)
        say_segment(teller, name, &ssignon);
    if ((has_segment || class == RACF_CLASS_APPL) && warning_of_application(name, &warning))
        say(teller, warning, name, "");
    if (class == RACF_CLASS_PTKTDATA && allows_replay(teller->racf, name))
        say(teller, WARNING_REPLAY_LEGACY, name, "");
}

void
warnings_of_profile(struct racf *racf, enum racf_class_number class, const char *name, warning_tell *tell, void *context)
{
    struct teller teller = { .racf = racf, .tell = tell, .context = context };
    say_profile(&teller, class, name);
    if (class == RACF_CLASS_PTKTDATA)
        say_shared(&teller, name);
}

size_t
warnings_of_keys(struct racf *racf, warning_tell *tell, void *context)
{
    struct teller teller = { .racf = racf, .tell = tell, .context = context };
    sqlite3_stmt *row = racf_sql(racf, "SELECT profile FROM ssignon ORDER BY profile", "");
    while (racf_sql_row(racf, &row)) {
        char profile[RACF_PROFILE_MAX + 1];
        struct ssignon ssignon;
        struct ssignon_keys keys;
        racf_column_text(racf, row, 0, profile, sizeof profile);
        if (!ssignon_read(racf, profile, &ssignon))
            continue;
        say_key_faults(&teller, profile, &ssignon, &keys);
        secret_wipe(&keys, sizeof keys);
    }
    return teller.count;
}

static void
say_all_profiles(struct teller *teller)
{
    sqlite3_stmt *row =
        racf_sql(teller->racf, "SELECT class, name FROM profile WHERE class IN ('APPL', 'PTKTDATA') ORDER BY class, name", "");
    while (racf_sql_row(teller->racf, &row)) {
        char class[RACF_NAME_MAX + 1];
        char name[RACF_PROFILE_MAX + 1];
        racf_column_text(teller->racf, row, 0, class, sizeof class);
        racf_column_text(teller->racf, row, 1, name, sizeof name);
        int number = racf_class_find(class);
        if (number >= 0)
            say_profile(teller, (enum racf_class_number)number, name);
    }
}

bool
racf_warnings(struct racf *racf, warning_tell *tell, void *context)
{
    struct teller teller = { .racf = racf, .tell = tell, .context = context };
    bool has_keys = racf_sql_exists(racf, "SELECT 1 FROM ssignon", "");
    if (has_keys && racf_ptktdata_in_force(racf) == NULL)
        say(&teller, WARNING_TICKETS_OFF, "PTKTDATA", "");
    for (int i = 0; i < RACF_CLASS_COUNT; i++)
        if (racf->classes[i].raclisted && racf->classes[i].changed)
            say(&teller, WARNING_NOT_REFRESHED, racf_classes[i].name, "");
    say_all_profiles(&teller);
    say_all_shared(&teller);
    return racf_sql_succeeded(racf);
}
