#include "config/problems.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const severity_names[] = {
    [CONFIGURATION_ERROR] = "error",
    [CONFIGURATION_WARNING] = "warning",
    [CONFIGURATION_NOTE] = "note",
};

struct problem_sink
problem_sink(struct problem_list *list, const char *file)
{
    return (struct problem_sink) { .list = list, .file = file, .first = list->count };
}

/* The place after the last problem of this file that stands on the same line or above. */
static size_t
place_of_line(const struct problem_sink *sink, unsigned line)
{
    size_t place = sink->list->count;
    while (place > sink->first && sink->list->problems[place - 1].line > line)
        place--;
    return place;
}

static void
insert(struct problem_sink *sink, enum configuration_severity severity, unsigned line, char *text)
{
    struct problem_list *list = sink->list;
    struct configuration_problem *larger = realloc(list->problems, (list->count + 1) * sizeof *larger);
    if (larger == NULL) {
        free(text);
        return;
    }
    list->problems = larger;
    size_t place = place_of_line(sink, line);
    memmove(larger + place + 1, larger + place, (list->count - place) * sizeof *larger);
    larger[place] = (struct configuration_problem) { .severity = severity, .line = line, .text = text };
    list->count++;
}

/* An error counts even when its text finds no room. */
static void PRINTF_LIKE(4, 0)
    add(struct problem_sink *sink, enum configuration_severity severity, unsigned line, const char *format, va_list arguments)
{
    if (severity == CONFIGURATION_ERROR)
        sink->list->errors++;
    if (sink->list->count - sink->first >= PROBLEMS_MAX)
        return;
    char *message;
    if (vasprintf(&message, format, arguments) < 0)
        return;
    char *text;
    int length = line > 0 ? asprintf(&text, "%s:%u: %s: %s", sink->file, line, severity_names[severity], message)
                          : asprintf(&text, "%s: %s: %s", sink->file, severity_names[severity], message);
    free(message);
    if (length >= 0)
        insert(sink, severity, line, text);
}

void
problem_error(struct problem_sink *sink, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(sink, CONFIGURATION_ERROR, line, format, arguments);
    va_end(arguments);
}

void
problem_warning(struct problem_sink *sink, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(sink, CONFIGURATION_WARNING, line, format, arguments);
    va_end(arguments);
}

void
problem_note(struct problem_sink *sink, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(sink, CONFIGURATION_NOTE, line, format, arguments);
    va_end(arguments);
}

void
problem_list_clear(struct problem_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->problems[i].text);
    free(list->problems);
    *list = (struct problem_list) { 0 };
}

void
problem_list_print(const struct problem_list *list, bool with_notes, FILE *stream)
{
    for (size_t i = 0; i < list->count; i++) {
        if (with_notes || list->problems[i].severity != CONFIGURATION_NOTE)
            fprintf(stream, "%s\n", list->problems[i].text);
    }
}
