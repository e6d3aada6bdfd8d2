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
