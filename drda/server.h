/* The application server's side of a DRDA conversation, without any I/O: bytes in, bytes out, and at most one request to its
 * owner at a time (verify these credentials, open this RDB, run this SQL command).
 * The order of commands is a table, steps[STATE][COMMAND]; see docs/protocol-states.md, which is generated from it. */
#pragma once

#include "common/wire.h"
#include "drda/accsec.h"
#include "drda/dss.h"
#include "drda/eusridpwd.h"
#include "drda/sql/execute.h"
#include "drda/stream.h"

enum { DRDA_USERID_MAX = 255, DRDA_PASSWORD_MAX = 255, DRDA_RDBNAM_MAX = 255, DRDA_SQLAM_LEVEL = 7, DRDA_MECHANISMS_MAX = 4 };

/* What a server says of itself, and what it allows; shared by all conversations of a kind, immutable. */
struct drda_server_settings {
    const char *external_name; /* EXTNAM of EXCSATRD */
    const char *server_name;   /* SRVNAM */
    const char *class_name;    /* SRVCLSNM: what clients show as the product name */
    const char *release_level; /* SRVRLSLV: what clients show as its version */
    const char *product_id;    /* PRDID of ACCRDBRM, 8 characters, digits from the fourth on */
    /* enum secmec, those served, then 0; a refusal names the first. With SECMEC_USRIDONL every user ID needs no more than to be sent. */
    uint16_t mechanisms[DRDA_MECHANISMS_MAX + 1];
    const struct drda_cryptography *cryptography; /* for SECMEC_EUSRIDPWD; else it may be NULL */
    size_t unauthenticated_bytes_max;             /* bytes of one command before SECCHK succeeded */
    size_t command_bytes_max;                     /* bytes of one command with its objects */
};

enum drda_event {
    DRDA_NEEDS_INPUT,     /* everything whole has been answered; feed more */
    DRDA_WANTS_VERIFY,    /* drda_server_credentials, then drda_server_verified */
    DRDA_WANTS_RDB,       /* drda_server_rdbnam, then drda_server_rdb_opened */
    DRDA_WANTS_INTERRUPT, /* drda_server_interrupt_token, then drda_server_interrupted */
    DRDA_WANTS_SQL,       /* drda_server_run_sql, on a thread that may block */
    DRDA_WANTS_STREAM,    /* drda_server_set_stream: a command with large objects begins */
    DRDA_MUST_CLOSE,      /* send the output, then close the connection */
};

/* SECCHKCD, DDM term SECCHKCD; only the values this server uses. */
enum drda_secchkcd {
    DRDA_SECCHKCD_OK = 0x00,
    DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED = 0x01,
    DRDA_SECCHKCD_LOCAL_RETRYABLE = 0x09,
    DRDA_SECCHKCD_LOCAL_FAILURE = 0x0A,
    DRDA_SECCHKCD_SECTKN_INVALID = 0x0B,
    DRDA_SECCHKCD_PASSWORD_EXPIRED = 0x0E,
    DRDA_SECCHKCD_PASSWORD_INVALID = 0x0F,
    DRDA_SECCHKCD_PASSWORD_MISSING = 0x10,
    DRDA_SECCHKCD_USERID_MISSING = 0x12,
    DRDA_SECCHKCD_USERID_INVALID = 0x13,
    DRDA_SECCHKCD_USERID_REVOKED = 0x14,
};

enum drda_rdb_outcome { DRDA_RDB_OPENED, DRDA_RDB_NOT_FOUND, DRDA_RDB_NOT_AUTHORIZED, DRDA_RDB_FAILED };

/* What SECCHK carried, as text of the invariant characters. Wipe it (drda_credentials_clear) as soon as it has been used. */
struct drda_credentials {
    uint16_t secmec;
    char userid[DRDA_USERID_MAX + 1];     /* trailing blanks removed, case as sent */
    char password[DRDA_PASSWORD_MAX + 1]; /* exactly as sent; empty with SECMEC_USRIDONL */
};

void drda_credentials_clear(struct drda_credentials *credentials);

enum drda_state {
    DRDA_STATE_START,        /* nothing but EXCSAT may come */
    DRDA_STATE_EXCHANGED,    /* EXCSAT answered: ACCSEC */
    DRDA_STATE_REFUSED,      /* ACCSEC answered with a mechanism to try instead: ACCSEC, or all anew */
    DRDA_STATE_SECURITY,     /* ACCSEC answered: SECCHK */
    DRDA_STATE_VERIFYING,    /* the owner is asked for a verdict */
    DRDA_STATE_VERIFIED,     /* SECCHK succeeded: ACCRDB */
    DRDA_STATE_OPENING,      /* the owner opens the RDB */
    DRDA_STATE_ACCESSED,     /* ACCRDB succeeded: SQL commands */
    DRDA_STATE_EXECUTING,    /* the owner runs an SQL command */
    DRDA_STATE_STREAMING,    /* the owner is asked where the EXTDTA of a command may go */
    DRDA_STATE_INTERRUPTING, /* the owner is asked to interrupt another connection */
    DRDA_STATE_CLOSED,
    DRDA_STATE_COUNT
};

