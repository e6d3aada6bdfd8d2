/* A file without a name beside a database: what memory is too small for, as long as it is open. It goes when it is closed, or when the
 * gateway ends in whatever way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

/* In the folder of `path`, or, where no file can be made, in /var/tmp; -1 when there neither. */
MUST_CHECK int temporary_file_open(const char *path);

/* All of it or nothing worth having: false when the disk is full or fails. Reading beyond the end is a failure too. */
MUST_CHECK bool temporary_file_write(int fd, const void *bytes, size_t size, uint64_t offset);
MUST_CHECK bool temporary_file_read(int fd, void *bytes, size_t size, uint64_t offset);
