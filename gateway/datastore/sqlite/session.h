/* One user's session on an SQLite datastore, as the target of a DRDA conversation (drda/sql/target.h).
 * The database connection is opened at the first statement, so that an idle session costs next to nothing. Calls may block and
 * belong on the executor, one at a time; only sqlite_session_interrupt may come from another thread meanwhile. */
#pragma once

#include "config/configuration.h"
#include "drda/sql/target.h"

/* True when the datastore's file can be opened as configured; to be asked at start-up and by --check. */
MUST_CHECK bool sqlite_datastore_check(const struct datastore_settings *datastore, struct problem *problem);

/* Memory for the statements of all sessions together; 0: no limit. Before the first session. */
void sqlite_datastores_limit_memory(uint64_t bytes);

/* `datastore` must outlive the session. `userid` is what CURRENT USER answers. NULL when memory is short. */
struct sql_target *sqlite_session_new(const struct datastore_settings *datastore, const char *userid);

/* The user may read and nothing else, whatever the datastore allows: before the first statement. */
void sqlite_session_set_read_only(struct sql_target *target);

/* The requester has said that it changes nothing: what would change something is SQLCODE -817, whoever the user is. Before the first
 * statement too. */
void sqlite_session_prohibit_updates(struct sql_target *target);

/* Bytes of temporary large objects that the session may have on disk; 1 GiB if it is not said. */
void sqlite_session_limit_lobs(struct sql_target *target, uint64_t bytes);

/* Rolls back what was not committed. */
void sqlite_session_free(struct sql_target *target);

/* True when other sessions may be waiting for this one: it has changed something and not yet committed. Not while a call runs. */
bool sqlite_session_holds_lock(const struct sql_target *target);

/* A command of the client has come: what was cancelled before is forgotten. */
void sqlite_session_take_command(struct sql_target *target);

/* It begins: its time is counted from here. */
void sqlite_session_begin_command(struct sql_target *target);

/* Makes the running statement, or else the next one, fail with SQLCODE -952. */
void sqlite_session_interrupt(struct sql_target *target);

/* Makes the command that has come fail so, whether it runs or waits for a thread. Harmless between commands. Any thread, as long as the
 * session lives. */
void sqlite_session_cancel(struct sql_target *target);
