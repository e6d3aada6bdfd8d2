/* Other people's programs in tests: run through the shell, judged by what they print. */
#pragma once
#include <stddef.h>

/* Runs a shell command; its output, as much as fits, is in `output`. Returns the exit status. */
int shell_run(char *output, size_t size, const char *command);

/* Prints output as comments of the test. */
void shell_show(const char *output);

/* Asserts that `output` holds the texts of `expected` in that order; shows it when not. */
void shell_expect(const char *output, const char *const *expected, size_t count);
