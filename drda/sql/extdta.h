/* LOBs of a row on their way to the requester: EXTDTA objects behind QRYDTA, written a piece at a time, as far as there is room for them.
 * Source: DDM term EXTDTA. */
#pragma once

#include "drda/dss.h"
#include "drda/sql/target.h"

/* Puts a LOB into the line of those that follow the row. False when there are too many, or no memory. */
MUST_CHECK bool extdta_add(struct sql_target *target, uint32_t locator, bool nullable);

/* Begins after the QRYDTA of the row was written: the objects belong to the command with this correlation ID, and `chained` says that
 * a reply to another command follows. */
void extdta_begin(struct sql_target *target, uint16_t correlation_id, bool chained);

/* Writes about `room` bytes more, and forgets what has been sent: target->externals is NULL when all has. A LOB that cannot be read any
 * more fails the writer, as half an object cannot be taken back. */
void extdta_put(struct dss_writer *reply, struct sql_target *target, size_t room);

/* A row that its query block has cut: what was added waits in the section, until the rest of the row is written. */
void extdta_wait(struct sql_target *target, struct sql_section *section);
void extdta_follow(struct sql_target *target, struct sql_section *section);

/* Forgets all that was to be sent, and all that waits. */
void extdta_drop(struct sql_target *target);
void extdta_drop_waiting(struct sql_target *target, struct sql_section *section);
