/* What a user's SQL may do besides reading and writing tables: nothing that touches files, safety or our own units of work. */
#pragma once

#include "gateway/datastore/sqlite/internal.h"

/* Installs the authorizer on the session's database. */
void authorizer_install(struct sqlite_session *session);
