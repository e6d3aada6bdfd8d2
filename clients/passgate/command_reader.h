/* RACF commands out of lines: a command goes on in the next line after - or +, and while a comment is open. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"
#include "security/saf/message.h"

enum command_read {
    COMMAND_READ,
    COMMAND_END,        /* no more input */
    COMMAND_UNFINISHED, /* the input ends inside a command */
    COMMAND_TOO_LONG,
    COMMAND_FAILED, /* errno */
};

/* Where lines come from: stores the next one, a final newline included if there is one, in `line`; COMMAND_READ, COMMAND_END,
 * COMMAND_TOO_LONG or COMMAND_FAILED. `continued`: it is not the first of its command. */
typedef enum command_read (*command_line_source)(void *context, bool continued, char *line, size_t room, size_t *size);

struct command_reader {
    command_line_source source;
    void *context;
    unsigned long line_number; /* of the line read last */
    unsigned long first_line;  /* of the command */
    bool blank;                /* nothing but blanks and comments */
    size_t size;
    char text[SAF_COMMAND_MAX + 1]; /* the command as it was typed, line ends inside included; may hold secrets */
};

/* Reads the next command into reader->text. */
enum command_read command_reader_next(struct command_reader *reader);
void command_reader_wipe(struct command_reader *reader);

/* A source that reads a file descriptor, such as standard input. */
struct command_file {
    int descriptor;
    bool ended;
    size_t used;
    char bytes[SAF_COMMAND_MAX + 1];
};

enum command_read command_file_line(void *file, bool continued, char *line, size_t room, size_t *size);
void command_file_wipe(struct command_file *file);
