/* Large objects of SQLite that are read where they stand, by its incremental I/O: results that are longer than what is worth being
 * taken into memory. SQLite would read a whole value for a column of a result; so a query is prepared a second time, in which such
 * columns give the rowid of their row when the value is long:
 *   SELECT B FROM T   becomes   SELECT CASE WHEN typeof(B) = 'blob' AND length(B) > n THEN ROWID ... ELSE B END FROM T
 * So do subqueries in FROM, views, WITH and the parts of UNION ALL, as long as they do nothing with the value but give it on. Where the
 * text does not allow that (GROUP BY, DISTINCT, UNION, ORDER BY of the value ...), values come whole, up to LOB_MEMORY_MAX. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

enum {
    LOB_INLINE_MAX = 32 * 1024,        /* bytes that are rather copied than looked up again */
    LOB_MEMORY_MAX = 64 * 1024 * 1024, /* bytes of a value that cannot be taken in pieces */
    LOBS_MAX = 16384,
};

/* A column of a table that places lead to. */
struct sqlite_lob_source {
    char *table; /* owned, as is the next */
    char *column;
};

/* A place is an integer: the rowid, and in its lowest bits which of the sources is meant. */
enum { LOB_SOURCE_BITS = 6, LOB_SOURCES_MAX = 1 << LOB_SOURCE_BITS };
#define LOB_PLACE_ROWID_MAX (1LL << 56)

/* What a query gives places for. */
struct sqlite_lob_places {
    struct sqlite_lob_source sources[LOB_SOURCES_MAX];
    size_t count;
    int64_t *changed; /* owned; while a scrollable cursor has passed rows, the places whose rows are not what they were then */
    size_t changed_count;
    size_t changed_room;
    bool changes_lost; /* no memory for all of them: any may have changed */
    bool committed;    /* the cursor was held over a COMMIT: once its query is over, others may change what it has passed */
    bool marked[];     /* the columns of the result: whether their integers are places */
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

/* Rows are again what they were at a savepoint: what was taken of them meanwhile is gone. */
void lob_rows_went_back(struct sqlite_session *session);

/* A cursor that keeps rows begins anew. */
void lob_places_begin(struct sqlite_lob_places *places);
void lob_places_free(struct sqlite_lob_places *places);
