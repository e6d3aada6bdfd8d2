/* Where large objects of a command wait until all of it has come: a file without a name beside the database, which goes when it is
 * closed or the gateway ends. Its first bytes stay in memory, so that small ones need no file. */
#pragma once

#include "drda/stream.h"

/* In the folder of `path`, or, where no file can be made, in /var/tmp. NULL without memory. */
struct drda_stream *spool_new(const char *path, uint64_t bytes_max);
