/* Seconds for PassTickets. The same user, application and second always give the same ticket, and a ticket logs on once: who makes
 * several in one second has to take other seconds near the present one, and remember which.
 *
 * The memory is a file, so that it outlives the process and can be shared by processes that take turns (it is locked while a second
 * is taken), or the process's own memory. It is bounded: of each user and application the seconds around the present are known,
 * and when a part of the table has no more room the longest unused entry is forgotten. A second that was forgotten, or that
 * another host took, gives a used ticket again, which the security server refuses.
 *
 * A clock that is set back finds the seconds that were taken still taken, as far as they are remembered. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"

enum {
    PASSTICKET_SECONDS_REACH = 600, /* no second is further from now */
    PASSTICKET_SECONDS_PATH_MAX = 4096,
    PASSTICKET_SECONDS_BUCKET = 32, /* entries */
};

struct passticket_seconds;

/* Opens the file at `path`, which is made (mode 0600) when it is not there; it must belong to the caller alone. `buckets` of
 * PASSTICKET_SECONDS_BUCKET entries of 288 bytes are kept: the same number for all who share the file. A `path` of NULL keeps
 * them in memory. NULL: *problem. */
struct passticket_seconds *passticket_seconds_open(const char *path, unsigned buckets, struct problem *problem);
void passticket_seconds_close(struct passticket_seconds *seconds);

/* The file of the user who runs this program: passgate/ticket-seconds in $XDG_STATE_HOME, or in .local/state of the home
 * directory; its folder is made. False, and *problem, when there is no such place. */
MUST_CHECK bool passticket_seconds_user_path(char path[PASSTICKET_SECONDS_PATH_MAX], struct problem *problem);

/* Opens that file. When that is not possible the seconds are kept in memory, and a warning of `program` goes to standard error: other
 * processes may make the same ticket then. NULL: there is no memory. */
struct passticket_seconds *passticket_seconds_open_user(const char *program, struct problem *problem);

/* Whose ticket, and which seconds it may have. */
struct passticket_seconds_wish {
    const char *userid;      /* 1 to 8 characters, in upper case */
    const char *application; /* likewise */
    bool enhanced;           /* enhanced and legacy tickets have seconds of their own */
    int64_t now_s;           /* UTC */
    int past_s;              /* 0 to PASSTICKET_SECONDS_REACH: how far back */
    int future_s;            /* likewise: how far ahead */
};

/* How far from now a ticket may be made for, so that enough of its life is left to be used and clocks may differ: a legacy ticket
 * 9 of its 10 minutes either way; an enhanced one half of its time-out back and, when nothing is left there, a quarter ahead. */
void passticket_seconds_reach(struct passticket_seconds_wish *wish, bool enhanced, int timeout_s);

enum passticket_seconds_outcome {
    PASSTICKET_SECOND_TAKEN,
    PASSTICKET_SECOND_NONE_LEFT, /* all near ones are taken: one becomes free every second */
    PASSTICKET_SECOND_FAILED,    /* the file cannot be read or written, or is locked by a process that does not move: *problem */
};

/* Takes the free second that is nearest to now: for legacy tickets now, now-1, now+1, now-2 ...; for enhanced ones, whose servers
 * may be strict about the future, all of the past first. */
MUST_CHECK enum passticket_seconds_outcome passticket_seconds_take(struct passticket_seconds *seconds,
                                                                   const struct passticket_seconds_wish *wish, int64_t *second,
                                                                   struct problem *problem);
