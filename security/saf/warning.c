#include "security/saf/warning.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *id;
    const char *text; /* %1 stands for the subject, %2 for the other */
} warnings[WARNING_COUNT] = {
    [WARNING_APPLICATION_UNIX] = { "PGR050W", "%1 IS SHARED BY ALL z/OS UNIX APPLICATIONS; A KEY FOR IT OPENS THEM ALL" },
    [WARNING_APPLICATION_BATCH] = { "PGR051W", "%1 LOOKS LIKE THE NAME OF ALL BATCH JOBS OF A SYSTEM (MVS + SMF ID); A KEY FOR IT OPENS "
                                               "THEM ALL" },
    [WARNING_PROFILE_NAME] = { "PGR052W", "%1 IS NOT application[.group][.userid]: ITS KEY WILL NOT BE USED" },
    [WARNING_REPLAY_LEGACY] = { "PGR056W", "%1: APPLDATA SWITCHES REPLAY PROTECTION OFF; A PASSTICKET CAN BE USED AGAIN FOR 10 MINUTES" },
    [WARNING_NOT_REFRESHED] = { "PGR057W", "CLASS %1 HAS CHANGES THAT ARE NOT IN FORCE; ENTER SETROPTS RACLIST(%1) REFRESH" },
    [WARNING_KEY_SHARED] = { "PGR058W", "%1 HAS THE SAME KEY AS %2: WHO MAY MAKE TICKETS FOR ONE CAN MAKE THEM FOR THE OTHER" },
    [WARNING_TICKETS_OFF] = { "PGR059W", "NO PASSTICKET WORKS: ENTER SETROPTS CLASSACT(%1) RACLIST(%1)" },
    [WARNING_KEY_WEAK] = { "PGR063W", "%1: THE KEY IS A WEAK OR SEMI-WEAK DES KEY; TAKE A RANDOM ONE" },
    [WARNING_LABEL_EMPTY] = { "PGR067W",
                              "%1: THERE IS NO KEY UNDER %2; ENTER passgate key generate OR import, THEN SETROPTS RACLIST(PTKTDATA) "
                              "REFRESH" },
    [WARNING_LABEL_KIND] = { "PGR068W",
                             "%1: THE KEY UNDER %2 IS OF THE WRONG KIND; KEYLABEL NEEDS DES (8 BYTES), EPTKEYLABEL HMAC (32 TO 256)" },
    [WARNING_REPLAY_ENHANCED] = { "PGR069W", "%1: REPLAY(YES) LETS AN ENHANCED PASSTICKET BE USED AGAIN DURING ITS TIMEOUT" },
    [WARNING_KEY_SEALED] = { "PGR204W", "%1: THE KEY CANNOT BE OPENED: IT WAS SEALED UNDER ANOTHER MASTER KEY" },
    [WARNING_CLOCK] = { "PGR206W",
                        "THE CLOCK OF THIS HOST IS NOT SYNCHRONIZED; PASSTICKETS FAIL WHEN IT IS OFF: START chrony OR ANOTHER NTP CLIENT" },
    [WARNING_RACF_OFF] = { "HWSG0010W", "RACF=N: NO PASSWORD AND NO PASSTICKET IS CHECKED, everybody is let in under any user ID" },
    [WARNING_RACFGENRC_OFF] = { "HWSG0014W", "RACFGENRC=N: STRANGERS CAN FIND OUT WHICH USER IDS EXIST; code RACFGENRC=Y" },
};

const char *
warning_id(enum warning warning)
{
    return warnings[warning].id;
}

void
warning_text(enum warning warning, const char *subject, const char *other, char text[WARNING_TEXT_SIZE])
{
    size_t used = 0;
    for (const char *c = warnings[warning].text; *c != '\0'; c++) {
        bool named = c[0] == '%' && (c[1] == '1' || c[1] == '2');
        const char *piece = c[1] == '1' ? subject : other;
        int length = snprintf(text + used, WARNING_TEXT_SIZE - used, "%.*s", named ? WARNING_TEXT_SIZE : 1, named ? piece : c);
        used += length > 0 ? (size_t)length : 0;
        if (used >= WARNING_TEXT_SIZE)
            return;
        c += named;
    }
}

bool
warning_of_application(const char *application, enum warning *warning)
{
    enum { SMF_ID_SIZE = 4 };
    *warning = strcmp(application, "OMVSAPPL") == 0 ? WARNING_APPLICATION_UNIX : WARNING_APPLICATION_BATCH;
    return *warning == WARNING_APPLICATION_UNIX ||
           (strncmp(application, "MVS", 3) == 0 && strlen(application) == sizeof "MVS" - 1 + SMF_ID_SIZE);
}
