/* Large objects of SQLite that are read where they stand, by its incremental I/O: results that are longer than what is worth being
 * taken into memory. SQLite would read a whole value for a column of a result; so a query is prepared a second time, in which such
 * columns give the rowid of their row when the value is long:
 *   SELECT B FROM T   becomes   SELECT CASE WHEN typeof(B) = 'blob' AND length(B) > n THEN ROWID ... ELSE B END FROM T
 * Where the text does not allow that (joins of the same names, UNION, GROUP BY, views), values come whole, up to LOB_MEMORY_MAX. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

enum {
    LOB_INLINE_MAX = 32 * 1024,        /* bytes that are rather copied than looked up again */
    LOB_MEMORY_MAX = 64 * 1024 * 1024, /* bytes of a value that cannot be taken in pieces */
    LOBS_MAX = 16384,
};

/* The table and column that an integer in the place of a LOB is a rowid of; NULL in both: LOBs come whole. */
struct sqlite_lob_source {
    char *table;
    char *column;
};

/* Prepares the section's query a second time, if it has columns that are LOBs and the text allows it. */
void lob_rewrite(struct sqlite_session *session, struct sqlite_section *section, const char *text);

/* The operations of a target. */
bool lob_keep(struct sqlite_session *session, const struct sqlite_section *section, size_t index, uint32_t *locator,
              struct sql_diagnosis *diagnosis);
bool lob_create(struct sqlite_session *session, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis);
struct sql_lob *lob_find(struct sqlite_session *session, uint32_t locator);
void lob_release(struct sqlite_session *session, uint32_t locator);

/* The unit of work is over: all are released. */
void lob_release_all(struct sqlite_session *session);

/* Makes sure that a value of any kind can still be read when rows of the table are changed. False when there is no room for that. */
MUST_CHECK bool lob_settle(struct sql_lob *lob, const char *table);

/* Watches for changes of rows that are behind a locator. */
void lob_watch(struct sqlite_session *session);

void lob_sources_free(struct sqlite_section *section);
