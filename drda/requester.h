/* The application requester's side of a DRDA conversation, without any I/O: commands and received bytes in, bytes to send and events
 * out. One command at a time: start it, send the output, feed what comes back, and call requester_step until it says
 * REQUESTER_COMPLETED (or REQUESTER_BLOCK_ENDED, when a query has more rows than one block).
 *
 * It speaks SQLAM 7 with SECMEC 3 (user ID and password in clear) or 9 (encrypted), asks for UTF-8 and takes EBCDIC, and understands
 * both ends of a query: the SQLCA +100 inside QRYDTA (Derby) and ENDQRYRM with SQLCARD (Db2). Its memory is its own and bounded by the
 * settings. Sources: DRDA volumes 1 and 3, DDM terms EXCSAT, ACCSEC, SECCHK, ACCRDB, INTRDBRQS, PRPSQLSTT, OPNQRY, CNTQRY, CLSQRY,
 * EXCSQLSTT, EXCSQLIMM, RDBCMM, RDBRLLBCK. */
#pragma once

#include "common/attributes.h"
#include "drda/accsec.h"
#include "drda/eusridpwd.h"
#include "drda/excsat.h"
#include "drda/sql/lob.h"
#include "drda/sql/value.h"

struct requester;

struct requester_settings {
    struct drda_identity identity;                /* EXTNAM, SRVNAM, SRVCLSNM, SRVRLSLV of EXCSAT */
    const char *product_id;                       /* PRDID, 8 characters */
    const struct drda_cryptography *cryptography; /* for encrypted logins; else it may be NULL */
    size_t reply_bytes_max;                       /* the largest reply to one command of a chain that is taken in */
};

struct requester_login {
    const char *rdbnam;
    const char *userid;
    const char *password;
    bool encrypted;       /* SECMEC 9; never falls back to clear: who asks for it is refused instead */
    bool no_updates;      /* RDBALWUPD false: a server that heeds it refuses whatever would change data */
    uint64_t correlation; /* makes CRRTKN unique for the server's operator, such as the time; 48 bits are used */
};

enum requester_event {
    REQUESTER_NEEDS_INPUT, /* send the output, if any; then receive */
    REQUESTER_COLUMNS,     /* a query has been opened: requester_columns */
    REQUESTER_ROW,         /* requester_row */
    REQUESTER_BLOCK_ENDED, /* the query goes on when it is asked to: requester_continue or requester_close */
    REQUESTER_COMPLETED,   /* the command is over: requester_diagnosis; the next one may be started */
    REQUESTER_REFUSED,     /* the login was refused: requester_refusal; close the connection */
    REQUESTER_FAILED,      /* the server broke the protocol or gave up: requester_failure; close the connection */
};

enum requester_refusal_kind {
    REQUESTER_REFUSED_SECMEC, /* the server does not take the security mechanism asked for */
    REQUESTER_REFUSED_SECCHK, /* secchkcd says why */
    REQUESTER_REFUSED_RDB,    /* reply is RDBNFNRM, RDBATHRM, RDBAFLRM ...; the diagnosis may have more */
};

struct requester_refusal {
    enum requester_refusal_kind kind;
    uint8_t secchkcd;
    uint16_t reply; /* code point of the message */
};

/* NULL without memory. The settings are kept, not copied. */
struct requester *requester_new(const struct requester_settings *settings);
/* Wipes what it held. NULL is fine. */
void requester_free(struct requester *requester);

/* Bytes to send. requester_sent says how many of them have been, and wipes them: they may hold a password. There may be more then, until
 * there is none: large objects are made into bytes as they go. */
const uint8_t *requester_output(const struct requester *requester, size_t *size);
void requester_sent(struct requester *requester, size_t size);

/* Memory for at least one byte received, and how much of it was filled. NULL when there is no memory or the server's reply is
 * larger than the settings allow: the next step fails. */
uint8_t *requester_room(struct requester *requester, size_t *size);
void requester_received(struct requester *requester, size_t size);

MUST_CHECK enum requester_event requester_step(struct requester *requester);

/* Commands. Each may be started when none is running; what is started otherwise is our own mistake. */
void requester_log_on(struct requester *requester, const struct requester_login *login);
/* By which another connection may interrupt what runs on this one; empty when the server has given none. Valid as long as the requester. */
struct drda_token requester_interrupt_token(const struct requester *requester);
/* Logs on, like requester_log_on, and interrupts the connection of that token instead of opening the RDB. `rdbinttkn` is borrowed until the
 * command is over. REQUESTER_COMPLETED: the server does it; this connection is good for nothing else then. */
void requester_interrupt(struct requester *requester, const struct requester_login *login, struct drda_token rdbinttkn);
/* PRPSQLSTT: then requester_is_query and requester_columns tell what it is. */
void requester_prepare(struct requester *requester, const char *text, size_t size);
/* EXCSQLIMM: for statements that return no rows. */
void requester_execute_immediate(struct requester *requester, const char *text, size_t size);
/* PRPSQLSTT and OPNQRY in one chain: for statements that are known to return rows. */
void requester_query(struct requester *requester, const char *text, size_t size);
/* EXCSQLSTT and OPNQRY of the statement prepared last. Parameters are borrowed during the call; large objects among them are read while the
 * command is sent, and so must live until it is over. */
void requester_execute(struct requester *requester, const struct sql_value *parameters, size_t count);
void requester_open(struct requester *requester, const struct sql_value *parameters, size_t count);
/* CNTQRY and CLSQRY, after REQUESTER_BLOCK_ENDED. */
void requester_continue(struct requester *requester);
void requester_close(struct requester *requester);
void requester_commit(struct requester *requester);
void requester_rollback(struct requester *requester);

/* Outcome of the last command; sqlcode 0 when nothing was said. */
const struct sql_diagnosis *requester_diagnosis(const struct requester *requester);

/* The statement prepared or opened last returns rows. */
bool requester_is_query(const struct requester *requester);

/* Columns of it; valid until the next command. */
const struct sql_column *requester_columns(const struct requester *requester, size_t *count);

/* After REQUESTER_ROW: a value for each column, valid until the next step. */
const struct sql_value *requester_row(const struct requester *requester);

struct requester_refusal requester_refusal(const struct requester *requester);

/* What SECCHKCD means, as a fragment of a sentence: "the password is wrong or ...". Source: DDM term SECCHKCD. */
const char *requester_secchkcd_text(uint8_t secchkcd);

/* After REQUESTER_FAILED: what happened, as a fragment of a sentence; lives as long as the requester. */
const char *requester_failure(const struct requester *requester);
