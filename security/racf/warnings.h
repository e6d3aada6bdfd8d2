/* What deserves attention among the profiles of the database. */
#pragma once
#include "security/racf/classes.h"
#include "security/racf/racf.h"

/* The warnings about one profile as the file has it. */
void warnings_of_profile(struct racf *racf, enum racf_class_number class, const char *name, warning_tell *tell, void *context);

/* Those about keys that cannot be used, of all PTKTDATA profiles: what a REFRESH could not put in force. Returns how many. */
size_t warnings_of_keys(struct racf *racf, warning_tell *tell, void *context);
