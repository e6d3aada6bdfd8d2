/* Who a caller of safd's socket is to RACF, and what that caller may do. The kernel names callers by their uid (SO_PEERCRED);
 * OMVS(UID(...)) of a user says whose it is. The owner of the database acts as IBMUSER with SPECIAL, whatever is defined. */
#pragma once
#include <sys/types.h>

#include "security/racf/racf.h"

/* False for somebody whom RACF does not know, and for a revoked user, whose user ID alone is then in *identity. */
MUST_CHECK bool safd_caller_identify(struct racf *racf, uid_t owner, uid_t uid, struct racf_issuer *identity);

/* May a process of that uid do this? The owner may do everything; of the others RACROUTE REQUEST=AUTH decides, and what no profile
 * protects is not allowed. */
MUST_CHECK bool safd_caller_may(struct racf *racf, uid_t owner, uid_t uid, const char *class_name, const char *resource,
                                enum racf_access access, struct racf_issuer *identity);

/* Says, as the output of a command, why a caller who was not identified is turned away. */
void safd_caller_refuse(uid_t owner, uid_t uid, const struct racf_issuer *identity, struct wire_writer *output);
