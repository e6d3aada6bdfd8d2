/* The messages between safd and those who ask it (gateways, command-line tools), over a Unix stream socket. Pipelined: any
 * number of requests may be under way; an answer carries the ID of its request and they may come in any order.
 * Frame: length of what follows (4 bytes), request ID (4), type (1), then the fields in the order of the structs below;
 * integers big-endian, strings counted by 2 bytes (the output of a command by 4). Nothing here does I/O.
 * An encoder that has no room, or is given too much, fails its writer. A decoder takes exactly what its encoder makes: nothing may
 * be missing or left over. */
#pragma once

#include "common/wire.h"
#include "security/saf_result.h"

enum {
    SAF_FRAME_HEADER_SIZE = 9,
    SAF_FRAME_MAX = 256 * 1024, /* bytes, the length field included; a longer one ends the connection */
    SAF_USERID_MAX = 255,
    SAF_CREDENTIAL_MAX = 255,
    SAF_NAME_MAX = 8, /* application and group names */
    SAF_TICKET_SIZE = 8,
    SAF_RESOURCE_MAX = 246,
    SAF_COMMAND_MAX = 32 * 1024,
    SAF_OUTPUT_MAX = SAF_FRAME_MAX - SAF_FRAME_HEADER_SIZE - 5, /* what a command may say in one answer */
};

enum saf_message_type {
    SAF_MESSAGE_VERIFY = 1,    /* only from a gateway: the owner's user ID or one that safd was told to trust */
    SAF_MESSAGE_COMMAND = 2,   /* a RACF command */
    SAF_MESSAGE_AUTHORIZE = 3, /* may the operating-system user do this? (operator commands) */
    SAF_MESSAGE_GENERATE = 4,  /* R_ticketserv: a PassTicket */
    SAF_MESSAGE_EVALUATE = 5,  /* R_ticketserv: is this PassTicket valid? */
    SAF_MESSAGE_EXPLAIN = 6,
    SAF_MESSAGE_STATUS = 7,    /* what deserves attention? from a gateway or SPECIAL user; without fields, answered as a command is */
    SAF_MESSAGE_ACCESS = 8,    /* only from a gateway: what may this RACF user do with a resource? */
    SAF_MESSAGE_ANSWER = 0x80, /* or'ed to the type of the request */
};

/* What the user is known by. Only gateways may ask for VERIFY, so only they can say that there is no credential to evaluate. */
enum saf_evidence {
    SAF_EVIDENCE_CREDENTIAL = 0, /* the credential */
    /* The gateway has recognised the user ID and PassTicket by which this very connection was opened: the claim is made already. */
    SAF_EVIDENCE_SAME_CONNECTION = 1,
    SAF_EVIDENCE_PARTNER = 2, /* a partner that the listener trusts has done the check (SECMEC 4) */
    SAF_EVIDENCE_COUNT
};

/* RACROUTE REQUEST=VERIFY. Text is UTF-8; an empty string means that the client did not send it. */
struct saf_verify {
    char userid[SAF_USERID_MAX + 1];
    char credential[SAF_CREDENTIAL_MAX + 1]; /* password, phrase or PassTicket; empty with other evidence; wipe after use */
    char application[SAF_NAME_MAX + 1];
    char other_application[SAF_NAME_MAX + 1]; /* that clients may take for it (the HWS ID beside APPL=): only explains failures */
    char group[SAF_NAME_MAX + 1];
    char address[46]; /* of the client, text form */
    uint16_t port;
    uint64_t connection; /* the gateway's number of the connection, for the audit record */
    uint8_t mixed_case;  /* PSWDMC: 'R', 'Y' or 'N' */
    uint8_t evidence;    /* enum saf_evidence */
};

struct saf_verify_answer {
    struct saf_result result;
    char userid[SAF_NAME_MAX + 1]; /* as RACF knows it: upper case */
    char group[SAF_NAME_MAX + 1];  /* connect group in force */
    bool by_ticket;                /* accepted by a PassTicket, not by a password or without credential */
};

/* A RACF command as typed, without a line end. */
struct saf_command {
    const char *text; /* borrowed */
    size_t size;
};

struct saf_command_answer {
    uint8_t return_code; /* 0 fine, 4 warning, 8 error, 12 refused */
    const char *output;  /* lines, each ended by a newline; borrowed from the frame */
    size_t size;
};

/* RACROUTE REQUEST=AUTH for the operating-system user `uid`. */
struct saf_authorize {
    uint32_t uid;
    uint8_t access; /* 2 READ, 4 UPDATE, 8 CONTROL, 128 ALTER */
    char class_name[SAF_NAME_MAX + 1];
    char resource[SAF_RESOURCE_MAX + 1];
};

struct saf_authorize_answer {
    uint8_t saf;
    char userid[SAF_NAME_MAX + 1]; /* RACF user ID of that uid; empty when there is none */
};

