/* An OM response as people read it: a table (or, when that would be wider than a screen, a value a line), the messages, and
 * what went wrong. */
#pragma once
#include <stdio.h>

#include "clients/passgate/om_response.h"

void om_table_print(const struct om_response *response, FILE *stream);

/* Exit status of `passgate command`: 0 done, 4 done with warnings, 8 not done. */
int om_exit_status(const struct om_response *response);
