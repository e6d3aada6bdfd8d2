/* OMVS( ) of ADDUSER and ALTUSER. */
#pragma once
#include "security/racf/command.h"

extern const struct operand omvs_operands[];

/* Carries OMVS(...) or NOOMVS out for one user, whose row is in the file already. What is wrong has been reported; nothing is written
 * then. */
void omvs_apply(struct run *run, const char *userid);

/* As omvs_apply will: false, and a message, when the uid is wrong or taken. To be asked before anything of the user is written. */
MUST_CHECK bool omvs_check(struct run *run, const char *userid);
