#include "security/saf_result.h"

#include <stddef.h>

const char *
saf_explanation_text(enum saf_explanation explanation)
{
    static const char *const texts[] = {
        [SAF_EXPLAIN_NONE] = "accepted",
        [SAF_EXPLAIN_USERID_MISSING] = "no user ID was sent",
        [SAF_EXPLAIN_CREDENTIAL_MISSING] = "no password or PassTicket was sent",
        [SAF_EXPLAIN_USER_NOT_DEFINED] = "the user ID is not defined to RACF",
        [SAF_EXPLAIN_USER_REVOKED] = "the user ID is revoked",
        [SAF_EXPLAIN_USER_PROTECTED] = "the user ID is PROTECTED: it has no password, so that no PassTicket logs it on either",
        [SAF_EXPLAIN_GROUP] = "the user is not connected to the group, or the connection is revoked",
        [SAF_EXPLAIN_TICKET_LENGTH] = "a PassTicket has 8 characters, this credential does not",
        [SAF_EXPLAIN_TICKET_NOT_WELL_FORMED] = "the credential is not a PassTicket of any key",
        [SAF_EXPLAIN_TICKET_OUT_OF_WINDOW] = "the PassTicket was made with the right key but its time is outside the window",
        [SAF_EXPLAIN_TICKET_OTHER_KEY] = "the PassTicket was made with another key, or for another user ID or application",
        [SAF_EXPLAIN_TICKET_OTHER_APPLICATION] = "the PassTicket is valid for another application or profile",
        [SAF_EXPLAIN_TICKET_OTHER_KIND] =
            "the PassTicket is valid as the other kind (legacy or enhanced), which the profile has no key for",
        [SAF_EXPLAIN_TICKET_FOLDED] = "the PassTicket is valid when folded to upper case",
        [SAF_EXPLAIN_TICKET_REPLAYED] = "the PassTicket was used before",
        [SAF_EXPLAIN_NO_PROFILE] = "no PTKTDATA profile with a key covers the application",
        [SAF_EXPLAIN_CLASS_INACTIVE] = "class PTKTDATA is not active or not RACLISTed",
        [SAF_EXPLAIN_NOT_REFRESHED] = "the PTKTDATA profiles were changed but not yet refreshed: SETROPTS RACLIST(PTKTDATA) REFRESH",
        [SAF_EXPLAIN_PASSWORD] =
            "the credential is not a PassTicket (8 characters, of a form that can be checked) and was not accepted as a password",
        [SAF_EXPLAIN_PASSWORD_EXPIRED] = "the password has expired",
        [SAF_EXPLAIN_APPL_REFUSED] = "the user has no READ access to the application in class APPL",
        [SAF_EXPLAIN_REPLAY_STORE] = "single use could not be recorded durably, so the PassTicket was refused",
        [SAF_EXPLAIN_AUDIT] = "the audit record could not be written",
        [SAF_EXPLAIN_THROTTLED] = "too many failed attempts for this user ID or from this address: try later",
        [SAF_EXPLAIN_KEY_UNAVAILABLE] = "the key of the PTKTDATA profile cannot be opened: wrong master key or missing key label",
        [SAF_EXPLAIN_SERVER_UNAVAILABLE] = "the security server cannot be reached or did not answer in time",
        [SAF_EXPLAIN_CLOCK_SET_BACK] = "the clock was set back, and it is no longer on record whether the PassTicket was used before",
        [SAF_EXPLAIN_BUSY] = "more logins are under way than can be decided in time: try again",
        [SAF_EXPLAIN_INTERNAL] = "an internal error",
        [SAF_EXPLAIN_CALLER_UNKNOWN] = "the caller is unknown to RACF: no user has its uid by OMVS(UID(...)), or that user is revoked",
        [SAF_EXPLAIN_NOT_PERMITTED] =
            "the caller has too little access to IRRPTAUTH.application.userid in class PTKTDATA (UPDATE to generate, READ to evaluate)",
        [SAF_EXPLAIN_NAME] = "a user ID and an application name have 1 to 8 of A-Z 0-9 # @ $",
        [SAF_EXPLAIN_NO_SECOND] = "PassTickets were made for all seconds near the present one: try again in a second, or allow replay",
        [SAF_EXPLAIN_SECONDS] = "the file that remembers which seconds PassTickets were made for cannot be used",
    };
    size_t index = (size_t)explanation;
    return index < sizeof texts / sizeof texts[0] && texts[index] != NULL ? texts[index] : "an unknown reason";
}
