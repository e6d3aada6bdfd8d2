/* Reads an HWSCFGxx member: all problems at once, each with its line, statement, parameter, value and what is allowed. */
#pragma once

#include "config/problems.h"

/* Reads the member at `path`. `hwscfg` gets what was good and IBM's defaults for the rest; false when an error was found. */
MUST_CHECK bool hwscfg_read(const char *path, struct hwscfg *hwscfg, struct problem_list *problems);

/* The same from memory; messages call the member `name`. */
MUST_CHECK bool hwscfg_parse(const char *name, const char *text, size_t size, struct hwscfg *hwscfg, struct problem_list *problems);
