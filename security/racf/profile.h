/* General resource profiles as rows of the file. */
#pragma once
#include "security/racf/command.h"

enum { PROFILE_TEXT_MAX = 255, PROFILE_AUDIT_MAX = 48 };

struct profile_row {
    char name[RACF_PROFILE_MAX + 1];
    char owner[RACF_NAME_MAX + 1];
    uint8_t uacc;
    char data[PROFILE_TEXT_MAX + 1];
    char appldata[PROFILE_TEXT_MAX + 1];
    char audit[PROFILE_AUDIT_MAX + 1]; /* such as FAILURES(READ) */
    bool warning;
    int64_t created_s;
    int64_t changed_s;
};

MUST_CHECK bool profile_read(struct racf *racf, enum racf_class_number class, const char *name, struct profile_row *row);
void profile_write(struct racf *racf, enum racf_class_number class, const struct profile_row *row);
MUST_CHECK bool profile_exists(struct racf *racf, enum racf_class_number class, const char *name);

/* Folds and checks the profile name of a command; false: reported. */
MUST_CHECK bool profile_name(struct run *run, enum racf_class_number class, const struct syntax_node *node,
                             char name[RACF_PROFILE_MAX + 1]);

/* True when the issuer may change this profile: those of FACILITY IRR.RADMIN and all that could cover them need SPECIAL. */
MUST_CHECK bool profile_may_change(struct run *run, enum racf_class_number class, const char *name);

/* The class changed: says, once, that RACLISTed profiles do not show it yet. */
void profile_changed(struct run *run, enum racf_class_number class, const char *id, const char *what);
