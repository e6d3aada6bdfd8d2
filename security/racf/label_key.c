#include "security/racf/label_key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool
label_key_label_is_valid(const char *label)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ#@$";
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ#@$0123456789.";
    size_t size = strlen(label);
    return size >= 1 && size <= LABEL_KEY_LABEL_MAX && strchr(first, label[0]) != NULL && strspn(label, rest) == size;
}

bool
label_key_size_is_valid(size_t size)
{
    return size == LABEL_KEY_DES_SIZE || (size >= LABEL_KEY_HMAC_MIN && size <= LABEL_KEY_HMAC_MAX);
}

const char *
label_key_kind(size_t size)
{
    return size == LABEL_KEY_DES_SIZE ? "DES" : "HMAC";
}

bool
label_key_read(struct racf *racf, const char *label, struct label_key *key)
{
    *key = (struct label_key) { 0 };
    sqlite3_stmt *row = racf_sql(racf, "SELECT label, size, sealed, derived, created_s FROM label_key WHERE label = ?", "t", label);
    if (!racf_sql_row(racf, &row))
        return false;
    racf_column_text(racf, row, 0, key->label, sizeof key->label);
    key->size = (size_t)sqlite3_column_int(row, 1);
    key->sealed_size = racf_column_bytes(racf, row, 2, key->sealed, sizeof key->sealed);
    key->derived = sqlite3_column_int(row, 3) != 0;
    key->created_s = sqlite3_column_int64(row, 4);
    racf_sql_end(&row);
    return !racf->failed;
}

void
label_key_write(struct racf *racf, const struct label_key *key)
{
    racf_sql_run(racf,
                 "INSERT INTO label_key (label, size, sealed, derived, created_s) VALUES (?1, ?2, ?3, ?4, ?5)"
                 " ON CONFLICT DO UPDATE SET size = ?2, sealed = ?3, derived = ?4, created_s = ?5",
                 "tibil", key->label, (int)key->size, key->sealed, key->sealed_size, (int)key->derived, key->created_s);
}

void
label_key_delete(struct racf *racf, const char *label)
{
    racf_sql_run(racf, "DELETE FROM label_key WHERE label = ?", "t", label);
}

enum { SEAL_NAME_SIZE = sizeof "CKDS/" + LABEL_KEY_LABEL_MAX };

static void
seal_name(const struct label_key *key, char name[SEAL_NAME_SIZE])
{
    snprintf(name, SEAL_NAME_SIZE, "CKDS/%s", key->label);
}

bool
label_key_seal(const struct keystore *keystore, const uint8_t *bytes, size_t size, struct label_key *key)
{
    char name[SEAL_NAME_SIZE];
    seal_name(key, name);
    key->size = size;
    key->sealed_size = keystore_seal(keystore, name, bytes, size, key->sealed);
    return key->sealed_size != 0;
}

size_t
label_key_open(const struct keystore *keystore, const struct label_key *key, uint8_t bytes[KEYSTORE_KEY_MAX])
{
    char name[SEAL_NAME_SIZE];
    seal_name(key, name);
    return keystore_unseal(keystore, name, key->sealed, key->sealed_size, bytes, KEYSTORE_KEY_MAX);
}

bool
label_key_is_used(struct racf *racf, const char *label)
{
    return racf_sql_exists(racf, "SELECT 1 FROM ssignon WHERE legacy_label = ?1 OR enhanced_label = ?1", "t", label);
}

/* The host's name as a qualifier: what it has of A-Z 0-9, up to 8. */
static void
system_name(char name[RACF_NAME_MAX + 1])
{
    char host[256] = "";
    size_t used = 0;
    gethostname(host, sizeof host - 1);
    for (const char *c = host; *c != '\0' && *c != '.' && used < RACF_NAME_MAX; c++)
        if (isalnum((unsigned char)*c))
            name[used++] = (char)toupper((unsigned char)*c);
    name[used] = '\0';
    if (used == 0)
        memcpy(name, "LOCAL", sizeof "LOCAL");
}

bool
label_key_derive(struct racf *racf, const uint8_t bytes[LABEL_KEY_DES_SIZE], char label[LABEL_KEY_LABEL_MAX + 1])
{
    char name[RACF_NAME_MAX + 1];
    char moment[sizeof "mmddyyyy.hhmmss"];
    struct label_key key = { .derived = true, .created_s = clock_utc_seconds(racf->clock) };
    struct label_key other;
    time_t seconds = (time_t)key.created_s;
    struct tm utc;
    system_name(name);
    if (gmtime_r(&seconds, &utc) == NULL || strftime(moment, sizeof moment, "%m%d%Y.%H%M%S", &utc) == 0)
        return false;
    unsigned number = 0;
    do
        snprintf(key.label, sizeof key.label, "IRR.SSIGNON.%s.%s.%06u", name, moment, ++number);
    while (label_key_read(racf, key.label, &other));
    if (racf->failed || !label_key_seal(racf->keystore, bytes, LABEL_KEY_DES_SIZE, &key))
        return false;
    label_key_write(racf, &key);
    memcpy(label, key.label, sizeof key.label);
    return !racf->failed;
}

void
label_key_forget_unused(struct racf *racf)
{
    racf_sql_run(racf,
                 "DELETE FROM label_key WHERE derived = 1 AND NOT EXISTS"
                 " (SELECT 1 FROM ssignon WHERE legacy_label = label OR enhanced_label = label)",
                 "");
}
