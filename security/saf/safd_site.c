#include "security/saf/safd_site.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

enum { CARRY_AT_ONCE = 64, CARRY_AGAIN_S = 5 };

struct safd_site {
    struct replay_claimer claimer;
    struct safd_redis *redis;
    struct replay_store *store;
    const struct clock *clock;
    bool fallback;
    bool batch_lost; /* a commit between those of the claimer has failed */
    struct event *carry_again;
    uint64_t carried_count; /* since the last report */
    size_t under_way;       /* of `carrying`, whose answers are to come */
    bool carry_stuck;       /* one of them was not taken */
    size_t carrying_count;
    struct carrying {
        struct safd_site *site;
        struct replay_carried row;
    } carrying[CARRY_AT_ONCE];
};

static void carry_next(struct safd_site *site);

static void
commit_between(struct safd_site *site)
{
    if (!replay_store_commit(site->store))
        site->batch_lost = true;
}

static void
report_second_use(const struct replay_carried *row, const struct replay_use *first_use)
{
    log_message("SAFD0058E",
                "A PASSTICKET WAS USED TWICE WHILE REDIS WAS AWAY: USER(%s) APPL(%s) KIND %c TIME %" PRId64 ", here from %s at %" PRId64
                " and on another host from %s at %" PRId64 " (UTC seconds)",
                row->claim.userid, row->claim.application, row->claim.kind, row->claim.ticket_time_s, row->use.address,
                row->use.utc_us / 1000000, first_use->address, first_use->utc_us / 1000000);
}

static void
end_carrying(struct safd_site *site)
{
    if (site->carried_count > 0)
        log_message("SAFD0059I", "%" PRIu64 " CLAIMS MADE WITHOUT REDIS WERE CARRIED TO IT", site->carried_count);
    site->carried_count = 0;
}

static void
schedule_carrying(struct safd_site *site)
{
    if (event_pending(site->carry_again, EV_TIMEOUT, NULL) == 0)
        event_add(site->carry_again, &(struct timeval) { .tv_sec = CARRY_AGAIN_S });
}

static void
end_chunk(struct safd_site *site)
{
    commit_between(site);
    if (site->carry_stuck)
        schedule_carrying(site);
    else
        carry_next(site);
}

static void
carried(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use)
{
    struct carrying *carrying = claimant;
    struct safd_site *site = carrying->site;
    const struct replay_use *own = &carrying->row.use;
    bool same = first_use->utc_us == own->utc_us && strcmp(first_use->address, own->address) == 0;
    if (outcome == REPLAY_USED_BEFORE && !same)
        report_second_use(&carrying->row, first_use);
    if (outcome == REPLAY_UNAVAILABLE) {
        site->carry_stuck = true;
    } else {
        replay_store_carried(site->store, &carrying->row.claim);
        site->carried_count++;
    }
    if (--site->under_way == 0)
        end_chunk(site);
}

/* A chunk after the other, so that logins are served in between. */
static void
carry_next(struct safd_site *site)
{
    struct replay_carried rows[CARRY_AT_ONCE];
    size_t count = replay_store_next_to_carry(site->store, NULL, rows, CARRY_AT_ONCE);
    site->carry_stuck = false;
    if (count == 0)
        end_carrying(site);
    for (size_t i = 0; i < count && !site->carry_stuck; i++) {
        site->carrying[i] = (struct carrying) { .site = site, .row = rows[i] };
        bool asked = safd_redis_claim(site->redis, &rows[i].claim, &rows[i].use, carried, &site->carrying[i]);
        site->under_way += asked;
        site->carry_stuck = !asked;
    }
    if (site->carry_stuck)
        schedule_carrying(site);
}

static void
begin_carrying(struct safd_site *site)
{
    if (site->under_way == 0)
        carry_next(site);
}

static void
on_carry_again(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    begin_carrying(context);
}

static void
on_up(void *context)
{
    begin_carrying(context);
}

static void
on_memory_begins(void *context, int64_t since_s)
{
    struct safd_site *site = context;
    replay_store_memory_of_site(site->store, since_s);
    commit_between(site);
    schedule_carrying(site);
}

/* Redis has granted the claim (`carry`: could not be asked); now the store of this host must too. */
static void
claim_here(struct safd_site *site, struct replay_request *request, bool carry)
{
    struct replay_use use = { .utc_us = request->utc_us };
    memcpy(use.address, request->claim->address, sizeof use.address);
    enum replay_outcome outcome = replay_store_claim_of_site(site->store, request->claim, &use, carry, &request->first_use);
    if (carry && outcome == REPLAY_CLAIMED)
        schedule_carrying(site);
    request->claimed(request, outcome);
}

