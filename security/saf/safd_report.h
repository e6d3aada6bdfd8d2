/* What the operator reads about a refused login: ICH408I as RACF writes it, and the reason that RACF does not give. */
#pragma once
#include "security/racroute.h"

/* Nothing of the credential is used. */
void safd_report_refusal(struct racf *racf, const struct saf_verify *verify, const struct saf_verify_answer *answer,
                         const struct racroute_facts *facts);
