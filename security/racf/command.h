/* The frame of the RACF commands: a table entry says what a verb takes, who may issue it and which function does it.
 * Handlers run inside a transaction. They check everything about an item before they write it, report with run_say(), and go on with
 * the next item; a failing database undoes the whole command. A handler that needs a password hashed asks run->password_work and goes on
 * as if it had failed, without saying so: the whole command is undone and runs again. */
#pragma once
#include "security/racf/database.h"
#include "security/racf/operand.h"

/* TSO return codes. */
enum { RC_FINE = 0, RC_WARNING = 4, RC_ERROR = 8, RC_REFUSED = 12 };

enum verb_authority {
    VERB_CHANGES, /* SPECIAL, or UPDATE to FACILITY IRR.RADMIN.verb */
    VERB_LISTS,   /* SPECIAL, AUDITOR, or READ to it */
    VERB_OWN,     /* as VERB_LISTS; everybody for what concerns himself: the handler decides */
};

struct run;

struct verb {
    const char *name;
    const char *short_name;
    enum verb_authority authority;
    struct positional positional[POSITIONAL_MAX];
    const struct operand *operands;
    void (*handler)(struct run *run);
    const char *help; /* one line */
};

/* One command under way. */
struct run {
    struct racf *racf;
    const struct racf_issuer *issuer;
    const struct verb *verb;
    const struct operands *operands;
    struct wire_writer *output;
    uint8_t return_code;          /* the highest so far */
    bool privileged;              /* may issue the verb for others, not only for himself */
    unsigned changed_classes;     /* bit per class: profiles changed */
    unsigned published_classes;   /* bit per class: put in force what the file has */
    bool uids_changed;            /* which uid is which user is read again after the commit */
    struct touched_user *touched; /* users to read again after the commit */
    struct racf_password_work *password_work;
    unsigned wrong_passwords;    /* of the issuer, to be counted as failed logons when the command is done */
    struct keystore *new_master; /* KEY REWRAP: to be adopted after the commit */
};

/* One line of output. The return code becomes at least `return_code`. */
void run_say(struct run *run, uint8_t return_code, const char *format, ...) PRINTF_LIKE(3, 4);
/* A line that is only output. */
void run_line(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);

/* The user is read again after the commit. */
void run_touch_user(struct run *run, const char *userid);

static inline bool
run_has(const struct run *run, enum operand_id id)
{
    return run->operands->present[id];
}

/* First value of an operand, folded; NULL when the operand is absent. */
const char *run_word(const struct run *run, enum operand_id id);
/* As typed; for texts and passwords. */
const char *run_text(const struct run *run, enum operand_id id);

/* Checked values. False: the operand is present and wrong, which was reported. *value is unchanged when it is absent. */
MUST_CHECK bool run_number(struct run *run, enum operand_id id, uint32_t least, uint32_t most, uint32_t *value);
/* One of `words`, a list that ends with NULL; abbreviations count. */
MUST_CHECK bool run_choice(struct run *run, enum operand_id id, const char *const *words, unsigned *value);
MUST_CHECK bool run_level(struct run *run, enum operand_id id, uint8_t *access);
/* A text of at most size - 1 bytes. */
MUST_CHECK bool run_string(struct run *run, enum operand_id id, char *text, size_t size);
/* A user ID or group that is defined, such as an owner. */
MUST_CHECK bool run_owner(struct run *run, char owner[RACF_NAME_MAX + 1]);

/* The class that a word names; -1, and a message, when there is none. */
int run_class(struct run *run, const char *name);

/* The class that the first positional operand names; as run_class. */
int run_positional_class(struct run *run);

/* Positional operand i as folded names, one after the other: start with NULL. */
const struct syntax_node *run_names(const struct run *run, int i, const struct syntax_node *previous);

/* The folded text of a name node, whether it was quoted or not, in `name`; false, and empty, when it is longer. */
MUST_CHECK bool run_fold(const struct syntax_node *node, char *name, size_t size);

/* The issuer's own current connect group: the default group, SYS1 for an issuer without a user profile. */
const char *run_current_group(const struct run *run);

/* True when the issuer has SPECIAL; otherwise says that the operand or object needs it. */
MUST_CHECK bool run_is_special(struct run *run, const char *what);

/* A warning as a line of output; for the functions of warnings.h, with the run as context. */
void run_warn(void *run, enum warning warning, const char *text);

/* Says so when a deleted user or group still stands in access lists. */
void run_warn_of_permissions(struct run *run, const char *id);

extern const struct verb *const racf_verbs[]; /* ends with NULL */

/* The verb that a word names, also by its short name or an unambiguous leading part. */
const struct verb *verb_find(const char *word, bool *ambiguous);