static void
without_redis(struct safd_site *site, struct replay_request *request)
{
    if (site->fallback)
        claim_here(site, request, true);
    else
        request->claimed(request, REPLAY_UNAVAILABLE);
}

static void
decided(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use)
{
    struct replay_request *request = claimant;
    struct safd_site *site = request->claimer_data;
    request->first_use = *first_use;
    if (outcome == REPLAY_CLAIMED)
        claim_here(site, request, false);
    else if (outcome == REPLAY_UNAVAILABLE)
        without_redis(site, request);
    else
        request->claimed(request, outcome);
}

static struct safd_site *
site_of(struct replay_claimer *claimer)
{
    return (struct safd_site *)((char *)claimer - offsetof(struct safd_site, claimer));
}

/* What this host knows already need not be asked. */
static void
claim(struct replay_claimer *claimer, struct replay_request *request)
{
    struct safd_site *site = site_of(claimer);
    enum replay_outcome here = replay_store_look_up(site->store, request->claim, &request->first_use);
    if (here != REPLAY_CLAIMED) {
        request->claimed(request, here);
        return;
    }
    struct replay_use use = { .utc_us = clock_utc_us(site->clock) };
    memcpy(use.address, request->claim->address, sizeof use.address);
    request->claimer_data = site;
    request->utc_us = use.utc_us;
    if (!safd_redis_claim(site->redis, request->claim, &use, decided, request))
        without_redis(site, request);
}

static bool
commit(struct replay_claimer *claimer)
{
    struct safd_site *site = site_of(claimer);
    bool lost = site->batch_lost;
    site->batch_lost = false;
    return replay_store_commit(site->store) && !lost;
}

static void
looked_up(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use)
{
    struct replay_request *request = claimant;
    struct safd_site *site = request->claimer_data;
    request->first_use = *first_use;
    request->claimed(request, outcome == REPLAY_UNAVAILABLE && site->fallback ? REPLAY_CLAIMED : outcome);
}

static void
look_up(struct replay_claimer *claimer, struct replay_request *request)
{
    struct safd_site *site = site_of(claimer);
    enum replay_outcome here = replay_store_look_up(site->store, request->claim, &request->first_use);
    request->claimer_data = site;
    if (here != REPLAY_CLAIMED)
        request->claimed(request, here);
    else if (!safd_redis_look_up(site->redis, request->claim, looked_up, request))
        request->claimed(request, site->fallback ? REPLAY_CLAIMED : REPLAY_UNAVAILABLE);
}

struct replay_claimer *
safd_site_claimer(struct safd_site *site)
{
    return &site->claimer;
}

struct safd_site *
safd_site_new(struct event_base *base, const struct safd_site_settings *settings, struct replay_store *store, const struct clock *clock,
              struct problem *problem)
{
    struct safd_site *site = calloc(1, sizeof *site);
    if (site == NULL) {
        problem_set(problem, "no memory for claims of the site");
        return NULL;
    }
    *site = (struct safd_site) {
        .claimer = { .claim = claim, .look_up = look_up, .commit = commit },
        .store = store,
        .clock = clock,
        .fallback = settings->fallback,
    };
    const struct safd_redis_settings redis = {
        .url = settings->url,
        .timeout_ms = settings->timeout_ms,
        .ca = settings->ca,
        .certificate = settings->certificate,
        .key = settings->key,
        .without = settings->fallback ? "PASSTICKETS ARE CLAIMED ON THIS HOST ALONE" : "PASSTICKETS ARE REFUSED",
        .memory_begins = on_memory_begins,
        .up = on_up,
        .context = site,
    };
    site->carry_again = evtimer_new(base, on_carry_again, site);
    if (site->carry_again == NULL)
        problem_set(problem, "no memory for claims of the site");
    else
        site->redis = safd_redis_new(base, &redis, clock, problem);
    if (site->redis != NULL)
        return site;
    safd_site_free(site);
    return NULL;
}

void
safd_site_free(struct safd_site *site)
{
    if (site == NULL)
        return;
    safd_redis_free(site->redis);
    if (site->carry_again != NULL)
        event_free(site->carry_again);
    free(site);
}
