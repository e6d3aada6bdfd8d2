#include "security/audit_journal.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    ENTRIES_MAX = 512,          /* of one batch */
    LINE_MAX_BYTES = 16 * 1024, /* of a record; datagrams of twice that fit under any kernel's limit */
    CUT_VALUE_BYTES = 1024,     /* of each text of a record that is longer */
    FIRST_BYTES = 64 * 1024,
    RETURN_CODE_ERROR = 8,
    PRIORITY_INFORMATION = 6,
    PRIORITY_WARNING = 4,
};

struct audit_journal {
    int descriptor; /* -1: not connected at present */
    struct sockaddr_un address;
    char *bytes; /* the entries, one behind the other */
    size_t used;
    size_t size;
    size_t count;
    size_t ends[ENTRIES_MAX];
};

static bool
connect_journal(struct audit_journal *journal)
{
    if (journal->descriptor >= 0)
        return true;
    journal->descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (journal->descriptor >= 0 && connect(journal->descriptor, (struct sockaddr *)&journal->address, sizeof journal->address) == 0)
        return true;
    int error = errno;
    if (journal->descriptor >= 0)
        close(journal->descriptor);
    journal->descriptor = -1;
    errno = error;
    return false;
}

struct audit_journal *
audit_journal_open(const char *socket, struct problem *problem)
{
    struct audit_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL) {
        problem_set(problem, "%s: no memory for audit records", socket);
        return NULL;
    }
    journal->descriptor = -1;
    journal->address.sun_family = AF_UNIX;
    int length = snprintf(journal->address.sun_path, sizeof journal->address.sun_path, "%s", socket);
    if (length <= 0 || (size_t)length >= sizeof journal->address.sun_path)
        problem_set(problem, "%s: the path of a socket has 1 to %zu bytes", socket, sizeof journal->address.sun_path - 1);
    else if (!connect_journal(journal))
        problem_set_errno(problem, "%s: the journal's socket for audit records cannot be used", socket);
    else
        return journal;
    audit_journal_close(journal);
    return NULL;
}

void
audit_journal_close(struct audit_journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->descriptor >= 0)
        close(journal->descriptor);
    free(journal->bytes);
    free(journal);
}

static bool
reserve(struct audit_journal *journal, size_t more)
{
    size_t size = journal->size > 0 ? journal->size : FIRST_BYTES;
    while (size - journal->used < more)
        size *= 2;
    char *larger = size == journal->size ? journal->bytes : realloc(journal->bytes, size);
    if (larger == NULL)
        return false;
    journal->bytes = larger;
    journal->size = size;
    return true;
}

/* NAME=value and a line end. A value with a line end would be two fields: it stays in MESSAGE alone, where it is escaped. */
static bool
put_field(struct audit_journal *journal, const char *prefix, const char *name, const char *value, size_t size)
{
    if (memchr(value, '\n', size) != NULL)
        return true;
    if (!reserve(journal, strlen(prefix) + strlen(name) + size + 2))
        return false;
    char *at = journal->bytes + journal->used;
    at = mempcpy(at, prefix, strlen(prefix));
    for (const char *letter = name; *letter != '\0'; letter++)
        *at++ = (char)toupper((unsigned char)*letter);
    *at++ = '=';
    at = mempcpy(at, value, size);
    *at++ = '\n';
    journal->used = (size_t)(at - journal->bytes);
    return true;
}

static bool
put_text(struct audit_journal *journal, const char *name, const char *value)
{
    return put_field(journal, "", name, value, strlen(value));
}

static bool
put_record_field(struct audit_journal *journal, const char *name, const json_t *value)
{
    char number[32];
    if (json_is_string(value))
        return put_field(journal, "PASSGATE_", name, json_string_value(value), json_string_length(value));
    int length = snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return put_field(journal, "PASSGATE_", name, number, (size_t)length);
}

static bool
is_refusal(const json_t *record)
{
    return json_integer_value(json_object_get(record, "saf")) > 0 ||
           json_integer_value(json_object_get(record, "return_code")) >= RETURN_CODE_ERROR;
}

