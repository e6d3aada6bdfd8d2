#include "security/racf/ssignon.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool
ssignon_read(struct racf *racf, const char *profile, struct ssignon *ssignon)
{
    *ssignon = (struct ssignon) { .ticket_type = PASSTICKET_MIXED, .timeout_s = SSIGNON_TIMEOUT_DEFAULT_S };
    sqlite3_stmt *row = racf_sql(racf,
                                 "SELECT legacy_form, legacy_sealed, legacy_label, enhanced_label, ticket_type, timeout_s, replay"
                                 " FROM ssignon WHERE profile = ?",
                                 "t", profile);
    if (!racf_sql_row(racf, &row))
        return false;
    ssignon->legacy_form = (enum ssignon_legacy_form)sqlite3_column_int(row, 0);
    ssignon->legacy_sealed_size = racf_column_bytes(racf, row, 1, ssignon->legacy_sealed, sizeof ssignon->legacy_sealed);
    racf_column_text(racf, row, 2, ssignon->legacy_label, sizeof ssignon->legacy_label);
    racf_column_text(racf, row, 3, ssignon->enhanced_label, sizeof ssignon->enhanced_label);
    ssignon->ticket_type = sqlite3_column_int(row, 4) == PASSTICKET_UPPER ? PASSTICKET_UPPER : PASSTICKET_MIXED;
    ssignon->timeout_s = (uint16_t)sqlite3_column_int(row, 5);
    ssignon->replay = sqlite3_column_int(row, 6) != 0;
    racf_sql_end(&row);
    return !racf->failed;
}

void
ssignon_write(struct racf *racf, const char *profile, const struct ssignon *ssignon)
{
    racf_sql_run(racf,
                 "INSERT INTO ssignon (profile, legacy_form, legacy_sealed, legacy_label, enhanced_label, ticket_type, timeout_s, replay)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET legacy_form = ?2, legacy_sealed = ?3,"
                 " legacy_label = ?4, enhanced_label = ?5, ticket_type = ?6, timeout_s = ?7, replay = ?8",
                 "tibttiii", profile, (int)ssignon->legacy_form, ssignon->legacy_sealed_size > 0 ? ssignon->legacy_sealed : NULL,
                 ssignon->legacy_sealed_size, ssignon->legacy_label[0] != '\0' ? ssignon->legacy_label : NULL,
                 ssignon->enhanced_label[0] != '\0' ? ssignon->enhanced_label : NULL, (int)ssignon->ticket_type, (int)ssignon->timeout_s,
                 (int)ssignon->replay);
}

enum { SEAL_NAME_SIZE = sizeof "PTKTDATA/" + RACF_PROFILE_MAX };

/* What the sealed key is bound to, so that it opens for no other profile. */
static void
seal_name(const char *profile, char name[SEAL_NAME_SIZE])
{
    snprintf(name, SEAL_NAME_SIZE, "PTKTDATA/%s", profile);
}

bool
ssignon_seal(const struct keystore *keystore, const char *profile, const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE], struct ssignon *ssignon)
{
    char name[SEAL_NAME_SIZE];
    seal_name(profile, name);
    ssignon->legacy_sealed_size = keystore_seal(keystore, name, key, PASSTICKET_LEGACY_KEY_SIZE, ssignon->legacy_sealed);
    return ssignon->legacy_sealed_size != 0;
}

bool
ssignon_legacy_key(const struct keystore *keystore, const char *profile, const struct ssignon *ssignon,
                   uint8_t key[PASSTICKET_LEGACY_KEY_SIZE])
{
    char name[SEAL_NAME_SIZE];
    seal_name(profile, name);
    return keystore_unseal(keystore, name, ssignon->legacy_sealed, ssignon->legacy_sealed_size, key, PASSTICKET_LEGACY_KEY_SIZE) ==
           PASSTICKET_LEGACY_KEY_SIZE;
}

bool
ssignon_appldata_allows_replay(const char *appldata)
{
    static const char words[] = "NO REPLAY PROTECTION";
    return strncasecmp(appldata, words, sizeof words - 1) == 0;
}
