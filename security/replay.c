#include "security/replay.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"

enum {
    KEEP_AFTER_LIFETIME_S = 3600,
    DROPS_PER_CLAIM = 2, /* more leave than come, so that a backlog melts */
    DROPS_PER_BATCH = 16,
};

enum {
    APPLICATION_ID = 0x50475253, /* PGRS: no other database is taken for a replay store */
    FORMAT_VERSION = 1,
};

enum statement { INSERT, FIRST_USE, DROP, SAVE_NEWEST_DROPPED, BEGIN, COMMIT, ROLLBACK, STATEMENTS };

/* Ticket time comes first in the key: claims of now lie together, and the oldest ones, which are dropped, at the front. */
static const char schema[] = "CREATE TABLE claim (ticket_time INTEGER NOT NULL, application TEXT NOT NULL, userid TEXT NOT NULL,"
                             " kind INTEGER NOT NULL, used_us INTEGER NOT NULL, address TEXT NOT NULL,"
                             " PRIMARY KEY (ticket_time, application, userid, kind)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE dropped (id INTEGER PRIMARY KEY CHECK (id = 1), newest_ticket_time INTEGER NOT NULL) STRICT;"
                             "INSERT INTO dropped VALUES (1, -9223372036854775807);"
                             "PRAGMA application_id = 0x50475253;"
                             "PRAGMA user_version = 1;";

