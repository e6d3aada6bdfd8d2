#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "gateway/datastore/sqlite/authorizer.h"
#include "gateway/datastore/sqlite/catalog.h"
#include "gateway/datastore/sqlite/decimal_functions.h"
#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/functions.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"

enum {
    PROGRESS_STEPS = 1000,
    LIKE_PATTERN_MAX = 1000,
    BUSY_WAIT_MS = 2,
    /* Where the datastore's settings say nothing. */
    STATEMENT_BYTES_DEFAULT = 2 << 20,
    LOCK_TIMEOUT_MS_DEFAULT = 5000,
    CACHE_KIB_DEFAULT = 2048,
};

void
sqlite_datastores_limit_memory(uint64_t bytes)
{
    (void)sqlite3_hard_heap_limit64((sqlite3_int64)bytes);
}

static uint32_t
or_default(uint32_t limit, uint32_t fallback)
{
    return limit > 0 ? limit : fallback;
}

size_t
sqlite_connection_statement_bytes(const struct sqlite_session *session)
{
    return or_default(session->datastore->limits.statement_bytes, STATEMENT_BYTES_DEFAULT);
}

uint32_t
sqlite_connection_lock_timeout_ms(const struct sqlite_session *session)
{
    return or_default(session->datastore->limits.lock_timeout_ms, LOCK_TIMEOUT_MS_DEFAULT);
}

/* The shorter one of what the client asks for and what the datastore allows; 0 is no limit. */
static uint32_t
timeout_of(const struct sqlite_session *session, bool *by_client)
{
    uint32_t allowed_ms = session->datastore->limits.statement_timeout_ms;
    *by_client = session->statement_timeout_ms > 0 && (allowed_ms == 0 || session->statement_timeout_ms < allowed_ms);
    return *by_client ? session->statement_timeout_ms : allowed_ms;
}

void
sqlite_connection_start_clock(struct sqlite_session *session)
{
    bool by_client;
    uint32_t timeout_ms = timeout_of(session, &by_client);
    session->deadline_ms = timeout_ms > 0 ? clock_monotonic_ms(&clock_system) + timeout_ms : INT64_MAX;
}

static const char *
explain_timeout(const struct sqlite_session *session)
{
    bool by_client;
    (void)timeout_of(session, &by_client);
    return by_client ? "the query time-out set by the client is over" : "it ran longer than statement_timeout_ms of the datastore allows";
}

const char *
sqlite_connection_must_stop(struct sqlite_session *session)
{
    if (atomic_load_explicit(&session->interrupted, memory_order_relaxed))
        return "the statement was interrupted";
    if (atomic_load_explicit(&session->cancelled, memory_order_relaxed))
        return "the statement was cancelled";
    if (session->deadline_ms != INT64_MAX && clock_monotonic_ms(&clock_system) >= session->deadline_ms)
        return explain_timeout(session);
    return NULL;
}

static int
on_progress(void *context)
{
    return sqlite_connection_must_stop(context) != NULL;
}

/* SQLite's own busy time-out would sleep through an interrupt. */
static int
on_busy(void *context, int tries)
{
    const struct sqlite_session *session = context;
    if ((uint32_t)tries * BUSY_WAIT_MS >= session->lock_timeout_ms || sqlite_connection_must_stop(context) != NULL)
        return 0;
    nanosleep(&(struct timespec) { .tv_nsec = BUSY_WAIT_MS * 1000000L }, NULL);
    return 1;
}

static void
identity_val_local(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    sqlite3_int64 identity = sqlite3_last_insert_rowid(sqlite3_context_db_handle(context));
    if (identity != 0)
        sqlite3_result_int64(context, identity);
}

static void
restrict_connection(struct sqlite_session *session)
{
    sqlite3 *database = session->database;
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    /* A misspelt column in double quotes is an error in Db2, not a string. */
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, LOB_MEMORY_MAX);
    /* Translated text may be longer than what the client sent, which is checked when it comes. */
    size_t statement_bytes = sqlite_connection_statement_bytes(session);
    sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, statement_bytes < INT32_MAX / 4 ? 4 * (int)statement_bytes : INT32_MAX);
    sqlite3_limit(database, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LIKE_PATTERN_MAX);
}

