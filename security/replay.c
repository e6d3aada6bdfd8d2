#include <stdio.h>

#include "common/log.h"
#include "security/replay_store.h"

enum {
    KEEP_AFTER_LIFETIME_S = 3600,
    DROPS_PER_CLAIM = 2, /* more leave than come, so that a backlog melts */
    DROPS_PER_BATCH = 16,
};

struct claiming {
    const struct replay_claim *claim;
    int64_t utc_us; /* of the use */
    const char *address;
    bool carry;
};

bool
replay_run(struct replay_store *store, enum replay_statement which)
{
    sqlite3_stmt *statement = store->statements[which];
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    return done;
}

static bool
in_batch(const struct replay_store *store)
{
    return sqlite3_get_autocommit(store->database) == 0;
}

/* A failure may have ended the transaction already; either way nothing of the batch is left. */
void
replay_give_up_batch(struct replay_store *store)
{
    if (!store->failing)
        log_message("SAFD0040E", "REPLAY STORE %s FAILED: %s", store->path, sqlite3_errmsg(store->database));
    store->failing = true;
    if (in_batch(store))
        (void)replay_run(store, REPLAY_ROLLBACK);
    store->totals = store->committed;
    store->batch_lost = store->batch_claims > 0;
}

bool
replay_begin_batch(struct replay_store *store)
{
    if (in_batch(store))
        return true;
    store->batch_claims = 0;
    return replay_run(store, REPLAY_BEGIN);
}

/* Drops a few of the oldest claims whose tickets no clock that is right can still accept. */
static bool
drop_old_claims(struct replay_store *store, int64_t most)
{
    bool roomy = store->totals.claims < store->claims_max / 2;
    int64_t age_s = REPLAY_TICKET_LIFETIME_S + (roomy ? KEEP_AFTER_LIFETIME_S : 0);
    sqlite3_stmt *drop = store->statements[REPLAY_DROP];
    sqlite3_bind_int64(drop, 1, clock_utc_seconds(store->clock) - age_s);
    sqlite3_bind_int64(drop, 2, most);
    int64_t newest = store->totals.newest_dropped_s;
    int status;
    while ((status = sqlite3_step(drop)) == SQLITE_ROW) {
        int64_t dropped = sqlite3_column_int64(drop, 0);
        newest = dropped > newest ? dropped : newest;
        store->totals.claims--;
    }
    sqlite3_reset(drop);
    if (status != SQLITE_DONE || newest == store->totals.newest_dropped_s)
        return status == SQLITE_DONE;
    store->totals.newest_dropped_s = newest;
    sqlite3_bind_int64(store->statements[REPLAY_SAVE_NEWEST_DROPPED], 1, newest);
    return replay_run(store, REPLAY_SAVE_NEWEST_DROPPED);
}

void
replay_bind_key(sqlite3_stmt *statement, const struct replay_claim *claim)
{
    sqlite3_bind_int64(statement, 1, claim->ticket_time_s);
    sqlite3_bind_text(statement, 2, claim->application, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, claim->userid, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 4, claim->kind);
}

/* False on failure. When there is such a claim, *outcome and *first_use tell so. */
static bool
find_first_use(struct replay_store *store, const struct replay_claim *claim, enum replay_outcome *outcome, struct replay_use *first_use)
{
    sqlite3_stmt *statement = store->statements[REPLAY_FIRST_USE];
    replay_bind_key(statement, claim);
    int status = sqlite3_step(statement);
    if (status == SQLITE_ROW) {
        const char *address = (const char *)sqlite3_column_text(statement, 1);
        *outcome = REPLAY_USED_BEFORE;
        first_use->utc_us = sqlite3_column_int64(statement, 0);
        snprintf(first_use->address, sizeof first_use->address, "%s", address != NULL ? address : "");
    }
    sqlite3_reset(statement);
    return status == SQLITE_ROW || status == SQLITE_DONE;
}

