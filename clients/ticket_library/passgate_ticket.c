#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ticket_library/passgate-ticket.h"
#include "common/secret.h"
#include "security/saf/client.h"

#define EXPORTED __attribute__((visibility("default")))

enum { TIMEOUT_MS = 10000, PATH_SIZE = 108 /* of sockaddr_un.sun_path */ };

struct passgate_ticket_service {
    char path[PATH_SIZE];
};

/* What is asked, to be told of in words. */
struct question {
    const char *userid;
    const char *application;
    bool generates;
};

static void
set_codes(struct passgate_ticket_result *result, int saf, int racf, int reason)
{
    *result = (struct passgate_ticket_result) { .saf = saf, .racf = racf, .reason = reason };
}

EXPORTED struct passgate_ticket_service *
passgate_ticket_open(const char *socket, const char *token, struct passgate_ticket_result *result)
{
    set_codes(result, SAF_REFUSED, SAF_TICKET_REFUSED, SAF_TICKET_PARAMETER_LIST);
    struct passgate_ticket_service *service = calloc(1, sizeof *service);
    if (service == NULL) {
        set_codes(result, SAF_REFUSED, SAF_TICKET_REFUSED, SAF_TICKET_INTERNAL);
        snprintf(result->text, sizeof result->text, "out of memory");
        return NULL;
    }
    int length = snprintf(service->path, sizeof service->path, "%s%s%s", socket != NULL ? socket : PASSGATE_TICKET_SOCKET,
                          token != NULL ? "." : "", token != NULL ? token : "");
    if (length > 0 && length < PATH_SIZE) {
        set_codes(result, 0, 0, 0);
        return service;
    }
    snprintf(result->text, sizeof result->text, "the path of the security server's socket must have 1 to %d bytes, token included",
             PATH_SIZE - 1);
    free(service);
    return NULL;
}

EXPORTED void
passgate_ticket_close(struct passgate_ticket_service *service)
{
    free(service);
}

static bool
copy_name(const char *name, char copy[SAF_NAME_MAX + 1])
{
    size_t length = strlen(name);
    if (length > SAF_NAME_MAX)
        return false;
    memcpy(copy, name, length + 1);
    return true;
}

static void
fail_name(struct passgate_ticket_result *result)
{
    set_codes(result, SAF_REFUSED, SAF_TICKET_REFUSED, SAF_TICKET_PARAMETER_LIST);
    result->detail = SAF_EXPLAIN_NAME;
    snprintf(result->text, sizeof result->text, "%s", saf_explanation_text(SAF_EXPLAIN_NAME));
}

static struct saf_client *
connect_to_safd(const struct passgate_ticket_service *service, struct passgate_ticket_result *result)
{
    struct problem problem = { "" };
    struct saf_client *client = saf_client_connect(service->path, TIMEOUT_MS, &problem);
    if (client != NULL)
        return client;
    set_codes(result, SAF_NO_DECISION, 0, 0);
    result->detail = SAF_EXPLAIN_SERVER_UNAVAILABLE;
    snprintf(result->text, sizeof result->text, "%.*s", (int)sizeof result->text - 1, problem.text);
    return NULL;
}

static void
fail_unanswered(struct passgate_ticket_result *result, const struct problem *problem)
{
    set_codes(result, SAF_REFUSED, SAF_TICKET_REFUSED, SAF_TICKET_INTERNAL);
    result->detail = SAF_EXPLAIN_SERVER_UNAVAILABLE;
    snprintf(result->text, sizeof result->text, "%.*s", (int)sizeof result->text - 1, problem->text);
}

static void
take_over(const struct question *question, const struct saf_result *answered, struct passgate_ticket_result *result)
{
    set_codes(result, answered->saf, answered->racf, answered->reason);
    result->detail = (int)answered->explanation;
    result->retry = answered->retryable;
    if (answered->explanation == SAF_EXPLAIN_NOT_PERMITTED)
        snprintf(result->text, sizeof result->text, "the caller needs %s access to IRRPTAUTH.%s.%s in class PTKTDATA",
                 question->generates ? "UPDATE" : "READ", question->application, question->userid);
    else
        snprintf(result->text, sizeof result->text, "%s", saf_explanation_text(answered->explanation));
}

EXPORTED int
passgate_ticket_generate(struct passgate_ticket_service *service, const char *userid, const char *application,
                         char ticket[PASSGATE_TICKET_SIZE], struct passgate_ticket_result *result)
{
    const struct question question = { .userid = userid, .application = application, .generates = true };
    struct saf_generate request = { 0 };
    struct saf_ticket_answer answer = { 0 };
    struct problem problem = { "" };
    struct saf_client *client;
    memset(ticket, 0, PASSGATE_TICKET_SIZE);
    if (!copy_name(userid, request.userid) || !copy_name(application, request.application)) {
        fail_name(result);
    } else if ((client = connect_to_safd(service, result)) != NULL) {
        if (saf_client_generate(client, &request, &answer, &problem)) {
            take_over(&question, &answer.result, result);
            memcpy(ticket, answer.ticket, PASSGATE_TICKET_SIZE);
            secret_wipe(&answer, sizeof answer);
        } else {
            fail_unanswered(result, &problem);
        }
        saf_client_close(client);
    }
    return result->saf;
}

EXPORTED int
passgate_ticket_evaluate(struct passgate_ticket_service *service, const char *userid, const char *application, const char *ticket,
                         struct passgate_ticket_result *result)
{
    const struct question question = { .userid = userid, .application = application };
    struct saf_evaluate request = { 0 };
    struct saf_ticket_answer answer = { 0 };
    struct problem problem = { "" };
    struct saf_client *client;
    /* What is longer than the field is no PassTicket; its beginning is none either. */
    snprintf(request.ticket, sizeof request.ticket, "%s", ticket);
    if (!copy_name(userid, request.userid) || !copy_name(application, request.application)) {
        fail_name(result);
    } else if ((client = connect_to_safd(service, result)) != NULL) {
        if (saf_client_evaluate(client, &request, &answer, &problem))
            take_over(&question, &answer.result, result);
        else
            fail_unanswered(result, &problem);
        saf_client_close(client);
    }
    secret_wipe(&request, sizeof request);
    return result->saf;
}

EXPORTED int
passgate_ticket_rcvtptgn(const struct passgate_ticket_result *result)
{
    return result->saf;
}
