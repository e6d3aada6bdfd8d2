/* Secrets typed at the terminal, for all command-line programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"
#include "common/problem.h"

/* Shows `label` and ": " on the process's terminal, whatever standard input and output are, and reads a line of at most `room` - 1
 * bytes without showing it, NUL-terminated. Backspace and Ctrl-U edit; Ctrl-C gives up. False: *problem; `line` is then wiped. Wipe
 * `line` after use. */
MUST_CHECK bool terminal_read_secret(const char *label, char *line, size_t room, struct problem *problem);
