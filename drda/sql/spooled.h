/* Values whose EXTDTA went through a stream. */
#pragma once

#include "drda/sql/fdoca.h"
#include "drda/stream.h"

/* Takes the next EXTDTA (*next counts them) for a field that announced `announced` bytes: checks its size, its status, and that text is
 * text. What is not UTF-8 is written to the spool again as UTF-8. The value is a LOB that reads the spool. */
MUST_CHECK enum fdoca_read spooled_read(struct drda_stream *stream, size_t *next, struct fdoca_field field,
                                        const struct drda_representation *from, int64_t announced, struct sql_value *value,
                                        uint8_t *status);
