/* EXCSAT and EXCSATRD, exchange server attributes: both sides say who they are and at which level they have each manager.
 * Both have the same parameters. Text is CCSID 500 until ACCSECRD. Sources: DDM terms EXCSAT, EXCSATRD, MGRLVLLS. */
#pragma once

#include "drda/reply.h"

enum { DRDA_MANAGERS_MAX = 64 };

struct drda_manager {
    uint16_t codepoint; /* CP_AGENT, CP_SQLAM ... */
    uint16_t level;     /* of CCSIDMGR and UNICODEMGR: a CCSID, 0 when not supported */
};

struct drda_managers {
    size_t count;
    struct drda_manager list[DRDA_MANAGERS_MAX];
};

/* As read: text in the encoding it came in, at == NULL when absent. */
struct drda_excsat {
    struct wire_reader external_name; /* EXTNAM */
    struct wire_reader server_name;   /* SRVNAM */
    struct wire_reader class_name;    /* SRVCLSNM */
    struct wire_reader release_level; /* SRVRLSLV */
    struct drda_managers managers;    /* empty when MGRLVLLS is absent */
};

/* What one side says of itself; UTF-8. */
struct drda_identity {
    const char *external_name;
    const char *server_name;
    const char *class_name;
    const char *release_level;
};

/* For EXCSAT and EXCSATRD. Faults: those of ddm_parameters_read; MGRLVLRM for a manager listed twice with different levels; a repeated
 * equal entry counts once; SYNTAXRM 0B for a list that is no sequence of pairs, 0F for more than DRDA_MANAGERS_MAX managers. */
MUST_CHECK bool drda_excsat_decode(struct wire_reader parameters, struct drda_excsat *excsat, struct drda_fault *fault);

/* `codepoint` is CP_EXCSAT or CP_EXCSATRD. NULL identity: MGRLVLLS alone (EXCSAT in the middle of a conversation). */
void drda_excsat_encode(struct wire_writer *writer, uint16_t codepoint, const struct drda_identity *identity,
                        const struct drda_managers *managers, enum ccsid ccsid);

/* The level a list has for a manager; false when it is not listed. */
bool drda_managers_find(const struct drda_managers *managers, uint16_t codepoint, uint16_t *level);
