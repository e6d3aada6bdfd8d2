/* Users and their connections to groups: in memory for decisions, in the file as rows. */
#pragma once
#include "security/racf/hash.h"

#include "security/racf/database.h"
#include "security/racf/password.h"

enum racf_attribute {
    RACF_ATTRIBUTE_SPECIAL = 1,
    RACF_ATTRIBUTE_AUDITOR = 2,
    RACF_ATTRIBUTE_OPERATIONS = 4,
    RACF_ATTRIBUTE_RESTRICTED = 8,
    RACF_ATTRIBUTE_REVOKED = 16,
    RACF_ATTRIBUTE_EXPIRED = 32, /* the password must be changed at the next logon with it */
    RACF_ATTRIBUTE_GRPACC = 64,  /* these two are kept and shown; they are about data sets */
    RACF_ATTRIBUTE_ADSP = 128,
};

/* Authority in a group, each including the lower ones. */
enum racf_group_authority { RACF_AUTHORITY_USE, RACF_AUTHORITY_CREATE, RACF_AUTHORITY_CONNECT, RACF_AUTHORITY_JOIN };

enum { RACF_DATA_MAX = 255, RACF_DATE_SIZE = 7 };

struct racf_user_connection {
    char group[RACF_NAME_MAX + 1];
    bool revoked;
};

struct racf_user_entry {
    struct racf_user user;
    bool revoked_by_command; /* user.revoked also counts INACTIVE(n) */
    int64_t created_s;
    int64_t last_access_s; /* 0: never */
    struct password_hash password;
    struct password_hash phrase;
    int64_t password_changed_s;
    int64_t phrase_changed_s;
    int interval_days;   /* 0: never expires */
    bool expired;        /* EXPIRED: password and phrase must be changed */
    bool counts_changed; /* failed_attempts, revoked_by_command, last_access_s: not in the file yet */
    struct racf_user_connection *connections;
    size_t connection_count;
    UT_hash_handle hh;
};

void users_load(struct racf *racf);
/* After a commit: the user is as the file has it, or gone. */
void user_reload(struct racf *racf, const char *userid);
void users_clear(struct racf *racf);
struct racf_user_entry *user_entry_find(struct racf *racf, const char *userid);

/* A row of the file. */
struct user_row {
    char userid[RACF_NAME_MAX + 1];
    char name[RACF_USER_NAME_MAX + 1];
    char default_group[RACF_NAME_MAX + 1];
    char owner[RACF_NAME_MAX + 1];
    char data[RACF_DATA_MAX + 1];
    int64_t created_s;
    unsigned attributes; /* enum racf_attribute */
    struct password_hash password;
    int64_t password_changed_s;
    struct password_hash phrase;
    int64_t phrase_changed_s;
    int interval_days; /* 0: never expires */
    int failed_attempts;
    int64_t last_access_s;
};

MUST_CHECK bool user_row_read(struct racf *racf, const char *userid, struct user_row *row);
/* Inserts or replaces; the user ID decides. */
void user_row_write(struct racf *racf, const struct user_row *row);

MUST_CHECK bool user_exists(struct racf *racf, const char *userid);
MUST_CHECK bool group_exists(struct racf *racf, const char *group);
MUST_CHECK bool connection_exists(struct racf *racf, const char *userid, const char *group);

/* RACF's yy.ddd of UTC seconds; 00.000 for 0. */
void racf_date(int64_t utc_s, char text[RACF_DATE_SIZE]);
