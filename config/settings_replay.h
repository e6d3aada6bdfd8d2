/* What the keys of passgate.ini about used PassTickets must be together, beyond each by itself. */
#pragma once

#include "config/problems.h"

/* Tells why a value of [racf] replay is not taken, without repeating a password. */
void settings_replay_refuse(struct problem_sink *sink, unsigned line, const char *value);

/* `line` is where [racf] replay stands, 0 when it is not given. */
void settings_replay_check(struct problem_sink *sink, unsigned line, const struct passgate_settings *settings);

/* The file at `path` that the settings come from must not show a password to everybody; false, and told, when it does. */
MUST_CHECK bool settings_replay_check_mode(struct problem_sink *sink, const char *path, const struct passgate_settings *settings);
