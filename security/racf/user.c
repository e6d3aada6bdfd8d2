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

struct racf_user_entry *
user_entry_find(struct racf *racf, const char *userid)
{
    struct racf_user_entry *recent = racf->recent_user;
    if (recent == NULL || strcmp(recent->user.userid, userid) != 0)
        recent = entry_find(racf, userid);
    racf->recent_user = recent;
    return recent;
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

#define ENTRY_COLUMNS                                                                                                                  \
    "SELECT userid, name, default_group, attributes, password, phrase, failed_attempts, created_s, last_access_s, password_changed_s," \
    " phrase_changed_s, interval_days FROM user"

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
    entry->expired = (attributes & RACF_ATTRIBUTE_EXPIRED) != 0;
    entry->password.size = racf_column_bytes(racf, row, 4, entry->password.bytes, sizeof entry->password.bytes);
    entry->phrase.size = racf_column_bytes(racf, row, 5, entry->phrase.bytes, sizeof entry->phrase.bytes);
    user->has_password = entry->password.size != 0;
    user->is_protected = !user->has_password && entry->phrase.size == 0;
    user->failed_attempts = (uint32_t)sqlite3_column_int(row, 6);
    entry->created_s = sqlite3_column_int64(row, 7);
    entry->last_access_s = sqlite3_column_int64(row, 8);
    entry->password_changed_s = sqlite3_column_int64(row, 9);
    entry->phrase_changed_s = sqlite3_column_int64(row, 10);
    entry->interval_days = sqlite3_column_int(row, 11);
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
    racf->recent_user = NULL;
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
racf_user_find(struct racf *racf, const char *userid)
{
    struct racf_user_entry *entry = user_entry_find(racf, userid);
    if (entry == NULL)
        return NULL;
    entry->user.revoked = entry->revoked_by_command || is_inactive(racf, entry);
    return &entry->user;
}

enum racf_connection
racf_connection_find(const struct racf_user *user, const char *group)
{
    const struct racf_user_entry *entry = (const struct racf_user_entry *)user; /* its first member */
    for (size_t i = 0; i < entry->connection_count; i++)
        if (strcmp(entry->connections[i].group, group) == 0)
            return entry->connections[i].revoked ? RACF_CONNECTION_REVOKED : RACF_CONNECTED;
    return RACF_NOT_CONNECTED;
}

/* The shorter of the user's own interval and that of SETROPTS counts. */
static int64_t
expiry_of(const struct racf *racf, const struct racf_user_entry *entry, int64_t changed_s)
{
    int64_t limit_days = racf->options[RACF_OPTION_INTERVAL];
    int64_t days = entry->interval_days;
    if (entry->expired)
        return INT64_MIN;
    if (days == 0)
        return INT64_MAX;
    return changed_s + (limit_days != 0 && limit_days < days ? limit_days : days) * SECONDS_A_DAY;
}

bool
racf_password_find(const struct racf *racf, const char *userid, bool phrase, struct racf_password *password)
{
    const struct racf_user_entry *entry = entry_find(racf, userid);
    *password = (struct racf_password) { 0 };
    if (entry == NULL)
        return false;
    password->hash = phrase ? entry->phrase : entry->password;
    password->expires_s = expiry_of(racf, entry, phrase ? entry->phrase_changed_s : entry->password_changed_s);
    return password->hash.size != 0;
}

uint64_t
racf_generation(const struct racf *racf)
{
    return racf->generation;
}

bool
racf_mixed_case(const struct racf *racf)
{
    return racf->options[RACF_OPTION_MIXEDCASE] != 0;
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
