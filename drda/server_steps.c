#include "drda/server_steps.h"

#include <assert.h>

static const struct drda_fault excsat_not_first = { .reply = CP_PRCCNVRM, .code = PRCCNVCD_EXCSAT_NOT_FIRST };
static const struct drda_fault wrong_state = { .reply = CP_PRCCNVRM, .code = PRCCNVCD_WRONG_STATE };
static const struct drda_fault rdb_not_accessed = { .reply = CP_RDBNACRM };
static const struct drda_fault rdb_accessed = { .reply = CP_RDBACCRM };
static const struct drda_fault not_supported = { .reply = CP_CMDNSPRM };

/* Sources: DDM terms EXCSAT, ACCSEC, SECCHK, ACCRDB (order), INTRDBRQS, PRCCNVCD, RDBNACRM, RDBACCRM. Commands on an accessed RDB that
 * belong to the handshake begin a re-authentication, as connection pools send it. */
static const struct drda_step steps[DRDA_STATE_COUNT][DRDA_COMMAND_COUNT] = {
    [DRDA_STATE_START] = {
        [DRDA_COMMAND_EXCSAT] = { drda_answer_excsat, DRDA_STATE_EXCHANGED },
        [DRDA_COMMAND_ACCSEC] = { .refusal = &excsat_not_first },
        [DRDA_COMMAND_SECCHK] = { .refusal = &excsat_not_first },
        [DRDA_COMMAND_ACCRDB] = { .refusal = &excsat_not_first },
        [DRDA_COMMAND_INTRDBRQS] = { .refusal = &excsat_not_first },
        [DRDA_COMMAND_SQL] = { .refusal = &excsat_not_first },
        [DRDA_COMMAND_OTHER] = { .refusal = &excsat_not_first },
    },
    [DRDA_STATE_EXCHANGED] = {
        [DRDA_COMMAND_EXCSAT] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCSEC] = { drda_answer_accsec, DRDA_STATE_SECURITY },
        [DRDA_COMMAND_SECCHK] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCRDB] = { .refusal = &wrong_state },
        [DRDA_COMMAND_INTRDBRQS] = { .refusal = &wrong_state },
        [DRDA_COMMAND_SQL] = { .refusal = &wrong_state },
        [DRDA_COMMAND_OTHER] = { .refusal = &not_supported },
    },
    [DRDA_STATE_REFUSED] = {
        [DRDA_COMMAND_EXCSAT] = { drda_answer_excsat, DRDA_STATE_EXCHANGED },
        [DRDA_COMMAND_ACCSEC] = { drda_answer_accsec, DRDA_STATE_SECURITY },
        [DRDA_COMMAND_SECCHK] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCRDB] = { .refusal = &wrong_state },
        [DRDA_COMMAND_INTRDBRQS] = { .refusal = &wrong_state },
        [DRDA_COMMAND_SQL] = { .refusal = &wrong_state },
        [DRDA_COMMAND_OTHER] = { .refusal = &not_supported },
    },
    [DRDA_STATE_SECURITY] = {
        [DRDA_COMMAND_EXCSAT] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCSEC] = { .refusal = &wrong_state },
        [DRDA_COMMAND_SECCHK] = { drda_answer_secchk, DRDA_STATE_VERIFYING },
        [DRDA_COMMAND_ACCRDB] = { .refusal = &wrong_state },
        [DRDA_COMMAND_INTRDBRQS] = { .refusal = &wrong_state },
        [DRDA_COMMAND_SQL] = { .refusal = &wrong_state },
        [DRDA_COMMAND_OTHER] = { .refusal = &not_supported },
    },
    [DRDA_STATE_VERIFIED] = {
        [DRDA_COMMAND_EXCSAT] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCSEC] = { .refusal = &wrong_state },
        [DRDA_COMMAND_SECCHK] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCRDB] = { drda_answer_accrdb, DRDA_STATE_OPENING },
        [DRDA_COMMAND_INTRDBRQS] = { drda_answer_intrdbrqs, DRDA_STATE_INTERRUPTING },
        [DRDA_COMMAND_SQL] = { .refusal = &rdb_not_accessed },
        [DRDA_COMMAND_OTHER] = { .refusal = &not_supported },
    },
    [DRDA_STATE_ACCESSED] = {
        [DRDA_COMMAND_EXCSAT] = { drda_answer_excsat, DRDA_STATE_ACCESSED },
        [DRDA_COMMAND_ACCSEC] = { drda_answer_accsec, DRDA_STATE_SECURITY },
        [DRDA_COMMAND_SECCHK] = { .refusal = &wrong_state },
        [DRDA_COMMAND_ACCRDB] = { .refusal = &rdb_accessed },
        [DRDA_COMMAND_INTRDBRQS] = { drda_answer_intrdbrqs, DRDA_STATE_INTERRUPTING },
        [DRDA_COMMAND_SQL] = { NULL, DRDA_STATE_EXECUTING },
        [DRDA_COMMAND_OTHER] = { .refusal = &not_supported },
    },
};

const struct drda_step *
drda_step_for(enum drda_state state, enum drda_command command)
{
    const struct drda_step *step = &steps[state][command];
    assert(step->next != DRDA_STATE_START || step->refusal != NULL);
    return step;
}

enum drda_command
drda_command_of(uint16_t codepoint)
{
    if (sql_is_command(codepoint))
        return DRDA_COMMAND_SQL;
    switch (codepoint) {
    case CP_EXCSAT:
        return DRDA_COMMAND_EXCSAT;
    case CP_ACCSEC:
        return DRDA_COMMAND_ACCSEC;
    case CP_SECCHK:
        return DRDA_COMMAND_SECCHK;
    case CP_ACCRDB:
        return DRDA_COMMAND_ACCRDB;
    case CP_INTRDBRQS:
        return DRDA_COMMAND_INTRDBRQS;
    default:
        return DRDA_COMMAND_OTHER;
    }
}
