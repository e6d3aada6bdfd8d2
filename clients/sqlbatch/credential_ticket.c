#include "clients/sqlbatch/credential_ticket.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "clients/ticket_library/passgate-ticket.h"
#include "common/secret.h"
#include "security/passticket/name.h"
#include "security/passticket/seconds.h"

static_assert(sizeof((struct credential *)NULL)->password >= PASSGATE_TICKET_SIZE, "a ticket fits");

static bool
choose_second(struct credential_source *source, const char *user, const char *application, uint32_t *second, struct problem *problem)
{
    struct passticket_seconds_wish wish = { .userid = user, .application = application, .now_s = clock_utc_seconds(source->clock) };
    int64_t chosen = 0;
    passticket_seconds_reach(&wish, false, 0);
    if (source->seconds == NULL)
        source->seconds = passticket_seconds_open_user("sqlbatch", problem);
    if (source->seconds == NULL)
        return false;
    switch (passticket_seconds_take(source->seconds, &wish, &chosen, problem)) {
    case PASSTICKET_SECOND_TAKEN:
        *second = (uint32_t)chosen;
        return true;
    case PASSTICKET_SECOND_NONE_LEFT:
        problem_set(problem, "PassTickets of user %s for %s were made for all seconds near the present one: try again in a second", user,
                    application);
        return false;
    case PASSTICKET_SECOND_FAILED:
        break;
    }
    return false;
}

bool
credential_ticket_by_key(struct credential_source *source, const char *application, struct credential *credential, struct problem *problem)
{
    char user[PASSTICKET_NAME_SIZE + 1];
    char name[PASSTICKET_NAME_SIZE + 1];
    uint32_t second;
    credential->is_ticket = true;
    if (!passticket_name_fold(credential->user, user) || !passticket_name_fold(application, name)) {
        problem_set(problem, "no PassTicket for user '%s': a user ID has 1 to 8 of A-Z 0-9 # @ $; give the right one with user= or --user",
                    credential->user);
        return false;
    }
    if (!choose_second(source, user, name, &second, problem))
        return false;
    if (passticket_legacy_generate(source->key, user, name, second, credential->password))
        return true;
    problem_set(problem, "no PassTicket for user '%s': the cryptographic library failed", credential->user);
    return false;
}

bool
credential_ticket_by_safd(const struct credential_source *source, const char *application, struct credential *credential,
                          struct problem *problem)
{
    struct passgate_ticket_result result;
    struct passgate_ticket_service *service = passgate_ticket_open(source->saf_socket, source->token, &result);
    credential->is_ticket = true;
    bool made = service != NULL && passgate_ticket_generate(service, credential->user, application, credential->password, &result) == 0;
    passgate_ticket_close(service);
    if (!made)
        problem_set(problem, "Passticket generation failed, RCVTPTGN RC=%04d: %s (SAF %d, RACF %d, reason %d)%s",
                    passgate_ticket_rcvtptgn(&result), result.text, result.saf, result.racf, result.reason,
                    result.saf == 4 ? "; or give --key-file or --password-file" : "");
    return made;
}
