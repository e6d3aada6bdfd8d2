#include "security/racf/access.h"

#include "security/racf/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "security/racf/generic.h"
#include "security/racf/user.h"

enum { NEVER = 256 };

struct access_profile {
    char name[RACF_PROFILE_MAX + 1];
    uint8_t uacc;
    bool warning;
    int audit_success; /* AUDIT: the access from which on it is logged; NEVER: at none */
    int audit_failures;
    size_t permission_count;
    struct access_permission *permissions;
    UT_hash_handle hh;
};

struct access_set {
    struct access_profile *profiles; /* hash by name, generic ones too */
    struct access_profile **generic; /* the most specific first */
    size_t generic_count;
};

static const struct {
    const char *name;
    uint8_t access;
} levels[] = {
    { "NONE", RACF_ACCESS_NONE },     { "EXECUTE", RACF_ACCESS_EXECUTE }, { "READ", RACF_ACCESS_READ },
    { "UPDATE", RACF_ACCESS_UPDATE }, { "CONTROL", RACF_ACCESS_CONTROL }, { "ALTER", RACF_ACCESS_ALTER },
};

const char *
access_level_name(uint8_t access)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (levels[i].access == access)
            return levels[i].name;
    return "NONE";
}

int
access_level_find(const char *name)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (strcmp(levels[i].name, name) == 0)
            return levels[i].access;
    return -1;
}

/* The level of one kind in an AUDIT text such as SUCCESS(UPDATE),FAILURES(READ). */
static int
audit_level(const char *audit, const char *kind)
{
    const char *found = strstr(audit, kind);
    char level[16] = "";
    if (found == NULL || sscanf(found + strlen(kind), "(%15[A-Z])", level) != 1)
        return NEVER;
    int access = access_level_find(level);
    return access >= 0 ? access : NEVER;
}

static void
read_audit(struct racf *racf, sqlite3_stmt *row, int column, struct access_profile *profile)
{
    char audit[64];
    racf_column_text(racf, row, column, audit, sizeof audit);
    int all = audit_level(audit, "ALL");
    profile->audit_success = all != NEVER ? all : audit_level(audit, "SUCCESS");
    profile->audit_failures = all != NEVER ? all : audit_level(audit, "FAILURES");
}

static bool
add_profile(struct racf *racf, struct access_set *set, sqlite3_stmt *row)
{
    struct access_profile *profile = calloc(1, sizeof *profile);
    if (profile == NULL)
        return false;
    racf_column_text(racf, row, 0, profile->name, sizeof profile->name);
    profile->uacc = (uint8_t)sqlite3_column_int(row, 1);
    profile->warning = sqlite3_column_int(row, 2) != 0;
    read_audit(racf, row, 3, profile);
    HASH_ADD_STR(set->profiles, name, profile);
    if (!racf_generic_is(profile->name))
        return true;
    struct access_profile **larger = realloc(set->generic, (set->generic_count + 1) * sizeof *larger);
    if (larger == NULL)
        return false;
    larger[set->generic_count++] = profile;
    set->generic = larger;
    return true;
}

static bool
add_permission(struct racf *racf, struct access_set *set, sqlite3_stmt *row)
{
    char name[RACF_PROFILE_MAX + 1];
    racf_column_text(racf, row, 0, name, sizeof name);
    struct access_profile *profile = NULL;
    HASH_FIND_STR(set->profiles, name, profile);
    if (profile == NULL)
        return false;
    struct access_permission *larger = realloc(profile->permissions, (profile->permission_count + 1) * sizeof *larger);
    if (larger == NULL)
        return false;
    profile->permissions = larger;
    struct access_permission *permission = &larger[profile->permission_count++];
    racf_column_text(racf, row, 1, permission->id, sizeof permission->id);
    permission->access = (uint8_t)sqlite3_column_int(row, 2);
    return true;
}

static int
compare_generic(const void *one, const void *other)
{
    const struct access_profile *const *left = one;
    const struct access_profile *const *right = other;
    return racf_generic_compare((*left)->name, (*right)->name);
}

struct access_set *
access_set_load(struct racf *racf, enum racf_class_number class, const char *only)
{
    struct access_set *set = calloc(1, sizeof *set);
    bool loaded = set != NULL;
    const char *name = racf_classes[class].name;
    sqlite3_stmt *row =
        racf_sql(racf, "SELECT name, uacc, warning, audit FROM profile WHERE class = ?1 AND (?2 IS NULL OR name = ?2)", "tt", name, only);
    while (loaded && racf_sql_row(racf, &row))
        loaded = add_profile(racf, set, row);
    racf_sql_end(&row);
    row = racf_sql(racf, "SELECT profile, id, access FROM permission WHERE class = ?1 AND (?2 IS NULL OR profile = ?2)", "tt", name, only);
    while (loaded && racf_sql_row(racf, &row))
        loaded = add_permission(racf, set, row);
    racf_sql_end(&row);
    if (!racf_sql_succeeded(racf) || !loaded) {
        log_message("PGR203E", "the profiles of class %s cannot be loaded: %s", name, loaded ? racf->failure : "no memory");
        access_set_free(set);
        return NULL;
    }
    if (set->generic_count > 0)
        qsort(set->generic, set->generic_count, sizeof *set->generic, compare_generic);
    return set;
}

