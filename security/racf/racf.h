/* The RACF database of one safd: users, groups and general resource profiles, in SQLite on disk and in memory for decisions.
 * Users, groups and connections take effect at once. PTKTDATA works from its RACLISTed in-storage profiles: an immutable,
 * reference-counted snapshot that SETROPTS RACLIST(...) [REFRESH] publishes, and that is loaded again when safd starts.
 * One thread (safd's loop) uses a struct racf; a snapshot may be used by any thread that holds a reference. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/clock.h"
#include "common/problem.h"
#include "common/wire.h"
#include "security/keystore.h"
#include "security/passticket/enhanced.h"
#include "security/passticket/legacy.h"
#include "security/racf/password.h"
#include "security/saf/warning.h"

enum { RACF_NAME_MAX = 8, RACF_PROFILE_MAX = 246, RACF_USER_NAME_MAX = 20 };
enum { RACF_KEY_PROFILE_MAX = 3 * RACF_NAME_MAX + 2 }; /* appl.group.user: the longest PTKTDATA profile that holds keys */

enum racf_access {
    RACF_ACCESS_NONE = 0,
    RACF_ACCESS_EXECUTE = 1,
    RACF_ACCESS_READ = 2,
    RACF_ACCESS_UPDATE = 4,
    RACF_ACCESS_CONTROL = 8,
    RACF_ACCESS_ALTER = 128,
};

struct racf;

/* Opens (when `create`, makes) the database: the tables, user IBMUSER (SPECIAL) and group SYS1. A second opener of the same
 * file is refused. `keystore` and `clock` must outlive it; KEY REWRAP changes the keystore's master key. NULL: *problem. */
struct racf *racf_open(const char *path, bool create, struct keystore *keystore, const struct clock *clock, struct problem *problem);
void racf_close(struct racf *racf);

/* How far enhanced tickets may be ahead of the clock, whatever TIMEOUT allows: 0 to 600 seconds; 600, and so the same either way,
 * unless told. False when the profiles cannot be put in storage again. */
MUST_CHECK bool racf_limit_future(struct racf *racf, uint16_t seconds);

/* A user as VERIFY sees it; lives until the next command. */
struct racf_user {
    char userid[RACF_NAME_MAX + 1];
    char name[RACF_USER_NAME_MAX + 1];
    char default_group[RACF_NAME_MAX + 1];
    bool revoked;
    bool is_protected; /* no password, no phrase: neither password nor PassTicket logs it on */
    bool has_password;
    bool special;
    bool auditor;
    bool operations;
    bool restricted;
    uint32_t failed_attempts; /* consecutive */
};

const struct racf_user *racf_user_find(struct racf *racf, const char *userid);

/* Whom an operating-system user is, by OMVS(UID(...)); NULL for nobody. */
const struct racf_user *racf_user_of_uid(struct racf *racf, uint32_t uid);

/* A user's password or phrase. */
struct racf_password {
    struct password_hash hash; /* of size 0: there is none */
    int64_t expires_s;         /* UTC; expired from then on. INT64_MIN: EXPIRED, INT64_MAX: never */
};

/* False, and a password that there is not, when the user is not defined or has none. */
bool racf_password_find(const struct racf *racf, const char *userid, bool phrase, struct racf_password *password);

/* SETROPTS PASSWORD(MIXEDCASE): lower-case letters of passwords count. */
bool racf_mixed_case(const struct racf *racf);

enum racf_connection { RACF_CONNECTED, RACF_NOT_CONNECTED, RACF_CONNECTION_REVOKED };
enum racf_connection racf_connection_find(const struct racf_user *user, const char *group);

/* Why a key that a profile holds or names cannot be used. */
enum racf_key_fault {
    RACF_KEY_USABLE,           /* or there is none */
    RACF_KEY_MISSING,          /* no key stands under the label */
    RACF_KEY_OF_OTHER_KIND,    /* an HMAC key under KEYLABEL, or a DES key under EPTKEYLABEL */
    RACF_KEY_SEALED_OTHERWISE, /* under another master key */
};

/* One PTKTDATA key profile in force. */
struct racf_ptktdata {
    char name[RACF_KEY_PROFILE_MAX + 1];
    struct passticket_legacy_key *legacy;     /* NULL when there is none */
    struct passticket_enhanced_key *enhanced; /* NULL when there is none */
    enum passticket_enhanced_type type;
    uint16_t timeout_s;   /* enhanced tickets, of the past; 1 to 600 */
    uint16_t future_s;    /* enhanced tickets, ahead of the clock: TIMEOUT, or less when racf_limit_future says so */
    bool enhanced_replay; /* REPLAY(YES): an enhanced ticket may be used again */
    bool legacy_replay;   /* APPLDATA begins with NO REPLAY PROTECTION */
    bool key_unavailable; /* one of its keys has a racf_key_fault */
};

/* The RACLISTed PTKTDATA profiles at one moment. */
struct racf_ptktdata_snapshot;

