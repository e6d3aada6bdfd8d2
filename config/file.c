#include "config/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool
configuration_file_read(const char *path, struct problem_sink *sink, char **bytes, size_t *size)
{
    *bytes = NULL;
    *size = 0;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        problem_error(sink, 0, "cannot be opened: %s", strerror(errno));
        return false;
    }
    char *memory = malloc(CONFIGURATION_FILE_MAX + 1);
    size_t used = memory != NULL ? fread(memory, 1, CONFIGURATION_FILE_MAX + 1, file) : 0;
    bool failed = memory == NULL || ferror(file) != 0;
    if (failed)
        problem_error(sink, 0, "cannot be read: %s", strerror(errno));
    else if (used > CONFIGURATION_FILE_MAX)
        problem_error(sink, 0, "is larger than %d bytes, which no configuration is", CONFIGURATION_FILE_MAX);
    fclose(file);
    if (failed || used > CONFIGURATION_FILE_MAX) {
        free(memory);
        return false;
    }
    *bytes = memory;
    *size = used;
    return true;
}
