#include "security/racf/schema.h"

#include "security/racf/user.h"

/* Times are UTC seconds. Application keys stand here only sealed, passwords only hashed. */
static const char *const statements[] = {
    "CREATE TABLE option (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",

    "CREATE TABLE class (name TEXT PRIMARY KEY, active INTEGER NOT NULL, raclisted INTEGER NOT NULL, generic INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",

    "CREATE TABLE user_group (name TEXT PRIMARY KEY, superior TEXT REFERENCES user_group, owner TEXT NOT NULL, data TEXT,"
    " created_s INTEGER NOT NULL) STRICT, WITHOUT ROWID",

    "CREATE TABLE user (userid TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', default_group TEXT NOT NULL REFERENCES user_group,"
    " owner TEXT NOT NULL, data TEXT, created_s INTEGER NOT NULL, attributes INTEGER NOT NULL DEFAULT 0,"
    " password BLOB, password_changed_s INTEGER NOT NULL DEFAULT 0, phrase BLOB, phrase_changed_s INTEGER NOT NULL DEFAULT 0,"
    " interval_days INTEGER NOT NULL, failed_attempts INTEGER NOT NULL DEFAULT 0, last_access_s INTEGER NOT NULL DEFAULT 0)"
    " STRICT, WITHOUT ROWID",

    "CREATE TABLE password_history (userid TEXT NOT NULL REFERENCES user ON DELETE CASCADE, phrase INTEGER NOT NULL,"
    " number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (userid, phrase, number)) STRICT, WITHOUT ROWID",

    "CREATE TABLE connection (userid TEXT NOT NULL REFERENCES user ON DELETE CASCADE, group_name TEXT NOT NULL REFERENCES user_group,"
    " owner TEXT NOT NULL, authority INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0, created_s INTEGER NOT NULL,"
    " PRIMARY KEY (userid, group_name)) STRICT, WITHOUT ROWID",

    "CREATE TABLE profile (class TEXT NOT NULL REFERENCES class, name TEXT NOT NULL, owner TEXT NOT NULL, uacc INTEGER NOT NULL,"
    " data TEXT, appldata TEXT, audit TEXT NOT NULL, warning INTEGER NOT NULL, created_s INTEGER NOT NULL, changed_s INTEGER NOT NULL,"
    " PRIMARY KEY (class, name)) STRICT, WITHOUT ROWID",

    "CREATE TABLE permission (class TEXT NOT NULL, profile TEXT NOT NULL, id TEXT NOT NULL, access INTEGER NOT NULL,"
    " PRIMARY KEY (class, profile, id), FOREIGN KEY (class, profile) REFERENCES profile ON DELETE CASCADE) STRICT, WITHOUT ROWID",

    "CREATE TABLE ssignon (class TEXT NOT NULL DEFAULT 'PTKTDATA', profile TEXT PRIMARY KEY, legacy_form INTEGER NOT NULL,"
    " legacy_sealed BLOB, legacy_label TEXT, enhanced_label TEXT, ticket_type INTEGER NOT NULL, timeout_s INTEGER NOT NULL,"
    " replay INTEGER NOT NULL, FOREIGN KEY (class, profile) REFERENCES profile ON DELETE CASCADE) STRICT, WITHOUT ROWID",
};

/* Newer than the version: an older program passes over them. */
static const char *const later_statements[] = {
    "CREATE TABLE IF NOT EXISTS omvs (userid TEXT PRIMARY KEY REFERENCES user ON DELETE CASCADE, uid INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS label_key (label TEXT PRIMARY KEY, size INTEGER NOT NULL, sealed BLOB NOT NULL, derived INTEGER NOT NULL,"
    " created_s INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS omvs_uid ON omvs (uid, userid)",
};

void
schema_complete(struct racf *racf)
{
    for (size_t i = 0; i < sizeof later_statements / sizeof later_statements[0]; i++)
        racf_sql_run(racf, later_statements[i], "");
}

void
schema_create(struct racf *racf)
{
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        racf_sql_run(racf, statements[i], "");
    for (int i = 0; i < RACF_CLASS_COUNT; i++)
        racf_sql_run(racf, "INSERT INTO class VALUES (?, 0, 0, 1)", "t", racf_classes[i].name);
    int64_t now_s = clock_utc_seconds(racf->clock);
    racf_sql_run(racf, "INSERT INTO user_group VALUES ('SYS1', NULL, 'IBMUSER', NULL, ?)", "l", now_s);
    racf_sql_run(racf,
                 "INSERT INTO user (userid, default_group, owner, created_s, attributes, interval_days)"
                 " VALUES ('IBMUSER', 'SYS1', 'IBMUSER', ?, ?, 30)",
                 "li", now_s, RACF_ATTRIBUTE_SPECIAL | RACF_ATTRIBUTE_OPERATIONS);
    racf_sql_run(racf, "INSERT INTO connection VALUES ('IBMUSER', 'SYS1', 'IBMUSER', ?, 0, ?)", "il", RACF_AUTHORITY_JOIN, now_s);
    /* The pragmas take no parameters. */
    racf_sql_run(racf, "PRAGMA application_id = 0x50475246", "");
    racf_sql_run(racf, "PRAGMA user_version = 1", "");
}
