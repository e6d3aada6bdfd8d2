#include "security/audit_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "security/audit_journal.h"

enum {
    FIRST_BATCH_BYTES = 64 * 1024,
    JOURNAL_WAIT_MS = 1000, /* for a journal that is busy; one that has failed already is not waited for */
};

/* Pure ASCII, so that no reader's character set and no terminal is put to a test. */
static const size_t dump_flags = JSON_COMPACT | JSON_ENSURE_ASCII;

struct audit {
    char *path;     /* NULL: no file */
    int descriptor; /* -1: no file */
    struct audit_journal *journal;
    bool go_on;
    bool failing;
    char *batch; /* whole lines */
    size_t used;
    size_t size;
    bool record_lost; /* no memory for one of the batch */
    bool torn_line;   /* the file ends within a line, which could not be taken back */
};

static int
open_file(const char *path, struct problem *problem)
{
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (descriptor < 0)
        problem_set_errno(problem, "%s: cannot open or make the audit file", path);
    return descriptor;
}

static bool
open_sinks(struct audit *audit, const struct audit_settings *settings, struct problem *problem)
{
    if (audit->batch == NULL || (settings->file != NULL && audit->path == NULL)) {
        problem_set(problem, "no memory for audit records");
        return false;
    }
    if (audit->path != NULL && (audit->descriptor = open_file(audit->path, problem)) < 0)
        return false;
    if (settings->journal != NULL)
        audit->journal = audit_journal_open(settings->journal, problem);
    return settings->journal == NULL || audit->journal != NULL;
}

struct audit *
audit_open(const struct audit_settings *settings, struct problem *problem)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL) {
        problem_set(problem, "no memory for audit records");
        return NULL;
    }
    *audit = (struct audit) {
        .path = settings->file != NULL ? strdup(settings->file) : NULL,
        .descriptor = -1,
        .go_on = settings->go_on,
        .batch = malloc(FIRST_BATCH_BYTES),
        .size = FIRST_BATCH_BYTES,
    };
    if (open_sinks(audit, settings, problem))
        return audit;
    audit_close(audit);
    return NULL;
}

void
audit_close(struct audit *audit)
{
    if (audit == NULL)
        return;
    if (audit->descriptor >= 0)
        close(audit->descriptor);
    audit_journal_close(audit->journal);
    free(audit->batch);
    free(audit->path);
    free(audit);
}

bool
audit_reopen(struct audit *audit, struct problem *problem)
{
    int descriptor = audit->path != NULL ? open_file(audit->path, problem) : -1;
    if (audit->path == NULL || descriptor < 0)
        return audit->path == NULL;
    close(audit->descriptor);
    audit->descriptor = descriptor;
    audit->torn_line = false;
    return true;
}

static bool
reserve(struct audit *audit, size_t more)
{
    size_t size = audit->size;
    while (size - audit->used < more)
        size *= 2;
    char *larger = size == audit->size ? audit->batch : realloc(audit->batch, size);
    if (larger == NULL)
        return false;
    audit->batch = larger;
    audit->size = size;
    return true;
}

/* The record as one line behind the others; false without memory. */
static bool
append_line(struct audit *audit, const json_t *record)
{
    size_t room = audit->size - audit->used;
    size_t length = record != NULL ? json_dumpb(record, audit->batch + audit->used, room, dump_flags) : 0;
    if (length >= room && reserve(audit, length + 1))
        length = json_dumpb(record, audit->batch + audit->used, audit->size - audit->used, dump_flags);
    if (length == 0 || length >= audit->size - audit->used)
        return false;
    const char *line = audit->batch + audit->used;
    if (audit->journal != NULL && !audit_journal_append(audit->journal, record, line, length))
        return false;
    audit->batch[audit->used + length] = '\n';
    audit->used += length + 1;
    return true;
}

void
audit_append(struct audit *audit, json_t *record)
{
    if (!append_line(audit, record))
        audit->record_lost = true;
    json_decref(record);
}

/* A line that was written in part is taken back, so that the next one starts on a line of its own. */
static void
take_back(struct audit *audit, off_t size_before)
{
    if (size_before < 0 || ftruncate(audit->descriptor, size_before) != 0)
        audit->torn_line = true;
}

static bool
write_lines(struct audit *audit)
{
    struct stat file;
    off_t size_before = fstat(audit->descriptor, &file) == 0 && S_ISREG(file.st_mode) ? file.st_size : -1;
    for (size_t written = 0; written < audit->used;) {
        ssize_t count = write(audit->descriptor, audit->batch + written, audit->used - written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            int error = errno;
            if (written > 0)
                take_back(audit, size_before);
            errno = error;
            return false;
        }
        written += (size_t)count;
    }
    return true;
}

static bool
end_torn_line(struct audit *audit)
{
    if (audit->torn_line)
        audit->torn_line = write(audit->descriptor, "\n", 1) != 1;
    return !audit->torn_line;
}

static bool
write_file(struct audit *audit, struct problem *problem)
{
    if (audit->descriptor < 0 || audit->used == 0 || (end_torn_line(audit) && write_lines(audit)))
        return true;
    problem_set_errno(problem, "%s: cannot be written", audit->path);
    return false;
}

/* The journal comes first: the file can take a batch back, the journal cannot. */
static bool
write_batch(struct audit *audit, struct problem *problem)
{
    if (audit->journal != NULL && !audit_journal_flush(audit->journal, audit->failing ? 0 : JOURNAL_WAIT_MS, problem))
        return false;
    if (!write_file(audit, problem))
        return false;
    if (audit->record_lost)
        problem_set(problem, "no memory for audit records");
    return !audit->record_lost;
}

/* One message when it begins to fail, one when it works again. */
static void
note_health(struct audit *audit, bool written, const struct problem *problem)
{
    if (written != audit->failing)
        return;
    audit->failing = !written;
    if (written)
        log_message("SAFD0023I", "AUDIT RECORDS ARE WRITTEN AGAIN");
    else if (audit->go_on)
        log_message("SAFD0026W", "AUDIT RECORDS ARE LOST, and logins go on because of [racf] audit_failure = continue: %s", problem->text);
    else
        log_message("SAFD0022E", "LOGINS AND TICKETS ARE REFUSED: their audit records cannot be written: %s", problem->text);
}

bool
audit_flush(struct audit *audit)
{
    struct problem problem = { "" };
    bool anything = audit->used > 0 || audit->record_lost;
    bool written = write_batch(audit, &problem);
    if (anything)
        note_health(audit, written, &problem);
    audit->used = 0;
    audit->record_lost = false;
    return written || audit->go_on;
}