static const char *const statement_texts[STATEMENTS] = {
    [INSERT] = "INSERT INTO claim VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    [FIRST_USE] = "SELECT used_us, address FROM claim WHERE ticket_time = ?1 AND application = ?2 AND userid = ?3 AND kind = ?4",
    [DROP] = "DELETE FROM claim WHERE (ticket_time, application, userid, kind) IN (SELECT ticket_time, application, userid, kind"
             " FROM claim WHERE ticket_time < ?1 ORDER BY ticket_time, application, userid, kind LIMIT ?2) RETURNING ticket_time",
    [SAVE_NEWEST_DROPPED] = "UPDATE dropped SET newest_ticket_time = ?1",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

/* What a batch changes and what is put back when it is lost. */
struct totals {
    int64_t claims; /* rows */
    int64_t newest_dropped_s;
};

struct replay_store {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
    const struct clock *clock;
    char *path;
    int64_t claims_max;
    struct totals totals;
    struct totals committed;
    int64_t batch_claims;
    bool failing;    /* told to the operator once, until a commit succeeds */
    bool batch_lost; /* claims were made in this batch that a failure took away: its commit must say so */
};

/* Runs a statement that yields no row. */
static bool
run(struct replay_store *store, enum statement which)
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
static void
give_up_batch(struct replay_store *store)
{
    if (!store->failing)
        log_message("SAFD0040E", "REPLAY STORE %s FAILED: %s", store->path, sqlite3_errmsg(store->database));
    store->failing = true;
    if (in_batch(store))
        (void)run(store, ROLLBACK);
    store->totals = store->committed;
    store->batch_lost = store->batch_claims > 0;
}

static bool
begin_batch(struct replay_store *store)
{
    if (in_batch(store))
        return true;
    store->batch_claims = 0;
    return run(store, BEGIN);
}

/* Drops a few of the oldest claims whose tickets no clock that is right can still accept. */
static bool
drop_old_claims(struct replay_store *store, int64_t most)
{
    bool roomy = store->totals.claims < store->claims_max / 2;
    int64_t age_s = REPLAY_TICKET_LIFETIME_S + (roomy ? KEEP_AFTER_LIFETIME_S : 0);
    sqlite3_stmt *drop = store->statements[DROP];
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
    sqlite3_bind_int64(store->statements[SAVE_NEWEST_DROPPED], 1, newest);
    return run(store, SAVE_NEWEST_DROPPED);
}

static void
bind_key(sqlite3_stmt *statement, const struct replay_claim *claim)
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
    sqlite3_stmt *statement = store->statements[FIRST_USE];
    bind_key(statement, claim);
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
insert_claim(struct replay_store *store, const struct replay_claim *claim, bool *inserted)
{
    sqlite3_stmt *statement = store->statements[INSERT];
    bind_key(statement, claim);
    sqlite3_bind_int64(statement, 5, clock_utc_us(store->clock));
    sqlite3_bind_text(statement, 6, claim->address, -1, SQLITE_STATIC);
    bool done = run(store, INSERT);
    *inserted = done && sqlite3_changes(store->database) == 1;
    return done;
}

/* False on failure: the batch is then to be given up. *outcome is REPLAY_UNAVAILABLE at first. */
static bool
claim_in_batch(struct replay_store *store, const struct replay_claim *claim, enum replay_outcome *outcome, struct replay_use *first_use)
{
    bool inserted;
    if (!begin_batch(store))
        return false;
    if (claim->ticket_time_s <= store->totals.newest_dropped_s) {
        *outcome = REPLAY_CANNOT_BE_KNOWN;
        return find_first_use(store, claim, outcome, first_use);
    }
    if (store->totals.claims >= store->claims_max && !drop_old_claims(store, DROPS_PER_BATCH))
        return false;
    if (store->totals.claims >= store->claims_max)
        return find_first_use(store, claim, outcome, first_use);
    if (!insert_claim(store, claim, &inserted))
        return false;
    if (!inserted)
        return find_first_use(store, claim, outcome, first_use);
    store->totals.claims++;
    store->batch_claims++;
    *outcome = REPLAY_CLAIMED;
    return true;
}

enum replay_outcome
replay_store_claim(struct replay_store *store, const struct replay_claim *claim, struct replay_use *first_use)
{
    enum replay_outcome outcome = REPLAY_UNAVAILABLE;
    *first_use = (struct replay_use) { 0 };
    if (!store->batch_lost && !claim_in_batch(store, claim, &outcome, first_use)) {
        give_up_batch(store);
        outcome = REPLAY_UNAVAILABLE;
    }
    return outcome;
}

bool
replay_store_commit(struct replay_store *store)
{
    bool lost = store->batch_lost;
    store->batch_lost = false;
    if (lost || !in_batch(store))
        return !lost;
    if (!drop_old_claims(store, DROPS_PER_CLAIM * store->batch_claims + DROPS_PER_BATCH) || !run(store, COMMIT)) {
        give_up_batch(store);
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

/* Made beforehand because SQLite would let the umask decide who may read it. */
static bool
make_file(const char *path, struct problem *problem)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (descriptor < 0) {
        problem_set_errno(problem, "%s: cannot open or make the replay store", path);
        return false;
    }
    close(descriptor);
    return true;
}

static bool
execute(struct replay_store *store, const char *text)
{
    return sqlite3_exec(store->database, text, NULL, NULL, NULL) == SQLITE_OK;
}

/* The first column of the first row as a number; false on failure. */
static bool
query_number(struct replay_store *store, const char *text, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_prepare_v2(store->database, text, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    *number = done ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return done;
}

/* Exclusive locking keeps a second safd out and the write-ahead log's index in memory. */
static bool
configure(struct replay_store *store, enum replay_durability durability)
{
    return sqlite3_busy_timeout(store->database, 1000) == SQLITE_OK && execute(store, "PRAGMA locking_mode = EXCLUSIVE") &&
           execute(store, "PRAGMA journal_mode = WAL") &&
           execute(store, durability == REPLAY_DURABILITY_POWER ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL") &&
           execute(store, "PRAGMA cache_size = -16000") && execute(store, "PRAGMA journal_size_limit = 8388608") &&
           execute(store, "PRAGMA trusted_schema = OFF");
}

static void
set_damage_problem(const struct replay_store *store, struct problem *problem, const char *detail)
{
    problem_set(
        problem,
        "%s: the replay store is damaged (%s): keep a copy, wait until 10 minutes after the last login, so that no used PassTicket is "
        "valid any more, then remove the file",
        store->path, detail);
}

static void
set_database_problem(const struct replay_store *store, struct problem *problem)
{
    int code = sqlite3_errcode(store->database) & 0xFF;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        set_damage_problem(store, problem, sqlite3_errmsg(store->database));
    else if (code == SQLITE_BUSY)
        problem_set(problem, "%s: the replay store is in use by another safd: stop that one, or give this one a store of its own",
                    store->path);
    else
        problem_set(problem, "%s: cannot use the replay store: %s", store->path, sqlite3_errmsg(store->database));
}

/* A file that holds nothing yet gets the tables. */
static bool
make_tables(struct replay_store *store, struct problem *problem)
{
    int64_t tables;
    bool made = execute(store, "BEGIN IMMEDIATE") && query_number(store, "SELECT count(*) FROM sqlite_schema", &tables) &&
                (tables > 0 || execute(store, schema)) && execute(store, "COMMIT");
    if (!made)
        set_database_problem(store, problem);
    return made;
}

static bool
check_tables(struct replay_store *store, struct problem *problem)
{
    int64_t application;
    int64_t version;
    int64_t sound;
    if (!query_number(store, "PRAGMA application_id", &application) || !query_number(store, "PRAGMA user_version", &version) ||
        !query_number(store, "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check = 'ok'", &sound)) {
        set_database_problem(store, problem);
        return false;
    }
    if (application != APPLICATION_ID || version != FORMAT_VERSION) {
        problem_set(problem, "%s: this is no replay store, or one of another version of Passgate: name another file", store->path);
        return false;
    }
    if (sound != 1) {
        set_damage_problem(store, problem, "its quick check fails");
        return false;
    }
    return true;
}

static bool
load_totals(struct replay_store *store, struct problem *problem)
{
    bool loaded = query_number(store, "SELECT count(*) FROM claim", &store->totals.claims) &&
                  query_number(store, "SELECT newest_ticket_time FROM dropped", &store->totals.newest_dropped_s);
    store->committed = store->totals;
    if (!loaded)
        set_database_problem(store, problem);
    return loaded;
}

static bool
prepare_statements(struct replay_store *store, struct problem *problem)
{
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(store->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL) !=
            SQLITE_OK) {
            set_database_problem(store, problem);
            return false;
        }
    return true;
}

static bool
open_database(struct replay_store *store, enum replay_durability durability, struct problem *problem)
{
    if (sqlite3_open_v2(store->path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
        configure(store, durability))
        return true;
    set_database_problem(store, problem);
    return false;
}

struct replay_store *
replay_store_open(const char *path, enum replay_durability durability, const struct clock *clock, struct problem *problem)
{
    if (!make_file(path, problem))
        return NULL;
    struct replay_store *store = calloc(1, sizeof *store);
    if (store != NULL)
        *store = (struct replay_store) { .clock = clock, .claims_max = REPLAY_CLAIMS_MAX, .path = strdup(path) };
    if (store == NULL || store->path == NULL)
        problem_set(problem, "%s: no memory for the replay store", path);
    else if (open_database(store, durability, problem) && make_tables(store, problem) && check_tables(store, problem) &&
             prepare_statements(store, problem) && load_totals(store, problem))
        return store;
    replay_store_close(store);
    return NULL;
}

void
replay_store_close(struct replay_store *store)
{
    if (store == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}
