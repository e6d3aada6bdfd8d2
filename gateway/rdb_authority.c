#include "gateway/rdb_authority.h"

#include <ctype.h>
#include <stdio.h>

enum { ACCESS_READ = 2 };

static const struct rdb_authority not_found = { .outcome = DRDA_RDB_NOT_FOUND, .id = "HWSG0900D", .why = "RDB not found" };
static const struct rdb_authority denied = {
    .outcome = DRDA_RDB_NOT_AUTHORIZED,
    .id = "HWSG0026W",
    .why = "refused: FACILITY PASSGATE.RDB.name does not permit the user to read the RDB",
};
static const struct rdb_authority undecided = {
    .outcome = DRDA_RDB_FAILED,
    .id = "HWSG0027E",
    .why = "refused: safd did not say what the user may do with the RDB",
};

static struct rdb_authority
permitted(bool read_only)
{
    return (struct rdb_authority) { .outcome = DRDA_RDB_OPENED, .read_only = read_only, .id = "HWSG0900D", .why = "RDB cannot be opened" };
}

bool
rdb_authority_ask(struct loop *loop, const struct datastore_settings *datastore, const char *userid, saf_link_answered answered,
                  void *context, uint32_t *request, struct rdb_authority *authority)
{
    struct runtime *runtime = runtime_acquire(&loop->gateway->runtime);
    bool racf = runtime->values.racf;
    runtime_release(runtime);
    *request = 0;
    *authority = datastore == NULL ? not_found : permitted(false);
    if (datastore == NULL || !racf)
        return true;
    struct saf_access access = { .class_name = "FACILITY" };
    snprintf(access.userid, sizeof access.userid, "%s", userid != NULL ? userid : "");
    snprintf(access.resource, sizeof access.resource, "PASSGATE.RDB.%s", datastore->name);
    for (char *c = access.resource; *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
    *request = saf_link_access(loop->saf, &access, answered, context);
    if (*request == 0)
        *authority = undecided;
    return *request == 0;
}

void
rdb_authority_take(const struct datastore_settings *datastore, struct saf_frame *frame, struct rdb_authority *authority)
{
    struct saf_access_answer answer;
    *authority = undecided;
    if (datastore == NULL || frame == NULL || frame->type != (SAF_MESSAGE_ACCESS | SAF_MESSAGE_ANSWER) ||
        !saf_access_answer_decode(&frame->body, &answer))
        return;
    if (answer.saf == SAF_OK)
        *authority = permitted(answer.access == ACCESS_READ);
    else
        *authority = answer.saf == SAF_NO_DECISION ? permitted(false) : denied;
}
