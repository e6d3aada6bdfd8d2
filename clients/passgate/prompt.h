/* The terminal as a source of command lines: a prompt with line editing, completion by the Tab key,
 * and a history that is kept in memory only. */
#pragma once
#include "clients/passgate/command_reader.h"

struct prompt;

/* NULL when the terminal cannot be used. */
struct prompt *prompt_new(void);
void prompt_free(struct prompt *prompt);

/* A command_line_source. */
enum command_read prompt_line(void *prompt, bool continued, char *line, size_t room, size_t *size);

/* Adds a command to the history, unless it may hold a key or a password. */
void prompt_remember(struct prompt *prompt, const char *command, size_t size);

/* True when a command may stand in a history: nothing in it has to be hidden, and no operand that holds secrets is named. `text` then
 * has it on one line, abbreviations spelt out. */
bool prompt_memorable(const char *command, size_t size, char *text, size_t room);