static bool
put_entry(struct audit_journal *journal, const json_t *record, const char *line, size_t size)
{
    const char *name;
    json_t *value;
    char priority[2] = { (char)('0' + (is_refusal(record) ? PRIORITY_WARNING : PRIORITY_INFORMATION)), '\0' };
    bool put = put_text(journal, "SYSLOG_IDENTIFIER", "safd-audit") && put_text(journal, "SYSLOG_FACILITY", "10") &&
               put_text(journal, "PRIORITY", priority) && put_field(journal, "", "MESSAGE", line, size);
    json_object_foreach((json_t *)(uintptr_t)record, name, value) put = put && put_record_field(journal, name, value);
    return put;
}

/* A copy whose texts are cut, so that it fits; NULL without memory. */
static json_t *
shorten(const json_t *record)
{
    const char *name;
    json_t *value;
    json_t *shortened = json_object();
    json_object_foreach((json_t *)(uintptr_t)record, name, value)
    {
        size_t length = json_string_length(value);
        bool cut = length > CUT_VALUE_BYTES;
        json_t *copy = cut ? json_sprintf("%.*s...", CUT_VALUE_BYTES, json_string_value(value)) : json_copy(value);
        json_object_set_new(shortened, name, copy);
    }
    return shortened;
}

static bool
put_shortened(struct audit_journal *journal, const json_t *record)
{
    json_t *shortened = shorten(record);
    char *line = json_dumps(shortened, JSON_COMPACT | JSON_ENSURE_ASCII);
    bool put = line != NULL && put_entry(journal, shortened, line, strlen(line));
    free(line);
    json_decref(shortened);
    return put;
}

bool
audit_journal_append(struct audit_journal *journal, const json_t *record, const char *line, size_t size)
{
    size_t before = journal->used;
    bool put =
        journal->count < ENTRIES_MAX && (size <= LINE_MAX_BYTES ? put_entry(journal, record, line, size) : put_shortened(journal, record));
    if (put)
        journal->ends[journal->count++] = journal->used;
    else
        journal->used = before;
    return put;
}

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Sends entries from `first` on; returns how many the journal took, or -1. */
static int
send_entries(const struct audit_journal *journal, size_t first)
{
    static struct mmsghdr messages[ENTRIES_MAX];
    static struct iovec pieces[ENTRIES_MAX];
    size_t count = journal->count - first;
    for (size_t i = 0; i < count; i++) {
        size_t start = first + i > 0 ? journal->ends[first + i - 1] : 0;
        pieces[i] = (struct iovec) { journal->bytes + start, journal->ends[first + i] - start };
        messages[i] = (struct mmsghdr) { .msg_hdr = { .msg_iov = &pieces[i], .msg_iovlen = 1 } };
    }
    return sendmmsg(journal->descriptor, messages, (unsigned)count, MSG_NOSIGNAL);
}

/* The journal was restarted, and its socket is a new one under the same name. */
static bool
connect_again(struct audit_journal *journal)
{
    close(journal->descriptor);
    journal->descriptor = -1;
    return connect_journal(journal);
}

static bool
send_batch(struct audit_journal *journal, int wait_ms)
{
    int64_t deadline_ms = now_ms() + wait_ms;
    bool fresh = journal->descriptor < 0;
    if (!connect_journal(journal))
        return false;
    for (size_t sent = 0; sent < journal->count;) {
        int count = send_entries(journal, sent);
        int64_t left_ms = deadline_ms - now_ms();
        if (count > 0) {
            sent += (size_t)count;
        } else if ((errno == EAGAIN || errno == ENOBUFS) && left_ms > 0) {
            (void)poll(&(struct pollfd) { .fd = journal->descriptor, .events = POLLOUT }, 1, (int)left_ms);
        } else if ((errno == ECONNREFUSED || errno == ENOTCONN || errno == EPIPE || errno == ECONNRESET) && !fresh) {
            fresh = true;
            if (!connect_again(journal))
                return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool
audit_journal_flush(struct audit_journal *journal, int wait_ms, struct problem *problem)
{
    bool sent = journal->count == 0 || send_batch(journal, wait_ms);
    if (!sent)
        problem_set_errno(problem, "%s: the journal does not take audit records", journal->address.sun_path);
    journal->used = 0;
    journal->count = 0;
    return sent;
}
