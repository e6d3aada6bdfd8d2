/* PassTicket keys kept as hexadecimal text in a file, for generating and evaluating tickets without a security server. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "security/passticket/enhanced.h"
#include "security/passticket/legacy.h"

enum ticket_kind { TICKET_LEGACY, TICKET_UPPER, TICKET_MIXED };

/* One of the two is set, by the kind. */
struct ticket_key {
    enum ticket_kind kind;
    struct passticket_legacy_key *legacy;
    struct passticket_enhanced_key *enhanced;
};

/* Reads the key at `path`, "-" for standard input: 16 hexadecimal digits for legacy tickets, 64 to 512 for the enhanced kinds;
 * one line end may follow, nothing else. False: *problem. */
MUST_CHECK bool key_file_read(const char *path, enum ticket_kind kind, struct ticket_key *key, struct problem *problem);
void ticket_key_clear(struct ticket_key *key);

/* True when others than the owner may read the file. */
bool key_file_is_exposed(const char *path);

/* Reads one short line, "-" sources: a secret that must not stand among the arguments. Returns its length without the line end,
 * -1 when there is none or it does not fit (then *problem). */
MUST_CHECK int secret_line_read(int descriptor, const char *name, char *line, int size, struct problem *problem);
