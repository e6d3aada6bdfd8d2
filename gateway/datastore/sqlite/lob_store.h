/* Large objects on their way into a table. SQLite would want the whole value in memory; so a row is written with as many zeros in its
 * place, which take none, and the value is then copied over them piece by piece. That needs a marker that is stored in a column of CLOB or
 * BLOB as it is, by an INSERT of one row or an UPDATE, in a table with rowids and without triggers. All else has the value in memory, up to
 * LOB_MEMORY_MAX; so has text up to LOB_TEXT_MAX, because what is copied over zeros is a BLOB to SQLite, even if it is UTF-8. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

enum { LOB_TEXT_MAX = 8 * 1024 * 1024, LOB_WRITES_MAX = 16 };

/* The column that a marker's value is stored in; without a name when it cannot be written in pieces. */
struct sqlite_lob_target {
    char table[SQL_NAME_MAX + 1];
    char column[SQL_NAME_MAX + 1];
    bool trailing; /* behind it are no columns but LOBs: what stands behind a LOB makes SQLite take it into memory */
};

/* Binds a large object: its zeros, noted to be replaced by lob_execute, or its value. `targets` are those of the section; NULL: its value
 * in any case. False with a diagnosis. */
MUST_CHECK bool lob_bind(struct sqlite_session *session, const struct sqlite_lob_target *targets, sqlite3_stmt *statement, size_t index,
                         struct sql_lob *lob, struct sql_diagnosis *diagnosis);

/* Runs the statement, and copies what lob_bind has noted: all of it or nothing. */
void lob_execute(struct sqlite_session *session, struct sqlite_section *section,
                 void (*run)(struct sqlite_session *, struct sqlite_section *, struct sql_diagnosis *), struct sql_diagnosis *diagnosis);

/* Forgets what lob_bind has noted. */
void lob_forget(struct sqlite_session *session);

/* A row of the table that is being written was inserted or changed. */
void lob_note_row(struct sqlite_session *session, const char *table, sqlite3_int64 rowid);

/* Whether the table can be written in pieces. */
bool lob_table_suits(struct sqlite_session *session, const char *table);
