#include "security/racf/snapshot.h"

#include "security/racf/hash.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/log.h"
#include "common/secret.h"
#include "security/racf/ssignon_keys.h"

struct snapshot_profile {
    struct racf_ptktdata values;
    UT_hash_handle hh;
};

/* The hash is only read after it is made, so any number of threads may look things up at once. */
struct racf_ptktdata_snapshot {
    atomic_size_t references;
    struct snapshot_profile *profiles;
    bool qualified; /* some profile is for a user or a group, not for an application as a whole */
};

static void
profile_free(struct snapshot_profile *profile)
{
    passticket_legacy_key_free(profile->values.legacy);
    passticket_enhanced_key_free(profile->values.enhanced);
    free(profile);
}

static void
snapshot_free(struct racf_ptktdata_snapshot *snapshot)
{
    struct snapshot_profile *profile = NULL;
    struct snapshot_profile *next = NULL;
    HASH_ITER(hh, snapshot->profiles, profile, next)
    {
        HASH_DEL(snapshot->profiles, profile);
        profile_free(profile);
    }
    free(snapshot);
}

/* False only when there is no secret memory left; a key that does not open marks the profile. */
static bool
take_keys(const struct ssignon_keys *keys, struct racf_ptktdata *profile)
{
    profile->key_unavailable = keys->legacy_fault != RACF_KEY_USABLE || keys->enhanced_fault != RACF_KEY_USABLE;
    if (keys->legacy_size > 0)
        profile->legacy = passticket_legacy_key_new(keys->legacy);
    if (keys->enhanced_size > 0)
        profile->enhanced = passticket_enhanced_key_new(keys->enhanced, keys->enhanced_size);
    return (keys->legacy_size == 0 || profile->legacy != NULL) && (keys->enhanced_size == 0 || profile->enhanced != NULL);
}

static bool
fill_profile(struct racf *racf, const struct ssignon *ssignon, const char *appldata, struct racf_ptktdata *profile)
{
    struct ssignon_keys keys;
    profile->type = ssignon->ticket_type;
    profile->timeout_s = ssignon->timeout_s;
    profile->future_s = ssignon->timeout_s < racf->future_s ? ssignon->timeout_s : racf->future_s;
    profile->enhanced_replay = ssignon->replay;
    profile->legacy_replay = ssignon_appldata_allows_replay(appldata);
    ssignon_keys_open(racf, profile->name, ssignon, &keys);
    bool taken = take_keys(&keys, profile);
    secret_wipe(&keys, sizeof keys);
    return taken;
}

/* `name` has the structure of a key profile's name, and so its length. */
static bool
add_profile(struct racf *racf, struct racf_ptktdata_snapshot *snapshot, const char *name, const char *appldata)
{
    struct ssignon ssignon;
    if (!ssignon_read(racf, name, &ssignon))
        return false;
    struct snapshot_profile *profile = calloc(1, sizeof *profile);
    if (profile == NULL)
        return false;
    memcpy(profile->values.name, name, strlen(name) + 1);
    if (!fill_profile(racf, &ssignon, appldata, &profile->values)) {
        profile_free(profile);
        return false;
    }
    HASH_ADD_STR(snapshot->profiles, values.name, profile);
    snapshot->qualified = snapshot->qualified || strchr(name, '.') != NULL;
    return true;
}

struct racf_ptktdata_snapshot *
snapshot_load(struct racf *racf)
{
    struct racf_ptktdata_snapshot *snapshot = calloc(1, sizeof *snapshot);
    bool loaded = snapshot != NULL;
    if (loaded)
        atomic_init(&snapshot->references, 1);
    sqlite3_stmt *row =
        racf_sql(racf, "SELECT name, appldata FROM profile JOIN ssignon ON name = profile WHERE profile.class = 'PTKTDATA'", "");
    while (loaded && racf_sql_row(racf, &row)) {
        char name[RACF_PROFILE_MAX + 1];
        char appldata[SSIGNON_APPLDATA_SIZE];
        racf_column_text(racf, row, 0, name, sizeof name);
        racf_column_text(racf, row, 1, appldata, sizeof appldata);
        if (racf_ptktdata_name_is_usable(name)) /* any other is ignored, and may be too long */
            loaded = add_profile(racf, snapshot, name, appldata);
    }
    racf_sql_end(&row);
    if (racf_sql_succeeded(racf) && loaded)
        return snapshot;
    log_message("PGR205E", "the PTKTDATA profiles cannot be put in storage: %s", loaded ? racf->failure : "no (secret) memory");
    if (snapshot != NULL)
        snapshot_free(snapshot);
    return NULL;
}