/* RACROUTE REQUEST=AUTH for a user whom a VERIFY of this gateway has accepted: not "may he", but "how much". */
struct saf_access {
    char userid[SAF_NAME_MAX + 1];
    char class_name[SAF_NAME_MAX + 1];
    char resource[SAF_RESOURCE_MAX + 1];
};

struct saf_access_answer {
    uint8_t saf;    /* SAF_OK: `access` is allowed; SAF_NO_DECISION: no profile protects the resource; SAF_REFUSED: nothing is allowed */
    uint8_t access; /* 2 READ, 4 UPDATE; 0 unless SAF_OK */
};

/* What would a login come to? Asked by administrators; nothing is claimed or counted. Answered as a command is. */
struct saf_explain {
    char userid[SAF_NAME_MAX + 1];
    char application[SAF_NAME_MAX + 1];
    char group[SAF_NAME_MAX + 1];            /* empty: the user's default group */
    char credential[SAF_CREDENTIAL_MAX + 1]; /* a PassTicket, or empty: the definitions alone are looked at; wipe after use */
};

/* R_ticketserv: a PassTicket for a user ID, which RACF need not know, made for the caller if a profile IRRPTAUTH lets it. */
struct saf_generate {
    char userid[SAF_NAME_MAX + 1];
    char application[SAF_NAME_MAX + 1];
};

/* The same, judged: it counts as used from then on; nothing else is changed by it. */
struct saf_evaluate {
    char userid[SAF_NAME_MAX + 1];
    char application[SAF_NAME_MAX + 1];
    char ticket[SAF_CREDENTIAL_MAX + 1]; /* wipe after use */
};

/* The answer to both. */
struct saf_ticket_answer {
    struct saf_result result;         /* with enum saf_ticket_code and enum saf_ticket_reason */
    char ticket[SAF_TICKET_SIZE + 1]; /* generated; else empty; wipe after use */
};

struct saf_frame {
    uint32_t id;
    uint8_t type;
    struct wire_reader body;
};

/* Takes one frame off the front of `bytes`. *size is what it occupies. 1: taken; 0: not all there yet; -1: broken, close. */
MUST_CHECK int saf_frame_next(const uint8_t *bytes, size_t available, struct saf_frame *frame, size_t *size);

void saf_verify_encode(struct wire_writer *writer, uint32_t id, const struct saf_verify *verify);
MUST_CHECK bool saf_verify_decode(struct wire_reader *body, struct saf_verify *verify);
void saf_verify_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_verify_answer *answer);
MUST_CHECK bool saf_verify_answer_decode(struct wire_reader *body, struct saf_verify_answer *answer);

void saf_command_encode(struct wire_writer *writer, uint32_t id, const struct saf_command *command);
MUST_CHECK bool saf_command_decode(struct wire_reader *body, struct saf_command *command);
void saf_command_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_command_answer *answer);
MUST_CHECK bool saf_command_answer_decode(struct wire_reader *body, struct saf_command_answer *answer);

void saf_access_encode(struct wire_writer *writer, uint32_t id, const struct saf_access *access);
MUST_CHECK bool saf_access_decode(struct wire_reader *body, struct saf_access *access);
void saf_access_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_access_answer *answer);
MUST_CHECK bool saf_access_answer_decode(struct wire_reader *body, struct saf_access_answer *answer);

void saf_explain_encode(struct wire_writer *writer, uint32_t id, const struct saf_explain *explain);
MUST_CHECK bool saf_explain_decode(struct wire_reader *body, struct saf_explain *explain);
void saf_explain_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_command_answer *answer);
/* To decode the answer: saf_command_answer_decode. */

void saf_generate_encode(struct wire_writer *writer, uint32_t id, const struct saf_generate *generate);
MUST_CHECK bool saf_generate_decode(struct wire_reader *body, struct saf_generate *generate);
void saf_evaluate_encode(struct wire_writer *writer, uint32_t id, const struct saf_evaluate *evaluate);
MUST_CHECK bool saf_evaluate_decode(struct wire_reader *body, struct saf_evaluate *evaluate);
/* `type` is that of the request. */
void saf_ticket_answer_encode(struct wire_writer *writer, uint32_t id, enum saf_message_type type, const struct saf_ticket_answer *answer);
/* An answer that says "generated" has a ticket of 8 characters; any other has none. */
MUST_CHECK bool saf_ticket_answer_decode(struct wire_reader *body, enum saf_message_type type, struct saf_ticket_answer *answer);

void saf_status_encode(struct wire_writer *writer, uint32_t id);
void saf_status_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_command_answer *answer);

void saf_authorize_encode(struct wire_writer *writer, uint32_t id, const struct saf_authorize *authorize);
MUST_CHECK bool saf_authorize_decode(struct wire_reader *body, struct saf_authorize *authorize);
void saf_authorize_answer_encode(struct wire_writer *writer, uint32_t id, const struct saf_authorize_answer *answer);
MUST_CHECK bool saf_authorize_answer_decode(struct wire_reader *body, struct saf_authorize_answer *answer);
