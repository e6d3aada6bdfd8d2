/* Whether a text is the password or phrase of a user. Slow by intent (security/racf/password.h), so that it is kept apart from the
 * decision that needs it: a check is a value that holds all it takes, may be run on any thread, and knows no database. */
#pragma once
#include <stdbool.h>

#include "common/attributes.h"
#include "security/racf/password.h"

enum { PASSWORD_LENGTH_MAX = 8, PHRASE_LENGTH_MAX = 100 };

/* What a text can be, by its length alone: 1 to 8 bytes a password, more a phrase, more than PHRASE_LENGTH_MAX neither. */
enum password_form { PASSWORD_FORM_NONE, PASSWORD_FORM_PASSWORD, PASSWORD_FORM_PHRASE };
enum password_form password_form_of(const char *text);

struct password_check {
    struct password_hash stored;      /* of size 0: there is none. It takes as long, and nothing matches */
    char text[PHRASE_LENGTH_MAX + 1]; /* wiped by password_check_run */
    bool matches;                     /* the outcome */
};

/* Takes in a text that has a form; folded to upper case when `folds`. */
void password_check_prepare(struct password_check *check, const struct password_hash *stored, const char *text, bool folds);

/* Some 30 ms of one core and 16 MiB. */
void password_check_run(struct password_check *check);

/* The same for a caller that waits; nothing is wiped. */
MUST_CHECK bool password_verify(const struct password_hash *stored, const char *text);
