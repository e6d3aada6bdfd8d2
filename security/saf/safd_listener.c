#include "security/saf/safd_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128, MODE_FOR_ALL = 0666, MODE_FOR_GROUP = 0660 };

/* True when the path is free, or was and is now freed of a dead socket. */
static bool
clear_path(const struct sockaddr_un *address, struct problem *problem)
{
    const char *path = address->sun_path;
    struct stat status;
    if (lstat(path, &status) != 0) {
        if (errno == ENOENT)
            return true;
        problem_set_errno(problem, "socket %s: cannot be looked at", path);
        return false;
    }
    if (!S_ISSOCK(status.st_mode)) {
        problem_set(problem, "socket %s: a file that is no socket has this name: remove it or set another [saf] socket", path);
        return false;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool dead = probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
    if (probe >= 0)
        close(probe);
    if (!dead) {
        problem_set(problem, "socket %s: another process listens on it: stop that one, or start this one with --token", path);
        return false;
    }
    if (unlink(path) == 0)
        return true;
    problem_set_errno(problem, "socket %s: the socket of an earlier run cannot be removed", path);
    return false;
}

/* Between bind and listen nobody can connect yet. */
static bool
set_access(const char *path, gid_t group)
{
    if (group == (gid_t)-1)
        return chmod(path, MODE_FOR_ALL) == 0;
    return chown(path, (uid_t)-1, group) == 0 && chmod(path, MODE_FOR_GROUP) == 0;
}

int
safd_listener_open(const char *path, gid_t group, struct problem *problem)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        problem_set(problem, "socket %s: the path is longer than %zu bytes: set a shorter [saf] socket", path, sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!clear_path(&address, problem))
        return -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0 || bind(descriptor, (const struct sockaddr *)&address, sizeof address) != 0) {
        problem_set_errno(problem, "socket %s: cannot be made: its directory must exist and be writable", address.sun_path);
    } else if (!set_access(address.sun_path, group) || listen(descriptor, BACKLOG) != 0) {
        problem_set_errno(problem, "socket %s: cannot be listened on", address.sun_path);
        unlink(address.sun_path);
    } else {
        return descriptor;
    }
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static bool
has_socket_option(int descriptor, int option, int wanted)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

bool
safd_listener_adopt(int descriptor, struct problem *problem)
{
    struct sockaddr_un peer;
    socklen_t size = sizeof peer;
    bool is_link = has_socket_option(descriptor, SO_DOMAIN, AF_UNIX) && has_socket_option(descriptor, SO_TYPE, SOCK_STREAM) &&
                   getpeername(descriptor, (struct sockaddr *)&peer, &size) == 0;
    if (!is_link) {
        problem_set(problem,
                    "--links: file descriptor %d is not a connected Unix stream socket: the program that starts safd has to "
                    "hand it down",
                    descriptor);
        return false;
    }
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 && fcntl(descriptor, F_SETFL, O_RDWR | O_NONBLOCK) == 0)
        return true;
    problem_set_errno(problem, "--links: file descriptor %d", descriptor);
    return false;
}
