/* safd --check, and what safd says of itself when it starts: the warnings about its RACF database and the clock of its host. */
#pragma once
#include "config/configuration.h"
#include "security/racf/racf.h"

/* Writes them to the operator log. */
void safd_check_log(struct racf *racf);

enum { SAFD_STATUS_REFUSED = 12 };

/* Appends those of the database as lines of output, as many as fit; for SAF_MESSAGE_STATUS. */
void safd_check_status(struct racf *racf, struct wire_writer *output);

/* safd --check: prints them on standard output, asking the safd that listens on `socket` or, when there is none, reading the database.
 * Changes nothing and needs no network. 0, or the exit code of safd's start when it would fail; a database that this user may not
 * read is only told. */
int safd_check_run(const struct passgate_settings *settings, const char *socket);
