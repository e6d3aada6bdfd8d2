/* Reads passgate.ini: inih splits the lines, which come to it through a reader of our own that counts them, refuses those that
 * inih would cut, and tells of each that inih passed over. */
#pragma once

#include "config/problems.h"

MUST_CHECK bool settings_read(const char *path, struct passgate_settings *settings, struct problem_list *problems);

/* The same from memory; messages call the file `name`, and relative paths begin with its folder. */
MUST_CHECK bool settings_parse(const char *name, const char *text, size_t size, struct passgate_settings *settings,
                               struct problem_list *problems);
