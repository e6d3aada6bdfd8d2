/* The outcome of a security decision: SAF return code, RACF return code and reason code, as RACROUTE gives them, and an
 * explanation for the operator that never reaches a client. Codes: RACROUTE REQUEST=VERIFY, hexadecimal in IBM's tables. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum saf_return_code { SAF_OK = 0, SAF_NO_DECISION = 4, SAF_REFUSED = 8 };

/* RACF return codes of REQUEST=VERIFY with SAF_REFUSED. */
enum racf_verify_code {
    RACF_VERIFY_OK = 0x00,
    RACF_VERIFY_USER_NOT_DEFINED = 0x04,
    RACF_VERIFY_PASSWORD_INVALID = 0x08,
    RACF_VERIFY_PASSWORD_EXPIRED = 0x0C,
    RACF_VERIFY_NEW_PASSWORD_INVALID = 0x10,
    RACF_VERIFY_NOT_IN_GROUP = 0x14,
    RACF_VERIFY_USER_REVOKED = 0x1C,
    RACF_VERIFY_NOT_ACTIVE = 0x20,
    RACF_VERIFY_GROUP_REVOKED = 0x24,
    RACF_VERIFY_APPL_REFUSED = 0x34,
};

/* RACF return codes of R_ticketserv with SAF_REFUSED. */
enum saf_ticket_code { SAF_TICKET_REFUSED = 8, SAF_TICKET_FAILED = 16 };

/* Reason codes of R_ticketserv, as IBM's tables have them: decimal. */
enum saf_ticket_reason {
    SAF_TICKET_PARAMETER_LIST = 4,  /* 8/8: no user ID, application or PassTicket */
    SAF_TICKET_INTERNAL = 8,        /* 8/8 */
    SAF_TICKET_NOT_AUTHORIZED = 16, /* 8/8: IRRPTAUTH */
    SAF_TICKET_NOT_GENERATED = 28,  /* 8/16 */
    SAF_TICKET_NOT_VALID = 32,      /* 8/16: or its validity could not be established */
};

/* Why, in the operator's terms. Stable numbers: they stand in audit records. */
enum saf_explanation {
    SAF_EXPLAIN_NONE = 0,
    SAF_EXPLAIN_USERID_MISSING = 1,
    SAF_EXPLAIN_CREDENTIAL_MISSING = 2,
    SAF_EXPLAIN_USER_NOT_DEFINED = 3,
    SAF_EXPLAIN_USER_REVOKED = 4,
    SAF_EXPLAIN_USER_PROTECTED = 5,
    SAF_EXPLAIN_GROUP = 6,
    SAF_EXPLAIN_TICKET_LENGTH = 7,          /* not 8 characters */
    SAF_EXPLAIN_TICKET_NOT_WELL_FORMED = 8, /* no key can have made it */
    SAF_EXPLAIN_TICKET_OUT_OF_WINDOW = 9,
    SAF_EXPLAIN_TICKET_OTHER_KEY = 10, /* well-formed; wrong key, user or application */
    SAF_EXPLAIN_TICKET_OTHER_APPLICATION = 11,
    SAF_EXPLAIN_TICKET_OTHER_KIND = 12,
    SAF_EXPLAIN_TICKET_FOLDED = 13,
    SAF_EXPLAIN_TICKET_REPLAYED = 14,
    SAF_EXPLAIN_NO_PROFILE = 15,
    SAF_EXPLAIN_CLASS_INACTIVE = 16,
    SAF_EXPLAIN_NOT_REFRESHED = 17,
    SAF_EXPLAIN_PASSWORD = 18,
    SAF_EXPLAIN_PASSWORD_EXPIRED = 19,
    SAF_EXPLAIN_APPL_REFUSED = 20,
    SAF_EXPLAIN_REPLAY_STORE = 21, /* the claim could not be made durable */
    SAF_EXPLAIN_AUDIT = 22,
    SAF_EXPLAIN_THROTTLED = 23,
    SAF_EXPLAIN_KEY_UNAVAILABLE = 24,
    SAF_EXPLAIN_SERVER_UNAVAILABLE = 25, /* safd cannot be reached, or did not answer in time */
    SAF_EXPLAIN_INTERNAL = 26,
    SAF_EXPLAIN_CLOCK_SET_BACK = 27, /* older than the oldest use still on record */
    SAF_EXPLAIN_BUSY = 28,           /* more logins under way than can be decided in time */
    SAF_EXPLAIN_CALLER_UNKNOWN = 29, /* no user, or a revoked one, has the caller's uid */
    SAF_EXPLAIN_NOT_PERMITTED = 30,  /* by profile IRRPTAUTH.application.userid */
    SAF_EXPLAIN_NAME = 31,           /* no user ID or application name */
    SAF_EXPLAIN_NO_SECOND = 32,      /* a ticket was made for each second near now */
    SAF_EXPLAIN_SECONDS = 33,        /* the memory of the seconds fails */
};

struct saf_result {
    uint8_t saf;  /* enum saf_return_code */
    uint8_t racf; /* enum racf_verify_code for VERIFY */
    uint16_t reason;
    enum saf_explanation explanation;
    bool retryable;          /* the same request may succeed later (replay store unreachable) */
    int32_t ticket_offset_s; /* ticket time minus now; 0 unless a ticket was decoded with a right key */
};

/* One sentence fragment for an explanation, such as "the ticket was used before". */
const char *saf_explanation_text(enum saf_explanation explanation);
