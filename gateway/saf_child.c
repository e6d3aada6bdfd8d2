#include "gateway/saf_child.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "gateway/loop.h"

enum { FIRST_LINK = 3, PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 10000, SETTLED_MS = 30000, STOP_POLL_MS = 10, STOP_MAX_MS = 5000 };

struct saf_child {
    struct gateway *gateway;
    struct saf_link *operator_link;
    struct event ended;
    struct event restart;
    char program[SAF_CHILD_PROGRAM_SIZE];
    pid_t pid; /* 0: none */
    int64_t started_ms;
    uint32_t pause_ms;
    size_t link_count;
};

bool
saf_child_find_program(char program[SAF_CHILD_PROGRAM_SIZE], struct problem *problem)
{
    char own[SAF_CHILD_PROGRAM_SIZE - sizeof "/safd"];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length < 0) {
        problem_set_errno(problem, "/proc/self/exe");
        return false;
    }
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (slash != NULL)
        *slash = '\0';
    snprintf(program, SAF_CHILD_PROGRAM_SIZE, "%s/safd", own);
    if (access(program, X_OK) == 0)
        return true;
    problem_set_errno(problem, "[saf] start = child needs the program %s; install it, or set start = external", program);
    return false;
}

/* In the child, after fork: only async-signal-safe calls. Does not return. */
static void
become_safd(const struct saf_child *child, pid_t parent, int *links, char *const arguments[])
{
    sigset_t none;
    int count = (int)child->link_count;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0); /* Ctrl-C on a terminal is for the gateway, which ends safd last */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        _exit(1);
    /* Twice, since a link may stand where another one has to go. */
    for (int i = 0; i < count; i++)
        if ((links[i] = fcntl(links[i], F_DUPFD, FIRST_LINK + count)) < 0)
            _exit(1);
    for (int i = 0; i < count; i++)
        if (dup2(links[i], FIRST_LINK + i) < 0)
            _exit(1);
    close_range((unsigned)(FIRST_LINK + count), UINT_MAX, 0);
    execv(child->program, arguments);
    _exit(127);
}

static void
close_all(const int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(descriptors[i]);
}

/* Makes the pairs: ours[i] and theirs[i]. All or none. */
static bool
make_pairs(size_t count, int *ours, int *theirs)
{
    for (size_t i = 0; i < count; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
            close_all(ours, i);
            close_all(theirs, i);
            return false;
        }
        ours[i] = pair[0];
        theirs[i] = pair[1];
        /* Only our end; safd sets its own as it likes. */
        fcntl(ours[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

static void
hand_out(struct saf_child *child, const int *ours)
{
    for (size_t i = 0; i < child->gateway->loop_count; i++)
        loop_attach_saf(child->gateway->loops[i], ours[i]);
    saf_link_attach(child->operator_link, ours[child->link_count - 1]);
}

/* The child has its own copies of what is open here. -1: *problem. */
static pid_t
fork_safd(const struct saf_child *child, int *links, struct problem *problem)
{
    char first_and_count[32];
    snprintf(first_and_count, sizeof first_and_count, "%d:%zu", FIRST_LINK, child->link_count);
    char *settings_path = strdup(child->gateway->settings_path);
    char *const arguments[] = {
        (char[]) { "safd" }, (char[]) { "--config" }, settings_path, (char[]) { "--links" }, first_and_count, NULL
    };
    pid_t parent = getpid();
    pid_t pid = settings_path != NULL ? fork() : -1;
    if (pid == 0)
        become_safd(child, parent, links, arguments);
    if (pid < 0)
        problem_set_errno(problem, "cannot start %s", child->program);
    free(settings_path);
    return pid;
}

static bool
launch_with(struct saf_child *child, int *ours, int *theirs, struct problem *problem)
{
    if (!make_pairs(child->link_count, ours, theirs)) {
        problem_set_errno(problem, "cannot start %s: no sockets to talk to it", child->program);
        return false;
    }
    pid_t pid = fork_safd(child, theirs, problem);
    close_all(theirs, child->link_count);
    if (pid < 0) {
        close_all(ours, child->link_count);
        return false;
    }
    child->pid = pid;
    child->started_ms = clock_monotonic_ms(child->gateway->clock);
    hand_out(child, ours);
    log_message("HWSG0030I", "SAFD STARTED, PID=%ld", (long)pid);
    return true;
}

static bool
launch(struct saf_child *child, struct problem *problem)
{
    int *descriptors = calloc(child->link_count * 2, sizeof *descriptors);
    if (descriptors == NULL) {
        problem_set(problem, "no memory to start safd");
        return false;
    }
    bool launched = launch_with(child, descriptors, descriptors + child->link_count, problem);
    free(descriptors);
    return launched;
}

static void
launch_later(struct saf_child *child)
{
    struct timeval pause = { child->pause_ms / 1000, (suseconds_t)(child->pause_ms % 1000) * 1000 };
    event_add(&child->restart, &pause);
    child->pause_ms = child->pause_ms * 2 < PAUSE_MAX_MS ? child->pause_ms * 2 : PAUSE_MAX_MS;
}

static void
on_restart(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct saf_child *child = context;
    struct problem problem;
    if (launch(child, &problem))
        return;
    log_message("HWSG0031E", "%s: tried again in %u ms", problem.text, child->pause_ms);
    launch_later(child);
}

static void
on_ended(evutil_socket_t signal_number, short what, void *context)
{
    (void)signal_number;
    (void)what;
    struct saf_child *child = context;
    int status;
    if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
        return;
    child->pid = 0;
    if (clock_monotonic_ms(child->gateway->clock) - child->started_ms > SETTLED_MS)
        child->pause_ms = PAUSE_MIN_MS;
    bool killed = WIFSIGNALED(status);
    log_message("HWSG0031E",
                "SAFD ENDED WITH %s %d: logins are refused until it runs again; started again in %u ms; see its messages above",
                killed ? "SIGNAL" : "CODE", killed ? WTERMSIG(status) : WEXITSTATUS(status), child->pause_ms);
    launch_later(child);
}

struct saf_child *
saf_child_start(struct event_base *base, struct gateway *gateway, struct saf_link *operator_link, struct problem *problem)
{
    struct saf_child *child = calloc(1, sizeof *child);
    if (child == NULL) {
        problem_set(problem, "no memory to start safd");
        return NULL;
    }
    child->gateway = gateway;
    child->operator_link = operator_link;
    child->link_count = gateway->loop_count + 1;
    child->pause_ms = PAUSE_MIN_MS;
    if (!saf_child_find_program(child->program, problem) || !launch(child, problem)) {
        free(child);
        return NULL;
    }
    evsignal_assign(&child->ended, base, SIGCHLD, on_ended, child);
    evtimer_assign(&child->restart, base, on_restart, child);
    event_add(&child->ended, NULL);
    /* It may have ended before the signal was watched. */
    event_active(&child->ended, EV_SIGNAL, 1);
    return child;
}

void
saf_child_stop(struct saf_child *child)
{
    if (child == NULL)
        return;
    event_del(&child->ended);
    event_del(&child->restart);
    if (child->pid != 0)
        kill(child->pid, SIGTERM);
    const struct timespec poll = { 0, STOP_POLL_MS * 1000000L };
    for (int waited = 0; child->pid != 0; waited += STOP_POLL_MS) {
        if (waitpid(child->pid, NULL, WNOHANG) != 0)
            break;
        if (waited >= STOP_MAX_MS)
            kill(child->pid, SIGKILL);
        nanosleep(&poll, NULL);
    }
    free(child);
}
