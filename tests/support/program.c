#include "tests/support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CANNOT_RUN = 127, SIGNAL_STATUS = 1000, INHERITED = 3, POLL_MS = 20 };

static void
give_up(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

static int
status_of(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            give_up("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_STATUS + WTERMSIG(status);
}

static void
execute(const char *path, const char *const arguments[])
{
    const char *all[PROGRAM_ARGUMENTS_MAX + 2] = { path };
    for (size_t i = 0; arguments[i] != NULL && i < PROGRAM_ARGUMENTS_MAX; i++)
        all[i + 1] = arguments[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(path, (char *const *)(uintptr_t)all);
    _exit(CANNOT_RUN);
}

static void
make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("pipe");
}

static size_t
receive(int descriptor, char *text, size_t used, size_t size)
{
    static char rest[4096];
    bool full = used + 1 >= size;
    ssize_t n = full ? read(descriptor, rest, sizeof rest) : read(descriptor, text + used, size - 1 - used);
    if (n <= 0)
        return SIZE_MAX;
    return full ? used : used + (size_t)n;
}

/* Feeds the input and takes both outputs until the program has closed them. */
static void
exchange(struct program_result *result, int in, int out, int errors, const char *input)
{
    size_t left = input != NULL ? strlen(input) : 0;
    size_t used[2] = { 0, 0 };
    char *texts[2] = { result->output, result->errors };
    const size_t sizes[2] = { sizeof result->output, sizeof result->errors };
    struct pollfd waiting[3] = { { out, POLLIN, 0 }, { errors, POLLIN, 0 }, { in, POLLOUT, 0 } };
    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        if (left == 0 && waiting[2].fd >= 0) {
            close(in);
            waiting[2].fd = -1;
        }
        if (poll(waiting, 3, -1) < 0)
            continue;
        if (waiting[2].fd >= 0 && waiting[2].revents != 0) {
            ssize_t n = write(in, input, left);
            left = n < 0 ? 0 : left - (size_t)n;
            input += n < 0 ? 0 : n;
        }
        for (int i = 0; i < 2; i++) {
            if (waiting[i].fd < 0 || waiting[i].revents == 0)
                continue;
            size_t now = receive(waiting[i].fd, texts[i], used[i], sizes[i]);
            if (now == SIZE_MAX)
                waiting[i].fd = -1;
            else
                used[i] = now;
        }
    }
    if (waiting[2].fd >= 0)
        close(in);
    texts[0][used[0]] = '\0';
    texts[1][used[1]] = '\0';
}

void
program_run(struct program_result *result, const char *path, const char *const arguments[], const char *input)
{
    int in[2];
    int out[2];
    int errors[2];
    make_pipe(in);
    make_pipe(out);
    make_pipe(errors);
    signal(SIGPIPE, SIG_IGN);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(errors[1], STDERR_FILENO);
        execute(path, arguments);
    }
    close(in[0]);
    close(out[1]);
    close(errors[1]);
    if (pid < 0)
        give_up("fork");
    exchange(result, in[1], out[0], errors[0], input);
    close(out[0]);
    close(errors[0]);
    result->status = status_of(pid);
    if (result->status == CANNOT_RUN)
        give_up(path);
}

pid_t
program_start(const char *path, const char *const arguments[], const char *log, int inherit)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid > 0)
        return pid;
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    if (inherit >= 0 && inherit != INHERITED)
        dup2(inherit, INHERITED);
    for (int descriptor = inherit >= 0 ? INHERITED + 1 : INHERITED; descriptor < 64; descriptor++)
        close(descriptor);
    execute(path, arguments);
    return -1;
}

int
program_end(pid_t pid, int number)
{
    if (number != 0)
        kill(pid, number);
    return status_of(pid);
}

bool
program_wait_for(pid_t pid, const char *log, const char *text)
{
    for (;;) {
        char *found = program_read_file(log);
        bool there = strstr(found, text) != NULL;
        free(found);
        if (there)
            return true;
        siginfo_t ended = { 0 };
        if (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid)
            return false;
        nanosleep(&(struct timespec) { .tv_nsec = POLL_MS * 1000000L }, NULL);
    }
}

char *
program_read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (file == NULL || getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    if (file != NULL)
        fclose(file);
    if (text == NULL)
        give_up("memory");
    return text;
}

const char *
program_path(const char *variable)
{
    const char *path = getenv(variable);
    if (path == NULL) {
        errno = ENOENT;
        give_up(variable);
    }
    return path;
}
