/* Secrets asked for where a command has * in their place: PASSWORD(*), PHRASE(*), KEYMASKED(*), KEYENCRYPTED(*). So they need not
 * stand among a program's arguments, in a file, or on the screen. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"
#include "common/problem.h"

/* Replaces each such * in the `*size` bytes of `text`, which has room for `room`, by what is typed at the terminal without echo, or,
 * when there is no terminal and `from_input`, by the next line of standard input. False: *problem; the text is then unusable. */
MUST_CHECK bool secret_prompt_fill(char *text, size_t *size, size_t room, bool from_input, struct problem *problem);
