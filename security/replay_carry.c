#include <stdio.h>
#include <string.h>

#include "security/replay_store.h"

static void
copy_text(sqlite3_stmt *statement, int column, char *text, size_t size)
{
    const char *value = (const char *)sqlite3_column_text(statement, column);
    snprintf(text, size, "%s", value != NULL ? value : "");
}

static void
read_row(sqlite3_stmt *statement, struct replay_carried *row)
{
    *row = (struct replay_carried) { .claim.ticket_time_s = sqlite3_column_int64(statement, 0) };
    copy_text(statement, 1, row->claim.application, sizeof row->claim.application);
    copy_text(statement, 2, row->claim.userid, sizeof row->claim.userid);
    row->claim.kind = (char)sqlite3_column_int(statement, 3);
    row->use.utc_us = sqlite3_column_int64(statement, 4);
    copy_text(statement, 5, row->use.address, sizeof row->use.address);
    memcpy(row->claim.address, row->use.address, sizeof row->claim.address);
}

size_t
replay_store_next_to_carry(struct replay_store *store, const struct replay_carried *after, struct replay_carried *claims, size_t most)
{
    static const struct replay_claim first = { .ticket_time_s = INT64_MIN };
    sqlite3_stmt *statement = store->statements[REPLAY_NEXT_TO_CARRY];
    replay_bind_key(statement, after != NULL ? &after->claim : &first);
    sqlite3_bind_int64(statement, 5, (int64_t)most);
    size_t count = 0;
    while (count < most && sqlite3_step(statement) == SQLITE_ROW)
        read_row(statement, &claims[count++]);
    sqlite3_reset(statement);
    return count;
}

void
replay_store_carried(struct replay_store *store, const struct replay_claim *claim)
{
    replay_bind_key(store->statements[REPLAY_CARRIED], claim);
    if (!store->batch_lost && (!replay_begin_batch(store) || !replay_run(store, REPLAY_CARRIED)))
        replay_give_up_batch(store);
}

/* INT64_MIN, which no memory begins at, when it cannot be read. */
static int64_t
memory_of_site(struct replay_store *store)
{
    sqlite3_stmt *statement = store->statements[REPLAY_MEMORY_OF_SITE];
    int64_t since_s = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : INT64_MIN;
    sqlite3_reset(statement);
    return since_s;
}

void
replay_store_memory_of_site(struct replay_store *store, int64_t since_s)
{
    if (memory_of_site(store) == since_s || store->batch_lost)
        return;
    sqlite3_bind_int64(store->statements[REPLAY_SAVE_MEMORY_OF_SITE], 1, since_s);
    sqlite3_bind_int64(store->statements[REPLAY_CARRY_SINCE], 1, since_s);
    if (!replay_begin_batch(store) || !replay_run(store, REPLAY_SAVE_MEMORY_OF_SITE) || !replay_run(store, REPLAY_CARRY_SINCE))
        replay_give_up_batch(store);
}
