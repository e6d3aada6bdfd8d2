/* The profiles of one class in force, made for one question: which profile covers this resource, and what does it allow? */
#pragma once
#include "security/racf/database.h"

struct access_permission {
    char id[RACF_NAME_MAX + 1]; /* user ID, group name or * */
    uint8_t access;             /* enum racf_access */
};

struct access_profile;
struct access_set;

/* Loads them from the file, or only the one named; `only` may be NULL. NULL on failure, which was logged. */
struct access_set *access_set_load(struct racf *racf, enum racf_class_number class, const char *only);
void access_set_free(struct access_set *set);

/* The discrete profile, else the most specific generic one; NULL when none covers the resource. */
const struct access_profile *access_set_find(const struct access_set *set, const char *resource, bool generic);

/* The profile of exactly this name. */
const struct access_profile *access_set_named(const struct access_set *set, const char *name);

/* The access that the profile gives to a user, WARNING apart. */
uint8_t access_profile_allows(struct racf *racf, const struct access_profile *profile, const char *userid);

/* The word for a level: NONE, EXECUTE, READ ... and back; -1 when the word is none. */
const char *access_level_name(uint8_t access);
int access_level_find(const char *name);
