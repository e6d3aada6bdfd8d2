/* A program of somebody else's, compiled by test_ticket_library against the installed library. consumer SOCKET [TOKEN]: gets a
 * PassTicket, has it judged twice, and is told what it may not have. */
#include <passgate-ticket.h>
#include <stdio.h>
#include <string.h>

static int
expect(const char *what, const struct passgate_ticket_result *result, int saf, int racf, int reason)
{
    printf("%s: %d/%d/%d %s\n", what, result->saf, result->racf, result->reason, result->text);
    return result->saf == saf && result->racf == racf && result->reason == reason && result->text[0] != '\0';
}

int
main(int argc, char *argv[])
{
    struct passgate_ticket_result result;
    char ticket[PASSGATE_TICKET_SIZE];
    struct passgate_ticket_service *service = passgate_ticket_open(argv[1], argc > 2 ? argv[2] : NULL, &result);
    if (service == NULL) {
        printf("open: %s\n", result.text);
        return 1;
    }
    int good = passgate_ticket_generate(service, "imsusr1", "IMSCON1", ticket, &result) == 0 && strlen(ticket) == 8;
    good = expect("generate", &result, 0, 0, 0) && passgate_ticket_rcvtptgn(&result) == 0 && good;
    passgate_ticket_evaluate(service, "IMSUSR1", "IMSCON1", ticket, &result);
    good = expect("evaluate", &result, 0, 0, 0) && good;
    passgate_ticket_evaluate(service, "IMSUSR1", "IMSCON1", ticket, &result);
    good = expect("again", &result, 8, 16, 32) && result.detail == 14 && good;
    passgate_ticket_evaluate(service, "IMSUSR1", "IMSCON1", "not a ticket, and longer than one", &result);
    good = expect("no ticket", &result, 8, 16, 32) && good;
    passgate_ticket_generate(service, "IMSUSR1", "OTHER", ticket, &result);
    good = expect("other", &result, 8, 8, 16) && ticket[0] == '\0' && passgate_ticket_rcvtptgn(&result) == 8 && good;
    passgate_ticket_generate(service, "NINECHARS", "IMSCON1", ticket, &result);
    good = expect("long", &result, 8, 8, 4) && ticket[0] == '\0' && good;
    passgate_ticket_generate(service, "", "IMSCON1", ticket, &result);
    good = expect("empty", &result, 8, 8, 4) && good;
    passgate_ticket_close(service);
    service = passgate_ticket_open("/nonexistent/socket", NULL, &result);
    good = service != NULL && passgate_ticket_generate(service, "IMSUSR1", "IMSCON1", ticket, &result) == 4 && good;
    good = expect("nobody", &result, 4, 0, 0) && passgate_ticket_rcvtptgn(&result) == 4 && good;
    passgate_ticket_close(service);
    passgate_ticket_close(NULL);
    return good ? 0 : 1;
}
