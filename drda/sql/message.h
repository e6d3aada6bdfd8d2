/* Message texts for SQLCODEs, in the words of Db2: what SYSIBM.SQLCAMESSAGE answers and what clients print. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SQL_MESSAGE_MAX = 2400 };

/* Writes the message for an SQLCODE as a NUL-terminated string and returns its size. `tokens` are separated by X'FF' or, as they
 * stand on the wire, by X'14'; they need not end with NUL. What does not fit is cut between characters. */
size_t sql_message(int32_t sqlcode, const char *sqlstate, const void *tokens, size_t tokens_size, char message[static SQL_MESSAGE_MAX + 1]);
