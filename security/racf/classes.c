#include "security/racf/classes.h"

#include <string.h>

#include "security/racf/generic.h"
#include "security/racf/racf.h"

/* Lengths: the IBM-supplied class descriptor table, but PTKTDATA, which must hold IRRPTAUTH.application.userid. */
const struct racf_class racf_classes[RACF_CLASS_COUNT] = {
    [RACF_CLASS_APPL] = { "APPL", 8, false },         [RACF_CLASS_FACILITY] = { "FACILITY", 39, true },
    [RACF_CLASS_OPERCMDS] = { "OPERCMDS", 39, true }, [RACF_CLASS_PTKTDATA] = { "PTKTDATA", 39, true },
    [RACF_CLASS_SERVAUTH] = { "SERVAUTH", 64, true },
};

static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@$";
static const char profile_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@$.-_:/+!?=%*";

int
racf_class_find(const char *name)
{
    for (int i = 0; i < RACF_CLASS_COUNT; i++)
        if (strcmp(racf_classes[i].name, name) == 0)
            return i;
    return -1;
}

const char *
racf_class_name_fault(const struct racf_class *class, const char *profile)
{
    size_t size = strlen(profile);
    if (size == 0 || profile[strspn(profile, profile_characters)] != '\0')
        return "IT HAS A CHARACTER THAT IS NOT ALLOWED";
    if (size > class->name_max && strcmp(profile, "**") != 0)
        return "IT IS TOO LONG FOR THE CLASS";
    if (profile[0] == '.' || profile[size - 1] == '.' || strstr(profile, "..") != NULL)
        return "A QUALIFIER IS EMPTY";
    if (!class->qualified && strchr(profile, '.') != NULL)
        return "NAMES OF THE CLASS HAVE NO QUALIFIERS";
    if (!racf_generic_is_valid(profile))
        return "* ENDS A QUALIFIER, AND ** IS A QUALIFIER BY ITSELF";
    return NULL;
}

static bool
name_is_valid(const char *name, size_t size)
{
    return size >= 1 && size <= RACF_NAME_MAX && strspn(name, name_characters) >= size;
}

bool
racf_name_is_valid(const char *name)
{
    return name_is_valid(name, strlen(name));
}

bool
racf_ptktdata_name_is_usable(const char *profile)
{
    enum { QUALIFIERS_MAX = 3 };
    for (int i = 0; i < QUALIFIERS_MAX; i++) {
        size_t size = strcspn(profile, ".");
        if (!name_is_valid(profile, size))
            return false;
        if (profile[size] == '\0')
            return true;
        profile += size + 1;
    }
    return false;
}
