/* What a user may do with an RDB: the profile PASSGATE.RDB.name of class FACILITY decides, READ to read, UPDATE to change as well.
 * Where no profile covers the name, or the class is not active, everybody who could log on may do what the datastore allows. */
#pragma once
#include <stdbool.h>

#include "drda/server.h"
#include "gateway/loop.h"

struct rdb_authority {
    enum drda_rdb_outcome outcome;
    bool read_only; /* of an RDB that may be opened */
    const char *id; /* message ID and text for a refusal */
    const char *why;
};

/* Asks safd. True when nobody needs to be asked, or nobody can be: *authority is known at once and *request is 0. Else `answered`
 * will be called, unless the request is cancelled. `datastore` NULL: there is none of that name. `userid` NULL: nobody logged on. */
MUST_CHECK bool rdb_authority_ask(struct loop *loop, const struct datastore_settings *datastore, const char *userid,
                                  saf_link_answered answered, void *context, uint32_t *request, struct rdb_authority *authority);

/* The answer, or NULL when there was none in time: without a decision the RDB is not opened. */
void rdb_authority_take(const struct datastore_settings *datastore, struct saf_frame *frame, struct rdb_authority *authority);
