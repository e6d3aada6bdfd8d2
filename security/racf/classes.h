/* The general resource classes, and which names profiles may have in them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum racf_class_number {
    RACF_CLASS_APPL,
    RACF_CLASS_FACILITY,
    RACF_CLASS_OPERCMDS,
    RACF_CLASS_PTKTDATA,
    RACF_CLASS_SERVAUTH,
    RACF_CLASS_COUNT,
};

struct racf_class {
    const char *name;
    size_t name_max; /* characters of a profile name */
    bool qualified;  /* names have qualifiers separated by periods */
};

extern const struct racf_class racf_classes[RACF_CLASS_COUNT];

/* The number of a class, folded names only; -1 when there is none of that name. */
int racf_class_find(const char *name);

/* Why `profile` cannot be a profile name of the class, as the end of a message; NULL when it can. */
const char *racf_class_name_fault(const struct racf_class *class, const char *profile);

/* User IDs, group names, application names: 1 to 8 of A-Z 0-9 # @ $. */
bool racf_name_is_valid(const char *name);

/* Names of a PTKTDATA profile whose key VERIFY can use: application[.group][.user], each 1 to 8 characters, no generics. */
bool racf_ptktdata_name_is_usable(const char *profile);