void
access_set_free(struct access_set *set)
{
    if (set == NULL)
        return;
    struct access_profile *profile = NULL;
    struct access_profile *next = NULL;
    HASH_ITER(hh, set->profiles, profile, next)
    {
        HASH_DEL(set->profiles, profile);
        free(profile->permissions);
        free(profile);
    }
    free(set->generic);
    free(set);
}

const struct access_profile *
access_set_named(const struct access_set *set, const char *name)
{
    struct access_profile *profile = NULL;
    HASH_FIND_STR(set->profiles, name, profile);
    return profile;
}

const struct access_profile *
access_set_find(const struct access_set *set, const char *resource, bool generic)
{
    const struct access_profile *discrete = racf_generic_is(resource) ? NULL : access_set_named(set, resource);
    if (discrete != NULL)
        return discrete;
    for (size_t i = 0; generic && i < set->generic_count; i++)
        if (racf_generic_matches(set->generic[i]->name, resource))
            return set->generic[i];
    return NULL;
}

static const struct access_permission *
find_permission(const struct access_profile *profile, const char *id)
{
    for (size_t i = 0; i < profile->permission_count; i++)
        if (strcmp(profile->permissions[i].id, id) == 0)
            return &profile->permissions[i];
    return NULL;
}

/* The user's own entry decides; else the highest of the user's groups; else, but not for RESTRICTED users, ID(*), else UACC. */
uint8_t
access_profile_allows(struct racf *racf, const struct access_profile *profile, const char *userid)
{
    const struct racf_user_entry *entry = user_entry_find(racf, userid);
    const struct access_permission *permission = entry != NULL ? find_permission(profile, userid) : NULL;
    if (permission != NULL)
        return permission->access;
    bool found = false;
    uint8_t highest = RACF_ACCESS_NONE;
    for (size_t i = 0; entry != NULL && i < entry->connection_count; i++) {
        permission = entry->connections[i].revoked ? NULL : find_permission(profile, entry->connections[i].group);
        found = found || permission != NULL;
        if (permission != NULL && permission->access > highest)
            highest = permission->access;
    }
    if (found || (entry != NULL && entry->user.restricted))
        return highest;
    permission = entry != NULL ? find_permission(profile, "*") : NULL;
    return permission != NULL ? permission->access : profile->uacc;
}

/* Profiles of a class that is not RACLISTed are loaded when they are first asked for after a change. */
static const struct access_set *
set_in_force(struct racf *racf, enum racf_class_number class)
{
    struct racf_class_state *state = &racf->classes[class];
    if (!state->raclisted && state->in_force == NULL)
        state->in_force = access_set_load(racf, class, NULL);
    return state->in_force;
}

/* One question and the profile that answers it. */
struct access_check {
    const char *userid;
    const char *class_name;
    const char *resource;
    enum racf_access wanted;
    uint8_t allowed;
    const struct access_profile *profile;
};

/* What AUDIT of the profile asks for, in the operator log. Logons have records of their own, and with them their APPL checks. */
static void
log_check(struct racf *racf, const struct access_check *check, enum racf_authority authority)
{
    const struct racf_user *user = racf_user_find(racf, check->userid);
    const struct access_profile *profile = check->profile;
    const char *group = user != NULL ? user->default_group : "";
    const char *name = user != NULL && user->name[0] != '\0' ? user->name : "???";
    const char *generic = racf_generic_is(profile->name) ? " (G)" : "";
    if (strcmp(check->class_name, "APPL") == 0)
        return;
    if (authority == RACF_DENIED && (int)check->wanted >= profile->audit_failures)
        log_message("ICH408I",
                    "USER(%s) GROUP(%s) NAME(%s) %s CL(%s) INSUFFICIENT ACCESS AUTHORITY FROM %s%s ACCESS INTENT(%s) ACCESS ALLOWED(%s)",
                    check->userid, group, name, check->resource, check->class_name, profile->name, generic,
                    access_level_name((uint8_t)check->wanted), access_level_name(check->allowed));
    if (authority == RACF_ALLOWED && (int)check->wanted >= profile->audit_success)
        log_message("PGR210I", "USER(%s) GROUP(%s) NAME(%s) %s CL(%s) ACCESS(%s) ALLOWED BY %s%s", check->userid, group, name,
                    check->resource, check->class_name, access_level_name((uint8_t)check->wanted), profile->name, generic);
}

enum racf_authority
racf_authorize(struct racf *racf, const char *userid, const char *class_name, const char *resource, enum racf_access access)
{
    int class = racf_class_find(class_name);
    if (class < 0 || !racf->classes[class].active)
        return RACF_NOT_PROTECTED;
    const struct access_set *set = set_in_force(racf, (enum racf_class_number) class);
    if (set == NULL)
        return RACF_DENIED;
    struct access_check check = { .userid = userid, .class_name = class_name, .resource = resource, .wanted = access };
    check.profile = access_set_find(set, resource, racf->classes[class].generic);
    if (check.profile == NULL)
        return RACF_NOT_PROTECTED;
    check.allowed = access_profile_allows(racf, check.profile, userid);
    if (check.allowed < access && check.profile->warning) {
        log_message("ICH408I", "USER(%s) %s CL(%s) WARNING: INSUFFICIENT AUTHORITY - TEMPORARY ACCESS ALLOWED FROM %s", userid, resource,
                    class_name, check.profile->name);
        return RACF_ALLOWED;
    }
    enum racf_authority authority = check.allowed >= access ? RACF_ALLOWED : RACF_DENIED;
    log_check(racf, &check, authority);
    return authority;
}
