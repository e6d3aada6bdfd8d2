/* Inside of the replay store, shared by the file that opens it and the file that claims. */
#pragma once
#include <sqlite3.h>

#include "security/replay.h"

enum replay_statement {
    REPLAY_INSERT,
    REPLAY_FIRST_USE,
    REPLAY_DROP,
    REPLAY_SAVE_NEWEST_DROPPED,
    REPLAY_BEGIN,
    REPLAY_COMMIT,
    REPLAY_ROLLBACK,
    REPLAY_NEXT_TO_CARRY,
    REPLAY_CARRIED,
    REPLAY_MEMORY_OF_SITE,
    REPLAY_SAVE_MEMORY_OF_SITE,
    REPLAY_CARRY_SINCE,
    REPLAY_STATEMENTS,
};

/* What a batch changes and what is put back when it is lost. */
struct replay_totals {
    int64_t claims; /* rows */
    int64_t newest_dropped_s;
};

struct replay_store {
    sqlite3 *database;
    sqlite3_stmt *statements[REPLAY_STATEMENTS];
    const struct clock *clock;
    char *path;
    int64_t claims_max;
    struct replay_totals totals;
    struct replay_totals committed;
    int64_t batch_claims;
    bool failing;    /* told to the operator once, until a commit succeeds */
    bool batch_lost; /* claims were made in this batch that a failure took away: its commit must say so */
};

/* For the functions that write: begins a batch unless one is open, binds the key columns, runs a statement that yields no row, and
 * takes back all of a batch in which something failed. */
bool replay_begin_batch(struct replay_store *store);
void replay_bind_key(sqlite3_stmt *statement, const struct replay_claim *claim);
bool replay_run(struct replay_store *store, enum replay_statement which);
void replay_give_up_batch(struct replay_store *store);
