#include "security/saf/safd_report.h"

#include <inttypes.h>

#include "common/log.h"
#include "security/explain.h"

static const char *
refusal_text(const struct saf_result *result)
{
    static const struct {
        uint8_t racf;
        const char *text;
    } texts[] = {
        { RACF_VERIFY_USER_NOT_DEFINED, "USER AT TERMINAL NOT RACF-DEFINED" },
        { RACF_VERIFY_PASSWORD_INVALID, "INVALID PASSWORD" },
        { RACF_VERIFY_PASSWORD_EXPIRED, "EXPIRED PASSWORD" },
        { RACF_VERIFY_NEW_PASSWORD_INVALID, "INVALID NEW PASSWORD" },
        { RACF_VERIFY_NOT_IN_GROUP, "INVALID GROUP" },
        { RACF_VERIFY_USER_REVOKED, "REVOKED USER ACCESS ATTEMPT" },
        { RACF_VERIFY_GROUP_REVOKED, "REVOKED GROUP ACCESS ATTEMPT" },
        { RACF_VERIFY_APPL_REFUSED, "NOT AUTHORIZED TO APPLICATION" },
    };
    if (result->explanation == SAF_EXPLAIN_THROTTLED)
        return "HELD BACK AFTER FAILED ATTEMPTS";
    if (result->explanation == SAF_EXPLAIN_BUSY)
        return "TOO MANY LOGONS AT ONCE";
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].racf == result->racf)
            return texts[i].text;
    return "SECURITY SERVICE FAILURE";
}

void
safd_report_refusal(struct racf *racf, const struct saf_verify *verify, const struct saf_verify_answer *answer,
                    const struct racroute_facts *facts)
{
    const struct racf_user *user = facts->userid[0] != '\0' ? racf_user_find(racf, facts->userid) : NULL;
    char detail[EXPLAIN_DETAIL_SIZE];
    explain_detail(&answer->result, facts, detail);
    log_message("ICH408I",
                "USER(%-8s) GROUP(%-8s) NAME(%-20s) LOGON/JOB INITIATION - %s; APPL(%s) FROM %s PORT %u CONNECTION %" PRIu64
                " SAF=%u RACF=%02X RSN=%02X: %s%s%s",
                facts->userid[0] != '\0' ? facts->userid : "?", facts->group, user != NULL ? user->name : "???",
                refusal_text(&answer->result), verify->application, verify->address, verify->port, verify->connection, answer->result.saf,
                answer->result.racf, answer->result.reason, saf_explanation_text(answer->result.explanation), detail,
                facts->revoked_now ? "; too many failures: the user ID is now revoked" : "");
}