static int
set_up(struct sqlite_session *session)
{
    sqlite3 *database = session->database;
    sqlite3_busy_handler(database, on_busy, session);
    lob_watch(session);
    sqlite3_progress_handler(database, PROGRESS_STEPS, on_progress, session);
    restrict_connection(session);
    char pragmas[96];
    /* Temporary data stay in memory as far as the cache goes, and then in a file: the rows of a big sort belong there. */
    snprintf(pragmas, sizeof pragmas, "PRAGMA foreign_keys = ON; PRAGMA temp_store = FILE; PRAGMA cache_size = -%u",
             or_default(session->datastore->limits.cache_kib, CACHE_KIB_DEFAULT));
    int code = sqlite3_exec(database, pragmas, NULL, NULL, NULL);
    /* Where the journal cannot be a write-ahead log, because of the file system or of a reader just now, the other one does. */
    if (code == SQLITE_OK && !session->datastore->read_only)
        sqlite3_exec(database, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (code == SQLITE_OK && (session->read_only || session->no_updates))
        code = sqlite3_exec(database, "PRAGMA query_only = ON", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = registers_install(session);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(database, "identity_val_local", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, identity_val_local, NULL,
                                          NULL, NULL);
    if (code == SQLITE_OK)
        code = catalog_functions_install(database);
    if (code == SQLITE_OK)
        code = functions_install(session);
    if (code == SQLITE_OK)
        code = decimal_functions_install(session);
    /* Reads the header, so that a file that is no database is found here and not in the middle of a statement. */
    if (code == SQLITE_OK)
        code = sqlite3_exec(database, "PRAGMA schema_version", NULL, NULL, NULL);
    return code;
}

static int
open_file(const struct datastore_settings *datastore, sqlite3 **database)
{
    int flags = datastore->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (datastore->create ? SQLITE_OPEN_CREATE : 0);
    return sqlite3_open_v2(datastore->path, database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
}

bool
sqlite_connection_open(struct sqlite_session *session, struct sql_diagnosis *diagnosis)
{
    if (session->database != NULL)
        return true;
    int code = open_file(session->datastore, &session->database);
    if (code == SQLITE_OK)
        code = set_up(session);
    if (code == SQLITE_OK) {
        authorizer_install(session);
        return true;
    }
    /* The client learns the name of the datastore, not the path of its file. */
    sqlite_diagnosis_tokens(diagnosis, -904, "57011", session->datastore->name, sqlite3_errstr(code));
    sqlite_connection_close(session);
    return false;
}

int
connection_run_kept(struct sqlite_session *session, sqlite3_stmt **statement, const char *text)
{
    session->trusted = true;
    int code = SQLITE_OK;
    if (*statement == NULL)
        code = sqlite3_prepare_v3(session->database, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    /* A step too may compile it, after a change of the schema. */
    if (code == SQLITE_OK) {
        (void)sqlite3_step(*statement);
        code = sqlite3_reset(*statement);
    }
    session->trusted = false;
    return code;
}

int64_t
connection_schema_version(struct sqlite_session *session)
{
    int64_t version = -1;
    session->trusted = true;
    if (session->ask_schema_version == NULL)
        (void)sqlite3_prepare_v3(session->database, "PRAGMA schema_version", -1, SQLITE_PREPARE_PERSISTENT, &session->ask_schema_version,
                                 NULL);
    if (sqlite3_step(session->ask_schema_version) == SQLITE_ROW)
        version = sqlite3_column_int64(session->ask_schema_version, 0);
    sqlite3_reset(session->ask_schema_version);
    session->trusted = false;
    return version;
}

void
sqlite_connection_close(struct sqlite_session *session)
{
    sqlite3_stmt **kept[] = { &session->ask_schema_version, &session->begin, &session->commit, &session->rollback };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        sqlite3_finalize(*kept[i]);
        *kept[i] = NULL;
    }
    sqlite3_close_v2(session->database);
    session->database = NULL;
}

/* The folder of a file that is to be made must allow it. */
static bool
can_be_made(const struct datastore_settings *datastore, struct problem *problem)
{
    char folder[CONFIGURATION_PATH_MAX];
    const char *slash = strrchr(datastore->path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - datastore->path) + 1 : 1, slash != NULL ? datastore->path : ".");
    if (access(folder, W_OK | X_OK) == 0)
        return true;
    problem_set_errno(problem, "datastore %s: %s cannot be made in %s", datastore->name, datastore->path, folder);
    return false;
}

static bool
is_usable(const struct datastore_settings *datastore, sqlite3 *database, struct problem *problem)
{
    int code = sqlite3_exec(database, "PRAGMA schema_version", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        problem_set(problem, "datastore %s: %s: %s", datastore->name, datastore->path, sqlite3_errmsg(database));
    else if (!datastore->read_only && sqlite3_db_readonly(database, "main") != 0)
        problem_set(problem, "datastore %s: %s cannot be written; change its permissions or set read_only = yes", datastore->name,
                    datastore->path);
    else
        return true;
    return false;
}

bool
sqlite_datastore_check(const struct datastore_settings *datastore, struct problem *problem)
{
    if (access(datastore->path, F_OK) != 0 && errno == ENOENT) {
        if (datastore->create)
            return can_be_made(datastore, problem);
        problem_set(problem, "datastore %s: %s does not exist; make it or set create = yes", datastore->name, datastore->path);
        return false;
    }
    sqlite3 *database = NULL;
    int code = open_file(datastore, &database);
    if (code != SQLITE_OK)
        problem_set(problem, "datastore %s: %s: %s", datastore->name, datastore->path, sqlite3_errstr(code));
    bool good = code == SQLITE_OK && is_usable(datastore, database, problem);
    sqlite3_close_v2(database);
    return good;
}
