#include "security/racf/omvs_operands.h"

#include <string.h>

#include "security/racf/omvs.h"

enum { UID_MOST = INT32_MAX };

const struct operand omvs_operands[] = {
    { "UID", OPERAND_UID, OPERAND_ONE, OPERAND_NOUID }, { "NOUID", OPERAND_NOUID, OPERAND_FLAG, OPERAND_UID },
    { "SHARED", OPERAND_SHARED, OPERAND_FLAG },         { "HOME", OPERAND_HOME, OPERAND_ONE },
    { "PROGRAM", OPERAND_PROGRAM, OPERAND_ONE },        { NULL },
};

static bool
changes(const struct run *run)
{
    return run_has(run, OPERAND_OMVS) || run_has(run, OPERAND_NOOMVS);
}

bool
omvs_check(struct run *run, const char *userid)
{
    uint32_t uid = 0;
    char other[RACF_NAME_MAX + 1];
    if (!changes(run))
        return true;
    if (!run_is_special(run, "OMVS") || !run_number(run, OPERAND_UID, 0, UID_MOST, &uid))
        return false;
    if (!run_has(run, OPERAND_UID) || run_has(run, OPERAND_SHARED) || !omvs_other_user(run->racf, uid, userid, other))
        return true;
    run_say(run, RC_ERROR, "IRR52174I Incorrect UID %u. This value is already in use by %s; SHARED lets both have it.", uid, other);
    return false;
}

void
omvs_apply(struct run *run, const char *userid)
{
    uint32_t uid = 0;
    if (!changes(run) || !run_number(run, OPERAND_UID, 0, UID_MOST, &uid))
        return;
    if (run_has(run, OPERAND_UID))
        omvs_write(run->racf, userid, uid);
    else if (run_has(run, OPERAND_NOUID) || run_has(run, OPERAND_NOOMVS))
        omvs_delete(run->racf, userid);
    if (run_has(run, OPERAND_HOME) || run_has(run, OPERAND_PROGRAM))
        run_say(run, RC_FINE, "PGR101I HOME AND PROGRAM OF %s ARE NOT KEPT: THE OPERATING SYSTEM'S OWN USER DATABASE HAS THEM", userid);
    run->uids_changed = true;
}
