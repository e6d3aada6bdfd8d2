/* What large objects leave in memory: SQLite's cache is full of pieces of them, which nobody wants a second time, and what SQLite has freed
 * (lists of a value's pages, of pages that were changed) stays with the thread that had it. Both go back to the system when a unit of work
 * that moved much is over: nothing beside what it took. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

/* So many bytes of a large object were read from a row, or written to one. */
void lob_moved(struct sqlite_session *session, size_t bytes);

/* The unit of work is over. */
void lob_all_moved(struct sqlite_session *session);
