/* What safd does with SAF_MESSAGE_EXPLAIN: who may ask, the answer, and the record of it. */
#pragma once
#include "security/audit.h"
#include "security/racroute.h"

/* Appends the answer's lines to `output`; returns its return code: 0 a login would be accepted, 4 refused, 8 the record cannot be
 * written, 12 the caller may not ask. `issuer` is who asks, NULL for somebody unknown to RACF; only SPECIAL may. `use` as in
 * explain_ticket. The credential in `explain` is the caller's to wipe. */
uint8_t explain_service(struct racroute *racroute, struct audit *audit, const struct racf_issuer *issuer, uint32_t uid,
                        const struct saf_explain *explain, const struct explain_use *use, struct wire_writer *output);