/* False on failure; otherwise *inserted says whether the claim was new. */
static bool
insert_claim(struct replay_store *store, const struct claiming *claiming, bool *inserted)
{
    sqlite3_stmt *statement = store->statements[REPLAY_INSERT];
    replay_bind_key(statement, claiming->claim);
    sqlite3_bind_int64(statement, 5, claiming->utc_us);
    sqlite3_bind_text(statement, 6, claiming->address, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 7, claiming->carry);
    bool done = replay_run(store, REPLAY_INSERT);
    *inserted = done && sqlite3_changes(store->database) == 1;
    return done;
}

/* False on failure: the batch is then to be given up. *outcome is REPLAY_UNAVAILABLE at first. */
static bool
claim_in_batch(struct replay_store *store, const struct claiming *claiming, enum replay_outcome *outcome, struct replay_use *first_use)
{
    const struct replay_claim *claim = claiming->claim;
    bool inserted;
    if (!replay_begin_batch(store))
        return false;
    if (claim->ticket_time_s <= store->totals.newest_dropped_s) {
        *outcome = REPLAY_CANNOT_BE_KNOWN;
        return find_first_use(store, claim, outcome, first_use);
    }
    if (store->totals.claims >= store->claims_max && !drop_old_claims(store, DROPS_PER_BATCH))
        return false;
    if (store->totals.claims >= store->claims_max)
        return find_first_use(store, claim, outcome, first_use);
    if (!insert_claim(store, claiming, &inserted))
        return false;
    if (!inserted)
        return find_first_use(store, claim, outcome, first_use);
    store->totals.claims++;
    store->batch_claims++;
    *outcome = REPLAY_CLAIMED;
    return true;
}

static enum replay_outcome
claim(struct replay_store *store, const struct claiming *claiming, struct replay_use *first_use)
{
    enum replay_outcome outcome = REPLAY_UNAVAILABLE;
    *first_use = (struct replay_use) { 0 };
    if (!store->batch_lost && !claim_in_batch(store, claiming, &outcome, first_use)) {
        replay_give_up_batch(store);
        outcome = REPLAY_UNAVAILABLE;
    }
    return outcome;
}

enum replay_outcome
replay_store_claim(struct replay_store *store, const struct replay_claim *what, struct replay_use *first_use)
{
    const struct claiming claiming = { .claim = what, .utc_us = clock_utc_us(store->clock), .address = what->address };
    return claim(store, &claiming, first_use);
}

enum replay_outcome
replay_store_claim_of_site(struct replay_store *store, const struct replay_claim *what, const struct replay_use *use, bool carry,
                           struct replay_use *first_use)
{
    const struct claiming claiming = { .claim = what, .utc_us = use->utc_us, .address = use->address, .carry = carry };
    return claim(store, &claiming, first_use);
}

enum replay_outcome
replay_store_look_up(struct replay_store *store, const struct replay_claim *claim, struct replay_use *first_use)
{
    *first_use = (struct replay_use) { 0 };
    enum replay_outcome outcome = store->totals.claims >= store->claims_max ? REPLAY_UNAVAILABLE : REPLAY_CLAIMED;
    if (claim->ticket_time_s <= store->totals.newest_dropped_s)
        outcome = REPLAY_CANNOT_BE_KNOWN;
    return find_first_use(store, claim, &outcome, first_use) ? outcome : REPLAY_UNAVAILABLE;
}

bool
replay_store_commit(struct replay_store *store)
{
    bool lost = store->batch_lost;
    store->batch_lost = false;
    if (lost || !in_batch(store))
        return !lost;
    if (!drop_old_claims(store, DROPS_PER_CLAIM * store->batch_claims + DROPS_PER_BATCH) || !replay_run(store, REPLAY_COMMIT)) {
        replay_give_up_batch(store);
        store->batch_lost = false;
        return false;
    }
    store->committed = store->totals;
    store->failing = false;
    return true;
}

void
replay_store_limit(struct replay_store *store, int64_t claims)
{
    store->claims_max = claims;
}
