#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "security/replay_store.h"

enum {
    APPLICATION_ID = 0x50475253, /* PGRS: no other database is taken for a replay store */
    FORMAT_VERSION = 2,
};

/* Ticket time comes first in the key: claims of now lie together, and the oldest ones, which are dropped, at the front. */
static const char schema[] = "CREATE TABLE claim (ticket_time INTEGER NOT NULL, application TEXT NOT NULL, userid TEXT NOT NULL,"
                             " kind INTEGER NOT NULL, used_us INTEGER NOT NULL, address TEXT NOT NULL, carry INTEGER NOT NULL,"
                             " PRIMARY KEY (ticket_time, application, userid, kind)) STRICT, WITHOUT ROWID;"
                             "CREATE INDEX to_carry ON claim (ticket_time, application, userid, kind) WHERE carry = 1;"
                             "CREATE TABLE dropped (id INTEGER PRIMARY KEY CHECK (id = 1), newest_ticket_time INTEGER NOT NULL) STRICT;"
                             "INSERT INTO dropped VALUES (1, -9223372036854775807);"
                             "CREATE TABLE site (id INTEGER PRIMARY KEY CHECK (id = 1), memory_since INTEGER NOT NULL) STRICT;"
                             "INSERT INTO site VALUES (1, -9223372036854775807);"
                             "PRAGMA application_id = 0x50475253;"
                             "PRAGMA user_version = 2;";

/* Version 1 knew no stores of sites. */
static const char upgrade_from_1[] = "BEGIN IMMEDIATE;"
                                     "ALTER TABLE claim ADD COLUMN carry INTEGER NOT NULL DEFAULT 0;"
                                     "CREATE INDEX to_carry ON claim (ticket_time, application, userid, kind) WHERE carry = 1;"
                                     "CREATE TABLE site (id INTEGER PRIMARY KEY CHECK (id = 1), memory_since INTEGER NOT NULL) STRICT;"
                                     "INSERT INTO site VALUES (1, -9223372036854775807);"
                                     "PRAGMA user_version = 2;"
                                     "COMMIT;";

/* Also tells what it dropped. */
static const char drop_oldest[] = "DELETE FROM claim WHERE (ticket_time, application, userid, kind) IN"
                                  " (SELECT ticket_time, application, userid, kind FROM claim WHERE ticket_time < ?1"
                                  " ORDER BY ticket_time, application, userid, kind LIMIT ?2) RETURNING ticket_time";

static const char *const statement_texts[REPLAY_STATEMENTS] = {
    [REPLAY_INSERT] = "INSERT INTO claim VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    [REPLAY_FIRST_USE] = "SELECT used_us, address FROM claim WHERE ticket_time = ?1 AND application = ?2 AND userid = ?3 AND kind = ?4",
    [REPLAY_DROP] = drop_oldest,
    [REPLAY_SAVE_NEWEST_DROPPED] = "UPDATE dropped SET newest_ticket_time = ?1",
    [REPLAY_BEGIN] = "BEGIN IMMEDIATE",
    [REPLAY_COMMIT] = "COMMIT",
    [REPLAY_ROLLBACK] = "ROLLBACK",
    [REPLAY_NEXT_TO_CARRY] = "SELECT ticket_time, application, userid, kind, used_us, address FROM claim WHERE carry = 1"
                             " AND (ticket_time, application, userid, kind) > (?1, ?2, ?3, ?4)"
                             " ORDER BY ticket_time, application, userid, kind LIMIT ?5",
    [REPLAY_CARRIED] = "UPDATE claim SET carry = 0 WHERE ticket_time = ?1 AND application = ?2 AND userid = ?3 AND kind = ?4",
    [REPLAY_MEMORY_OF_SITE] = "SELECT memory_since FROM site",
    [REPLAY_SAVE_MEMORY_OF_SITE] = "UPDATE site SET memory_since = ?1",
    [REPLAY_CARRY_SINCE] = "UPDATE claim SET carry = 1 WHERE ticket_time > ?1",
};

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
    if (application == APPLICATION_ID && version == 1 && !execute(store, upgrade_from_1)) {
        set_database_problem(store, problem);
        return false;
    }
    if (application != APPLICATION_ID || version < 1 || version > FORMAT_VERSION) {
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
    for (int i = 0; i < REPLAY_STATEMENTS; i++)
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
    for (int i = 0; i < REPLAY_STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    free(store->path);
    free(store);
}
