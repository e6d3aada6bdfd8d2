/* Runs the real programs for tests: to their end with captured output, or as daemons in the background. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROGRAM_ARGUMENTS_MAX = 24 };

struct program_result {
    int status;           /* exit status; 1000 + signal number when a signal ended it */
    char output[1 << 18]; /* standard output, NUL-terminated, cut to fit */
    char errors[1 << 16]; /* standard error */
};

/* Runs `path` with the arguments (NULL-terminated, without argv[0]); `input` (may be NULL) is its standard input. Ends the test
 * program when the program cannot be started. */
void program_run(struct program_result *result, const char *path, const char *const arguments[], const char *input);

/* Starts a program whose standard error goes to the end of file `log`. `inherit` is a descriptor that it gets as number 3, or
 * -1. Returns its process ID. */
pid_t program_start(const char *path, const char *const arguments[], const char *log, int inherit);

/* Sends a signal (0: none) and waits for the end; the status as in struct program_result. */
int program_end(pid_t pid, int signal);

/* Waits until a log file holds the text; false when the process ends before. */
bool program_wait_for(pid_t pid, const char *log, const char *text);

/* The text of a file, NUL-terminated and allocated; empty when there is none. */
char *program_read_file(const char *path);

/* The value of an environment variable that meson sets; ends the test program when it is missing. */
const char *program_path(const char *variable);
