/* A new master key for everything that is sealed in the database. At every moment, a power cut included, either the file of the old
 * master key or the file of the new one (PATH.new) opens everything: the new file is synced before the one transaction that seals
 * all keys anew, and takes the old one's place after that transaction is on disk. What was interrupted is finished at the next start. */
#pragma once
#include "security/racf/command.h"

/* KEY REWRAP: seals everything anew within the command's transaction; run->new_master is then to be adopted, or discarded. */
void rewrap_keys(struct run *run);

/* After the transaction: `committed` says what became of it. */
void rewrap_end(struct run *run, bool committed);

/* When the database is opened: finishes a rewrap that was interrupted, or removes what it left behind. False: *problem. */
MUST_CHECK bool rewrap_recover(struct racf *racf, struct problem *problem);
