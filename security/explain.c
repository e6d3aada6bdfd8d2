#include "security/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/secret.h"
#include "security/racroute.h"

enum { QUARTER_HOUR_S = 900, ZONE_SLACK_S = 60, OWN_PROFILES_MAX = 2 };

struct search {
    const struct explain_question *question;
    const char *ticket; /* as it came, or folded */
    bool folded;
    unsigned trials; /* still allowed */
    const struct racf_ptktdata *own[OWN_PROFILES_MAX];
    size_t own_count;
    struct explain_finding *finding;
};

unsigned
explain_budget_left(struct explain_budget *budget, int64_t monotonic_ms)
{
    int64_t second = monotonic_ms / 1000;
    if (budget->second != second)
        *budget = (struct explain_budget) { .second = second };
    unsigned left = budget->trials < EXPLAIN_TRIALS_A_SECOND ? EXPLAIN_TRIALS_A_SECOND - budget->trials : 0;
    return left < EXPLAIN_TRIALS_MAX ? left : EXPLAIN_TRIALS_MAX;
}

void
explain_budget_spend(struct explain_budget *budget, unsigned trials)
{
    budget->trials += trials;
}

/* Is the ticket valid now under this key and application? A finding within the window is no chance: a wrong key hits it once in
 * three million tries. */
static bool
is_made_with(struct search *search, const struct racf_ptktdata *profile, char kind, const char *application,
             enum saf_explanation explanation)
{
    const struct explain_question *question = search->question;
    int64_t offset_s;
    if (search->trials == 0 || (search->folded && kind == 'M'))
        return false;
    search->trials--;
    if (!evaluation_decode(profile, kind, question->names->userid, application, search->ticket, question->now_s, &offset_s))
        return false;
    if (!evaluation_in_window(profile, kind, offset_s))
        return false;
    search->finding->explanation = explanation;
    search->finding->kind = kind;
    search->finding->offset_s = (int32_t)offset_s;
    snprintf(search->finding->profile, sizeof search->finding->profile, "%s", profile->name);
    snprintf(search->finding->application, sizeof search->finding->application, "%s", application);
    return true;
}

static bool
is_made_with_profile(struct search *search, const struct racf_ptktdata *profile, const char *application, enum saf_explanation explanation)
{
    char enhanced = profile->type == PASSTICKET_MIXED ? 'M' : 'U';
    return is_made_with(search, profile, 'L', application, explanation) ||
           is_made_with(search, profile, enhanced, application, explanation);
}

/* The application that a profile's name begins with; false for a name of another structure, such as IRRPTAUTH's. */
static bool
application_of(const struct racf_ptktdata *profile, char application[RACF_NAME_MAX + 1])
{
    size_t length = strcspn(profile->name, ".");
    if (length > RACF_NAME_MAX)
        return false;
    memcpy(application, profile->name, length);
    application[length] = '\0';
    return true;
}

static bool
search_other_type(struct search *search)
{
    const char *application = search->question->names->application;
    for (size_t i = 0; i < search->own_count; i++) {
        char other = search->own[i]->type == PASSTICKET_MIXED ? 'U' : 'M';
        if (is_made_with(search, search->own[i], other, application, SAF_EXPLAIN_TICKET_OTHER_KIND))
            return true;
    }
    return false;
}

static bool
search_own_keys_for(struct search *search, const char *application)
{
    if (application[0] == '\0' || strcmp(application, search->question->names->application) == 0)
        return false;
    for (size_t i = 0; i < search->own_count; i++)
        if (is_made_with_profile(search, search->own[i], application, SAF_EXPLAIN_TICKET_OTHER_APPLICATION))
            return true;
    return false;
}

static bool
search_other_applications(struct search *search, const struct racf_ptktdata_snapshot *snapshot)
{
    char application[RACF_NAME_MAX + 1];
    if (search_own_keys_for(search, search->question->other_application))
        return true;
    const struct racf_ptktdata *profile = NULL;
    while (search->own_count > 0 && search->trials > 0 && (profile = racf_ptktdata_next(snapshot, profile)) != NULL)
        if (application_of(profile, application) && search_own_keys_for(search, application))
            return true;
    return false;
}

static bool
search_other_profiles(struct search *search, const struct racf_ptktdata_snapshot *snapshot)
{
    const char *asked = search->question->names->application;
    char application[RACF_NAME_MAX + 1];
    const struct racf_ptktdata *profile = NULL;
    while (search->trials > 0 && (profile = racf_ptktdata_next(snapshot, profile)) != NULL) {
        if (!application_of(profile, application))
            continue;
        if (is_made_with_profile(search, profile, application, SAF_EXPLAIN_TICKET_OTHER_APPLICATION))
            return true;
        /* For an application without a key it is that which is wrong, not the key. */
        if (search->own_count > 0 && strcmp(application, asked) != 0 &&
            is_made_with_profile(search, profile, asked, SAF_EXPLAIN_TICKET_OTHER_APPLICATION))
            return true;
    }
    return false;
}

