/* Ctrl-C (SIGINT) and SIGTERM while there is work that can be lost: caught, so that the statement is cancelled and the work rolled back
 * in order. While nothing is caught they end the process as usual. Where SIGINT was ignored from the start (nohup, a background job
 * of a shell) it stays so. For the one thread that the program has. */
#pragma once
#include <stdbool.h>

#include "common/attributes.h"

/* False with errno when the signals cannot be caught. */
MUST_CHECK bool interrupt_catch(void);
/* What was asked for is forgotten. */
void interrupt_release(void);

/* True once the user has asked, until interrupt_release. */
bool interrupt_asked(void);

/* The same until interrupt_attend says that what was asked for is being seen to, and again when the user asks once more. */
bool interrupt_pending(void);
void interrupt_attend(void);

/* As poll() of one descriptor, but returns at once with -1 and ECANCELED when the user asks, or has asked and it is pending. */
MUST_CHECK int interrupt_poll(int descriptor, short events, int timeout_ms);
