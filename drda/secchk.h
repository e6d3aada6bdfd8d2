/* SECCHK and SECCHKRM, security check: the user ID and password (or PassTicket), and the verdict.
 * What is decoded points into the received bytes; who decodes wipes them. Sources: DDM terms SECCHK, SECCHKRM, SECCHKCD. */
#pragma once

#include "drda/eusridpwd.h"
#include "drda/reply.h"

enum {
    DRDA_SECCHK_TEXT_MAX = 255,  /* bytes of USRID and of PASSWORD */
    DRDA_SECCHK_TOKEN_MAX = 256, /* of the same, padded for encryption */
};

struct drda_secchk {
    uint16_t secmec;
    struct wire_reader userid; /* at == NULL when absent, as all readers here; an empty one counts as absent */
    struct wire_reader password;
    struct wire_reader rdbnam;
    struct wire_reader sectkn;        /* of EUSRIDPWD: the user ID */
    struct wire_reader second_sectkn; /* the password */
};

/* Faults: those of ddm_parameters_read; SECMEC is required; PRMNSPRM for NEWPASSWORD, because a user whose password is not changed must
 * not believe that it is. Absent USRID or PASSWORD is no fault but a verdict (SECCHKCD 12, 10). */
MUST_CHECK bool drda_secchk_decode(struct wire_reader parameters, struct drda_secchk *secchk, struct drda_fault *fault);
/* `rdbnam` may be NULL. The written bytes hold the password in clear: wipe them when they have been sent. */
void drda_secchk_encode(struct wire_writer *writer, const char *rdbnam, const char *userid, const char *password, enum ccsid ccsid);
/* The same with both encrypted, EUSRIDPWD. */
void drda_secchk_encode_encrypted(struct wire_writer *writer, const char *rdbnam, const char *userid, const char *password,
                                  enum ccsid ccsid, const struct drda_cryptography *cryptography, const struct eusridpwd_key *key);

/* Only SVRCOD and SECCHKCD: clients break on SRVDGN and SVCERRNO here. SVRCOD is 0 for SECCHKCD 0, else 8. A requester reads SECCHKRM
 * with drda_reply_decode. */
void drda_secchkrm_encode(struct wire_writer *writer, uint8_t secchkcd);