const struct racf_ptktdata_snapshot *
racf_ptktdata_in_force(const struct racf *racf)
{
    return racf->classes[RACF_CLASS_PTKTDATA].active ? racf->ptktdata : NULL;
}

struct racf_ptktdata_snapshot *
racf_ptktdata_acquire(struct racf *racf)
{
    if (racf_ptktdata_in_force(racf) == NULL)
        return NULL;
    atomic_fetch_add_explicit(&racf->ptktdata->references, 1, memory_order_relaxed);
    return racf->ptktdata;
}

struct racf_ptktdata_snapshot *
racf_ptktdata_read(struct racf *racf)
{
    return snapshot_load(racf);
}

void
racf_ptktdata_release(struct racf_ptktdata_snapshot *snapshot)
{
    if (snapshot != NULL && atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) == 1)
        snapshot_free(snapshot);
}

/* A profile name in the making: every logon makes up to four. */
struct joined_name {
    char text[3 * (RACF_NAME_MAX + 1)];
    size_t length;
};

static void
join(struct joined_name *name, const char *part)
{
    if (name->length > 0)
        name->text[name->length++] = '.';
    size_t length = strnlen(part, RACF_NAME_MAX);
    memcpy(name->text + name->length, part, length);
    name->length += length;
}

static const struct racf_ptktdata *
find_profile(const struct racf_ptktdata_snapshot *snapshot, const struct joined_name *name)
{
    struct snapshot_profile *profile = NULL;
    HASH_FIND(hh, snapshot->profiles, name->text, name->length, profile);
    return profile != NULL ? &profile->values : NULL;
}

/* The first that exists of appl.group.user, appl.user and appl.group. */
static const struct racf_ptktdata *
find_qualified(const struct racf_ptktdata_snapshot *snapshot, const struct joined_name *application, const char *group, const char *userid)
{
    const struct racf_ptktdata *found = NULL;
    struct joined_name by_group = *application;
    struct joined_name by_user = *application;
    join(&by_user, userid);
    join(&by_group, group);
    if (group[0] != '\0') {
        struct joined_name by_both = by_group;
        join(&by_both, userid);
        found = find_profile(snapshot, &by_both);
    }
    if (found == NULL)
        found = find_profile(snapshot, &by_user);
    if (found == NULL && group[0] != '\0')
        found = find_profile(snapshot, &by_group);
    return found;
}

size_t
racf_ptktdata_find(const struct racf_ptktdata_snapshot *snapshot, const char *application, const char *group, const char *userid,
                   const struct racf_ptktdata *found[2])
{
    struct joined_name name = { .length = 0 };
    join(&name, application);
    size_t count = 0;
    const struct racf_ptktdata *qualified = snapshot->qualified ? find_qualified(snapshot, &name, group, userid) : NULL;
    if (qualified != NULL)
        found[count++] = qualified;
    const struct racf_ptktdata *plain = find_profile(snapshot, &name);
    if (plain != NULL)
        found[count++] = plain;
    return count;
}

const struct racf_ptktdata *
racf_ptktdata_unqualified(const struct racf_ptktdata_snapshot *snapshot, const char *application)
{
    struct joined_name name = { .length = 0 };
    join(&name, application);
    return find_profile(snapshot, &name);
}

const struct racf_ptktdata *
racf_ptktdata_next(const struct racf_ptktdata_snapshot *snapshot, const struct racf_ptktdata *previous)
{
    const struct snapshot_profile *next = snapshot->profiles;
    if (previous != NULL) {
        struct snapshot_profile *known = NULL;
        HASH_FIND_STR(snapshot->profiles, previous->name, known);
        next = known != NULL ? known->hh.next : NULL;
    }
    return next != NULL ? &next->values : NULL;
}

bool
racf_ptktdata_is_stale(const struct racf *racf)
{
    const struct racf_class_state *state = &racf->classes[RACF_CLASS_PTKTDATA];
    return state->raclisted && state->changed;
}
