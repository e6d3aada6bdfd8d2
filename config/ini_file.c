#include "config/ini_file.h"

#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BUFFER_SIZE = INI_LINE_MAX + 3, HEADER_SIZE = 128 };

struct ini_reader {
    struct problem_sink *sink;
    const struct ini_handler *handler;
    void *context;
    const char *next; /* the line after this one */
    const char *end;
    unsigned line;
    bool awaiting_key; /* the last line handed to inih should have given a key */
    bool had_section;
};

/* `line` begins with the opening bracket. */
static void
read_header(struct ini_reader *reader, const char *line)
{
    char header[HEADER_SIZE];
    reader->had_section = true;
    const char *close = strchr(line, ']');
    const char *from = line + 1 + strspn(line + 1, " \t");
    if (close == NULL || close[1 + strspn(close + 1, " \t\r")] != '\0') {
        problem_error(reader->sink, reader->line, "a section is written as [name], alone in its line");
        reader->handler->section(reader->context, reader->line, NULL);
        return;
    }
    while (close > from && (close[-1] == ' ' || close[-1] == '\t'))
        close--;
    snprintf(header, sizeof header, "%.*s", (int)(close - from), from);
    reader->handler->section(reader->context, reader->line, header);
}

/* Called by inih for each key. Its section is of no use, because inih cuts long names. */
static int
handle_key(void *user, const char *section, const char *key, const char *value)
{
    (void)section;
    struct ini_reader *reader = user;
    reader->awaiting_key = false;
    if (reader->had_section)
        reader->handler->key(reader->context, reader->line, key, value);
    return 1;
}

static void
look_at_line(struct ini_reader *reader, const char *line)
{
    const char *first = line + strspn(line, " \t\r");
    if (*first == '[') {
        read_header(reader, first);
        return;
    }
    reader->awaiting_key = *first != '\0' && strchr(";#", *first) == NULL;
    if (reader->awaiting_key && !reader->had_section)
        problem_error(reader->sink, reader->line, "a key must stand in a section such as [%s]", reader->handler->example);
}

static void
tell_passed_over(struct ini_reader *reader)
{
    if (reader->awaiting_key)
        problem_error(reader->sink, reader->line, "expected [section], key = value or a comment beginning with # or ;");
    reader->awaiting_key = false;
}

/* As fgets for inih: the next line that fits and is text, without its newline; NULL at the end. */
static char *
read_line(char *line, int size, void *stream)
{
    struct ini_reader *reader = stream;
    tell_passed_over(reader);
    while (reader->next < reader->end) {
        const char *newline = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
        const char *stop = newline != NULL ? newline : reader->end;
        const char *from = reader->next;
        size_t length = (size_t)(stop - from);
        reader->next = newline != NULL ? newline + 1 : reader->end;
        reader->line++;
        if (length + 3 > (size_t)size)
            problem_error(reader->sink, reader->line, "the line has %zu bytes; at most %d are read", length, size - 3);
        else if (memchr(from, '\0', length) != NULL)
            problem_error(reader->sink, reader->line, "the line holds a NUL byte; this is no text file");
        else {
            memcpy(line, from, length);
            line[length] = '\0';
            look_at_line(reader, reader->line == 1 && strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? line + 3 : line);
            return line;
        }
    }
    return NULL;
}

/* Debian's libinih takes its limits from variables; by default it cuts lines at 197 bytes. */
static void
set_inih_limits(void)
{
    ini_use_stack = false;
    ini_allow_multiline = false;
    ini_initial_alloc = LINE_BUFFER_SIZE;
    ini_max_line = LINE_BUFFER_SIZE;
}

void
ini_file_read(struct problem_sink *sink, const char *text, size_t size, const struct ini_handler *handler, void *context)
{
    struct ini_reader reader = { .sink = sink, .handler = handler, .context = context, .next = text, .end = text + size };
    set_inih_limits();
    if (ini_parse_stream(read_line, &reader, handle_key, &reader) == -2)
        problem_error(sink, 0, "cannot be read: out of memory");
    tell_passed_over(&reader);
}
