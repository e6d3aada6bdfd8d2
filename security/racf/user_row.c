#include <string.h>

#include "security/racf/user.h"

bool
user_row_read(struct racf *racf, const char *userid, struct user_row *row)
{
    *row = (struct user_row) { 0 };
    sqlite3_stmt *found = racf_sql(racf,
                                   "SELECT name, default_group, owner, data, created_s, attributes, password, password_changed_s, phrase,"
                                   " phrase_changed_s, interval_days, failed_attempts, last_access_s, userid FROM user WHERE userid = ?",
                                   "t", userid);
    if (!racf_sql_row(racf, &found))
        return false;
    racf_column_text(racf, found, 0, row->name, sizeof row->name);
    racf_column_text(racf, found, 1, row->default_group, sizeof row->default_group);
    racf_column_text(racf, found, 2, row->owner, sizeof row->owner);
    racf_column_text(racf, found, 3, row->data, sizeof row->data);
    row->created_s = sqlite3_column_int64(found, 4);
    row->attributes = (unsigned)sqlite3_column_int(found, 5);
    row->password.size = racf_column_bytes(racf, found, 6, row->password.bytes, sizeof row->password.bytes);
    row->password_changed_s = sqlite3_column_int64(found, 7);
    row->phrase.size = racf_column_bytes(racf, found, 8, row->phrase.bytes, sizeof row->phrase.bytes);
    row->phrase_changed_s = sqlite3_column_int64(found, 9);
    row->interval_days = sqlite3_column_int(found, 10);
    row->failed_attempts = sqlite3_column_int(found, 11);
    row->last_access_s = sqlite3_column_int64(found, 12);
    racf_column_text(racf, found, 13, row->userid, sizeof row->userid);
    racf_sql_end(&found);
    return !racf->failed;
}

static const char *
text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static const void *
hash_or_null(const struct password_hash *hash)
{
    return hash->size > 0 ? hash->bytes : NULL;
}

void
user_row_write(struct racf *racf, const struct user_row *row)
{
    racf_sql_run(racf,
                 "INSERT INTO user (userid, name, default_group, owner, data, created_s, attributes, password, password_changed_s, phrase,"
                 " phrase_changed_s, interval_days, failed_attempts, last_access_s)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
                 " ON CONFLICT DO UPDATE SET name = ?2, default_group = ?3, owner = ?4, data = ?5, attributes = ?7, password = ?8,"
                 " password_changed_s = ?9, phrase = ?10, phrase_changed_s = ?11, interval_days = ?12, failed_attempts = ?13,"
                 " last_access_s = ?14",
                 "tttttliblbliil", row->userid, row->name, row->default_group, row->owner, text_or_null(row->data), row->created_s,
                 (int)row->attributes, hash_or_null(&row->password), row->password.size, row->password_changed_s,
                 hash_or_null(&row->phrase), row->phrase.size, row->phrase_changed_s, row->interval_days, row->failed_attempts,
                 row->last_access_s);
}

bool
user_exists(struct racf *racf, const char *userid)
{
    return racf_sql_exists(racf, "SELECT 1 FROM user WHERE userid = ?", "t", userid);
}

bool
group_exists(struct racf *racf, const char *group)
{
    return racf_sql_exists(racf, "SELECT 1 FROM user_group WHERE name = ?", "t", group);
}

bool
connection_exists(struct racf *racf, const char *userid, const char *group)
{
    return racf_sql_exists(racf, "SELECT 1 FROM connection WHERE userid = ? AND group_name = ?", "tt", userid, group);
}
