/* What a command has to know of passwords and cannot wait for: hashes of new ones, and whether a text is one of those stored. A command
 * asks; what is not answered yet is noted down, the command is undone, and runs again when the answers have been worked out, elsewhere
 * and on any thread. Questions are known by what they are about, so that an answer never serves another user, text or hash than it was
 * given for, whatever has changed meanwhile. */
#pragma once
#include "security/racf/password.h"
#include "security/racf/racf.h"

enum password_answer { PASSWORD_NOT_YET, PASSWORD_NO, PASSWORD_YES };

/* The hash of a new password or phrase of the user. YES: in *hash; NO: hashing failed,
 * or there is no memory. */
enum password_answer password_work_hash(struct racf_password_work *work, const char *userid, bool phrase, const char *text,
                                        struct password_hash *hash);

/* Is the text what was hashed? */
enum password_answer password_work_compare(struct racf_password_work *work, const struct password_hash *hash, const char *text);

/* True when something was asked that is not answered. */
bool password_work_is_open(const struct racf_password_work *work);
