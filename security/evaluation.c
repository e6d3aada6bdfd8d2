#include "security/evaluation.h"

#include <stdio.h>
#include <string.h>

#include "common/secret.h"

/* A time so near cannot be chance (a wrong key hits it once in 12,000 tries): it is the right key and a wrong clock. */
enum { PLAUSIBLE_OFFSET_S = 2 * 24 * 3600, PROFILES_MAX = 2 };

/* What one evaluation works with. */
struct trial {
    const struct racf_ptktdata *profiles[PROFILES_MAX];
    size_t count;
    const struct evaluation_names *names;
    int64_t now_s;
};

_Static_assert(sizeof((struct evaluation *)NULL)->profile == sizeof((struct racf_ptktdata *)NULL)->name, "names are copied whole");

static void
note_ticket(struct evaluation *evaluation, const struct racf_ptktdata *profile, char kind, int64_t now_s, int32_t offset_s)
{
    evaluation->kind = kind;
    evaluation->offset_s = offset_s;
    evaluation->ticket_time_s = now_s + offset_s;
    memcpy(evaluation->profile, profile->name, sizeof evaluation->profile);
}

/* True when the time that a key yields lies in the window. One that is merely plausible is kept for the explanation. */
static bool
judge_time(const struct trial *trial, const struct racf_ptktdata *profile, char kind, int64_t offset_s, int window_s,
           struct evaluation *evaluation)
{
    bool plausible = offset_s >= -PLAUSIBLE_OFFSET_S && offset_s <= PLAUSIBLE_OFFSET_S;
    if (plausible)
        note_ticket(evaluation, profile, kind, trial->now_s, (int32_t)offset_s);
    return plausible && offset_s >= -window_s && offset_s <= window_s;
}

static bool
try_legacy(const struct trial *trial, const struct racf_ptktdata *profile, const char *credential, struct evaluation *evaluation)
{
    uint32_t time;
    if (profile->legacy == NULL ||
        passticket_legacy_decode(profile->legacy, trial->names->userid, trial->names->application, credential, &time) != PASSTICKET_DECODED)
        return false;
    /* The ticket carries the low 32 bits of the time: their signed difference is right past 2038 and over the wrap of 2106. */
    int32_t offset_s = (int32_t)(time - (uint32_t)trial->now_s);
    evaluation->replay_allowed = profile->legacy_replay;
    return judge_time(trial, profile, 'L', offset_s, EVALUATION_LEGACY_WINDOW_S, evaluation);
}

static bool
try_enhanced(const struct trial *trial, const struct racf_ptktdata *profile, const char *credential, struct evaluation *evaluation)
{
    uint64_t time;
    if (profile->enhanced == NULL || passticket_enhanced_decode(profile->enhanced, profile->type, trial->names->userid,
                                                                trial->names->application, credential, &time) != PASSTICKET_DECODED)
        return false;
    char kind = profile->type == PASSTICKET_MIXED ? 'M' : 'U';
    evaluation->replay_allowed = profile->enhanced_replay;
    return judge_time(trial, profile, kind, (int64_t)time - trial->now_s, profile->timeout_s, evaluation);
}

static bool
try_profiles(const struct trial *trial, const char *credential, struct evaluation *evaluation)
{
    for (size_t i = 0; i < trial->count; i++)
        if (try_legacy(trial, trial->profiles[i], credential, evaluation) ||
            try_enhanced(trial, trial->profiles[i], credential, evaluation))
            return true;
    return false;
}

/* Folds lower-case letters; true when there were any. */
static bool
fold(const char *credential, char folded[PASSTICKET_SIZE + 1])
{
    snprintf(folded, PASSTICKET_SIZE + 1, "%s", credential);
    bool changed = false;
    for (char *c = folded; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z') {
            *c = (char)(*c - 'a' + 'A');
            changed = true;
        }
    return changed;
}

static bool
is_valid_when_folded(const struct trial *trial, const char *credential)
{
    char folded[PASSTICKET_SIZE + 1];
    struct evaluation unused = { 0 };
    bool valid = fold(credential, folded) && try_profiles(trial, folded, &unused);
    secret_wipe(folded, sizeof folded);
    return valid;
}

/* Could a key of a kind that the profiles hold have made this string? */
static bool
is_well_formed(const struct trial *trial, const char *credential)
{
    for (size_t i = 0; i < trial->count; i++) {
        const struct racf_ptktdata *profile = trial->profiles[i];
        if (profile->legacy != NULL && passticket_legacy_is_well_formed(credential))
            return true;
        if (profile->enhanced != NULL && passticket_enhanced_is_well_formed(profile->type, credential))
            return true;
    }
    return false;
}

static bool
any_key(const struct trial *trial)
{
    for (size_t i = 0; i < trial->count; i++)
        if (trial->profiles[i]->legacy != NULL || trial->profiles[i]->enhanced != NULL)
            return true;
    return false;
}

static bool
any_key_unavailable(const struct trial *trial)
{
    for (size_t i = 0; i < trial->count; i++)
        if (trial->profiles[i]->key_unavailable)
            return true;
    return false;
}

/* Why no key yielded a time in its window: the likeliest cause that can be told without a search through other profiles. */
static enum saf_explanation
explain(const struct racf *racf, const struct trial *trial, const char *credential, const struct evaluation *evaluation)
{
    if (evaluation->kind != 0)
        return SAF_EXPLAIN_TICKET_OUT_OF_WINDOW;
    if (!any_key(trial) && any_key_unavailable(trial))
        return SAF_EXPLAIN_KEY_UNAVAILABLE;
    if (!any_key(trial))
        return racf_ptktdata_is_stale(racf) ? SAF_EXPLAIN_NOT_REFRESHED : SAF_EXPLAIN_NO_PROFILE;
    if (strlen(credential) != PASSTICKET_SIZE)
        return SAF_EXPLAIN_TICKET_LENGTH;
    if (is_valid_when_folded(trial, credential))
        return SAF_EXPLAIN_TICKET_FOLDED;
    if (!is_well_formed(trial, credential))
        return SAF_EXPLAIN_TICKET_NOT_WELL_FORMED;
    return racf_ptktdata_is_stale(racf) ? SAF_EXPLAIN_NOT_REFRESHED : SAF_EXPLAIN_TICKET_OTHER_KEY;
}

void
evaluation_run(struct racf *racf, const struct evaluation_names *names, const char *credential, int64_t now_s,
               struct evaluation *evaluation)
{
    *evaluation = (struct evaluation) { .explanation = SAF_EXPLAIN_CLASS_INACTIVE };
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(racf);
    if (snapshot == NULL)
        return;
    struct trial trial = { .names = names, .now_s = now_s };
    trial.count = racf_ptktdata_find(snapshot, names->application, names->group, names->userid, trial.profiles);
    if (try_profiles(&trial, credential, evaluation))
        evaluation->explanation = SAF_EXPLAIN_NONE;
    else
        evaluation->explanation = explain(racf, &trial, credential, evaluation);
    if (evaluation->profile[0] == '\0' && trial.count > 0)
        memcpy(evaluation->profile, trial.profiles[trial.count - 1]->name, sizeof evaluation->profile);
    racf_ptktdata_release(snapshot);
}
