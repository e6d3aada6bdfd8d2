/* A disk that a power cut makes forget: preloaded into a program (LD_PRELOAD), it keeps beside each database file FILE what of it
 * has been synced, in FILE.disk. A test that kills the program can then put FILE together from both, as a disk might hold it:
 * all that was synced, and of what was written after that any part or nothing.
 *
 * Watched are files whose names end in .db, .db-wal and .db-journal. That a file has been made or removed is taken to be durable. */
/* open and open64 are both wanted here, by their own names. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024, RANGES_MAX = 4096, PATH_SIZE = 512 };

struct range {
    off_t from;
    off_t to;
};

/* What was written to a file since it was synced. */
struct watched {
    bool open;
    char disk[PATH_SIZE];
    size_t count;
    struct range ranges[RANGES_MAX];
};

static struct watched *watched[DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Sets a function pointer to what the program would call without this library. */
static void
find_next(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        abort();
    memcpy(function, &found, sizeof found);
}

static bool
is_watched_name(const char *path)
{
    static const char *const ends[] = { ".db", ".db-wal", ".db-journal" };
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (length > strlen(ends[i]) && strcmp(path + length - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static void
watch(int descriptor, const char *path)
{
    if (descriptor < 0 || descriptor >= DESCRIPTORS || !is_watched_name(path))
        return;
    pthread_mutex_lock(&lock);
    if (watched[descriptor] == NULL)
        watched[descriptor] = calloc(1, sizeof *watched[descriptor]);
    if (watched[descriptor] == NULL)
        abort();
    watched[descriptor]->open = true;
    watched[descriptor]->count = 0;
    snprintf(watched[descriptor]->disk, PATH_SIZE, "%s.disk", path);
    pthread_mutex_unlock(&lock);
}

/* Too many ranges become one. */
static void
note_write(int descriptor, off_t from, off_t size)
{
    struct watched *file = descriptor >= 0 && descriptor < DESCRIPTORS ? watched[descriptor] : NULL;
    if (file == NULL || !file->open || size <= 0)
        return;
    pthread_mutex_lock(&lock);
    struct range range = { from, from + size };
    struct range *last = file->count > 0 ? &file->ranges[file->count - 1] : NULL;
    if (last != NULL && last->to == from)
        last->to = range.to;
    else if (file->count < RANGES_MAX)
        file->ranges[file->count++] = range;
    else {
        for (size_t i = 0; i < file->count; i++) {
            range.from = file->ranges[i].from < range.from ? file->ranges[i].from : range.from;
            range.to = file->ranges[i].to > range.to ? file->ranges[i].to : range.to;
        }
        file->ranges[0] = range;
        file->count = 1;
    }
    pthread_mutex_unlock(&lock);
}

static void
copy_range(int from, int to, struct range range)
{
    char bytes[65536];
    ssize_t (*write_at)(int, const void *, size_t, off64_t) = NULL;
    find_next(&write_at, "pwrite64");
    while (range.from < range.to) {
        size_t size = (size_t)(range.to - range.from) < sizeof bytes ? (size_t)(range.to - range.from) : sizeof bytes;
        ssize_t n = pread(from, bytes, size, range.from);
        if (n <= 0)
            return;
        if (write_at(to, bytes, (size_t)n, range.from) != n)
            abort();
        range.from += n;
    }
}

/* What was written reaches the disk, and how long the file is. */
static void
note_sync(int descriptor)
{
    struct watched *file = descriptor >= 0 && descriptor < DESCRIPTORS ? watched[descriptor] : NULL;
    struct stat status;
    if (file == NULL || !file->open)
        return;
    pthread_mutex_lock(&lock);
    int (*open_file)(const char *, int, ...) = NULL;
    find_next(&open_file, "open64");
    int (*cut)(int, off64_t) = NULL;
    find_next(&cut, "ftruncate64");
    int disk = open_file(file->disk, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (disk < 0 || fstat(descriptor, &status) != 0)
        abort();
    for (size_t i = 0; i < file->count; i++)
        copy_range(descriptor, disk, file->ranges[i]);
    file->count = 0;
    if (cut(disk, status.st_size) != 0)
        abort();
    close(disk);
    pthread_mutex_unlock(&lock);
}

int
open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    int (*original)(const char *, int, ...) = NULL;
    find_next(&original, "open64");
    int descriptor = original(path, flags, mode);
    watch(descriptor, path);
    return descriptor;
}

int
open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    int (*original)(const char *, int, ...) = NULL;
    find_next(&original, "open");
    int descriptor = original(path, flags, mode);
    watch(descriptor, path);
    return descriptor;
}

int
close(int descriptor)
{
    int (*original)(int) = NULL;
    find_next(&original, "close");
    if (descriptor >= 0 && descriptor < DESCRIPTORS && watched[descriptor] != NULL)
        watched[descriptor]->open = false;
    return original(descriptor);
}

ssize_t
pwrite64(int descriptor, const void *bytes, size_t size, off64_t at)
{
    ssize_t (*original)(int, const void *, size_t, off64_t) = NULL;
    find_next(&original, "pwrite64");
    ssize_t n = original(descriptor, bytes, size, at);
    note_write(descriptor, at, n);
    return n;
}

ssize_t
pwrite(int descriptor, const void *bytes, size_t size, off_t at)
{
    return pwrite64(descriptor, bytes, size, at);
}

int
fsync(int descriptor)
{
    int (*original)(int) = NULL;
    find_next(&original, "fsync");
    int status = original(descriptor);
    note_sync(descriptor);
    return status;
}

int
fdatasync(int descriptor)
{
    int (*original)(int) = NULL;
    find_next(&original, "fdatasync");
    int status = original(descriptor);
    note_sync(descriptor);
    return status;
}
