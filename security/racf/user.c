#include "security/racf/user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/log.h"

enum { SECONDS_A_DAY = 86400 };

static void
entry_free(struct racf_user_entry *entry)
{
    free(entry->connections);
    free(entry);
}

static struct racf_user_entry *
entry_find(const struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = NULL;
    HASH_FIND_STR(racf->users, userid, entry);
    return entry;
}

const struct racf_user_entry *
user_entry_find(const struct racf *racf, const char *userid)
{
    return entry_find(racf, userid);
}

static struct racf_user_entry *
entry_add(struct racf *racf, const struct racf_user_entry *values)
{
    struct racf_user_entry *entry = malloc(sizeof *entry);
    if (entry == NULL) {
        racf->failed = true;
        return NULL;
    }
    *entry = *values;
    HASH_ADD_STR(racf->users, user.userid, entry);
    return entry;
}

static void
entry_connect(struct racf *racf, struct racf_user_entry *entry, const struct racf_user_connection *connection)
{
    size_t count = entry->connection_count;
    struct racf_user_connection *larger = realloc(entry->connections, (count + 1) * sizeof *larger);
    if (larger == NULL) {
        racf->failed = true;
        return;
    }
    larger[count] = *connection;
    entry->connections = larger;
    entry->connection_count = count + 1;
}

#define ENTRY_COLUMNS                                                                                                                      \
    "SELECT userid, name, default_group, attributes, password IS NOT NULL, phrase IS NOT NULL, failed_attempts, created_s, last_access_s " \
    "FROM user"

static void
read_entry(struct racf *racf, sqlite3_stmt *row, struct racf_user_entry *entry)
{
    *entry = (struct racf_user_entry) { 0 };
    struct racf_user *user = &entry->user;
    racf_column_text(racf, row, 0, user->userid, sizeof user->userid);
    racf_column_text(racf, row, 1, user->name, sizeof user->name);
    racf_column_text(racf, row, 2, user->default_group, sizeof user->default_group);
    unsigned attributes = (unsigned)sqlite3_column_int(row, 3);
    user->special = (attributes & RACF_ATTRIBUTE_SPECIAL) != 0;
    user->auditor = (attributes & RACF_ATTRIBUTE_AUDITOR) != 0;
    user->operations = (attributes & RACF_ATTRIBUTE_OPERATIONS) != 0;
    user->restricted = (attributes & RACF_ATTRIBUTE_RESTRICTED) != 0;
    user->revoked = entry->revoked_by_command = (attributes & RACF_ATTRIBUTE_REVOKED) != 0;
    user->has_password = sqlite3_column_int(row, 4) != 0;
    user->is_protected = !user->has_password && sqlite3_column_int(row, 5) == 0;
    user->failed_attempts = (uint32_t)sqlite3_column_int(row, 6);
    entry->created_s = sqlite3_column_int64(row, 7);
    entry->last_access_s = sqlite3_column_int64(row, 8);
}

static void
read_connection(struct racf *racf, sqlite3_stmt *row)
{
    char userid[RACF_NAME_MAX + 1];
    struct racf_user_connection connection;
    racf_column_text(racf, row, 0, userid, sizeof userid);
    racf_column_text(racf, row, 1, connection.group, sizeof connection.group);
    connection.revoked = sqlite3_column_int(row, 2) != 0;
    struct racf_user_entry *entry = entry_find(racf, userid);
    if (entry != NULL)
        entry_connect(racf, entry, &connection);
}

void
users_load(struct racf *racf)
{
    struct racf_user_entry entry;
    sqlite3_stmt *row = racf_sql(racf, ENTRY_COLUMNS, "");
    while (racf_sql_row(racf, &row)) {
        read_entry(racf, row, &entry);
        entry_add(racf, &entry);
    }
    row = racf_sql(racf, "SELECT userid, group_name, revoked FROM connection", "");
    while (racf_sql_row(racf, &row))
        read_connection(racf, row);
}

static void
entry_remove(struct racf *racf, struct racf_user_entry *entry)
{
    HASH_DEL(racf->users, entry);
    entry_free(entry);
}

