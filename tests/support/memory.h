/* Searches the memory of another process, for tests that nothing secret is left there. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct memory_text {
    const char *name; /* told instead of the bytes */
    const void *bytes;
    size_t size;
    bool found; /* set by the search */
};

/* Looks through everything that the process can read, or with `dump_only` through what a core dump of it would hold: all but the
 * regions that MADV_DONTDUMP took out. Regions of more than a gibibyte, AddressSanitizer's shadow, are left out. Returns how many
 * bytes were searched, 0 when the process cannot be looked at. */
size_t memory_search(pid_t pid, bool dump_only, struct memory_text *texts, size_t count);

/* The same in a file, such as a core dump. */
size_t memory_search_file(const char *path, struct memory_text *texts, size_t count);
