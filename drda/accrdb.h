/* ACCRDB and ACCRDBRM, access relational database: opens an RDB and tells each other how data are represented.
 * Sources: DDM terms ACCRDB, ACCRDBRM, CRRTKN. */
#pragma once

#include "drda/intrdbrqs.h"
#include "drda/typdef.h"

struct drda_accrdb {
    struct wire_reader rdbnam;
    struct wire_reader prdid;
    struct wire_reader typdefnam;
    struct wire_reader crrtkn;
    struct drda_typdefovr typdefovr;
    bool no_updates; /* RDBALWUPD false: the requester changes nothing, and must not be let */
};

/* Faults: those of ddm_parameters_read; RDBNAM, RDBACCCL, PRDID, TYPDEFNAM, TYPDEFOVR, CRRTKN are required; RDBACCCL other than SQLAM:
 * VALNSPRM; RDBALWUPD neither true nor false: SYNTAXRM 14. */
MUST_CHECK bool drda_accrdb_decode(struct wire_reader parameters, struct drda_accrdb *accrdb, struct drda_fault *fault);

/* What a requester says. */
struct drda_accrdb_values {
    const char *rdbnam;
    const char *prdid; /* 8 characters: product, version, release, modification */
    const char *typdefnam;
    struct drda_typdefovr typdefovr;
    const uint8_t *crrtkn;
    size_t crrtkn_size;
    bool no_updates; /* RDBALWUPD false */
};

void drda_accrdb_encode(struct wire_writer *writer, const struct drda_accrdb_values *values, enum ccsid ccsid);

struct drda_accrdbrm {
    uint16_t svrcod;
    struct wire_reader prdid;
    struct wire_reader typdefnam;
    struct drda_typdefovr typdefovr;
    struct wire_reader crrtkn;    /* at == NULL when absent */
    struct wire_reader rdbinttkn; /* likewise; at most RDBINTTKN_SIZE_MAX bytes */
};

MUST_CHECK bool drda_accrdbrm_decode(struct wire_reader parameters, struct drda_accrdbrm *accrdbrm, struct drda_fault *fault);

/* What a server says. */
struct drda_accrdbrm_values {
    uint16_t svrcod; /* SVRCOD_WARNING when a CCSID of the requester is not supported */
    const char *prdid;
    const char *typdefnam;
    struct drda_typdefovr typdefovr;
    struct drda_token rdbinttkn; /* by which INTRDBRQS will mean this connection (drda/intrdbrqs.h); absent when empty */
};

void drda_accrdbrm_encode(struct wire_writer *writer, const struct drda_accrdbrm_values *values, enum ccsid ccsid);
