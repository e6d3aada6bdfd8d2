/* What a configuration means on this host: do its files, programs and limits exist? Added to the problems that reading the files
 * found, so that --check and the start say the same. Needs no network and changes nothing. */
#pragma once

#include "config/configuration.h"

void check_meaning(const char *settings_path, const struct configuration *configuration, struct problem_list *problems);

/* Event loops that the configuration asks for: [passgate] threads, or one for each core. */
unsigned check_loop_count(const struct configuration *configuration);

/* Raises the limit of open files to what MAXSOC and the datastores can need. False when not even the sockets fit: *problem. */
MUST_CHECK bool check_raise_descriptors(const struct configuration *configuration, struct problem *problem);