/* One per connection; small (an idle connection is kept by the hundred thousand) and without memory of its own. Private. */
struct drda_server {
    const struct drda_server_settings *settings;
    enum drda_state state;
    uint16_t secmec;              /* agreed in ACCSEC */
    uint16_t correlation_id;      /* of the pending command */
    bool pending_chained;         /* another command follows the pending one in its chain */
    bool unicode;                 /* UNICODEMGR 1208 agreed: DDM text after ACCSECRD is UTF-8 */
    bool authenticated;           /* a SECCHK has succeeded */
    bool accessed;                /* an ACCRDB has succeeded; encoding.rdbnam is final */
    bool no_updates;              /* ACCRDB said RDBALWUPD false */
    bool is_derby_client;         /* by the PRDID of ACCRDB */
    bool foreign_ccsid;           /* ACCRDB named a CCSIDDBC or CCSIDMBC that is not served: ACCRDBRM is a warning */
    struct dss_progress progress; /* with the command that is coming */
    size_t pending_offset;        /* where in the input the pending command stands */
    size_t pending_size;
    enum drda_state before;   /* the state in which the pending command came */
    size_t parameters_offset; /* of a pending SECCHK or INTRDBRQS: where its parameters stand, segments joined */
    size_t parameters_size;
    struct eusridpwd_key key;   /* between ACCSEC and SECCHK of SECMEC_EUSRIDPWD, else zeros */
    struct drda_stream *stream; /* owned: the EXTDTA of the command that is coming, or being executed */
    size_t head_size;           /* of that command, while the owner is asked for the stream */
    struct sql_encoding encoding;
};

/* Bytes received and not yet taken. The owner keeps `bytes` in place while a request of the server is unanswered. */
struct drda_input {
    uint8_t *bytes;
    size_t size;
    size_t taken;  /* set by the server: bytes it is done with */
    size_t needed; /* set with DRDA_NEEDS_INPUT: how many untaken bytes must be there before the next step can do anything;
                      0 or 1 when any will do */
};

void drda_server_init(struct drda_server *server, const struct drda_server_settings *settings);

/* Goes on until it needs something. Replies are appended to `output`. With DRDA_MUST_CLOSE the rest of the input is taken and wiped.
 * Output that fails (no memory) ends the conversation. */
MUST_CHECK enum drda_event drda_server_step(struct drda_server *server, struct drda_input *input, struct wire_writer *output);

/* After DRDA_WANTS_VERIFY: the credentials of the pending SECCHK; its bytes in the input are wiped. */
void drda_server_credentials(struct drda_server *server, struct drda_input *input, struct drda_credentials *credentials);
void drda_server_verified(struct drda_server *server, enum drda_secchkcd secchkcd, struct wire_writer *output);

/* After DRDA_WANTS_RDB: the RDB name without blanks and URL attributes; lives as long as the server. */
const char *drda_server_rdbnam(const struct drda_server *server);
/* Whether it was said there that the requester changes nothing: what would, is to be refused. */
bool drda_server_prohibits_updates(const struct drda_server *server);
/* Whether the requester reads a token by which another connection may interrupt this one. Derby's clients end the connection over it. */
bool drda_server_takes_interrupt_token(const struct drda_server *server);
/* `rdbinttkn`: that token, or an empty one. */
void drda_server_rdb_opened(struct drda_server *server, enum drda_rdb_outcome outcome, struct drda_token rdbinttkn,
                            struct wire_writer *output);

/* After DRDA_WANTS_INTERRUPT: the token of the connection to interrupt, in the input. drda_server_rdbnam is the RDB, or "" where none has
 * been named so far. */
struct wire_reader drda_server_interrupt_token(const struct drda_server *server, const struct drda_input *input);
/* `known`: the token was that of a connection, on which whatever ran is being interrupted. */
void drda_server_interrupted(struct drda_server *server, bool known, struct wire_writer *output);

/* After DRDA_WANTS_SQL: executes the pending command against `target`. May block. */
void drda_server_run_sql(struct drda_server *server, struct drda_input *input, struct sql_target *target, struct wire_writer *output);

/* After DRDA_WANTS_STREAM: takes the stream over, and what has come goes through it with the next step. NULL when there is none to be had:
 * the conversation ends (RSCLMTRM). */
void drda_server_set_stream(struct drda_server *server, struct drda_input *input, struct drda_stream *stream, struct wire_writer *output);

/* Frees what belongs to a command that will not be executed any more: due before the memory of the server is given up. */
void drda_server_clear(struct drda_server *server);

/* True from the successful SECCHK on; no user data was exchanged before. */
bool drda_server_is_authenticated(const struct drda_server *server);

/* The owner cannot go on (shutdown, lost target): appends an AGNPRMRM for the pending or next command; then close. */
void drda_server_abandon(struct drda_server *server, struct wire_writer *output);
