/* The inside of a struct racf: what the files of this folder share, and nobody else includes.
 * The file is the truth. Memory holds users, connections, options and the profiles in force; a command changes the file in one
 * transaction, and what it touched is read again after the commit, so that memory never shows what the file does not. */
#pragma once
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "security/racf/classes.h"
#include "security/racf/racf.h"

/* The settings of SETROPTS that are numbers, in the order of the table in options.c. */
enum racf_option {
    RACF_OPTION_REVOKE,    /* consecutive failures that revoke; 0: NOREVOKE */
    RACF_OPTION_INTERVAL,  /* days until a password expires; 0: NOINTERVAL */
    RACF_OPTION_MINCHANGE, /* days that must pass between changes */
    RACF_OPTION_HISTORY,   /* passwords that must not come back */
    RACF_OPTION_MIXEDCASE, /* 0 or 1 */
    RACF_OPTION_INACTIVE,  /* days without use that revoke; 0: NOINACTIVE */
    RACF_OPTION_COUNT,
};

enum { RACF_COUNTED_MAX = 256 };

struct access_set;
struct racf_uid;
struct racf_user_entry;

struct racf_class_state {
    bool active;
    bool raclisted;
    bool generic;
    bool changed;                /* a profile was changed after `in_force` was loaded */
    struct access_set *in_force; /* NULL: not loaded yet, or loading failed */
};

struct racf {
    sqlite3 *db;
    struct keystore *keystore;
    const struct clock *clock;
    struct racf_user_entry *users;       /* hash by user ID */
    struct racf_user_entry *recent_user; /* the one found last, for which a decision asks several times; NULL: none */
    struct racf_uid *uids;               /* sorted by uid, each once */
    size_t uid_count;
    struct racf_class_state *classes; /* RACF_CLASS_COUNT; an array of its own because in_force is filled on first use */
    uint32_t options[RACF_OPTION_COUNT];
    uint16_t future_s;                                 /* that enhanced tickets may be ahead of the clock at most */
    char counted[RACF_COUNTED_MAX][RACF_NAME_MAX + 1]; /* users whose counts are to be written */
    size_t counted_count;
    uint64_t generation;                     /* see racf_generation */
    uint32_t undefined_failures;             /* of user IDs that are not defined, to be written */
    struct racf_ptktdata_snapshot *ptktdata; /* in storage; NULL when not RACLISTed */
    bool failed;                             /* an SQL statement failed; sticky until racf_sql_succeeded is asked */
    char failure[160];                       /* why, for a message; kept longer */
};

/* SQL: text with ?, and one letter a value: t text (NULL allowed), i int, l int64_t, b bytes (pointer, then size_t; NULL allowed).
 * A statement that fails sets racf->failed, and later ones do nothing. */
MUST_CHECK sqlite3_stmt *racf_sql(struct racf *racf, const char *text, const char *types, ...);
/* The next row. False at the end, or on failure; the statement is then released. */
MUST_CHECK bool racf_sql_row(struct racf *racf, sqlite3_stmt **statement);
/* Runs a statement that returns no rows. */
void racf_sql_run(struct racf *racf, const char *text, const char *types, ...);
/* True when the query has a row. */
MUST_CHECK bool racf_sql_exists(struct racf *racf, const char *text, const char *types, ...);
/* Releases a statement before its end. */
void racf_sql_end(sqlite3_stmt **statement);

/* Fails the transaction for a reason that SQLite does not know of. */
void racf_sql_fail(struct racf *racf, const char *failure);

/* True when nothing failed since this was asked last. */
MUST_CHECK bool racf_sql_succeeded(struct racf *racf);

/* A transaction. racf_sql_commit rolls back and returns false when anything failed since racf_sql_begin. */
void racf_sql_begin(struct racf *racf);
MUST_CHECK bool racf_sql_commit(struct racf *racf);

/* Columns of the current row. A text that does not fit fails the transaction rather than being cut. */
void racf_column_text(struct racf *racf, sqlite3_stmt *statement, int column, char *text, size_t size);
size_t racf_column_bytes(struct racf *racf, sqlite3_stmt *statement, int column, uint8_t *bytes, size_t size);

/* The class in the file changes what is in force: RACLISTed profiles are loaded (the ticket keys of PTKTDATA too), those of
 * other classes are loaded at their next use. False: they could not be, and nothing of the class is in force. */
MUST_CHECK bool racf_class_publish(struct racf *racf, enum racf_class_number class);

/* Options and class states as the file has them. */
void racf_options_load(struct racf *racf);
void racf_option_store(struct racf *racf, enum racf_option option, uint32_t value);
void racf_class_store(struct racf *racf, enum racf_class_number class, const struct racf_class_state *state);
