#include "clients/passgate/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_MS = 1000 }; /* network file systems tell nobody of changes */

static bool
open_named(struct audit_file *file, struct problem *problem)
{
    file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    file->position = 0;
    file->line = 0;
    file->start = file->searched = file->used = 0;
    file->rotated = file->passing_over = false;
    if (file->descriptor < 0)
        problem_set_errno(problem, "%s: cannot be read", file->path);
    return file->descriptor >= 0;
}

static bool
watch_folder(struct audit_file *file, struct problem *problem)
{
    char folder[4096];
    const char *slash = strrchr(file->path, '/');
    int length = slash == NULL ? 0 : slash == file->path ? 1 : (int)(slash - file->path);
    snprintf(folder, sizeof folder, "%.*s", length == 0 ? 1 : length, length == 0 ? "." : file->path);
    file->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (file->changes >= 0 && inotify_add_watch(file->changes, folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO) >= 0)
        return true;
    problem_set_errno(problem, "%s: cannot be followed: its folder cannot be watched", file->path);
    return false;
}

bool
audit_file_open(struct audit_file *file, const char *path, bool follow, bool from_end, struct problem *problem)
{
    bool standard_input = strcmp(path, "-") == 0;
    *file = (struct audit_file) { .path = standard_input ? NULL : path, .descriptor = STDIN_FILENO, .changes = -1 };
    if (standard_input)
        return true;
    if ((follow && !watch_folder(file, problem)) || !open_named(file, problem)) {
        audit_file_close(file);
        return false;
    }
    off_t end = from_end ? lseek(file->descriptor, 0, SEEK_END) : 0;
    file->position = end > 0 ? end : 0;
    return true;
}

void
audit_file_close(struct audit_file *file)
{
    if (file->descriptor > STDIN_FILENO)
        close(file->descriptor);
    if (file->changes >= 0)
        close(file->changes);
    file->descriptor = file->changes = -1;
}

/* Makes room behind what is still wanted. */
static void
move_to_front(struct audit_file *file)
{
    file->used -= file->start;
    file->searched -= file->start;
    memmove(file->bytes, file->bytes + file->start, file->used);
    file->start = 0;
}

/* As read, but not interrupted. */
static ssize_t
fill(struct audit_file *file)
{
    ssize_t n;
    if (file->start > 0)
        move_to_front(file);
    if (file->used == sizeof file->bytes) {
        file->passing_over = true;
        file->used = file->searched = 0;
    }
    do
        n = read(file->descriptor, file->bytes + file->used, sizeof file->bytes - file->used);
    while (n < 0 && errno == EINTR);
    if (n > 0) {
        file->used += (size_t)n;
        file->position += n;
    }
    return n;
}

/* Gives out what ends at `end`; the next begins at `next`. */
static enum audit_read
give_out(struct audit_file *file, size_t end, size_t next, bool torn, const char **line, size_t *size)
{
    bool too_long = file->passing_over;
    *line = file->bytes + file->start;
    *size = end - file->start;
    file->start = file->searched = next;
    file->passing_over = false;
    file->line++;
    return too_long ? AUDIT_TOO_LONG : torn ? AUDIT_TORN : AUDIT_LINE;
}

enum audit_read
audit_file_next(struct audit_file *file, const char **line, size_t *size, struct problem *problem)
{
    for (;;) {
        const char *end = memchr(file->bytes + file->searched, '\n', file->used - file->searched);
        if (end != NULL) {
            size_t place = (size_t)(end - file->bytes);
            return give_out(file, place, place + 1, false, line, size);
        }
        file->searched = file->used;
        ssize_t n = fill(file);
        if (n < 0) {
            problem_set_errno(problem, "%s: line %lu: cannot be read", file->path != NULL ? file->path : "standard input", file->line + 1);
            return AUDIT_FAILED;
        }
        if (n == 0) {
            bool left = file->used > file->start || file->passing_over;
            return left && file->changes < 0 ? give_out(file, file->used, file->used, true, line, size) : AUDIT_END;
        }
    }
}

/* What was cut off the file is forgotten: half a line that its writer took back, or everything. */
static void
follow_cut(struct audit_file *file, off_t size)
{
    off_t line_start = file->position - (off_t)(file->used - file->start);
    bool half_line = size >= line_start && !file->passing_over;
    file->position = lseek(file->descriptor, half_line ? line_start : 0, SEEK_SET);
    if (!half_line)
        file->line = 0;
    file->start = file->searched = file->used = 0;
    file->passing_over = false;
}

static void
wait_for_change(const struct audit_file *file)
{
    char events[4096];
    struct pollfd changes = { .fd = file->changes, .events = POLLIN };
    (void)poll(&changes, 1, LOOK_MS);
    while (read(file->changes, events, sizeof events) > 0)
        ;
}

bool
audit_file_wait(struct audit_file *file, struct problem *problem)
{
    struct stat here;
    struct stat named;
    if (file->rotated) {
        close(file->descriptor);
        return open_named(file, problem);
    }
    if (fstat(file->descriptor, &here) != 0) {
        problem_set_errno(problem, "%s: cannot be followed", file->path);
        return false;
    }
    if (here.st_size < file->position)
        follow_cut(file, here.st_size);
    else if (stat(file->path, &named) == 0 && (named.st_ino != here.st_ino || named.st_dev != here.st_dev) && named.st_size > 0)
        file->rotated = true;
    else
        wait_for_change(file);
    return true;
}
