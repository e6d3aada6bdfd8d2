#include "clients/passgate/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hex.h"
#include "common/secret.h"

enum { LINE_SIZE = 2 * PASSTICKET_ENHANCED_KEY_MAX + 3 };

int
secret_line_read(int descriptor, const char *name, char *line, int size, struct problem *problem)
{
    /* read(2) and not stdio, whose buffers would keep a copy. */
    size_t used = 0;
    ssize_t n = 0;
    while (used < (size_t)size) {
        n = read(descriptor, line + used, (size_t)size - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        used += (size_t)n;
    }
    if (n < 0) {
        problem_set_errno(problem, "%s: cannot be read", name);
        return -1;
    }
    if (used == (size_t)size) {
        problem_set(problem, "%s: too long: expected one line of at most %d characters", name, size - 2);
        return -1;
    }
    if (used > 0 && line[used - 1] == '\n')
        used--;
    if (used > 0 && line[used - 1] == '\r')
        used--;
    line[used] = '\0';
    return (int)used;
}

static bool
check_digits(const char *name, enum ticket_kind kind, const char *line, size_t length, struct problem *problem)
{
    size_t least = kind == TICKET_LEGACY ? 2 * PASSTICKET_LEGACY_KEY_SIZE : 2 * PASSTICKET_ENHANCED_KEY_MIN;
    size_t most = kind == TICKET_LEGACY ? 2 * PASSTICKET_LEGACY_KEY_SIZE : 2 * PASSTICKET_ENHANCED_KEY_MAX;
    size_t digits = strspn(line, "0123456789ABCDEFabcdef");
    if (digits != length)
        problem_set(problem, "key file %s: character %zu is not a hexadecimal digit: the file holds digits and a line end, no blanks", name,
                    digits + 1);
    else if (kind == TICKET_LEGACY && length != least)
        problem_set(problem, "key file %s: %zu digits: a key for legacy PassTickets has exactly %zu", name, length, least);
    else if (length < least || length > most || length % 2 != 0)
        problem_set(problem, "key file %s: %zu digits: a key for enhanced PassTickets has %zu to %zu, an even number", name, length, least,
                    most);
    else
        return true;
    return false;
}

static bool
make_key(const char *line, size_t length, struct ticket_key *key)
{
    uint8_t bytes[PASSTICKET_ENHANCED_KEY_MAX];
    bool decoded = hex_decode(line, length, bytes);
    if (decoded && key->kind == TICKET_LEGACY)
        key->legacy = passticket_legacy_key_new(bytes);
    else if (decoded)
        key->enhanced = passticket_enhanced_key_new(bytes, length / 2);
    secret_wipe(bytes, sizeof bytes);
    return key->legacy != NULL || key->enhanced != NULL;
}

bool
key_file_read(const char *path, enum ticket_kind kind, struct ticket_key *key, struct problem *problem)
{
    *key = (struct ticket_key) { .kind = kind };
    bool standard_input = strcmp(path, "-") == 0;
    const char *name = standard_input ? "on standard input" : path;
    int descriptor = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        problem_set_errno(problem, "key file %s: cannot be opened", path);
        return false;
    }
    char line[LINE_SIZE];
    int length = secret_line_read(descriptor, name, line, sizeof line, problem);
    if (!standard_input)
        close(descriptor);
    bool good = length >= 0 && check_digits(name, kind, line, (size_t)length, problem);
    if (good && !make_key(line, (size_t)length, key)) {
        problem_set(problem, "key file %s: no secret memory for the key: raise the limit on locked memory (ulimit -l)", name);
        good = false;
    }
    secret_wipe(line, sizeof line);
    return good;
}

void
ticket_key_clear(struct ticket_key *key)
{
    if (key->legacy != NULL)
        passticket_legacy_key_free(key->legacy);
    if (key->enhanced != NULL)
        passticket_enhanced_key_free(key->enhanced);
    *key = (struct ticket_key) { .kind = key->kind };
}

bool
key_file_is_exposed(const char *path)
{
    struct stat status;
    return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}
