/* Audit records after SMF type 80, one JSON object a line, in pure ASCII. Written before the answer that they are about.
 *
 * Of a login (record "verify"): time (UTC, ISO 8601, microseconds), event and qualifier (event code 1 of SMF type 80: 0 success,
 * 32 success using a PassTicket, 33 attempted replay, 1 invalid password, 2 invalid group, 5 invalid application, 6 revoked user,
 * 7 revoked now, 9 undefined user), user, group, application, address, port, connection, saf, racf, reason, ticket (legacy, upper,
 * mixed, password, none), ticket_offset_s, profile, explanation, explanation_text; of a replay also first_use and first_address.
 * Of a RACF command (record "command"): time, user, uid, command, return_code.
 * Of the ticket service (record "ticket"): time, event (81 evaluation, 82 generation) and qualifier (0 success, 1 failure), user and uid
 * (who asked), subject and application (whose ticket, for what), saf, racf, reason, ticket, ticket_offset_s, profile, explanation,
 * explanation_text; of a replay also first_use and first_address.
 * Of a question why a ticket is refused (record "explain"): time, user and uid (who asked), subject and application (about whom and
 * what), return_code.
 *
 * What strangers sent stands there as printable_copy makes it. A credential never does. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "security/racroute.h"
#include "security/saf/ticket_service.h"

struct audit;

struct audit_settings {
    const char *file;    /* NULL: records go to no file */
    const char *journal; /* the socket of systemd's journal; NULL: they do not go there. One of the two there must be */
    bool go_on;          /* a record that cannot be written refuses nothing */
};

/* Opens the file for appending (created with mode 0600) and connects to the journal. NULL: *problem. */
struct audit *audit_open(const struct audit_settings *settings, struct problem *problem);
void audit_close(struct audit *audit);

/* Opens the file again under its name, after rotation. */
MUST_CHECK bool audit_reopen(struct audit *audit, struct problem *problem);

/* Adds the record of one decision to the batch; audit_flush writes the batch. */
void audit_verify(struct audit *audit, int64_t utc_us, const struct saf_verify *verify, const struct saf_verify_answer *answer,
                  const struct racroute_facts *facts);
/* One RACF command: who, what (with key and password operands replaced by <hidden>), return code. */
void audit_command(struct audit *audit, int64_t utc_us, const char *userid, uint32_t uid, const char *command, uint8_t return_code);
/* A question of an administrator why a ticket is refused: it tells who may log on with what, so who asked is on record. */
void audit_explain(struct audit *audit, int64_t utc_us, const char *userid, uint32_t uid, const struct saf_explain *explain,
                   uint8_t return_code);
/* What the ticket service decided. */
enum audit_ticket_event { AUDIT_TICKET_EVALUATED = 81, AUDIT_TICKET_GENERATED = 82 };
void audit_ticket(struct audit *audit, int64_t utc_us, enum audit_ticket_event event, const struct ticket_decision *decision);
/* Writes the batch: to the file with one call, to the journal with one, and only when both took all of it is it recorded; the operator's
 * log tells once when that fails and once when it works again. False: decisions of the batch must not be told as successes, unless
 * settings.go_on. The batch is gone either way, and no half line is left in the file. */
MUST_CHECK bool audit_flush(struct audit *audit);
