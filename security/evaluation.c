#include "security/evaluation.h"

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
judge_time(const struct trial *trial, const struct racf_ptktdata *profile, char kind, int64_t offset_s, struct evaluation *evaluation)
{
    bool plausible = offset_s >= -PLAUSIBLE_OFFSET_S && offset_s <= PLAUSIBLE_OFFSET_S;
    if (plausible)
        note_ticket(evaluation, profile, kind, trial->now_s, (int32_t)offset_s);
    return plausible && evaluation_in_window(profile, kind, offset_s);
}

bool
evaluation_in_window(const struct racf_ptktdata *profile, char kind, int64_t offset_s)
{
    int64_t past_s = kind == 'L' ? EVALUATION_LEGACY_WINDOW_S : profile->timeout_s;
    int64_t future_s = kind == 'L' ? EVALUATION_LEGACY_WINDOW_S : profile->future_s;
    return offset_s >= -past_s && offset_s <= future_s;
}

bool
evaluation_decode(const struct racf_ptktdata *profile, char kind, const char *userid, const char *application, const char *ticket,
                  int64_t now_s, int64_t *offset_s)
{
    *offset_s = 0;
    if (kind == 'L') {
        uint32_t time;
        if (profile->legacy == NULL || passticket_legacy_decode(profile->legacy, userid, application, ticket, &time) != PASSTICKET_DECODED)
            return false;
        /* The ticket carries the low 32 bits of the time: their signed difference is right past 2038 and over the wrap of 2106. */
        *offset_s = (int32_t)(time - (uint32_t)now_s);
        return true;
    }
    enum passticket_enhanced_type type = kind == 'M' ? PASSTICKET_MIXED : PASSTICKET_UPPER;
    uint64_t time;
    if (profile->enhanced == NULL ||
        passticket_enhanced_decode(profile->enhanced, type, userid, application, ticket, &time) != PASSTICKET_DECODED)
        return false;
    *offset_s = (int64_t)time - now_s;
    return true;
}

static bool
try_kind(const struct trial *trial, const struct racf_ptktdata *profile, char kind, const char *credential, struct evaluation *evaluation)
{
    int64_t offset_s;
    if (!evaluation_decode(profile, kind, trial->names->userid, trial->names->application, credential, trial->now_s, &offset_s))
        return false;
    bool legacy = kind == 'L';
    evaluation->replay_allowed = legacy ? profile->legacy_replay : profile->enhanced_replay;
    return judge_time(trial, profile, kind, offset_s, evaluation);
}

static bool
try_profiles(const struct trial *trial, const char *credential, bool mixed_too, struct evaluation *evaluation)
{
    for (size_t i = 0; i < trial->count; i++) {
        const struct racf_ptktdata *profile = trial->profiles[i];
        bool mixed = profile->type == PASSTICKET_MIXED;
        if (try_kind(trial, profile, 'L', credential, evaluation) ||
            ((mixed_too || !mixed) && try_kind(trial, profile, mixed ? 'M' : 'U', credential, evaluation)))
            return true;
    }
    return false;
}

bool
evaluation_is_ticket_shaped(const char *credential)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz-_";
    return strspn(credential, characters) == PASSTICKET_SIZE && credential[PASSTICKET_SIZE] == '\0';
}

bool
evaluation_fold(const char *credential, char folded[PASSTICKET_SIZE + 1])
{
    bool changed = false;
    folded[0] = '\0';
    if (!evaluation_is_ticket_shaped(credential))
        return false;
    for (size_t i = 0; i <= PASSTICKET_SIZE; i++) {
        bool lower = credential[i] >= 'a' && credential[i] <= 'z';
        folded[i] = lower ? (char)(credential[i] - 'a' + 'A') : credential[i];
        changed = changed || lower;
    }
    return changed;
}

static bool
try_folded(const struct trial *trial, const char *credential, struct evaluation *evaluation)
{
    char folded[PASSTICKET_SIZE + 1];
    bool valid = evaluation_fold(credential, folded) && try_profiles(trial, folded, false, evaluation);
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
    struct evaluation unused = { 0 };
    if (evaluation->kind != 0)
        return SAF_EXPLAIN_TICKET_OUT_OF_WINDOW;
    if (!any_key(trial) && !any_key_unavailable(trial))
        return racf_ptktdata_is_stale(racf) ? SAF_EXPLAIN_NOT_REFRESHED : SAF_EXPLAIN_NO_PROFILE;
    if (strlen(credential) != PASSTICKET_SIZE)
        return SAF_EXPLAIN_TICKET_LENGTH;
    if (!evaluation_is_ticket_shaped(credential))
        return SAF_EXPLAIN_TICKET_NOT_WELL_FORMED;
    if (try_folded(trial, credential, &unused))
        return SAF_EXPLAIN_TICKET_FOLDED;
    if (any_key_unavailable(trial)) /* it may be a ticket of that key */
        return SAF_EXPLAIN_KEY_UNAVAILABLE;
    if (!is_well_formed(trial, credential))
        return SAF_EXPLAIN_TICKET_NOT_WELL_FORMED;
    return racf_ptktdata_is_stale(racf) ? SAF_EXPLAIN_NOT_REFRESHED : SAF_EXPLAIN_TICKET_OTHER_KEY;
}

void
evaluation_run(const struct racf *racf, const struct evaluation_names *names, const char *credential, bool folds, int64_t now_s,
               struct evaluation *evaluation)
{
    *evaluation = (struct evaluation) { .explanation = SAF_EXPLAIN_CLASS_INACTIVE };
    const struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_in_force(racf);
    if (snapshot == NULL)
        return;
    struct trial trial = { .names = names, .now_s = now_s };
    trial.count = racf_ptktdata_find(snapshot, names->application, names->group, names->userid, trial.profiles);
    if (try_profiles(&trial, credential, true, evaluation) || (folds && try_folded(&trial, credential, evaluation)))
        evaluation->explanation = SAF_EXPLAIN_NONE;
    else
        evaluation->explanation = explain(racf, &trial, credential, evaluation);
    if (evaluation->profile[0] == '\0' && trial.count > 0)
        memcpy(evaluation->profile, trial.profiles[trial.count - 1]->name, sizeof evaluation->profile);
}