static void
find_own(struct search *search, const struct racf_ptktdata_snapshot *snapshot)
{
    const struct evaluation_names *names = search->question->names;
    search->own_count = racf_ptktdata_find(snapshot, names->application, names->group, names->userid, search->own);
}

/* Would SETROPTS RACLIST(PTKTDATA) REFRESH make the ticket valid? */
static bool
search_unrefreshed(struct search *search, struct racf *racf)
{
    if (!racf_ptktdata_is_stale(racf) || search->trials == 0)
        return false;
    struct racf_ptktdata_snapshot *fresh = racf_ptktdata_read(racf);
    bool found = false;
    if (fresh == NULL)
        return false;
    search->trials -= search->trials < EXPLAIN_READ_TRIALS ? search->trials : EXPLAIN_READ_TRIALS;
    find_own(search, fresh);
    for (size_t i = 0; i < search->own_count && !found; i++)
        found = is_made_with_profile(search, search->own[i], search->question->names->application, SAF_EXPLAIN_NOT_REFRESHED);
    racf_ptktdata_release(fresh);
    search->own_count = 0;
    return found;
}

static bool
search_all(struct search *search, struct racf *racf)
{
    if (search_unrefreshed(search, racf))
        return true;
    const struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_in_force(racf);
    if (snapshot == NULL)
        return false;
    find_own(search, snapshot);
    return search_other_type(search) || search_other_applications(search, snapshot) || search_other_profiles(search, snapshot);
}

static void
search_as_sent_and_folded(struct search *search, struct racf *racf)
{
    char folded[PASSTICKET_SIZE + 1];
    if (search_all(search, racf))
        return;
    search->folded = evaluation_fold(search->question->credential, folded);
    search->ticket = folded;
    bool found = search->folded && search_all(search, racf);
    secret_wipe(folded, sizeof folded);
    /* Not even the profiles that wait for a REFRESH take it: that is not why. */
    if (!found && search->trials > 0 && search->finding->explanation == SAF_EXPLAIN_NOT_REFRESHED && racf_ptktdata_is_stale(racf))
        search->finding->explanation = SAF_EXPLAIN_TICKET_OTHER_KEY;
}

void
explain_search(struct racf *racf, const struct explain_question *question, struct explain_finding *finding)
{
    struct search search = { .question = question, .ticket = question->credential, .trials = question->trials, .finding = finding };
    *finding = (struct explain_finding) { .explanation = question->explanation };
    if (evaluation_is_ticket_shaped(question->credential))
        search_as_sent_and_folded(&search, racf);
    finding->trials = question->trials - search.trials;
}

static void
detail_offset(int32_t offset_s, char *detail, size_t size)
{
    /* A clock that runs on local time as if it were UTC is off by whole quarters of an hour, give or take its drift. */
    int32_t remainder = (offset_s % QUARTER_HOUR_S + QUARTER_HOUR_S) % QUARTER_HOUR_S;
    bool whole = remainder <= ZONE_SLACK_S || remainder >= QUARTER_HOUR_S - ZONE_SLACK_S;
    bool zone = whole && (offset_s > QUARTER_HOUR_S / 2 || offset_s < -QUARTER_HOUR_S / 2);
    snprintf(detail, size, "; its time is %+" PRId32 " s from now%s", offset_s,
             zone ? ", whole quarters of an hour: one side's clock is set to a local time as if that were UTC" : "");
}

const char *
explain_kind_name(char kind)
{
    return kind == 'L' ? "a legacy ticket" : kind == 'U' ? "an enhanced ticket of TYPE(UPPER)" : "an enhanced ticket of TYPE(MIXED)";
}

void
explain_detail(const struct saf_result *result, const struct racroute_facts *facts, char detail[EXPLAIN_DETAIL_SIZE])
{
    detail[0] = '\0';
    if (result->explanation == SAF_EXPLAIN_TICKET_REPLAYED && facts->first_use.utc_us != 0) {
        char time[32] = "?";
        struct tm utc;
        time_t seconds = (time_t)(facts->first_use.utc_us / 1000000);
        if (gmtime_r(&seconds, &utc) != NULL)
            strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &utc);
        snprintf(detail, EXPLAIN_DETAIL_SIZE, "; first use %s from %s", time, facts->first_use.address);
    } else if (result->explanation == SAF_EXPLAIN_TICKET_OTHER_APPLICATION) {
        snprintf(detail, EXPLAIN_DETAIL_SIZE, "; it is %s for application %s, made with the key of profile %s",
                 explain_kind_name(facts->ticket_kind), facts->other_application, facts->profile);
    } else if (result->explanation == SAF_EXPLAIN_TICKET_OTHER_KIND) {
        snprintf(detail, EXPLAIN_DETAIL_SIZE, "; it is %s, made with the key of profile %s", explain_kind_name(facts->ticket_kind),
                 facts->profile);
    } else if (result->ticket_offset_s != 0) {
        detail_offset(result->ticket_offset_s, detail, EXPLAIN_DETAIL_SIZE);
    }
}
