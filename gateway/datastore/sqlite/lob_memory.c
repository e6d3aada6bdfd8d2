#include "gateway/datastore/sqlite/lob_memory.h"

#include <malloc.h>

enum { MUCH = 16 * 1024 * 1024 }; /* takes 10 ms and more; giving memory back takes less than one */

void
lob_moved(struct sqlite_session *session, size_t bytes)
{
    session->lob_bytes_moved += bytes;
}

void
lob_all_moved(struct sqlite_session *session)
{
    if (session->lob_bytes_moved >= MUCH && session->database != NULL) {
        (void)sqlite3_db_release_memory(session->database);
        (void)malloc_trim(0);
    }
    session->lob_bytes_moved = 0;
}
