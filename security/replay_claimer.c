#include "security/replay_claimer.h"

static void
claim_at_once(struct replay_claimer *claimer, struct replay_request *request)
{
    struct replay_local_claimer *local = (struct replay_local_claimer *)claimer;
    enum replay_outcome outcome = replay_store_claim(local->store, request->claim, &request->first_use);
    request->claimed(request, outcome);
}

static void
look_up(struct replay_claimer *claimer, struct replay_request *request)
{
    struct replay_local_claimer *local = (struct replay_local_claimer *)claimer;
    enum replay_outcome outcome = replay_store_look_up(local->store, request->claim, &request->first_use);
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
    *local = (struct replay_local_claimer) { .claimer = { .claim = claim_at_once, .look_up = look_up, .commit = commit }, .store = store };
}
