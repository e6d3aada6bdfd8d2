/* The warnings that save people: definitions that work as asked and yet are probably not meant. One table of IDs and texts for all who
 * give them: RDEFINE, RALTER and RLIST for one profile, SETROPTS REFRESH and safd at its start for the database, the gateway and
 * passgated --check for the configuration. docs/messages.md explains each. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum warning {
    WARNING_APPLICATION_UNIX,
    WARNING_APPLICATION_BATCH,
    WARNING_PROFILE_NAME,
    WARNING_REPLAY_LEGACY,
    WARNING_NOT_REFRESHED,
    WARNING_KEY_SHARED,
    WARNING_TICKETS_OFF,
    WARNING_KEY_WEAK,
    WARNING_LABEL_EMPTY,
    WARNING_LABEL_KIND,
    WARNING_REPLAY_ENHANCED,
    WARNING_KEY_SEALED,
    WARNING_CLOCK,
    WARNING_RACF_OFF,
    WARNING_RACFGENRC_OFF,
    WARNING_COUNT,
};

enum { WARNING_TEXT_SIZE = 256 };

const char *warning_id(enum warning warning);

/* The text about `subject` (a profile, class, application) and, where it names two things, `other`; without the ID. */
void warning_text(enum warning warning, const char *subject, const char *other, char text[WARNING_TEXT_SIZE]);

/* Takes a warning: writes it to a log, to the output of a command ... */
typedef void warning_tell(void *context, enum warning warning, const char *text);

/* Application names under which a key opens more than one application: OMVSAPPL, and MVS with an SMF ID of four characters behind it.
 * False when `application` is none of them. */
bool warning_of_application(const char *application, enum warning *warning);
