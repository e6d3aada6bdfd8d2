#include <string.h>

#include "common/log.h"
#include "security/racf/user.h"

enum { SECONDS_A_DAY = 86400 };

static void
note_changed(struct racf *racf, struct racf_user_entry *entry)
{
    if (entry->counts_changed)
        return;
    if (racf->counted_count == RACF_COUNTED_MAX)
        racf_counts_store(racf);
    memcpy(racf->counted[racf->counted_count++], entry->user.userid, RACF_NAME_MAX + 1);
    entry->counts_changed = true;
}

/* Memory counts even when the file cannot be written: a full disk must not make guessing free. */
bool
racf_count_failure(struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = user_entry_find(racf, userid);
    if (entry == NULL) {
        racf->undefined_failures++;
        return false;
    }
    if (entry->user.failed_attempts < UINT16_MAX)
        entry->user.failed_attempts++;
    uint32_t limit = racf->options[RACF_OPTION_REVOKE];
    bool revokes = limit > 0 && entry->user.failed_attempts >= limit && !entry->revoked_by_command;
    if (revokes) {
        entry->user.revoked = entry->revoked_by_command = true;
        racf->generation++;
    }
    note_changed(racf, entry);
    return revokes;
}

void
racf_count_success(struct racf *racf, const char *userid, int64_t now_s)
{
    struct racf_user_entry *entry = user_entry_find(racf, userid);
    if (entry == NULL)
        return;
    bool first_today = now_s / SECONDS_A_DAY != entry->last_access_s / SECONDS_A_DAY;
    if (entry->user.failed_attempts == 0 && !first_today)
        return;
    entry->user.failed_attempts = 0;
    entry->last_access_s = now_s;
    note_changed(racf, entry);
}

static void
store_user(struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = user_entry_find(racf, userid);
    if (entry == NULL)
        return;
    entry->counts_changed = false;
    racf_sql_run(racf, "UPDATE user SET failed_attempts = ?, attributes = attributes | ?, last_access_s = ? WHERE userid = ?", "iilt",
                 (int)entry->user.failed_attempts, entry->revoked_by_command ? RACF_ATTRIBUTE_REVOKED : 0, entry->last_access_s, userid);
}

void
racf_counts_store(struct racf *racf)
{
    if (racf->counted_count == 0 && racf->undefined_failures == 0)
        return;
    racf_sql_begin(racf);
    for (size_t i = 0; i < racf->counted_count; i++)
        store_user(racf, racf->counted[i]);
    if (racf->undefined_failures > 0)
        racf_sql_run(racf, "INSERT INTO option VALUES ('UNDEFINED', ?1) ON CONFLICT DO UPDATE SET value = value + ?1", "l",
                     (int64_t)racf->undefined_failures);
    if (!racf_sql_commit(racf))
        log_message("PGR202E", "the logon counts of %zu users cannot be written to the RACF database: %s", racf->counted_count,
                    racf->failure);
    racf->counted_count = 0;
    racf->undefined_failures = 0;
}
