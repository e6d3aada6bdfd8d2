#include "clients/passgate/command_reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "security/racf/racf.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Looks at quotes and comments: is one of the latter open at the end, and is there anything besides them? */
static bool
scan(const char *text, size_t size, bool *blank)
{
    bool in_comment = false;
    bool in_quotes = false;
    *blank = true;
    for (size_t i = 0; i < size; i++) {
        bool pair = i + 1 < size;
        if (in_comment) {
            if (pair && text[i] == '*' && text[i + 1] == '/') {
                in_comment = false;
                i++;
            }
        } else if (!in_quotes && pair && text[i] == '/' && text[i + 1] == '*') {
            in_comment = true;
            i++;
        } else {
            in_quotes = in_quotes != (text[i] == '\'');
            *blank = *blank && is_blank(text[i]);
        }
    }
    return in_comment;
}

/* True when the command goes on in the line behind `text`: asks whether one more character would still belong to it. */
static bool
is_continued(struct command_reader *reader)
{
    bool in_comment = scan(reader->text, reader->size, &reader->blank);
    reader->text[reader->size] = 'X';
    size_t last_line = reader->size;
    while (last_line > 0 && (last_line == reader->size || reader->text[last_line - 1] != '\n'))
        last_line--;
    bool continues = racf_command_extent(reader->text + last_line, reader->size + 1 - last_line) > reader->size - last_line;
    reader->text[reader->size] = '\0';
    bool whole_line = reader->size > 0 && reader->text[reader->size - 1] == '\n';
    return in_comment || (continues && whole_line);
}

enum command_read
command_reader_next(struct command_reader *reader)
{
    reader->size = 0;
    reader->blank = true;
    bool continued = false;
    do {
        size_t size = 0;
        enum command_read read =
            reader->source(reader->context, continued, reader->text + reader->size, sizeof reader->text - 1 - reader->size, &size);
        if (read == COMMAND_END && continued)
            return COMMAND_UNFINISHED;
        if (read != COMMAND_READ)
            return read;
        reader->line_number++;
        if (!continued)
            reader->first_line = reader->line_number;
        reader->size += size;
        continued = is_continued(reader);
    } while (continued);
    while (reader->size > 0 && is_blank(reader->text[reader->size - 1]))
        reader->size--;
    reader->text[reader->size] = '\0';
    return COMMAND_READ;
}

void
command_reader_wipe(struct command_reader *reader)
{
    secret_wipe(reader->text, sizeof reader->text);
    reader->size = 0;
}

/* Reads on until there is a whole line; COMMAND_READ also for a last one without a line end. */
static enum command_read
fill(struct command_file *file, size_t *line_size)
{
    for (;;) {
        const char *end = memchr(file->bytes, '\n', file->used);
        *line_size = end != NULL ? (size_t)(end - file->bytes) + 1 : file->used;
        if (end != NULL || (file->ended && file->used > 0))
            return COMMAND_READ;
        if (file->ended)
            return COMMAND_END;
        if (file->used == sizeof file->bytes)
            return COMMAND_TOO_LONG;
        ssize_t n = read(file->descriptor, file->bytes + file->used, sizeof file->bytes - file->used);
        if (n < 0 && errno != EINTR)
            return COMMAND_FAILED;
        file->ended = n == 0;
        file->used += n > 0 ? (size_t)n : 0;
    }
}

enum command_read
command_file_line(void *context, bool continued, char *line, size_t room, size_t *size)
{
    (void)continued;
    struct command_file *file = context;
    enum command_read read = fill(file, size);
    if (read != COMMAND_READ)
        return read;
    if (*size > room)
        return COMMAND_TOO_LONG;
    memcpy(line, file->bytes, *size);
    file->used -= *size;
    memmove(file->bytes, file->bytes + *size, file->used);
    return COMMAND_READ;
}

void
command_file_wipe(struct command_file *file)
{
    secret_wipe(file->bytes, sizeof file->bytes);
    file->used = 0;
}
