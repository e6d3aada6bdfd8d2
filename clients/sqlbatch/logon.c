#include "clients/sqlbatch/logon.h"

#include "common/secret.h"
#include "security/passticket/enhanced.h"

struct logon *
logon_new(void)
{
    return secret_new(sizeof(struct logon));
}

void
logon_free(struct logon *logon)
{
    if (logon == NULL)
        return;
    if (logon->credential != NULL)
        credential_free(logon->credential);
    secret_free(logon, sizeof *logon);
}

bool
logon_make_credential(struct logon *logon, struct credential_source *source, struct problem *problem)
{
    logon->credential = logon->is_named ? credential_make_named(source, &logon->named, &logon->url, problem)
                                        : credential_make(source, &logon->url, problem);
    return logon->credential != NULL;
}

bool
logon_interrupt(struct logon *logon, struct credential_source *source, const struct connection *connection, struct problem *problem)
{
    struct credential *used = logon->credential;
    if (!used->is_ticket && passticket_enhanced_is_well_formed(PASSTICKET_MIXED, used->password)) {
        problem_set(problem, "the password may be a PassTicket, which is good for one logon");
        return false;
    }
    if (used->is_ticket) {
        logon->credential = NULL;
        credential_free(used);
        if (!logon_make_credential(logon, source, problem))
            return false;
    }
    return connection_interrupt(connection, &logon->url, logon->credential, problem);
}
