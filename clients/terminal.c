#include "clients/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "common/secret.h"

enum { BACKSPACE = '\b', DELETE = 0x7F };

enum typed { TYPED_ON, TYPED_LINE, TYPED_NOTHING };

/* A line that is being typed. */
struct typing {
    const struct termios *keys; /* what the user's own settings say */
    char *line;
    size_t room;
    size_t used;
};

static enum typed
take_byte(struct typing *typing, char byte, struct problem *problem)
{
    cc_t key = (cc_t)byte;
    if (byte == '\n' || byte == '\r')
        return TYPED_LINE;
    if (key == typing->keys->c_cc[VINTR] || (key == typing->keys->c_cc[VEOF] && typing->used == 0)) {
        problem_set(problem, "given up at the terminal");
        return TYPED_NOTHING;
    }
    if (byte == DELETE || byte == BACKSPACE)
        typing->used -= typing->used > 0;
    else if (key == typing->keys->c_cc[VKILL])
        typing->used = 0;
    else if (typing->used + 1 < typing->room)
        typing->line[typing->used++] = byte;
    else {
        problem_set(problem, "more than %zu characters were typed", typing->room - 1);
        return TYPED_NOTHING;
    }
    return TYPED_ON;
}

static bool
read_line(int terminal, struct typing *typing, struct problem *problem)
{
    enum typed typed = TYPED_ON;
    while (typed == TYPED_ON) {
        char byte;
        ssize_t n = read(terminal, &byte, 1);
        if (n == 1)
            typed = take_byte(typing, byte, problem);
        else if (n == 0)
            typed = TYPED_LINE;
        else if (errno != EINTR) {
            problem_set_errno(problem, "the terminal cannot be read");
            typed = TYPED_NOTHING;
        }
    }
    typing->line[typing->used] = '\0';
    if (typed == TYPED_LINE && typing->used == 0) {
        problem_set(problem, "nothing was typed");
        return false;
    }
    return typed == TYPED_LINE;
}

static bool
ask(int terminal, const char *label, char *line, size_t room, struct problem *problem)
{
    struct termios before;
    if (tcgetattr(terminal, &before) != 0) {
        problem_set_errno(problem, "the terminal cannot hide what is typed");
        return false;
    }
    /* Not even signals: a program ended by Ctrl-C here would leave a terminal that shows nothing. */
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    if (tcsetattr(terminal, TCSAFLUSH, &silent) != 0) {
        problem_set_errno(problem, "the terminal cannot hide what is typed");
        return false;
    }
    dprintf(terminal, "%s: ", label);
    struct typing typing = { .keys = &before, .line = line, .room = room };
    bool read = read_line(terminal, &typing, problem);
    tcsetattr(terminal, TCSAFLUSH, &before);
    dprintf(terminal, "\n");
    return read;
}

bool
terminal_read_secret(const char *label, char *line, size_t room, struct problem *problem)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0) {
        problem_set(problem, "there is no terminal to ask for it at");
        return false;
    }
    bool read = ask(terminal, label, line, room, problem);
    close(terminal);
    if (!read)
        secret_wipe(line, room);
    return read;
}
