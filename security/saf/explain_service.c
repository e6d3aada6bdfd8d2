#include "security/saf/explain_service.h"

#include <string.h>

enum { RETURN_CODE_ERROR = 8, RETURN_CODE_REFUSED = 12 };

static const char refused_line[] =
    "SAFD0033E NOT AUTHORIZED: explanations are given to the database's owner and to SPECIAL users, because they tell who may log on\n";
static const char unrecorded_line[] = "SAFD0034E NOT ANSWERED: the audit record could not be written: see safd's log\n";

uint8_t
explain_service(struct racroute *racroute, struct audit *audit, const struct racf_issuer *issuer, uint32_t uid,
                const struct saf_explain *explain, const struct explain_use *use, struct wire_writer *output)
{
    bool allowed = issuer != NULL && issuer->special;
    size_t mark = output->used;
    uint8_t return_code = RETURN_CODE_REFUSED;
    if (allowed)
        return_code = explain_ticket(racroute, explain, use, output);
    else
        wire_put_bytes(output, refused_line, sizeof refused_line - 1);
    audit_explain(audit, clock_utc_us(racroute->clock), issuer != NULL ? issuer->userid : "", uid, explain, return_code);
    if (audit_flush(audit))
        return return_code;
    output->used = mark;
    wire_put_bytes(output, unrecorded_line, sizeof unrecorded_line - 1);
    return RETURN_CODE_ERROR;
}
