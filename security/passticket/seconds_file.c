#include "security/passticket/seconds_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "security/passticket/seconds.h"

int
seconds_file_open(const char *path, struct problem *problem)
{
    struct stat status;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
    if (file < 0 || fstat(file, &status) != 0) {
        problem_set_errno(problem, "%s: the file that remembers the seconds of PassTickets cannot be opened or made", path);
    } else if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        problem_set(problem, "%s: must be a plain file of one's own with mode 0600: remove it, it is made again", path);
    } else {
        return file;
    }
    if (file >= 0)
        close(file);
    return -1;
}

/* Makes the folders of the path that are missing, from its first `kept` bytes on. */
static bool
make_folders(char *path, size_t kept)
{
    for (char *slash = strchr(path + kept, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return true;
}

bool
passticket_seconds_user_path(char path[PASSTICKET_SECONDS_PATH_MAX], struct problem *problem)
{
    static const char name[] = "/passgate/ticket-seconds";
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const struct passwd *self = NULL;
    if (home == NULL || home[0] != '/') {
        self = getpwuid(geteuid());
        home = self != NULL ? self->pw_dir : "";
    }
    bool given = state != NULL && state[0] == '/'; /* relative ones are to be passed over */
    int length = snprintf(path, PASSTICKET_SECONDS_PATH_MAX, "%s%s%s", given ? state : home, given ? "" : "/.local/state", name);
    if (length < 0 || length >= PASSTICKET_SECONDS_PATH_MAX || path[0] != '/') {
        problem_set(problem, "no folder for the file that remembers the seconds of PassTickets: set XDG_STATE_HOME");
        return false;
    }
    if (make_folders(path, given ? 1 : strlen(home)))
        return true;
    problem_set_errno(problem, "%s: the folder cannot be made: set XDG_STATE_HOME to one that can", path);
    return false;
}

struct passticket_seconds *
passticket_seconds_open_user(const char *program, struct problem *problem)
{
    enum { BUCKETS = 8 }; /* 74 KB */
    char path[PASSTICKET_SECONDS_PATH_MAX];
    struct passticket_seconds *seconds = NULL;
    if (passticket_seconds_user_path(path, problem))
        seconds = passticket_seconds_open(path, BUCKETS, problem);
    if (seconds != NULL)
        return seconds;
    fprintf(stderr, "%s: warning: %s; a PassTicket of another program in the same second may be the same\n", program, problem->text);
    return passticket_seconds_open(NULL, BUCKETS, problem);
}
