#include "common/problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
problem_set(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
}

void
problem_set_errno(struct problem *problem, const char *format, ...)
{
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    size_t used = strlen(problem->text);
    snprintf(problem->text + used, sizeof problem->text - used, ": %s", strerror(error));
}
