/* The lines of an audit file, to its end or beyond: a file that is followed is waited for, through rotation. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/attributes.h"
#include "common/problem.h"

enum audit_read {
    AUDIT_LINE,
    AUDIT_TORN,     /* the last line of the file, without a line end */
    AUDIT_TOO_LONG, /* a line of more than AUDIT_LINE_MAX bytes, passed over */
    AUDIT_END,      /* nothing more; for a file that is followed: at present */
    AUDIT_FAILED,
};

enum { AUDIT_LINE_MAX = 1 << 20 };

struct audit_file {
    const char *path; /* borrowed; NULL: standard input */
    int descriptor;
    int changes;        /* inotify on the file's folder; -1: the file is not followed */
    bool rotated;       /* another file has the name now; this one may hold a last record */
    bool passing_over;  /* within a line that is too long */
    off_t position;     /* in the file, behind what is in `bytes` */
    unsigned long line; /* number of the line given out last */
    size_t start;       /* of what was not given out yet */
    size_t searched;    /* there is no line end before this */
    size_t used;
    char bytes[AUDIT_LINE_MAX];
};

/* Opens `path`; "-" is standard input, which cannot be followed. With `from_end` lines that are there already are left out.
 * False: *problem. */
MUST_CHECK bool audit_file_open(struct audit_file *file, const char *path, bool follow, bool from_end, struct problem *problem);
void audit_file_close(struct audit_file *file);

/* The next line, without its line end, borrowed until the next call; filled for AUDIT_LINE and AUDIT_TORN. A file that is followed
 * has no torn line, only one that is not yet complete. *problem is for AUDIT_FAILED. */
MUST_CHECK enum audit_read audit_file_next(struct audit_file *file, const char **line, size_t *size, struct problem *problem);

/* After AUDIT_END of a file that is followed: returns when there may be more. When the file was rotated away, it goes on with the
 * one that has its name as soon as that holds a record: then safd, who opened it, writes no more to the old one. */
MUST_CHECK bool audit_file_wait(struct audit_file *file, struct problem *problem);
