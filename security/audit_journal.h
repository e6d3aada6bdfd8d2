/* Audit records in systemd's journal, by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): a datagram for each record, the
 * datagrams of a batch in one call. MESSAGE is the record's JSON line; each of its fields is also a field of the entry, as
 * PASSGATE_USER and so on, for journalctl to filter by. safd links no libsystemd for this: what holds the keys loads as little as
 * possible, and here it can tell whether the journal took a record, which that library hides. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"
#include "common/problem.h"

struct audit_journal;

/* Connects to the journal's socket. NULL: *problem. */
struct audit_journal *audit_journal_open(const char *socket, struct problem *problem);
void audit_journal_close(struct audit_journal *journal);

/* Adds one record to the batch; `line` is it as JSON. False when memory is short. What is longer than a datagram may be is cut. */
MUST_CHECK bool audit_journal_append(struct audit_journal *journal, const json_t *record, const char *line, size_t size);

/* Sends the batch, which is gone either way. A journal that is busy is waited for, at most `wait_ms` in all. False: *problem, and
 * some of the batch may have been taken. */
MUST_CHECK bool audit_journal_flush(struct audit_journal *journal, int wait_ms, struct problem *problem);
