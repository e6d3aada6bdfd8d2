/* Audit records after SMF type 80, one JSON object a line. Written before the answer that they are about. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "security/racroute.h"

struct audit;

/* Opens the file for appending (created with mode 0600). NULL: *problem. */
struct audit *audit_open(const char *path, struct problem *problem);
void audit_close(struct audit *audit);

/* Opens the file again under its name, after rotation. */
MUST_CHECK bool audit_reopen(struct audit *audit, struct problem *problem);

/* Adds the record of one decision to the batch; audit_flush writes the batch. */
void audit_verify(struct audit *audit, int64_t utc_us, const struct saf_verify *verify, const struct saf_verify_answer *answer,
                  const struct racroute_facts *facts);
/* One RACF command: who, what (with key and password operands replaced by <hidden>), return code. */
void audit_command(struct audit *audit, int64_t utc_us, const char *userid, uint32_t uid, const char *command, uint8_t return_code);
/* False when the records could not be written: the decisions must not be told as successes. */
MUST_CHECK bool audit_flush(struct audit *audit);
