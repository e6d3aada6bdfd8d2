#include "security/saf/safd_claims.h"

#include "common/secret.h"

static bool
read_url(struct safd_claims *claims, const struct passgate_settings *settings, struct problem *problem)
{
    claims->url = secret_new(sizeof *claims->url);
    if (claims->url == NULL) {
        problem_set(problem, "no secret memory for the password of Redis");
        return false;
    }
    if (!replay_url_parse(settings->replay, claims->url, problem))
        return false;
    const char *file = settings->replay_password_file;
    return file[0] == '\0' || safd_redis_read_password(file, claims->url->password, problem);
}

bool
safd_claims_open(struct safd_claims *claims, const struct passgate_settings *settings, const struct clock *clock, struct problem *problem)
{
    enum replay_durability durability = settings->replay_power ? REPLAY_DURABILITY_POWER : REPLAY_DURABILITY_PROCESS;
    bool shared = replay_url_is_meant(settings->replay);
    if (shared && !read_url(claims, settings, problem))
        return false;
    claims->store = replay_store_open(shared ? settings->replay_local : settings->replay, durability, clock, problem);
    if (claims->store != NULL)
        replay_local_claimer_init(&claims->local, claims->store);
    return claims->store != NULL;
}

bool
safd_claims_connect(struct safd_claims *claims, struct event_base *base, const struct passgate_settings *settings,
                    const struct clock *clock, struct problem *problem)
{
    const struct safd_site_settings site = {
        .url = claims->url,
        .timeout_ms = settings->replay_timeout_ms,
        .fallback = settings->replay_fallback,
        .ca = settings->replay_ca,
        .certificate = settings->replay_certificate,
        .key = settings->replay_key,
    };
    if (claims->url == NULL)
        return true;
    claims->site = safd_site_new(base, &site, claims->store, clock, problem);
    return claims->site != NULL;
}

struct replay_claimer *
safd_claims_claimer(struct safd_claims *claims)
{
    return claims->site != NULL ? safd_site_claimer(claims->site) : &claims->local.claimer;
}

void
safd_claims_disconnect(struct safd_claims *claims)
{
    safd_site_free(claims->site);
    claims->site = NULL;
}

void
safd_claims_close(struct safd_claims *claims)
{
    safd_claims_disconnect(claims);
    if (claims->store != NULL)
        replay_store_close(claims->store);
    if (claims->url != NULL)
        secret_free(claims->url, sizeof *claims->url);
}
