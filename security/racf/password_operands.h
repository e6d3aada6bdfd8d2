/* PASSWORD( ) and PHRASE( ) as commands give them: rules for new ones, and what they do to a user. */
#pragma once
#include "security/racf/command.h"
#include "security/racf/user.h"

/* Applies PASSWORD, NOPASSWORD, PHRASE, NOPHRASE, EXPIRED and NOEXPIRED. False: reported. */
MUST_CHECK bool password_apply(struct run *run, struct user_row *user);

/* The rules for a new password or phrase; false: reported. `password` is as it will be hashed (folded when case does not count). */
MUST_CHECK bool password_is_acceptable(struct run *run, const char *userid, const char *password, bool phrase);

/* The password as case counts, in `folded`; false when it is longer than any password. The caller wipes it. */
enum { PASSWORD_MAX = 8, PHRASE_MIN = 14, PHRASE_MAX = 100 };
MUST_CHECK bool password_fold(const struct racf *racf, const char *typed, bool phrase, char folded[PHRASE_MAX + 1]);

/* Replaces the user's password or phrase and remembers the old one when SETROPTS PASSWORD(HISTORY) asks for it. */
MUST_CHECK bool password_replace(struct run *run, struct user_row *user, const char *folded, bool phrase, bool expired);
