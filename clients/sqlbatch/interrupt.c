#include "clients/sqlbatch/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Signals belong to the process, and so does this. */
static struct {
    int descriptor; /* of the signals, while `catching` */
    bool catching;
    bool asked;
    bool pending;
    sigset_t before;
} state;

static bool
is_ignored(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

bool
interrupt_catch(void)
{
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGTERM);
    if (!is_ignored(SIGINT))
        sigaddset(&caught, SIGINT);
    if (state.catching)
        return true;
    state.descriptor = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
    if (state.descriptor < 0)
        return false;
    sigprocmask(SIG_BLOCK, &caught, &state.before);
    state.catching = true;
    return true;
}

/* Takes what has come. */
static void
look(void)
{
    struct signalfd_siginfo signal;
    while (state.catching && read(state.descriptor, &signal, sizeof signal) == (ssize_t)sizeof signal)
        state.asked = state.pending = true;
}

void
interrupt_release(void)
{
    if (!state.catching)
        return;
    look();
    close(state.descriptor);
    state.catching = false;
    state.asked = state.pending = false;
    sigprocmask(SIG_SETMASK, &state.before, NULL);
}

bool
interrupt_asked(void)
{
    look();
    return state.asked;
}

bool
interrupt_pending(void)
{
    look();
    return state.pending;
}

void
interrupt_attend(void)
{
    state.pending = false;
}

int
interrupt_poll(int descriptor, short events, int timeout_ms)
{
    struct pollfd wait[] = { { .fd = descriptor, .events = events }, { .fd = state.descriptor, .events = POLLIN } };
    int ready = 0;
    if (descriptor < 0) { /* poll would wait for ever */
        errno = EBADF;
        return -1;
    }
    if (!interrupt_pending())
        ready = poll(wait, state.catching ? 2 : 1, timeout_ms);
    if (interrupt_pending()) {
        errno = ECANCELED;
        return -1;
    }
    return ready < 0 ? ready : wait[0].revents != 0;
}
