/* Evaluation of a credential as a PassTicket: against the at most two PTKTDATA profiles that count for an application, group and
 * user, as legacy and as enhanced ticket, whatever keys they hold. Whether the ticket was used before is not asked here. */
#pragma once
#include "security/racf/racf.h"
#include "security/saf_result.h"

enum { EVALUATION_LEGACY_WINDOW_S = 600 }; /* either way; the last second belongs to it */

struct evaluation_names {
    char application[RACF_NAME_MAX + 1]; /* all three in upper case */
    char group[RACF_NAME_MAX + 1];
    char userid[RACF_NAME_MAX + 1];
};

struct evaluation {
    enum saf_explanation explanation;       /* SAF_EXPLAIN_NONE: a ticket inside its window */
    char profile[RACF_KEY_PROFILE_MAX + 1]; /* whose key made the ticket, or that was tried last */
    char kind;                              /* 'L' legacy, 'U' upper, 'M' mixed; 0 when no key of the profiles made it */
    int64_t ticket_time_s;                  /* UTC; with kind */
    int32_t offset_s;                       /* ticket time minus now; with kind */
    bool replay_allowed;                    /* the profile lets it be used more than once */
};

/* The work depends on the credential and the application's profiles, not on whether the user exists. A credential is tried as it
 * is, and when that fails and passwords are folded (`folds`) also in upper case, but not as a MIXED ticket: folding would make
 * many of them one. */
void evaluation_run(const struct racf *racf, const struct evaluation_names *names, const char *credential, bool folds, int64_t now_s,
                    struct evaluation *evaluation);

/* Decodes with one key of a profile: its legacy key as kind 'L', its enhanced key as 'U' or 'M', whatever TYPE says. False when
 * there is no such key or the ticket is not well-formed for it. *offset_s is the ticket's time minus now: any, for a wrong key. */
MUST_CHECK bool evaluation_decode(const struct racf_ptktdata *profile, char kind, const char *userid, const char *application,
                                  const char *ticket, int64_t now_s, int64_t *offset_s);

/* The time of a ticket, offset_s from now, lies in its window: 600 s either way for legacy tickets, TIMEOUT for enhanced ones, whose
 * future may be limited. The first and the last second belong to it. */
bool evaluation_in_window(const struct racf_ptktdata *profile, char kind, int64_t offset_s);

/* 8 characters that tickets of some kind consist of: it may be one. Anything else can only be a password. */
bool evaluation_is_ticket_shaped(const char *credential);

/* Copies a ticket with its lower-case letters folded; false, and nothing to try, when it has none or is not ticket-shaped. */
bool evaluation_fold(const char *credential, char folded[PASSTICKET_SIZE + 1]);
