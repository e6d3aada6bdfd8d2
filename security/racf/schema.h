/* The tables of a RACF database file. */
#pragma once
#include "security/racf/database.h"

enum { SCHEMA_APPLICATION_ID = 0x50475246 /* PGRF */, SCHEMA_VERSION = 1 };

/* Within a transaction: the tables, class and option rows, group SYS1, user IBMUSER. */
void schema_create(struct racf *racf);

/* Within a transaction: the tables that a file of an earlier release of the same version does not have. */
void schema_complete(struct racf *racf);
