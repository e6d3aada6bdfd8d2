/* INTRDBRQS, interrupt RDB request: makes what runs on another connection fail. That one is named by the token (RDBINTTKN) which its
 * ACCRDBRM has brought. Answered with CMDCMPRM, or with INTTKNRM where no connection has that token.
 * Sources: DDM terms INTRDBRQS, RDBINTTKN, ACCRDBRM, INTTKNRM, CMDCMPRM. */
#pragma once

#include "drda/accsec.h"

enum { RDBINTTKN_SIZE_MAX = 255 };

struct drda_intrdbrqs {
    struct wire_reader rdbnam; /* at == NULL when absent */
    struct wire_reader rdbinttkn;
};

/* Faults: those of ddm_parameters_read; RDBINTTKN is required. */
MUST_CHECK bool drda_intrdbrqs_decode(struct wire_reader parameters, struct drda_intrdbrqs *intrdbrqs, struct drda_fault *fault);
void drda_intrdbrqs_encode(struct wire_writer *writer, const char *rdbnam, struct drda_token rdbinttkn, enum ccsid ccsid);

/* CMDCMPRM: the command is done, and there is nothing else to say. */
void drda_cmdcmprm_encode(struct wire_writer *writer);