/* A user whose row cannot be read is as good as not defined: no logon rests on what memory last knew. */
void
user_reload(struct racf *racf, const char *userid)
{
    struct racf_user_entry *known = entry_find(racf, userid);
    if (known != NULL)
        entry_remove(racf, known);
    struct racf_user_entry entry;
    sqlite3_stmt *row = racf_sql(racf, ENTRY_COLUMNS " WHERE userid = ?", "t", userid);
    while (racf_sql_row(racf, &row)) {
        read_entry(racf, row, &entry);
        entry_add(racf, &entry);
    }
    row = racf_sql(racf, "SELECT userid, group_name, revoked FROM connection WHERE userid = ?", "t", userid);
    while (racf_sql_row(racf, &row))
        read_connection(racf, row);
    known = entry_find(racf, userid);
    if (racf_sql_succeeded(racf))
        return;
    if (known != NULL)
        entry_remove(racf, known);
    log_message("PGR201E", "user %s cannot be read from the RACF database: %s", userid, racf->failure);
}

void
users_clear(struct racf *racf)
{
    struct racf_user_entry *entry = NULL;
    struct racf_user_entry *next = NULL;
    HASH_ITER(hh, racf->users, entry, next)
    {
        entry_remove(racf, entry);
    }
}

static bool
is_inactive(const struct racf *racf, const struct racf_user_entry *entry)
{
    int64_t used_s = entry->last_access_s != 0 ? entry->last_access_s : entry->created_s;
    int64_t limit_s = (int64_t)racf->options[RACF_OPTION_INACTIVE] * SECONDS_A_DAY;
    return limit_s > 0 && clock_utc_seconds(racf->clock) - used_s > limit_s;
}

const struct racf_user *
racf_user_find(const struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = entry_find(racf, userid);
    if (entry == NULL)
        return NULL;
    entry->user.revoked = entry->revoked_by_command || is_inactive(racf, entry);
    return &entry->user;
}

enum racf_connection
racf_connection_find(const struct racf *racf, const char *userid, const char *group)
{
    const struct racf_user_entry *entry = entry_find(racf, userid);
    for (size_t i = 0; entry != NULL && i < entry->connection_count; i++)
        if (strcmp(entry->connections[i].group, group) == 0)
            return entry->connections[i].revoked ? RACF_CONNECTION_REVOKED : RACF_CONNECTED;
    return RACF_NOT_CONNECTED;
}

static void
log_counter_failure(struct racf *racf, const char *userid)
{
    if (!racf_sql_succeeded(racf))
        log_message("PGR202E", "the logon count of user %s cannot be written to the RACF database: %s", userid, racf->failure);
}

/* Memory counts even when the file cannot be written: a full disk must not make guessing free. */
bool
racf_count_failure(struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = entry_find(racf, userid);
    if (entry == NULL)
        return false;
    if (entry->user.failed_attempts < UINT16_MAX)
        entry->user.failed_attempts++;
    uint32_t limit = racf->options[RACF_OPTION_REVOKE];
    bool revokes = limit > 0 && entry->user.failed_attempts >= limit && !entry->revoked_by_command;
    if (revokes)
        entry->user.revoked = entry->revoked_by_command = true;
    racf_sql_run(racf, "UPDATE user SET failed_attempts = ?, attributes = attributes | ? WHERE userid = ?", "iit",
                 (int)entry->user.failed_attempts, revokes ? RACF_ATTRIBUTE_REVOKED : 0, userid);
    log_counter_failure(racf, userid);
    return revokes;
}

void
racf_count_success(struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = entry_find(racf, userid);
    if (entry == NULL)
        return;
    int64_t now_s = clock_utc_seconds(racf->clock);
    bool first_today = now_s / SECONDS_A_DAY != entry->last_access_s / SECONDS_A_DAY;
    if (entry->user.failed_attempts == 0 && !first_today)
        return;
    entry->user.failed_attempts = 0;
    entry->last_access_s = now_s;
    racf_sql_run(racf, "UPDATE user SET failed_attempts = 0, last_access_s = ? WHERE userid = ?", "lt", now_s, userid);
    log_counter_failure(racf, userid);
}

void
racf_date(int64_t utc_s, char text[RACF_DATE_SIZE])
{
    time_t seconds = (time_t)utc_s;
    struct tm day;
    if (utc_s == 0 || gmtime_r(&seconds, &day) == NULL)
        snprintf(text, RACF_DATE_SIZE, "00.000");
    else
        snprintf(text, RACF_DATE_SIZE, "%02u.%03u", (unsigned)(day.tm_year % 100) % 100u, ((unsigned)day.tm_yday + 1) % 1000u);
}
