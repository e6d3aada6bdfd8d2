/* Reads the text of an ini file: `[section]`, `key = value`, comments beginning with # or ;. inih splits the lines; this reader feeds it
 * line by line, since it gives no line numbers and would cut long lines silently. Nothing is ever passed over: a line that is none of
 * the three is a problem. Values end at a blank followed by ';' (a comment). */
#pragma once
#include <stddef.h>

#include "config/configuration.h"
#include "config/problems.h"

enum { INI_LINE_MAX = 2045 }; /* bytes of a line */

struct ini_handler {
    /* A section begins. `header` is what stands in the brackets, trimmed; NULL when the line is damaged, which has been told. */
    void (*section)(void *context, unsigned line, const char *header);
    /* A key of the section that began last; never called before one did. */
    void (*key)(void *context, unsigned line, const char *key, const char *value);
    const char *example; /* a section's name, for the message about a key that stands in none */
};

/* Problems go to `sink`, those of the lines and those that the handler has. */
void ini_file_read(struct problem_sink *sink, const char *text, size_t size, const struct ini_handler *handler, void *context);
