#include "security/saf/safd_caller.h"

#include <stdio.h>
#include <string.h>

bool
safd_caller_identify(struct racf *racf, uid_t owner, uid_t uid, struct racf_issuer *identity)
{
    *identity = (struct racf_issuer) { 0 };
    if (uid == owner) {
        *identity = (struct racf_issuer) { .userid = "IBMUSER", .special = true };
        return true;
    }
    const struct racf_user *user = racf_user_of_uid(racf, uid);
    if (user == NULL)
        return false;
    memcpy(identity->userid, user->userid, sizeof identity->userid);
    identity->special = user->special && !user->revoked;
    return !user->revoked;
}

bool
safd_caller_may(struct racf *racf, uid_t owner, uid_t uid, const char *class_name, const char *resource, enum racf_access access,
                struct racf_issuer *identity)
{
    return safd_caller_identify(racf, owner, uid, identity) &&
           (uid == owner || racf_authorize(racf, identity->userid, class_name, resource, access) == RACF_ALLOWED);
}

void
safd_caller_refuse(uid_t owner, uid_t uid, const struct racf_issuer *identity, struct wire_writer *output)
{
    char line[320];
    int length;
    if (identity->userid[0] != '\0')
        length = snprintf(line, sizeof line, "SAFD0035E NOT AUTHORIZED: UID %u is %s, which is revoked: ALTUSER %s RESUME\n", uid,
                          identity->userid, identity->userid);
    else
        length = snprintf(line, sizeof line,
                          "SAFD0030E NOT AUTHORIZED: UID %u has no RACF user ID: have an administrator give it one (ALTUSER userid "
                          "OMVS(UID(%u))), or run passgate as the database's owner, UID %u\n",
                          uid, uid, owner);
    wire_put_bytes(output, line, (size_t)length);
}
