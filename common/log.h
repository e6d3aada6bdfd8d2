/* The operator log: one line a message on standard error, `UTC-time ID text`, in IMS Connect's form (HWSS0790I ...).
 * The last letter of an ID is its severity: I information, W warning, E error, A action. Secrets never get here. */
#pragma once
#include <stdbool.h>

#include "common/attributes.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFORMATION, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* Messages below `level` are dropped. The level of a message is told by the last letter of its ID; D is debug. */
void log_set_level(enum log_level level);

/* True when a debug message would be written, to spare the work of making one. */
bool log_debugging(void);

/* Under systemd (JOURNAL_STREAM set) the time is left out and lines carry a <priority> prefix instead. Thread-safe. */
void log_message(const char *id, const char *format, ...) PRINTF_LIKE(2, 3);
