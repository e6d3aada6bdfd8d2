/* Reads a whole small file. */
#pragma once

#include "config/problems.h"

enum { CONFIGURATION_FILE_MAX = 1 << 20 };

/* `*bytes` is allocated; free it. False, with an error in the sink, when the file cannot be read or is larger than
 * CONFIGURATION_FILE_MAX. */
MUST_CHECK bool configuration_file_read(const char *path, struct problem_sink *sink, char **bytes, size_t *size);
