/* Puts into SQLite's words what Db2 and Derby spell differently: special registers, SYSIBM.SYSDUMMY1, FETCH FIRST, VALUES without
 * parentheses, identity columns, and the clauses about isolation and cursors that SQLite has no need of. Names that are not quoted
 * are written in capitals, so that tables, columns and labels are called what SQL says they are called. */
#pragma once
#include <stddef.h>

#include "common/attributes.h"

/* The translated text, NUL-terminated and without comments inside the phrases replaced, to be freed; NULL when memory is short. */
MUST_CHECK char *dialect_translate(const char *text, size_t size);
