/* Reply messages of DDM that refuse or end something: one table says for each which SVRCOD and which parameters it has.
 * A fault is the value that decoders and the server machine hand around until it is written as such a message; a reply is what a
 * requester reads. SECCHKRM is in secchk.h, ACCRDBRM in accrdb.h. Sources: DDM terms SYNTAXRM, PRCCNVRM, ...; SVRCOD. */
#pragma once

#include "drda/ccsid.h"
#include "drda/codepoint.h"
#include "drda/ddm.h"

enum svrcod {
    SVRCOD_INFO = 0,
    SVRCOD_WARNING = 4,
    SVRCOD_ERROR = 8,
    SVRCOD_SEVERE = 16,
    SVRCOD_ACCDMG = 32,
    SVRCOD_PRMDMG = 64,
    SVRCOD_SESDMG = 128
};

/* SYNERRCD of damaged or incomplete objects; those of DSSs are enum dss_fault, those of DDM lengths enum ddm_fault. */
enum synerrcd {
    SYNERRCD_LENGTH_MISMATCH = 0x08,
    SYNERRCD_OBJECT_TOO_BIG = 0x09,
    SYNERRCD_OBJECT_TOO_SMALL = 0x0A,
    SYNERRCD_LENGTH_NOT_ALLOWED = 0x0B,
    SYNERRCD_REQUIRED_OBJECT_MISSING = 0x0E,
    SYNERRCD_TOO_MANY_OBJECTS = 0x0F,
    SYNERRCD_DUPLICATE_OBJECT = 0x12,
    SYNERRCD_REQUIRED_VALUE_MISSING = 0x14,
    SYNERRCD_RESERVED_VALUE = 0x15,
    SYNERRCD_CODEPOINT_NOT_ALLOWED = 0x1D,
};

enum prccnvcd {
    PRCCNVCD_REPLY_FROM_REQUESTER = 0x01,
    PRCCNVCD_OBJECT_NOT_ALLOWED = 0x03,
    PRCCNVCD_CORRELATION_NOT_ASCENDING = 0x04,
    PRCCNVCD_OBJECT_CORRELATION = 0x05,
    PRCCNVCD_EXCSAT_NOT_FIRST = 0x06,
    PRCCNVCD_WRONG_STATE = 0x11,
    PRCCNVCD_RDBNAM_MISMATCH = 0x12,
};

enum { DEPERRCD_MANAGER_MISSING = 0x01 };

struct drda_fault {
    uint16_t reply;  /* code point of the message: CP_SYNTAXRM ...; 0 when nothing is wrong */
    uint8_t code;    /* SYNERRCD of SYNTAXRM, PRCCNVCD of PRCCNVRM, DEPERRCD of MGRDEPRM */
    uint16_t codpnt; /* CODPNT of SYNTAXRM, CMDNSPRM, PRMNSPRM, VALNSPRM, OBJNSPRM; the manager of MGRLVLRM */
    uint16_t level;  /* of MGRLVLRM */
};

struct drda_fault drda_fault_syntax(uint8_t synerrcd, uint16_t codpnt);
struct drda_fault drda_fault_conversation(uint8_t prccnvcd);
/* For all messages without SYNERRCD and PRCCNVCD; codpnt 0 where the message has none. */
struct drda_fault drda_fault_reply(uint16_t reply, uint16_t codpnt);

/* Severity of the message, for who must decide whether the conversation goes on; 0 for code points outside the table. */
uint16_t drda_fault_svrcod(const struct drda_fault *fault);

/* Writes the message for a fault: SYNTAXRM, PRCCNVRM, CMDNSPRM, PRMNSPRM, VALNSPRM, OBJNSPRM, MGRLVLRM, MGRDEPRM, RDBNFNRM, INTTKNRM,
 * RDBNACRM, RDBACCRM, RDBATHRM, RDBAFLRM, AGNPRMRM, CMDCHKRM, RSCLMTRM. `rdbnam` (UTF-8; "" when not known, then it is left out) goes where
 * a message has one.
 */
void drda_fault_encode(struct wire_writer *writer, const struct drda_fault *fault, const char *rdbnam, enum ccsid ccsid);

/* Any reply message as a requester reads it; parameters that were not there are 0, and their readers have at == NULL. */
struct drda_reply {
    uint16_t codepoint; /* of the message */
    uint16_t svrcod;
    uint8_t synerrcd;
    uint8_t prccnvcd;
    uint8_t secchkcd;
    uint8_t uowdsp;
    bool has_secchkcd;
    uint16_t codpnt;
    struct wire_reader rdbnam; /* in the encoding of the conversation */
    struct wire_reader mgrlvlls;
    struct wire_reader srvdgn; /* diagnostics of the server; for display only */
};

/* True for code points of reply messages (not of reply data objects such as EXCSATRD). */
bool drda_is_reply_message(uint16_t codepoint);

/* Decodes the parameters of any reply message; ones it does not know are skipped. False when they are damaged. */
MUST_CHECK bool drda_reply_decode(uint16_t codepoint, struct wire_reader parameters, struct drda_reply *reply);
