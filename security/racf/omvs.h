/* The OMVS segment of users: which operating-system user (uid) a RACF user is, so that callers whom the kernel names by their uid
 * are known to RACF. Several users may share a uid; it then stands for the first of them in the order of their user IDs.
 * In the file as rows; in memory, for decisions, sorted by uid. */
#pragma once
#include "security/racf/database.h"

struct racf_uid {
    uint32_t uid;
    char userid[RACF_NAME_MAX + 1];
};

/* False when the user has no uid, or on failure. */
MUST_CHECK bool omvs_read(struct racf *racf, const char *userid, uint32_t *uid);
void omvs_write(struct racf *racf, const char *userid, uint32_t uid);
void omvs_delete(struct racf *racf, const char *userid);

/* A user other than `userid` who has the uid; false when there is none. */
MUST_CHECK bool omvs_other_user(struct racf *racf, uint32_t uid, const char *userid, char other[RACF_NAME_MAX + 1]);

/* Memory takes over what the file has. False, and no uid is known to RACF: it could not be read. */
MUST_CHECK bool omvs_load(struct racf *racf);
void omvs_clear(struct racf *racf);
