/* The answer to an operator command as an OM response (imsout): control block, command echo, columns, one row of values, errors.
 * Filled by the command, written as XML by om_xml. Sizes are fixed: an answer has one row, that of this IMS Connect. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"

enum { OM_COLUMNS_MAX = 48, OM_VALUE_SIZE = 64, OM_TEXT_SIZE = 640 };

/* Return codes of OM (02......) and of a member (0C...... IMS Connect); CSL: 04 warning, 08 parameter, 0C none worked, 10 environment. */
enum om_return_code {
    OM_OK = 0x00000000,
    OM_WARNING = 0x02000004,
    OM_PARAMETER = 0x02000008,
    OM_NONE_WORKED = 0x0200000C,
    OM_ENVIRONMENT = 0x02000010,
    OM_SYSTEM = 0x02000014,
};

enum om_reason {
    OM_REASON_NONE = 0x0000,
    OM_REASON_COMPLETED_WITH_WARNINGS = 0x1014,
    OM_REASON_SYNTAX = 0x2000,  /* ours: not a command */
    OM_REASON_UNKNOWN = 0x2004, /* ours: no such command */
    OM_REASON_KEYWORD = 0x2008, /* ours: keyword or value of a known command */
    OM_REASON_MEMBER_FAILED = 0x3008,
    OM_REASON_NOT_AUTHORIZED = 0x4000, /* ours */
    OM_REASON_NO_SAFD = 0x4004,        /* ours: authority cannot be checked */
    OM_REASON_NO_MEMORY = 0x4008,      /* ours */
};

/* Completion codes of the row. */
enum om_completion {
    OM_CC_DONE = 0x00,
    OM_CC_NO_EFFECT = 0x04, /* accepted, no effect */
    OM_CC_KEYWORD = 0x08,   /* keyword not known */
    OM_CC_VALUE = 0x0C,     /* value not allowed */
    OM_CC_NO_MEMORY = 0x14,
};

struct om_column {
    const char *short_label; /* static */
    const char *long_label;  /* static */
    unsigned length;
    bool number; /* dtype INT, aligned right */
    char value[OM_VALUE_SIZE];
};

struct om_response {
    /* ctl */
    const char *om_name; /* the gateway's HWS ID */
    int64_t started_utc_us;
    int64_t stopped_utc_us;
    uint32_t return_code;
    uint32_t reason;
    char reason_text[OM_TEXT_SIZE];
    /* cmd */
    char userid[33];
    char verb[5];      /* the short form: QRY, UPD */
    char keyword[17];  /* the resource */
    const char *input; /* the text of the command, borrowed */
    size_t input_size;
    /* cmdrsphdr, cmdrspdata */
    size_t column_count; /* 0: no row */
    struct om_column columns[OM_COLUMNS_MAX];
    char completion_text[OM_TEXT_SIZE]; /* CCTXT, when the completion code is not 0 */
    /* cmdsecerr */
    bool security_error;
    uint8_t saf;
};

void om_response_fail(struct om_response *response, uint32_t return_code, uint32_t reason, const char *format, ...) PRINTF_LIKE(4, 5);

/* Adds a column with its value; more than OM_COLUMNS_MAX is our own mistake. */
void om_response_add(struct om_response *response, const char *short_label, const char *long_label, unsigned length, bool number,
                     const char *value);

/* The columns that every row has: the member's name and its completion code (with a text when it is not 0). */
void om_response_complete(struct om_response *response, const char *member, enum om_completion completion, const char *text);
