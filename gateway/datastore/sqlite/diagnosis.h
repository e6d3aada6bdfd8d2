/* From SQLite's result codes and messages to the SQLCODEs and SQLSTATEs that Db2 gives for the same mistakes. */
#pragma once
#include <sqlite3.h>

#include "drda/sql/value.h"

/* The first token is what the mistake is about (a table, a column, a keyword), the last is SQLite's own message. */
void sqlite_diagnose(int extended_code, const char *message, struct sql_diagnosis *diagnosis);

/* SQLCODE and SQLSTATE with up to two tokens; `second` may be NULL. */
void sqlite_diagnosis_tokens(struct sql_diagnosis *diagnosis, int32_t sqlcode, const char *sqlstate, const char *first, const char *second);
