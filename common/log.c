#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static enum log_level lowest = LOG_LEVEL_INFORMATION;

void
log_set_level(enum log_level level)
{
    lowest = level;
}

bool
log_debugging(void)
{
    return lowest == LOG_LEVEL_DEBUG;
}

static enum log_level
level_of(const char *id)
{
    size_t length = strlen(id);
    switch (length > 0 ? id[length - 1] : 'I') {
    case 'D':
        return LOG_LEVEL_DEBUG;
    case 'W':
        return LOG_LEVEL_WARNING;
    case 'E':
    case 'A':
        return LOG_LEVEL_ERROR;
    default:
        return LOG_LEVEL_INFORMATION;
    }
}

static int
print_prefix(char *line, size_t size, enum log_level level)
{
    static const char journal_priority[] = { '7', '6', '4', '3' };
    if (getenv("JOURNAL_STREAM") != NULL)
        return snprintf(line, size, "<%c>", journal_priority[level]);
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t used = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &utc);
    return (int)used + snprintf(line + used, size - used, ".%03ldZ ", now.tv_nsec / 1000000);
}

void
log_message(const char *id, const char *format, ...)
{
    enum log_level level = level_of(id);
    if (level < lowest)
        return;
    char line[2048];
    size_t used = (size_t)print_prefix(line, sizeof line, level);
    used += (size_t)snprintf(line + used, sizeof line - used, "%s ", id);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line + used, sizeof line - used, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    size_t end = used + (size_t)length < sizeof line - 1 ? used + (size_t)length : sizeof line - 2;
    /* Text from a client may end up in a message; a line break in it must not look like a second message. */
    for (size_t i = used; i < end; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    line[end] = '\n';
    /* One write call, so that lines of threads and processes do not mix. */
    ssize_t written = write(STDERR_FILENO, line, end + 1);
    (void)written;
}
