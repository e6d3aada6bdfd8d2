/* ACCSEC and ACCSECRD, access security: agree on a security mechanism before SECCHK.
 * Sources: DDM terms ACCSEC, ACCSECRD, SECMEC. */
#pragma once

#include "drda/reply.h"

enum secmec {
    SECMEC_USRIDPWD = 3, /* user ID and password in clear */
    SECMEC_USRIDONL = 4, /* user ID alone */
    SECMEC_USRSSBPWD = 8,
    SECMEC_EUSRIDPWD = 9, /* user ID and password encrypted: drda/eusridpwd.h */
};

/* Bytes without a length of their own; absent when empty. */
struct drda_token {
    const uint8_t *bytes;
    size_t size;
};

struct drda_accsec {
    struct wire_reader secmec; /* one or more of 2 bytes, in the order of the requester's liking */
    struct wire_reader rdbnam; /* at == NULL when absent */
    struct wire_reader sectkn;
};

/* Faults: those of ddm_parameters_read; SECMEC is required. */
MUST_CHECK bool drda_accsec_decode(struct wire_reader parameters, struct drda_accsec *accsec, struct drda_fault *fault);
/* `rdbnam` may be NULL. */
void drda_accsec_encode(struct wire_writer *writer, uint16_t secmec, const char *rdbnam, struct drda_token sectkn, enum ccsid ccsid);

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
void drda_accsecrd_encode(struct wire_writer *writer, uint16_t secmec, struct drda_token sectkn, uint8_t secchkcd);