/* The snapshot in force; NULL as below. Borrowed until the next command, so for the thread of the struct racf alone. */
const struct racf_ptktdata_snapshot *racf_ptktdata_in_force(const struct racf *racf);

/* The snapshot in force, referenced for the caller; NULL when PTKTDATA is inactive or not RACLISTed. */
struct racf_ptktdata_snapshot *racf_ptktdata_acquire(struct racf *racf);
void racf_ptktdata_release(struct racf_ptktdata_snapshot *snapshot);

/* The at most two profiles that count for this user and group, in RACF's order: the first of appl.group.user, appl.user,
 * appl.group that exists, then appl. Returns how many (0 to 2). */
size_t racf_ptktdata_find(const struct racf_ptktdata_snapshot *snapshot, const char *application, const char *group, const char *userid,
                          const struct racf_ptktdata *found[2]);

/* The profile of just the application's name: the one that PassTickets are generated with. NULL when there is none. */
const struct racf_ptktdata *racf_ptktdata_unqualified(const struct racf_ptktdata_snapshot *snapshot, const char *application);

/* Goes through all of them, for explanations: NULL starts, NULL ends. */
const struct racf_ptktdata *racf_ptktdata_next(const struct racf_ptktdata_snapshot *snapshot, const struct racf_ptktdata *previous);

/* The profiles as the file has them, referenced for the caller, whether or not they are in force: for explanations. NULL when they
 * cannot be read. */
struct racf_ptktdata_snapshot *racf_ptktdata_read(struct racf *racf);

/* True when a PTKTDATA profile was changed in the database after the snapshot was made. */
bool racf_ptktdata_is_stale(const struct racf *racf);

bool racf_class_is_active(const struct racf *racf, const char *class_name);

enum racf_authority { RACF_ALLOWED, RACF_DENIED, RACF_NOT_PROTECTED };

/* RACROUTE REQUEST=AUTH: discrete profile, else the most specific generic; user entry, groups, ID(*), UACC. NOT_PROTECTED when
 * the class is inactive or no profile covers the resource; what that means is for the caller to decide. */
enum racf_authority racf_authorize(struct racf *racf, const char *userid, const char *class_name, const char *resource,
                                   enum racf_access access);

/* Another number after each command, and after each user that failures revoked: what was looked up before may be different now. */
uint64_t racf_generation(const struct racf *racf);

/* Consecutive failures: one more, and the user is revoked when SETROPTS PASSWORD(REVOKE(n)) says so (returns true then). Counts in
 * memory; racf_counts_store writes. Failures of user IDs that are not defined are counted too, together, so that what is written
 * afterwards does not tell which user IDs exist. */
bool racf_count_failure(struct racf *racf, const char *userid);
/* A success: the count goes back to 0. There is something to write when it was not 0, and for the first success of a day. */
void racf_count_success(struct racf *racf, const char *userid, int64_t now_s);
/* Writes all counts that changed, in one transaction. A count that cannot be written stays in force in memory. */
void racf_counts_store(struct racf *racf);

/* The bytes of `text` up to the end of the first logical line, its line ends included: what one racf_command takes. */
size_t racf_command_extent(const char *text, size_t size);

/* Who issues a command. */
struct racf_issuer {
    char userid[RACF_NAME_MAX + 1];
    bool special; /* SPECIAL attribute, or the owner of the database */
};

/* Password hashing that a command is waiting for: see security/racf/password_work.h. */
struct racf_password_work;
/* NULL: no memory. */
struct racf_password_work *racf_password_work_new(void);
void racf_password_work_free(struct racf_password_work *work);
/* Tens of milliseconds for each password, on any thread. */
void racf_password_work_run(struct racf_password_work *work);

/* Runs one command (TSO syntax, one logical line of UTF-8, may span lines by - or +). Output lines, IBM-style messages included,
 * are appended to `output`, each ended by a newline. Returns the TSO return code: 0, 4, 8 or 12. Secrets in the text are not
 * repeated in the output; the caller wipes the text. A new password takes tens of milliseconds to hash. */
uint8_t racf_command(struct racf *racf, const struct racf_issuer *issuer, const char *text, size_t size, struct wire_writer *output);

/* The same without hashing. False: nothing was done or said; call it again after racf_password_work_run(work). `work` is new at the first
 * call. It may be false more than once. */
MUST_CHECK bool racf_command_try(struct racf *racf, const struct racf_issuer *issuer, const char *text, size_t size,
                                 struct racf_password_work *work, struct wire_writer *output, uint8_t *return_code);

/* Tells what deserves attention in the database as it is. False when it cannot be read whole. */
bool racf_warnings(struct racf *racf, warning_tell *tell, void *context);

/* The command as it may stand in an audit record: keys and passwords, and everything that the command's operands do not explain,
 * are replaced by <hidden>. Returns the size of the whole; `redacted` gets as much as fits and a NUL. */
size_t racf_command_redact(const char *text, size_t size, char *redacted, size_t room);
