#include "security/replay_claimer.h"

static void
claim_at_once(struct replay_claimer *claimer, struct replay_request *request)
{
    struct replay_local_claimer *local = (struct replay_local_claimer *)claimer;
    enum replay_outcome outcome = replay_store_claim(local->store, request->claim, &request->first_use);
    request->claimed(request, outcome);
}

static bool
commit(struct replay_claimer *claimer)
{
    struct replay_local_claimer *local = (struct replay_local_claimer *)claimer;
    return replay_store_commit(local->store);
}

void
replay_local_claimer_init(struct replay_local_claimer *local, struct replay_store *store)
{
    *local = (struct replay_local_claimer) { .claimer = { .claim = claim_at_once, .commit = commit }, .store = store };
}
