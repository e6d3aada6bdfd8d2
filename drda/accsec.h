/* ACCSEC and ACCSECRD, access security: agree on a security mechanism before SECCHK.
 * Sources: DDM terms ACCSEC, ACCSECRD, SECMEC. */
#pragma once

#include "drda/reply.h"

enum secmec {
    SECMEC_USRIDPWD = 3, /* user ID and password in clear: the one mechanism served */
    SECMEC_USRIDONL = 4,
    SECMEC_USRSSBPWD = 8,
    SECMEC_EUSRIDPWD = 9,
};

struct drda_accsec {
    uint16_t secmec;           /* the first, when several are listed */
    struct wire_reader rdbnam; /* at == NULL when absent */
    struct wire_reader sectkn;
};

/* Faults: those of ddm_parameters_read; SECMEC is required. */
MUST_CHECK bool drda_accsec_decode(struct wire_reader parameters, struct drda_accsec *accsec, struct drda_fault *fault);
/* `rdbnam` may be NULL. */
void drda_accsec_encode(struct wire_writer *writer, uint16_t secmec, const char *rdbnam, enum ccsid ccsid);

enum { DRDA_SECMECS_MAX = 16 };

struct drda_accsecrd {
    size_t secmec_count;
    uint16_t secmec[DRDA_SECMECS_MAX]; /* agreed: one, the one asked for; refused: those the server has */
    bool has_secchkcd;
    uint8_t secchkcd; /* present when the server refused */
    struct wire_reader sectkn;
};

MUST_CHECK bool drda_accsecrd_decode(struct wire_reader parameters, struct drda_accsecrd *accsecrd, struct drda_fault *fault);
/* secchkcd 0: agreed, and SECCHKCD is left out. Clients break on more than one SECMEC beside a SECCHKCD, so there is only one. */
void drda_accsecrd_encode(struct wire_writer *writer, uint16_t secmec, uint8_t secchkcd);
