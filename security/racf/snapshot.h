/* The PTKTDATA key profiles in storage. */
#pragma once
#include "security/racf/database.h"

/* Reads the profiles and opens their keys; one reference. NULL when the file, the memory or the secret memory fails; a key that
 * cannot be opened is no failure of the whole: its profile says key_unavailable. */
struct racf_ptktdata_snapshot *snapshot_load(struct racf *racf);
