/* Collects the problems of one configuration file into a problem_list, in the order of their lines. */
#pragma once

#include "config/configuration.h"

struct problem_sink {
    struct problem_list *list;
    const char *file; /* as messages name it */
    size_t first;     /* where the problems of this file begin in the list */
};

enum { PROBLEMS_MAX = 1000 }; /* a file that is no configuration at all is not described to its end */

struct problem_sink problem_sink(struct problem_list *list, const char *file);

/* Line 0 is the file as a whole. */
void problem_error(struct problem_sink *sink, unsigned line, const char *format, ...) PRINTF_LIKE(3, 4);
void problem_warning(struct problem_sink *sink, unsigned line, const char *format, ...) PRINTF_LIKE(3, 4);
void problem_note(struct problem_sink *sink, unsigned line, const char *format, ...) PRINTF_LIKE(3, 4);
